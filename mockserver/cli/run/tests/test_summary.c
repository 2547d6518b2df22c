/* What a summary counts and says. */
#include "summary.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static char said[4096];

static void keep(const char *line)
{
    snprintf(said + strlen(said), sizeof said - strlen(said), "%s\n", line);
}

/* Adds the entries and compares what is told with the lines expected. */
static void tells(const char *expected, const struct ailab_mock_log_entry *entries, size_t count,
                  const char *host)
{
    struct summary *summary = summary_new();
    assert_non_null(summary);
    for (size_t i = 0; i < count; i++)
        summary_add(summary, &entries[i]);
    if (host)
        summary_add_host(summary, host);
    said[0] = '\0';
    summary_tell(summary, NULL, keep);
    assert_string_equal(said, expected);
    summary_free(summary);
}

#define CALL(status_, code_, unexpected_)                                                          \
    {                                                                                              \
        .method = "POST", .path = "/api", .status = (status_), .code = (code_), .message = "why",  \
        .unexpected = (unexpected_)                                                                \
    }
#define OTHER(method_, path_, status_)                                                             \
    {                                                                                              \
        .method = (method_), .path = (path_), .status = (status_), .code = "", .message = "words"  \
    }

static void summary_says_so_when_no_call_came(void **state)
{
    (void)state;
    tells("no calls came to the mock\n", NULL, 0, NULL);
}

static void summary_counts_calls_by_their_outcome(void **state)
{
    const struct ailab_mock_log_entry entries[] = {CALL(200, "", false),
                                                   CALL(422, "ERROR_X", false),
                                                   CALL(200, "", false),
                                                   CALL(0, "", false),
                                                   OTHER("GET", "/__admin/requests", 200),
                                                   OTHER("GET", "/metrics", 200)};
    (void)state;
    tells("4 calls: 2 x 200, 1 x 422 ERROR_X, 1 x unanswered\n", entries, 6, NULL);
}

static void summary_shows_refusals_that_no_scenario_asked_for(void **state)
{
    const struct ailab_mock_log_entry entries[] = {CALL(401, "ERROR_Y", true)};
    (void)state;
    tells("1 call: 1 x 401 ERROR_Y\n"
          "refused, though no scenario asked for it:\n"
          "  1 x POST /api: 401 ERROR_Y why\n",
          entries, 1, NULL);
}

static void summary_names_other_hosts(void **state)
{
    const struct ailab_mock_log_entry entries[] = {OTHER("CONNECT", "a.example:443", 403),
                                                   OTHER("GET", "http://b.example:8080/x?y", 403),
                                                   OTHER("CONNECT", "a.example:443", 403)};
    (void)state;
    tells("no calls came to the mock\n"
          "other hosts that the command asked for and did not reach:\n"
          "  2 x a.example:443\n"
          "  1 x b.example:8080\n"
          "  1 x c.example\n",
          entries, 3, "c.example");
}

static void summary_says_why_a_connection_brought_no_call(void **state)
{
    const struct ailab_mock_log_entry entries[] = {OTHER("", "", 0)};
    (void)state;
    tells("no calls came to the mock\n"
          "connections that brought no call:\n"
          "  1 x words\n",
          entries, 1, NULL);
}

static void summary_gives_advice_when_no_call_came(void **state)
{
    struct summary *summary = summary_new();
    (void)state;
    said[0] = '\0';
    summary_tell(summary, "do this", keep);
    assert_string_equal(said, "no calls came to the mock; do this\n");
    summary_free(summary);
}

static void summary_stays_bounded(void **state)
{
    char name[32];
    struct summary *summary = summary_new();
    (void)state;
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "h%d.example", i);
        summary_add_host(summary, name);
    }
    assert_int_equal(summary_counts(summary).hosts, 1000);
    said[0] = '\0';
    summary_tell(summary, NULL, keep);
    assert_non_null(strstr(said, "1 x h7.example\n  and more; 1000 in all\n"));
    summary_free(summary);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(summary_says_so_when_no_call_came),
        cmocka_unit_test(summary_counts_calls_by_their_outcome),
        cmocka_unit_test(summary_shows_refusals_that_no_scenario_asked_for),
        cmocka_unit_test(summary_names_other_hosts),
        cmocka_unit_test(summary_says_why_a_connection_brought_no_call),
        cmocka_unit_test(summary_gives_advice_when_no_call_came),
        cmocka_unit_test(summary_stays_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
