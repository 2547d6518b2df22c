/* The key of a call shows in no text of its result, however a server throws it back. Every other
 * test of this folder looks for it too (stage_problem()); here the mock says it on purpose. */
#include "ailab_mock.h"
#include "stage.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void secrecy_holds_when_a_refusal_quotes_the_key(void **state)
{
    static const char *const revisions[] = {"1.0.0", "1.0.1", "2025-09", "2026-01", "2026-05"};
    (void)state;
    for (size_t r = 0; r < ROWS(revisions); r++) {
        struct stage stage;
        stage_open(&stage, &(struct ailab_mock_options){.revision = revisions[r]});
        stage_arm(&stage, "[{\"error\":\"ERROR_USER_NOT_EXISTS\","
                          "\"message\":\"key " STAGE_KEY " (" STAGE_KEY ") is unknown\"}]");
        assert_int_equal(stage_call_with(&stage, revisions[r], 100, NULL), AILAB_REFUSED);
        assert_string_equal(ailab_result_message(stage.result), "key *** (***) is unknown");
        assert_non_null(strstr(ailab_result_error_text(stage.result), "key *** (***) is unknown"));
        stage_close(&stage);
    }
}

static void secrecy_holds_wherever_the_key_stands(void **state)
{
    static const char *const bodies[] = {
        "{\"request_id\":\"" STAGE_KEY "\",\"error_code\":401}",
        "{\"log_id\":\"" STAGE_KEY "\",\"error_code\":401}",
        "{\"error_code_str\":\"" STAGE_KEY "\"}",
        "{\"error_msg\":\"" STAGE_KEY "\",\"error_code\":401}",
        "{\"error_detail\":{\"code\":\"" STAGE_KEY "\"}}",
        "{\"error_detail\":{\"code\":\"X\",\"code_message\":\"" STAGE_KEY "\"}}",
        "{\"error_detail\":{\"code\":\"X\",\"message\":\"" STAGE_KEY "\"}}",
        "{\"" STAGE_KEY "\":\"" STAGE_KEY "\"}",
        "{\"" STAGE_KEY "\":1,\"" STAGE_KEY "\":2}",
        "[\"" STAGE_KEY "\"]",
        "<h1>" STAGE_KEY "</h1>",
        STAGE_KEY,
        "",
    };
    static const int statuses[] = {200, 302, 401, 502};
    struct stage stage;
    (void)state;
    stage_open(&stage, NULL);
    for (size_t i = 0; i < ROWS(bodies) * ROWS(statuses); i++) {
        char quoted[512];
        size_t used = 0;
        for (const char *at = bodies[i / ROWS(statuses)]; *at; at++) {
            if (*at == '"')
                quoted[used++] = '\\';
            quoted[used++] = *at;
        }
        quoted[used] = '\0';
        stage_arm(&stage,
                  "[{\"status\":%d,\"body\":\"%s\",\"headers\":{\"Location\":\"http://" STAGE_KEY
                  "\",\"X-Key\":\"" STAGE_KEY "\",\"Content-Type\":\"" STAGE_KEY "\"}}]",
                  statuses[i % ROWS(statuses)], quoted);
        enum ailab_error error = stage_call(&stage, bodies[i / ROWS(statuses)]);
        assert_true(error == AILAB_REFUSED || error == AILAB_BAD_ANSWER);
    }
    stage_close(&stage);
}

/* Texts are cut to fit, and a cut text may stand within a sentence: no half of the key shows. */
static void secrecy_holds_wherever_a_text_is_cut(void **state)
{
    static const char *const fields[] = {
        "{\\\"error_detail\\\":{\\\"code\\\":\\\"%s" STAGE_KEY "\\\"}}",
        "{\\\"error_detail\\\":{\\\"code\\\":\\\"X\\\",\\\"message\\\":\\\"%s" STAGE_KEY "\\\"}}",
        "{\\\"error_detail\\\":{\\\"code\\\":\\\"X\\\",\\\"code_message\\\":\\\"%s" STAGE_KEY
        "\\\"}}",
        "{\\\"error_code\\\":9,\\\"request_id\\\":\\\"%s" STAGE_KEY "\\\"}",
    };
    struct stage stage;
    (void)state;
    stage_open(&stage, NULL);
    for (size_t field = 0; field < ROWS(fields); field++)
        for (size_t before = 80; before < 520; before += before < 130 || before > 420 ? 3 : 29) {
            char padding[600], body[1200], format[256];
            memset(padding, 'p', before);
            padding[before] = '\0';
            const char *hole = strstr(fields[field], "%s");
            snprintf(format, sizeof format, "%s", hole + 2);
            snprintf(body, sizeof body, "%.*s%s%s", (int)(hole - fields[field]), fields[field],
                     padding, format);
            stage_arm(&stage, "[{\"status\":422,\"body\":\"%s\"}]", body);
            assert_int_equal(stage_call(&stage, "a text that is cut"), AILAB_REFUSED);
        }
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrecy_holds_when_a_refusal_quotes_the_key),
        cmocka_unit_test(secrecy_holds_wherever_the_key_stands),
        cmocka_unit_test(secrecy_holds_wherever_a_text_is_cut),
    };
    return cmocka_run_group_tests_name("mock_secrecy", tests, NULL, NULL);
}
