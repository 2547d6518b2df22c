/* Examples are run as they stand in ailab_mock.h. One that is refused, or counts nothing where it
 * should count the call made here, is wrong. Those of the pages are run by ci/tests/pages. */
#include "scenarios_fixture.h"
#include "testing/files.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The text behind mark up to end, to be freed; C's \" is a quote. */
static char *example(const char *text, const char *mark, const char *end)
{
    const char *at = strstr(text, mark);
    assert_non_null(at);
    at += strlen(mark);
    const char *stop = strstr(at, end);
    assert_non_null(stop);
    char *made = calloc(1, (size_t)(stop - at) + 1), *to = made;
    assert_non_null(made);
    for (; at < stop; at++)
        if (*at != '\\')
            *to++ = *at;
    print_message("%s\n", made);
    return made;
}

static void documentation_shows_right_calls_in_the_header(void **state)
{
    size_t count;
    char why[AILAB_MOCK_ERROR_SIZE] = "";
    char *text = file_read(AILAB_SOURCE_DIR "/mockserver/include/ailab_mock.h", NULL);
    char *steps = example(text, "ailab_mock_arm(mock, \"my-key\", \"", "\", why)");
    char *by_code = example(text, "ailab_mock_count(mock, \"", "\", &count");
    char *by_key = example(text, "How many requests in the journal match: ", ". NULL");
    char *accounts = example(text, "Sets credits, limits and locks: ", ". What");
    if (ailab_mock_set_accounts(*state, accounts, why) ||
        ailab_mock_arm(*state, "my-key", steps, why))
        fail_msg("%s", why);
    scenarios_expect(*state, &(struct scenarios_call){.key = "my-key"}, 422, "ERROR_BLURRY_FACE",
                     "as armed");
    const char *const queries[] = {by_code, by_key};
    for (size_t i = 0; i < ROWS(queries); i++) {
        if (ailab_mock_count(*state, queries[i], &count, why))
            fail_msg("%s: %s", queries[i], why);
        assert_int_equal(count, 1);
    }
    free(steps);
    free(by_code);
    free(by_key);
    free(accounts);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(documentation_shows_right_calls_in_the_header,
                                        scenarios_setup, scenarios_teardown),
    };
    return cmocka_run_group_tests_name("documentation", tests, NULL, NULL);
}
