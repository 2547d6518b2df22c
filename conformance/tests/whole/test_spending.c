/* Runs with a bound on credits, against targets that charge for refusals. */
#include "mock.h"
#include "testing/scripted.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *why, *bound;
    int spent;
    int exit;
} bounds[] = {
    {"nothing may be spent", "0", 0, 3},
    {"the good call, and one mistake that is charged", "12", 24, 1},
    {"mistakes that the bound holds", "36", 36, 1},
};

static void assert_spent(const char *url, size_t row)
{
    struct program_outcome outcome;
    suite_run(&outcome, with_key, "--target", url, "--max-credits", bounds[row].bound, "--jobs",
              "8", "--report", "json", NULL);
    cJSON *root = cJSON_ParseWithLength(outcome.out, outcome.out_size);
    const cJSON *spent = cJSON_GetObjectItemCaseSensitive(root, "credits");
    assert_true(cJSON_IsNumber(spent));
    if (spent->valueint != bounds[row].spent || outcome.status != bounds[row].exit)
        fail_msg("%s: %d credits were spent, exit %d", bounds[row].why, spent->valueint,
                 outcome.status);
    cJSON_Delete(root);
    program_outcome_clear(&outcome);
}

static void spending_is_bounded_with_a_mock_that_takes_any_choice(void **state)
{
    (void)state;
    struct program_server server;
    assert_true(mock_start(&server, "2026-01", "choice_scope", "choice_text"));
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++)
        assert_spent(server.url, i);
    program_server_stop(&server);
}

/* Every call looks like a success. A picture of one pixel, so that the good call passes. */
static void spending_is_bounded_with_a_server_that_always_succeeds(void **state)
{
    (void)state;
    struct scripted *canned;
    assert_non_null(
        canned = scripted_start_alike(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
            "{\"request_id\":\"A\",\"log_id\":\"12345678\",\"error_code\":0,"
            "\"error_code_str\":\"\",\"error_msg\":\"\",\"error_detail\":{\"status_code\":200,"
            "\"code\":\"\",\"code_message\":\"\",\"message\":\"\"},\"data\":{\"image\":"
            "\"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
            "awAAAABJRU5ErkJggg==\"}}"));
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++)
        assert_spent(canned->url, i);
    scripted_free(canned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spending_is_bounded_with_a_mock_that_takes_any_choice),
        cmocka_unit_test(spending_is_bounded_with_a_server_that_always_succeeds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
