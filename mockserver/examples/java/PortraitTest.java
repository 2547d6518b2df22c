import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.Test;

/**
 * A test of your program with JUnit 4: a success, an error, a fault, and what arrived.
 * `ailab-mock run -- java -cp ... org.junit.runner.JUnitCore PortraitTest` (or mvn test, gradle test)
 * starts the mock and sets AILAB_BASE_URL.
 */
public class PortraitTest {
    private final String url = System.getenv("AILAB_BASE_URL");
    private final Path picture = Path.of(System.getenv().getOrDefault("PICTURE", "portrait.jpg"));
    /* JUnit makes an object for each test: no other test sees what is armed for this key. */
    private final String key = UUID.randomUUID().toString();

    @Test
    public void returnsThePicture() throws Exception {
        byte[] image = Portrait.edit(url, key, 12, picture);
        assertTrue(image[0] == (byte) 0xff && image[1] == (byte) 0xd8);
        assertEquals(1, count("\"service_choice\": 12, \"status\": 200"));
    }

    @Test
    public void tellsWhyItWasRefused() throws Exception {
        arm("{\"error\": \"ERROR_BLURRY_FACE\"}");
        Portrait.Refused refusal = assertThrows(Portrait.Refused.class,
                () -> Portrait.edit(url, key, 12, picture));
        assertEquals("ERROR_BLURRY_FACE", refusal.getMessage());
        assertEquals(1, count("\"code\": \"ERROR_BLURRY_FACE\""));
    }

    @Test
    public void survivesALostConnection() throws Exception {
        arm("{\"fault\": \"reset-before-answer\"}");
        assertThrows(IOException.class, () -> Portrait.edit(url, key, 12, picture));
        Portrait.edit(url, key, 12, picture); // and the next call works again
        assertEquals(2, count("\"method\": \"POST\""));
    }

    private void arm(String steps) throws Exception {
        admin("queue", "{\"api_key\": \"" + key + "\", \"steps\": [" + steps + "]}");
    }

    private int count(String criteria) throws Exception {
        String answer = admin("requests/count", "{\"api_key\": \"" + key + "\", " + criteria + "}");
        return Integer.parseInt(Portrait.member(answer, "count").trim());
    }

    private String admin(String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/__admin/" + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)).build();
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString());
        assertTrue(answer.body(), answer.statusCode() < 300);
        return answer.body();
    }
}
