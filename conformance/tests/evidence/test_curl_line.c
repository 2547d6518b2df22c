/* The curl line repeats a request, without the key. */
#include "evidence/curl_line.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SECRET "s3cr3t-k3y-0123456789"

/* A run and a request, as a row changes them. */
struct scene {
    struct endpoint endpoint;
    struct secrets secrets;
    struct origin origin;
    struct request request;
};

static void set(struct scene *out)
{
    char why[URL_WHY_SIZE];
    *out = (struct scene){.secrets.keys = {SECRET}};
    assert_true(url_parse(&out->endpoint.url, "http://127.0.0.1:1/base", why));
    out->origin = (struct origin){
        .endpoint = &out->endpoint, .secrets = &out->secrets, .revision = REVISION_DEFAULT};
    request_good(&out->request, out->endpoint.url.authority, out->secrets.keys[ACCOUNT_GOOD], "12",
                 (struct picture_bytes){"x", 1});
}

static void curl_line_repeats_the_request(void **state)
{
    (void)state;
    struct scene scene;
    struct buf line = {0};
    set(&scene);
    scene.request.boundary = "b";
    scene.request.framing = FRAMING_CHUNKED;
    scene.request.version = "HTTP/1.0";
    request_add_header(&scene.request, "X-Quote", "it's");
    curl_line(&line, &scene.origin, &scene.request, "a/case", 2, false);
    assert_string_equal(
        buf_str(&line),
        "ailab-conformance --target http://127.0.0.1:1/base --body a/case#2 | curl -sS -i -X POST "
        "--http1.0 -H \"ailabapi-api-key: $AILAB_API_KEY\" -H 'Content-Type: multipart/form-data; "
        "boundary=b' -H 'X-Quote: it'\\''s' -H 'Transfer-Encoding: chunked' --data-binary @- "
        "'http://127.0.0.1:1/base/api/portrait/effects/emotion-editor'");
    buf_clear(&line);
}

static void plain(struct scene *scene)
{
    (void)scene;
}

static void stand_in_key(struct scene *scene)
{
    scene->secrets.own[ACCOUNT_GOOD] = true;
}

static void bearer(struct scene *scene)
{
    scene->request.key_name = "Authorization";
    scene->request.key = "Bearer " SECRET;
}

static void other_case(struct scene *scene)
{
    scene->request.key = "S3CR3T-K3Y-0123456789";
}

static void other_key(struct scene *scene)
{
    scene->request.key = "x";
}

static void locked_account(struct scene *scene)
{
    scene->request.key = scene->secrets.keys[ACCOUNT_LOCKED] = "l0ck3d-k3y";
}

static void apostrophe(struct scene *scene)
{
    scene->request.boundary = "a'b";
}

static void raw_lines(struct scene *scene)
{
    scene->request.raw_headers = "user-agent: conformance\r\naccept-encoding: identity\r\n";
}

static void no_text(struct scene *scene)
{
    scene->request.content_type = "text/\xff";
}

static void closing(struct scene *scene)
{
    scene->request.close = true;
}

static void called(struct scene *scene)
{
    scene->origin.program = "build/bin/ailab-conformance";
}

static void called_oddly(struct scene *scene)
{
    scene->origin.program = "./my tools/ailab-conformance";
}

static void revised(struct scene *scene)
{
    scene->origin.revision = REVISION_1_0_0;
    scene->endpoint.ca_file = "ca.pem";
}

static void finishing(struct scene *scene)
{
    scene->request.finish = true;
}

static void proxied(struct scene *scene)
{
    char why[URL_WHY_SIZE];
    assert_true(url_parse(&scene->endpoint.proxy, "http://p:3128", why));
}

static void encrypted(struct scene *scene)
{
    char why[URL_WHY_SIZE];
    assert_true(url_parse(&scene->endpoint.url, "https://h:8443", why));
    scene->endpoint.insecure = true;
}

static void encrypted_and_proxied(struct scene *scene)
{
    encrypted(scene);
    proxied(scene);
}

/* The line, pasted into a shell, sends the same bytes as the suite did. */
static void curl_line_leaves_nothing_out(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        void (*change)(struct scene *scene);
        bool raw;
        const char *has, *lacks;
    } rows[] = {
        {"the suite's own key", stand_in_key, false, "-H 'ailabapi-api-key: " SECRET "'", "$AILAB"},
        {"the key of the user", plain, false, "-H \"ailabapi-api-key: $AILAB_API_KEY\"", SECRET},
        {"the key of a locked account", locked_account, false,
         "-H \"ailabapi-api-key: $AILAB_API_KEY_LOCKED\"", "l0ck3d"},
        {"something around the key", bearer, false, "-H \"Authorization: Bearer $AILAB_API_KEY\"",
         SECRET},
        {"the key in another case", other_case, false, "\"$AILAB_API_KEY\" | tr a-zA-Z A-Za-z)",
         "S3CR3T"},
        {"a key that a case made", other_key, false, "-H 'ailabapi-api-key: x'", "$AILAB"},
        {"an apostrophe", apostrophe, false, "boundary=a'\\''b'", "redacted"},
        {"header lines as they are", raw_lines, false,
         "-H 'user-agent: conformance' -H 'accept-encoding: identity'", "redacted"},
        {"the end of the connection", closing, false, "-H 'Connection: close'", "redacted"},
        {"the program as it was called", called, false,
         "build/bin/ailab-conformance --target http://127.0.0.1:1/base --body a/case | curl",
         "redacted"},
        {"a program that must be quoted", called_oddly, false,
         "'./my tools/ailab-conformance' --target", "redacted"},
        {"revision and authority", revised, false,
         "--revision 1.0.0 --ca-file ca.pem --body a/case | curl -sS -i --cacert ca.pem",
         "redacted"},
        {"a proxy", proxied, false,
         "--proxy http://p:3128 --body a/case | curl -sS -i --proxytunnel --proxy http://p:3128",
         "redacted"},
        {"any certificate", encrypted, false,
         "--insecure --body a/case | curl -sS -i --insecure -X POST", "--cacert"},
        {"a proxy, raw", proxied, true, "--wire a/case | nc -w 10 -X connect -x p:3128 127.0.0.1 1",
         "curl"},
        {"TLS, raw", encrypted, true,
         "--wire a/case | openssl s_client -quiet -servername h -connect h:8443", "nc "},
        {"TLS and a proxy, raw", encrypted_and_proxied, true, "-connect h:8443 -proxy p:3128",
         "nc "},
        {"no end of its own", plain, true, "--wire a/case | nc -w 10 127.0.0.1 1", "-N"},
        {"a Content-Type that is no text", no_text, false, "--wire a/case | nc -w 10", "\xff"},
        {"an early end", finishing, true, "--wire a/case | nc -N -w 10 127.0.0.1 1", "curl"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scene scene;
        struct buf line = {0};
        set(&scene);
        rows[i].change(&scene);
        curl_line(&line, &scene.origin, &scene.request, "a/case", 1, rows[i].raw);
        if (!strstr(buf_str(&line), rows[i].has) || strstr(buf_str(&line), rows[i].lacks))
            fail_msg("%s: %s", rows[i].why, buf_str(&line));
        buf_clear(&line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(curl_line_repeats_the_request),
        cmocka_unit_test(curl_line_leaves_nothing_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
