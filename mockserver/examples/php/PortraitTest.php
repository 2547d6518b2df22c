<?php
// A test of your program with PHPUnit: a success, an error, a fault, and what arrived.
//
//     ailab-mock run -- phpunit PortraitTest.php
//
// `ailab-mock run` starts the mock and sets AILAB_BASE_URL.
declare(strict_types=1);

use PHPUnit\Framework\TestCase;

/** The program under test: one call of the API. Yours takes its place. */
function edit(string $baseUrl, string $key, int $choice, string $picture): string
{
    $curl = curl_init("$baseUrl/api/portrait/effects/emotion-editor");
    curl_setopt_array($curl, [
        CURLOPT_HTTPHEADER => ["ailabapi-api-key: $key"],
        CURLOPT_POSTFIELDS => ['service_choice' => $choice, 'image_target' => new CURLFile($picture)],
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_TIMEOUT => 30,
    ]);
    $answer = curl_exec($curl);
    if ($answer === false) {
        throw new RuntimeException(curl_error($curl), curl_errno($curl));
    }
    $document = json_decode($answer, true, 512, JSON_THROW_ON_ERROR);
    if (curl_getinfo($curl, CURLINFO_RESPONSE_CODE) !== 200) {
        throw new DomainException($document['error_detail']['code']);
    }
    return $document['data']['image'];
}

final class PortraitTest extends TestCase
{
    private string $key;

    protected function setUp(): void
    {
        $this->key = bin2hex(random_bytes(16)); // no other test sees what is armed for it
    }

    public function testReturnsThePicture(): void
    {
        $this->assertStringStartsWith("\xff\xd8", base64_decode($this->edit(), true));
        $this->assertSame(1, $this->seen(['service_choice' => 12, 'status' => 200]));
    }

    public function testTellsWhyItWasRefused(): void
    {
        $this->arm(['error' => 'ERROR_BLURRY_FACE']);
        try {
            $this->edit();
            $this->fail('it was not refused');
        } catch (DomainException $refusal) {
            $this->assertSame('ERROR_BLURRY_FACE', $refusal->getMessage());
        }
        $this->assertSame(1, $this->seen(['code' => 'ERROR_BLURRY_FACE']));
    }

    public function testSurvivesALostConnection(): void
    {
        $this->arm(['fault' => 'reset-before-answer']);
        try {
            $this->edit();
            $this->fail('the connection was not lost');
        } catch (RuntimeException $failure) {
            $this->assertSame(CURLE_RECV_ERROR, $failure->getCode());
        }
        $this->edit(); // and the next call works again
        $this->assertSame(2, $this->seen());
    }

    private function edit(): string
    {
        return edit(getenv('AILAB_BASE_URL'), $this->key, 12, getenv('PICTURE') ?: 'portrait.jpg');
    }

    private function arm(array ...$steps): void
    {
        $this->admin('queue', ['api_key' => $this->key, 'steps' => $steps]);
    }

    private function seen(array $criteria = []): int
    {
        return $this->admin('requests/count', ['api_key' => $this->key] + $criteria)['count'];
    }

    private function admin(string $path, array $body): ?array
    {
        $curl = curl_init(getenv('AILAB_BASE_URL') . "/__admin/$path");
        curl_setopt_array($curl, [
            CURLOPT_HTTPHEADER => ['Content-Type: application/json'],
            CURLOPT_POSTFIELDS => json_encode($body),
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_FAILONERROR => true,
        ]);
        $answer = curl_exec($curl);
        $this->assertIsString($answer, curl_error($curl));
        return json_decode($answer, true);
    }
}
