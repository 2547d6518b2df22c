/* The key of a call shows in no text of its result, however a server throws it back. Every other
 * test of this folder looks for it too (fixture_problem()); here the mock sends it on purpose. */
#include "ailab_mock.h"
#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void secrecy_holds_when_a_refusal_quotes_the_key(void **state)
{
    static const char *const revisions[] = {"1.0.0", "1.0.1", "2025-09", "2026-01", "2026-05"};
    (void)state;
    for (size_t r = 0; r < ROWS(revisions); r++) {
        struct fixture fixture;
        fixture_open(&fixture, &(struct ailab_mock_options){.revision = revisions[r]});
        fixture_arm(&fixture, "[{\"error\":\"ERROR_USER_NOT_EXISTS\","
                              "\"message\":\"key " FIXTURE_KEY " (" FIXTURE_KEY ") is unknown\"}]");
        assert_int_equal(fixture_call_with(&fixture, revisions[r], 100, NULL), AILAB_REFUSED);
        assert_string_equal(ailab_result_message(fixture.result), "key *** (***) is unknown");
        assert_non_null(
            strstr(ailab_result_error_text(fixture.result), "key *** (***) is unknown"));
        fixture_close(&fixture);
    }
}

static void secrecy_holds_wherever_the_key_stands(void **state)
{
    static const char *const bodies[] = {
        "{\"request_id\":\"" FIXTURE_KEY "\",\"error_code\":401}",
        "{\"log_id\":\"" FIXTURE_KEY "\",\"error_code\":401}",
        "{\"error_code_str\":\"" FIXTURE_KEY "\"}",
        "{\"error_msg\":\"" FIXTURE_KEY "\",\"error_code\":401}",
        "{\"error_detail\":{\"code\":\"" FIXTURE_KEY "\"}}",
        "{\"error_detail\":{\"code\":\"X\",\"code_message\":\"" FIXTURE_KEY "\"}}",
        "{\"error_detail\":{\"code\":\"X\",\"message\":\"" FIXTURE_KEY "\"}}",
        "{\"" FIXTURE_KEY "\":\"" FIXTURE_KEY "\"}",
        "{\"" FIXTURE_KEY "\":1,\"" FIXTURE_KEY "\":2}",
        "[\"" FIXTURE_KEY "\"]",
        "<h1>" FIXTURE_KEY "</h1>",
        FIXTURE_KEY,
        "",
    };
    static const int statuses[] = {200, 302, 401, 502};
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture, NULL);
    for (size_t i = 0; i < ROWS(bodies) * ROWS(statuses); i++) {
        char quoted[512];
        size_t used = 0;
        for (const char *at = bodies[i / ROWS(statuses)]; *at; at++) {
            if (*at == '"')
                quoted[used++] = '\\';
            quoted[used++] = *at;
        }
        quoted[used] = '\0';
        fixture_arm(
            &fixture,
            "[{\"status\":%d,\"body\":\"%s\",\"headers\":{\"Location\":\"http://" FIXTURE_KEY
            "\",\"X-Key\":\"" FIXTURE_KEY "\",\"Content-Type\":\"" FIXTURE_KEY "\"}}]",
            statuses[i % ROWS(statuses)], quoted);
        enum ailab_error error = fixture_call(&fixture, bodies[i / ROWS(statuses)]);
        assert_true(error == AILAB_REFUSED || error == AILAB_BAD_ANSWER);
    }
    fixture_close(&fixture);
}

/* Texts are cut to fit, and a cut text may stand within a sentence: no half of the key shows. */
static void secrecy_holds_wherever_a_text_is_cut(void **state)
{
    static const char *const fields[] = {
        "{\\\"error_detail\\\":{\\\"code\\\":\\\"%s" FIXTURE_KEY "\\\"}}",
        "{\\\"error_detail\\\":{\\\"code\\\":\\\"X\\\",\\\"message\\\":\\\"%s" FIXTURE_KEY "\\\"}}",
        "{\\\"error_detail\\\":{\\\"code\\\":\\\"X\\\",\\\"code_message\\\":\\\"%s" FIXTURE_KEY
        "\\\"}}",
        "{\\\"error_code\\\":9,\\\"request_id\\\":\\\"%s" FIXTURE_KEY "\\\"}",
    };
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture, NULL);
    for (size_t field = 0; field < ROWS(fields); field++)
        for (size_t before = 80; before < 520; before += before < 130 || before > 420 ? 3 : 29) {
            char padding[600], body[1200], format[256];
            memset(padding, 'p', before);
            padding[before] = '\0';
            const char *hole = strstr(fields[field], "%s");
            snprintf(format, sizeof format, "%s", hole + 2);
            snprintf(body, sizeof body, "%.*s%s%s", (int)(hole - fields[field]), fields[field],
                     padding, format);
            fixture_arm(&fixture, "[{\"status\":422,\"body\":\"%s\"}]", body);
            assert_int_equal(fixture_call(&fixture, "a text that is cut"), AILAB_REFUSED);
        }
    fixture_close(&fixture);
}

CLIENT_SUITE("client_secrecy", cmocka_unit_test(secrecy_holds_when_a_refusal_quotes_the_key),
             cmocka_unit_test(secrecy_holds_wherever_the_key_stands),
             cmocka_unit_test(secrecy_holds_wherever_a_text_is_cut))
