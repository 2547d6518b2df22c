/* One case in a run: whether it may run, what its budget does to the verdict, what it shares with
 * others, and the evidence. */
#include "answers.h"
#include "cases/suites.h"
#include "engine/test.h"
#include "evidence/record.h"
#include "stand.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NO_BOUND (-1)

enum lack { NOTHING, KNOWN_KEY, ARMING, ACCOUNT, PLAIN_KEY };

#define KEY_63 "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0"

static void case_runs_where_the_target_and_the_bound_allow(void **state)
{
    static const struct {
        const char *slug;
        enum lack lack;
        long bound;
        const char *first, *then; /* the answers; then: to all further requests, NULL: the same */
        unsigned requests;
        const char *said;
    } rows[] = {
        {"key/unknown", KNOWN_KEY, NO_BOUND, MISSING, NULL, 0,
         "skip | no key is given in AILAB_API_KEY, so the target may take any"},
        {"key/none", KNOWN_KEY, NO_BOUND, MISSING, NULL, 1,
         "fail | error_key | 400 MISSING_PARAMETERS (m)"},
        {"armed/error-blurry-face", ARMING, NO_BOUND, MISSING, NULL, 0,
         "skip | the target cannot be armed (see --arm)"},
        {"armed/error-blurry-face", NOTHING, NO_BOUND, MISSING, NULL, 1,
         "fail | error_table | 400 MISSING_PARAMETERS (m)"},
        {"account/locked", ACCOUNT, NO_BOUND, MISSING, NULL, 0,
         "skip | no key of such an account is given in AILAB_API_KEY_LOCKED"},
        {"account/locked", NOTHING, NO_BOUND, MISSING, NULL, 1,
         "fail | account_locked | 400 MISSING_PARAMETERS (m)"},
        {"key/sixty-four", NOTHING, NO_BOUND, GOOD(""), NULL, 1, "pass"},
        {"key/sixty-four", NOTHING, NO_BOUND, MISSING, NULL, 1,
         "fail | key_opaque | 400 MISSING_PARAMETERS (m)"},
        {"key/sixty-four", PLAIN_KEY, NO_BOUND, GOOD(""), NULL, 0,
         "skip | the key in use is not 64 letters and digits"},
        {"image/type/jpeg", NOTHING, 11, GOOD(""), NULL, 0,
         "skip | it costs 12 credits, and what is left of the bound of 11 does not hold them"},
        {"image/type/jpeg", NOTHING, 12, GOOD(""), NULL, 1, "pass"},
        {"image/type/jpeg", NOTHING, 12, MISSING, NULL, 1,
         "fail | image_jpeg | 400 MISSING_PARAMETERS (m)"},
        {"concurrency/errors", NOTHING, 143, GOOD(""), NULL, 0,
         "skip | it could cost 144 credits, and what is left of the bound of 143 does not hold "
         "them"},
        {"concurrency/mixed", NOTHING, 623, GOOD(""), NULL, 0,
         "skip | it could cost 624 credits, and what is left of the bound of 623 does not hold "
         "them"},
        {"call/documented", NOTHING, 11, GOOD(""), NULL, 0,
         "skip | it needs a successful call, and what is left of the bound of 11 credits does not "
         "hold it"},
        {"call/documented", NOTHING, 12, GOOD(""), NULL, 1, "pass"},
        {"fields/image-missing", NOTHING, 11, MISSING, NULL, 0,
         "skip | the bound of 11 credits does not hold the 12 that it could cost"},
        {"fields/image-missing", NOTHING, 12, MISSING, NULL, 1, "pass"},
        {"credits/query", NOTHING, 0, POOLS("[]"), NULL, 1, "pass"},
        /* It is charged for a refusal; then the bound holds no further call. */
        {"envelope/no-data/errors", NOTHING, 24, GOOD(""), MISSING, 7,
         "fail | credits_failures_free | a success, which costs 12 credits"},
        {"envelope/no-data/errors", NOTHING, 12, GOOD(""), MISSING, 1,
         "fail | answer_error_no_data | none of seven bad requests was refused"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char said[VERDICT_SIZE];
        const char *const list[] = {rows[i].first, rows[i].then, NULL}, *const *answers = list;
        struct session session;
        struct result result;
        struct scripted *server = stand_serve(&answers);
        stand_open(&session, server->url);
        session.budget.bound = rows[i].bound;
        session.key_known = rows[i].lack != KNOWN_KEY;
        session.arm = rows[i].lack != ARMING;
        session.secrets.keys[ACCOUNT_GOOD] = rows[i].lack == PLAIN_KEY ? KEY_63 "-" : KEY_63 "1";
        if (rows[i].lack == ACCOUNT)
            session.secrets.keys[ACCOUNT_LOCKED] = NULL;
        stand_run(&result, &session, *state, rows[i].slug);
        stand_said(said, &result);
        scripted_stop(server);
        if (strcmp(said, rows[i].said) != 0 || server->requests != rows[i].requests)
            fail_msg("%s: \"%s\" after %u requests", rows[i].slug, said, server->requests);
        assert_int_equal(session.budget.reserved, 0);
        assert_int_equal(result.credits,
                         session.budget.bound >= 0 ? session.budget.spent : result.credits);
        result_clear(&result);
        session_clear(&session);
        scripted_free(server);
    }
}

/* The budget would let one more call through, as it does for calls that must be free. */
static void case_is_skipped_when_little_of_the_bound_is_left(void **state)
{
    const char *const list[] = {GOOD(""), NULL}, *const *answers = list;
    struct session session;
    struct result result;
    struct scripted *server = stand_serve(&answers);
    stand_open(&session, server->url);
    session.budget.bound = 2 * CALL_CREDITS - 1;
    session.budget.spent = CALL_CREDITS;
    stand_run(&result, &session, *state, "image/type/jpeg");
    scripted_stop(server);
    assert_int_equal(result.verdict, VERDICT_SKIP);
    assert_int_equal(server->requests, 0);
    result_clear(&result);
    session_clear(&session);
    scripted_free(server);
}

/* Of a case that was charged by mistake, the exchange that was charged is the evidence. */
static void case_shows_what_was_charged(void **state)
{
    const char *const list[] = {GOOD(""), MISSING, NULL}, *const *answers = list;
    struct session session;
    struct result result;
    struct scripted *server = stand_serve(&answers);
    stand_open(&session, server->url);
    session.budget.bound = 100;
    stand_run(&result, &session, *state, "envelope/no-data/errors");
    assert_string_equal(result.blamed->id, "credits_failures_free");
    assert_string_equal(result.expected, "a refusal, which costs nothing");
    assert_non_null(strstr(result.exchange, "< HTTP/1.1 200"));
    assert_true(result.ms > 0 && result.ms < STAND_PATIENCE_MS);
    result_clear(&result);
    session_clear(&session);
    scripted_free(server);
}

static void case_advises_where_any_key_is_taken(void **state)
{
    static const struct {
        const char *why, *slug, *answer;
        bool advised;
    } rows[] = {
        {"any key is taken", "key/unknown", GOOD(""), true},
        {"another refusal", "key/unknown", MISSING, false},
        {"refused", "key/unknown", REFUSED("401", "ERROR_USER_NOT_EXISTS", ""), false},
        {"the key is right", "fields/image-missing", GOOD(""), false},
        {"no answer", "key/unknown", "", false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *const list[] = {rows[i].answer, NULL}, *const *answers = list;
        struct session session;
        struct result result;
        struct scripted *server = stand_serve(&answers);
        stand_open(&session, server->url);
        stand_run(&result, &session, *state, rows[i].slug);
        if ((result.advice != NULL) != rows[i].advised)
            fail_msg("%s: %s", rows[i].why, result.advice);
        result_clear(&result);
        session_clear(&session);
        scripted_free(server);
    }
}

/* A question that the whole run asks once: the second case cites the first one's exchange. */
static void case_shares_an_answer_with_others(void **state)
{
    static const struct {
        const char *first, *second, *answer;
        unsigned requests;
        const char *step, *recorded;
    } rows[] = {
        {"envelope/image/success", "call/documented", GOOD(""), 1, " --body call/documented | ",
         "call/documented"},
        {"envelope/detail/errors", "envelope/no-data/errors", MISSING, 7,
         " --body envelope/no-data/errors#7 | ", "envelope/json/errors"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char why[URL_WHY_SIZE] = "";
        const char *const list[] = {rows[i].answer, NULL}, *const *answers = list;
        struct session session;
        struct result first, second;
        struct scripted *server = stand_serve(&answers);
        stand_open(&session, server->url);
        assert_non_null(session.record = record_new(NULL, why));
        stand_run(&first, &session, *state, rows[i].first);
        stand_run(&second, &session, *state, rows[i].second);
        scripted_stop(server);
        assert_int_equal(server->requests, rows[i].requests);
        assert_int_equal(second.verdict, VERDICT_PASS);
        assert_int_equal(second.credits, 0);
        assert_string_equal(first.exchange, second.exchange);
        if (!strstr(second.curl, rows[i].step))
            fail_msg("%s: %s", rows[i].second, second.curl);
        assert_int_equal(cJSON_GetArraySize(record_find(session.record, rows[i].recorded)),
                         rows[i].requests);
        assert_null(record_find(session.record, rows[i].first));
        result_clear(&first);
        result_clear(&second);
        record_free(session.record);
        session_clear(&session);
        scripted_free(server);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_runs_where_the_target_and_the_bound_allow),
        cmocka_unit_test(case_is_skipped_when_little_of_the_bound_is_left),
        cmocka_unit_test(case_shows_what_was_charged),
        cmocka_unit_test(case_advises_where_any_key_is_taken),
        cmocka_unit_test(case_shares_an_answer_with_others),
    };
    return cmocka_run_group_tests(tests, stand_catalogue, stand_catalogue_free);
}
