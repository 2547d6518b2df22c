// How a test reads in TypeScript: a success, an error, a fault, and what arrived. It throws if
// something is not as expected; call it from the test runner that you use.
import {Mock, MockError, Step, start} from 'ailab-mock';

const KEY = 'my-key';
const blurry: Step = {error: 'ERROR_BLURRY_FACE'};
const lost: Step = {fault: 'reset-before-answer'};

/** The program under test: one call of the API. Yours takes its place. */
async function edit(baseUrl: string, picture: Uint8Array): Promise<{status: number; text: string}> {
    const form = new FormData();
    form.append('service_choice', '12');
    form.append('image_target', new Blob([picture]), 'portrait.jpg');
    const answer = await fetch(`${baseUrl}/api/portrait/effects/emotion-editor`, {
        method: 'POST',
        headers: {'ailabapi-api-key': KEY},
        body: form,
    });
    return {status: answer.status, text: await answer.text()};
}

function expect<T>(what: string, actual: T, expected: T): void {
    if (actual !== expected) throw new Error(`${what}: ${actual} instead of ${expected}`);
}

async function callsAreAnswered(mock: Mock, picture: Uint8Array): Promise<void> {
    await mock.arm(KEY, blurry, lost);
    expect('armed error', (await edit(mock.url, picture)).status, 422);
    expect('armed fault', await edit(mock.url, picture).then(() => 'answered', () => 'lost'), 'lost');
    const answer = await edit(mock.url, picture);
    expect('success', answer.status, 200);
    expect('JPEG', JSON.parse(answer.text).data.image.slice(0, 4), '/9j/');
    expect('calls', await mock.count({api_key: KEY}), 3);
    expect('refusals', await mock.count({api_key: KEY, code: 'ERROR_BLURRY_FACE'}), 1);
}

export async function example(picture: Uint8Array): Promise<void> {
    const mock: Mock = await start({strict: true, apiKey: [KEY], seed: 1});
    try {
        await callsAreAnswered(mock, picture);
        const refused = await mock.admin('POST', '/nowhere').catch((error: unknown) => error);
        expect('kind of error', refused instanceof MockError, true);
    } finally {
        expect('exit code', await mock.stop(), 0);
    }
}
