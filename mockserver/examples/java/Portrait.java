import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The program under test: one call of the API. Yours takes its place. */
final class Portrait {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    /** The service answered with an error; the message is the code of its envelope. */
    static final class Refused extends Exception {
        Refused(String code) {
            super(code);
        }
    }

    private Portrait() {
    }

    static byte[] edit(String baseUrl, String key, int choice, Path picture)
            throws IOException, InterruptedException, Refused {
        String boundary = UUID.randomUUID().toString();
        HttpRequest request = HttpRequest
                .newBuilder(URI.create(baseUrl + "/api/portrait/effects/emotion-editor"))
                .timeout(Duration.ofSeconds(30))
                .header("ailabapi-api-key", key)
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(HttpRequest.BodyPublishers.ofByteArray(form(boundary, choice, picture)))
                .build();
        HttpResponse<String> answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new Refused(member(answer.body(), "code"));
        }
        return Base64.getDecoder().decode(member(answer.body(), "image"));
    }

    private static byte[] form(String boundary, int choice, Path picture) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        String head = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"service_choice\"\r\n\r\n"
                + choice + "\r\n--" + boundary + "\r\nContent-Disposition: form-data; "
                + "name=\"image_target\"; filename=\"portrait.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n";
        body.write(head.getBytes(StandardCharsets.UTF_8));
        body.write(Files.readAllBytes(picture));
        body.write(("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8));
        return body.toByteArray();
    }

    /** Enough for this example; a program of yours has a JSON library. */
    static String member(String json, String name) throws IOException {
        Matcher found = Pattern.compile("\"" + name + "\"\\s*:\\s*\"?([^\",}]*)").matcher(json);
        if (!found.find()) {
            throw new IOException("the answer has no " + name);
        }
        return found.group(1);
    }
}
