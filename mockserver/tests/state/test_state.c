/* A request's way through the state, and what may be changed while it runs. */
#include "state_requests.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void expect_choice(struct state *state, const char *key, const struct wish *wish,
                          const char *expected, enum chosen_by chosen_by)
{
    char got[SCENARIO_NAME_MAX + 1];
    struct visit visit = enter(state, key);
    choose_for(got, &visit, wish);
    assert_string_equal(got, expected);
    assert_int_equal(visit.chosen_by, chosen_by);
    leave(&visit, "", true);
}

static void put(struct state *state, const char *json)
{
    struct scenario scenario;
    struct document_error error;
    assert_true(document_parse_scenario(&scenario, slice_of(json), &error));
    assert_true(state_put_scenario(state, &scenario));
}

static struct state_settings settings_of(struct state *state)
{
    struct state_settings settings;
    state_get_settings(state, &settings);
    return settings;
}

static size_t own_count(struct state *state)
{
    struct scenario_set *set = state_scenarios(state);
    size_t count = scenario_set_own_count(set);
    scenario_set_release(set);
    return count;
}

#define MATCH_12                                                                                   \
    "{\"scenarios\":[{\"name\":\"matching\",\"match\":{\"service_choice\":12},"                    \
    "\"steps\":[{\"error\":\"ERROR_NO_FACE_IN_FILE\"}],\"then\":\"repeat-last\"}]}"

/* Choosing */

static void state_chooses_in_the_documented_order(void **unused)
{
    (void)unused;
    struct state *state = state_with(MATCH_12);
    struct wish wish = {"slow", "retired", "no-face", "two-faces", 12};
    assert_true(enqueue(state, "k", "{\"error\":\"ERROR_USER_LOCKED\"}"));
    expect_choice(state, "k", &wish, "queue", CHOSEN_BY_QUEUE);
    expect_choice(state, "k", &wish, "slow", CHOSEN_BY_HEADER);
    wish.header = NULL;
    expect_choice(state, "k", &wish, "retired", CHOSEN_BY_KEY);
    wish.key = NULL;
    expect_choice(state, "k", &wish, "no-face", CHOSEN_BY_FILE_NAME);
    wish.file_name = NULL;
    expect_choice(state, "k", &wish, "two-faces", CHOSEN_BY_PICTURE);
    wish.picture = NULL;
    expect_choice(state, "k", &wish, "matching", CHOSEN_BY_MATCH);
    wish.service_choice = 13;
    expect_choice(state, "k", &wish, "", CHOSEN_BY_NOBODY);
    state_free(state);
}

static void state_strict_counts_queue_and_matches_only(void **unused)
{
    (void)unused;
    struct state *state = state_with(MATCH_12);
    struct state_settings now;
    struct wish wish = {"slow", "retired", "no-face", "nonsense", 12};
    assert_true(state_change_settings(
        state, &(struct state_change){.given = {.strict = true}, .to = {.strict = true}}, &now));
    assert_true(state_is_strict(state));
    assert_true(enqueue(state, "k", "{\"delay\":5}"));
    expect_choice(state, "k", &wish, "queue", CHOSEN_BY_QUEUE);
    expect_choice(state, "k", &wish, "matching", CHOSEN_BY_MATCH);
    state_free(state);
}

static void state_names_the_nearest_when_a_cue_is_unknown(void **unused)
{
    (void)unused;
    struct state *state = state_with(NULL);
    struct choice choice;
    char why[STATE_WHY_SIZE] = "";
    struct cue header = cue(CUE_HEADER, "ERROR_BLURY_FACE");
    struct visit visit = enter(state, "k");
    assert_int_equal(state_choose_by_head(&choice, why, &visit, &header, NULL), CHOOSE_UNKNOWN);
    assert_non_null(strstr(why, "ERROR_BLURY_FACE"));
    assert_non_null(strstr(why, "ERROR_BLURRY_FACE"));
    choice_clear(&choice);
    leave(&visit, "ERROR_PARAMETERS", false);
    state_free(state);
}

/* A fault of TLS is no scenario: the refusal says how it is armed. */
static void state_says_how_a_tls_fault_is_armed_when_a_cue_names_one(void **unused)
{
    (void)unused;
    struct state *state = state_with(NULL);
    struct choice choice;
    char why[STATE_WHY_SIZE] = "";
    struct cue header = cue(CUE_HEADER, "tls-wrong-host");
    struct visit visit = enter(state, "k");
    assert_int_equal(state_choose_by_head(&choice, why, &visit, &header, NULL), CHOOSE_UNKNOWN);
    assert_non_null(strstr(why, "'tls-wrong-host' is a fault of TLS"));
    assert_non_null(strstr(why, "POST /__admin/tls"));
    choice_clear(&choice);
    leave(&visit, "ERROR_PARAMETERS", false);
    state_free(state);
}

static void state_survives_the_longest_unknown_name(void **unused)
{
    (void)unused;
    struct state *state = state_with(NULL);
    struct choice choice;
    char why[STATE_WHY_SIZE], name[5001];
    memset(name, '\x01', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    struct cue header = cue(CUE_HEADER, name);
    struct visit visit = enter(state, "k");
    assert_int_equal(state_choose_by_head(&choice, why, &visit, &header, NULL), CHOOSE_UNKNOWN);
    assert_true(strlen(why) < sizeof why);
    choice_clear(&choice);
    leave(&visit, "ERROR_PARAMETERS", false);
    state_free(state);
}

static void state_cue_of_an_unknown_key_counts_only_when_it_bypasses(void **unused)
{
    (void)unused;
    struct state *state = state_with(NULL);
    put(state, "{\"name\":\"own\",\"steps\":[{\"error\":\"ERROR_USER_LOCKED\",\"always\":true}]}");
    static const struct {
        const char *why, *name;
        bool always;
        enum choose_result expected;
    } rows[] = {
        {"an ordinary cue", "slow", false, CHOOSE_NOTHING},
        {"an unknown name", "nonsense", false, CHOOSE_NOTHING},
        {"a cue that bypasses", "slow", true, CHOOSE_DECIDED},
        {"a step that bypasses", "own", false, CHOOSE_DECIDED},
        {"an unknown name that would bypass", "nonsense", true, CHOOSE_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct choice choice;
        char why[STATE_WHY_SIZE];
        struct cue header = cue(CUE_HEADER, rows[i].name);
        header.always = rows[i].always;
        struct visit visit = enter_at(state, "stranger", false, 1);
        print_message("%s\n", rows[i].why);
        assert_false(visit.account_verdict.known);
        assert_int_equal(state_choose_by_head(&choice, why, &visit, &header, NULL),
                         rows[i].expected);
        assert_int_equal(visit.always, rows[i].expected == CHOOSE_DECIDED);
        choice_clear(&choice);
        leave(&visit, "", false);
    }
    state_free(state);
}

static void state_decided_stays_decided_when_the_scenario_is_used_up(void **unused)
{
    (void)unused;
    struct state *state = state_with(MATCH_12);
    put(state, "{\"name\":\"once\",\"steps\":[{\"error\":\"ERROR_USER_LOCKED\"}]}");
    struct wish wish = {.header = "once", .service_choice = 12};
    expect_choice(state, "k", &wish, "once", CHOSEN_BY_HEADER);
    expect_choice(state, "k", &wish, "", CHOSEN_BY_HEADER);
    state_free(state);
}

static void state_asks_for_facts_only_when_a_scenario_matches(void **unused)
{
    (void)unused;
    static const struct {
        const char *json;
        bool facts, sha256;
    } rows[] = {
        {"{}", false, false},
        {"{\"scenarios\":[{\"name\":\"x\",\"steps\":[{\"delay\":1}]}]}", false, false},
        {MATCH_12, true, false},
        {"{\"scenarios\":[{\"name\":\"x\",\"match\":{\"sha256\":"
         "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"},"
         "\"steps\":[{\"delay\":1}]}]}",
         true, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct state *state = state_with(rows[i].json);
        struct visit visit = enter(state, "k");
        print_message("%s\n", rows[i].json);
        assert_int_equal(visit.wants_facts, rows[i].facts);
        assert_int_equal(visit.wants_sha256, rows[i].sha256);
        leave(&visit, "", true);
        state_free(state);
    }
}

/* Accounts */

static void state_charges_successes_only(void **unused)
{
    (void)unused;
    struct state *state = state_with("{\"accounts\":{\"k\":{\"credits\":30}}}");
    struct visit visit = enter(state, "k");
    leave(&visit, "ERROR_NO_FACE_IN_FILE", false);
    for (int i = 0; i < 2; i++) {
        visit = enter(state, "k");
        assert_false(visit.account_verdict.out_of_credits);
        leave(&visit, "", true);
    }
    visit = enter(state, "k");
    assert_true(visit.account_verdict.out_of_credits);
    leave(&visit, "ERROR_NOT_ENOUGH_CREDITS", false);
    struct visit asking;
    state_enter(&asking, state,
                &(struct visit_head){VISIT_CREDITS, slice_of("k"), true, 1, 1700000001000});
    assert_int_equal(asking.balance.balance, 6);
    assert_int_equal(asking.balance.granted, 30);
    assert_int_equal(asking.nth, 0);
    leave(&asking, "", true);
    state_free(state);
}

static void state_other_requests_touch_no_account(void **unused)
{
    (void)unused;
    struct state *state = state_with(NULL);
    struct visit visit;
    size_t count;
    state_enter(&visit, state, &(struct visit_head){VISIT_OTHER, slice_of("k"), true, 1, 1});
    leave(&visit, "ERROR_AI_NOT_EXISTS", false);
    visit = enter_at(state, "unknown", false, 1);
    leave(&visit, "ERROR_USER_NOT_EXISTS", false);
    assert_null(state_accounts(state, &count));
    assert_int_equal(count, 0);
    assert_int_equal(journalled(state), 2);
    state_free(state);
}

static void state_journals_an_empty_key_as_none(void **unused)
{
    static const char *const keys[] = {"", "k"};
    (void)unused;
    struct state *state = state_with(NULL);
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        struct journal_entry entry;
        struct visit visit = enter_at(state, keys[i], false, 1);
        leave(&visit, "ERROR_USER_NOT_EXISTS", false);
        assert_true(state_journal_entry(state, i + 1, &entry));
        assert_int_equal(entry.has_key, i == 1);
    }
    state_free(state);
}

/* Changing */

static void state_load_replaces_everything_and_restore_returns_to_it(void **unused)
{
    (void)unused;
    struct state *state = state_with(MATCH_12);
    struct wish wish = {.service_choice = 12};
    put(state, "{\"name\":\"first\",\"match\":{},\"steps\":[{\"delay\":1}],"
               "\"then\":\"repeat-last\"}");
    expect_choice(state, "k", &wish, "first", CHOSEN_BY_MATCH);
    assert_true(state_reset(state, RESET_ALL, NULL));
    expect_choice(state, "k", &wish, "matching", CHOSEN_BY_MATCH);
    assert_true(state_remove_scenarios(state));
    expect_choice(state, "k", &wish, "", CHOSEN_BY_NOBODY);
    assert_true(state_reset(state, RESET_MAPPINGS, NULL));
    expect_choice(state, "k", &wish, "matching", CHOSEN_BY_MATCH);
    struct document empty = {0};
    assert_true(state_load(state, &empty));
    assert_int_equal(own_count(state), 0);
    state_free(state);
}

static void state_load_takes_the_terms_of_the_document_before_back(void **unused)
{
    (void)unused;
    struct state *state = state_with("{\"accounts\":{\"k\":{\"locked\":true}}}");
    struct visit visit = enter(state, "k");
    assert_true(visit.account_verdict.locked);
    leave(&visit, "ERROR_USER_LOCKED", false);
    struct document empty = {0};
    assert_true(state_load(state, &empty));
    visit = enter(state, "k");
    assert_false(visit.account_verdict.locked);
    leave(&visit, "", true);
    state_free(state);
}

static void state_put_bounds_the_scenarios(void **unused)
{
    (void)unused;
    struct scenario scenario;
    struct document_error error;
    const size_t size = DOCUMENT_SCENARIOS_MAX * 64;
    char *json = malloc(size);
    assert_non_null(json);
    size_t used = (size_t)snprintf(json, size, "{\"scenarios\":[");
    for (int i = 0; i < DOCUMENT_SCENARIOS_MAX; i++)
        used += (size_t)snprintf(json + used, size - used,
                                 "%s{\"name\":\"s%d\",\"steps\":[{\"delay\":1}]}", i ? "," : "", i);
    snprintf(json + used, size - used, "]}");
    struct state *state = state_with(json);
    free(json);
    put(state, "{\"name\":\"s0\",\"steps\":[{\"delay\":2}]}");
    assert_true(document_parse_scenario(
        &scenario, slice_of("{\"name\":\"one-more\",\"steps\":[{\"delay\":1}]}"), &error));
    assert_false(state_put_scenario(state, &scenario));
    assert_int_equal(own_count(state), DOCUMENT_SCENARIOS_MAX);
    state_free(state);
}

static void state_put_replaces_a_name_and_remove_uncovers_the_built_in(void **unused)
{
    (void)unused;
    struct state *state = state_with(NULL);
    put(state, "{\"name\":\"slow\",\"steps\":[{\"delay\":1}]}");
    put(state, "{\"name\":\"other\",\"summary\":\"s\",\"match\":{\"api_key\":\"a\",\"file_name\":"
               "\"b\"},\"steps\":[{\"status\":200,\"body\":\"x\",\"headers\":{\"A\":\"b\"}},"
               "{\"error\":\"NEW\",\"status\":418,\"message\":\"m\"},"
               "{\"deviation\":\"null-request-id\"}]}");
    put(state, "{\"name\":\"slow\",\"steps\":[{\"delay\":2},{\"delay\":3}]}");
    struct scenario_set *set = state_scenarios(state);
    assert_int_equal(scenario_set_own_count(set), 2);
    assert_int_equal(scenario_set_find(set, slice_of("slow"))->step_count, 2);
    const struct scenario *other = scenario_set_find(set, slice_of("other"));
    assert_string_equal(other->match.api_key, "a");
    assert_string_equal(other->steps[0].headers[0].value, "b");
    assert_string_equal(other->steps[1].code_text, "NEW");
    assert_string_equal(other->steps[2].deviation, "null-request-id");
    scenario_set_release(set);
    assert_int_equal(state_remove_scenario(state, slice_of("slow")), REMOVED);
    assert_int_equal(state_remove_scenario(state, slice_of("slow")), REMOVAL_UNKNOWN);
    set = state_scenarios(state);
    assert_int_equal(scenario_set_own_count(set), 1);
    assert_non_null(scenario_set_find(set, slice_of("slow")));
    scenario_set_release(set);
    state_free(state);
}

static void state_load_that_cannot_be_leaves_what_was_in_force(void **unused)
{
    (void)unused;
    struct state *state = state_new(&(struct state_options){.accounts_max = 1});
    struct document document;
    struct document_error error;
    struct wish wish = {.service_choice = 12};
    assert_true(document_parse(&document, slice_of(MATCH_12), &error));
    assert_true(state_load(state, &document));
    assert_true(document_parse(&document,
                               slice_of("{\"accounts\":{\"a\":{\"locked\":true},"
                                        "\"b\":{\"locked\":true}}}"),
                               &error));
    assert_false(state_load(state, &document));
    expect_choice(state, "k", &wish, "matching", CHOSEN_BY_MATCH);
    state_free(state);
}

static void state_queue_is_bounded_and_all_or_nothing(void **unused)
{
    (void)unused;
    struct state *state = state_with(NULL);
    for (int i = 0; i < KEY_QUEUE_MAX; i++)
        assert_true(enqueue(state, "k", "{\"delay\":1}"));
    assert_false(enqueue(state, "k", "{\"delay\":1}"));
    assert_true(enqueue(state, "other", "{\"delay\":1}"));
    state_free(state);
}

static void state_reset_of_one_key_leaves_the_others(void **unused)
{
    (void)unused;
    struct state *state = state_with("{\"accounts\":{\"*\":{\"credits\":12}}}");
    struct slice key = slice_of("a");
    struct wish wish = {.service_choice = 12};
    const char *const keys[] = {"a", "b"};
    for (size_t i = 0; i < 2; i++) {
        struct visit visit = enter(state, keys[i]);
        leave(&visit, "", true);
        assert_true(enqueue(state, keys[i], "{\"delay\":1}"));
    }
    assert_true(state_reset(state, RESET_ALL, &key));
    assert_int_equal(journalled(state), 1);
    struct visit visit = enter(state, "a");
    assert_false(visit.account_verdict.out_of_credits);
    assert_int_equal(visit.nth, 1);
    leave(&visit, "", false);
    visit = enter(state, "b");
    assert_true(visit.account_verdict.out_of_credits);
    assert_int_equal(visit.nth, 2);
    leave(&visit, "", false);
    expect_choice(state, "a", &wish, "", CHOSEN_BY_NOBODY);
    expect_choice(state, "b", &wish, "queue", CHOSEN_BY_QUEUE);
    state_free(state);
}

static bool any(void *context, const struct journal_entry *entry)
{
    (void)context;
    (void)entry;
    return true;
}

/* A request that is refused before it enters an account counts for the account of its key. */
static void state_counts_what_a_refused_request_met_for_its_key(void **unused)
{
    (void)unused;
    struct state *state = state_with(NULL);
    struct visit visit = enter(state, "k");
    leave(&visit, "", true);
    struct key_digest digest;
    key_digest_of(&digest, slice_of("k"));
    struct state_coverage before, after;
    state_coverage(&before, state, COVERAGE_SINCE_RESET, &digest);
    state_enter(&visit, state, &(struct visit_head){VISIT_OTHER, slice_of("k"), true, 1, 1});
    leave(&visit, "ERROR_AI_NOT_EXISTS", false);
    state_coverage(&after, state, COVERAGE_SINCE_RESET, &digest);
    assert_memory_not_equal(&before.set, &after.set, sizeof after.set);
    state_free(state);
}

/* A scenario that answers every second request, by chance. */
static const char half[] =
    "{\"scenarios\": [{\"name\": \"half\", \"match\": {}, \"probability\": 0.5, \"then\": "
    "\"restart\", \"steps\": [{\"status\": 500}]}]}";

/* Which of count calls that scenario takes: one x each. */
static void chances_of(char *out, struct state *state, const char *key, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char name[SCENARIO_NAME_MAX + 1];
        struct visit visit = enter(state, key);
        choose_for(name, &visit, &(struct wish){.service_choice = 12});
        leave(&visit, "", true);
        out[i] = name[0] ? 'x' : '-';
    }
    out[count] = '\0';
}

static void chances(char *out, struct state *state, size_t count)
{
    chances_of(out, state, "k", count);
}

/* A key that comes first after a change of the seed draws by the new one. */
static void state_tells_new_keys_the_seed_in_force(void **unused)
{
    const struct state_change change = {.given = {.seed = true}, .to = {.seed = 8}};
    char before[41], after[41];
    struct state_settings now;
    (void)unused;
    struct state *state = state_with(half);
    chances_of(before, state, "new", 40);
    state_free(state);
    state = state_with(half);
    assert_true(state_change_settings(state, &change, &now));
    chances_of(after, state, "new", 40);
    assert_string_not_equal(before, after);
    assert_true(state_change_settings(state, &change, &now));
    chances_of(before, state, "new", 40);
    assert_string_equal(before, after);
    state_free(state);
}

static void state_begins_chance_anew_when_it_is_told_a_seed(void **unused)
{
    static const struct {
        struct state_change change;
        bool goes_on, again;
    } rows[] = {
        {{.given = {.seed = true}, .to = {.seed = 7}}, false, true},
        {{.given = {.seed = true}, .to = {.seed = 8}}, false, false},
        {{.given = {.journal_bodies = true}, .to = {.seed = 8}}, true, false},
    };
    char whole[41], first[21], rest[21];
    (void)unused;
    struct state *state = state_with(half);
    chances(whole, state, 40);
    state_free(state);
    assert_non_null(strchr(whole, 'x'));
    assert_non_null(strchr(whole, '-'));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct state_settings now;
        state = state_with(half);
        chances(first, state, 20);
        assert_memory_equal(first, whole, 20);
        assert_true(state_change_settings(state, &rows[i].change, &now));
        chances(rest, state, 20);
        assert_int_equal(strcmp(rest, whole + 20) == 0, rows[i].goes_on);
        assert_int_equal(memcmp(rest, whole, 20) == 0, rows[i].again);
        state_free(state);
    }
}

static void state_keeps_bodies_only_when_told(void **unused)
{
    (void)unused;
    struct state *state = state_with(NULL);
    struct state_change change = {.given = {.journal_bodies = true}};
    struct state_settings now;
    struct journal_selection found;
    struct visit visit = enter(state, "k");
    leave(&visit, "", true);
    change.to.journal_bodies = true;
    assert_true(state_change_settings(state, &change, &now));
    assert_true(now.journal_bodies && now.journal_entries == settings_of(state).journal_entries);
    visit = enter(state, "k");
    assert_true(visit.keeps_body);
    char *metrics = state_metrics(state, "1", "2");
    assert_non_null(strstr(metrics, "\nailab_mock_requests_in_flight 1\n"));
    free(metrics);
    leave(&visit, "", true);
    metrics = state_metrics(state, "1", "2");
    assert_non_null(metrics);
    assert_non_null(strstr(metrics, "\nailab_mock_requests_in_flight 0\n"));
    assert_non_null(strstr(metrics, "\nailab_mock_journal_entries 2\n"));
    assert_non_null(strstr(metrics, "\nailab_mock_journal_forgotten_total 0\n"));
    assert_non_null(strstr(metrics, "\nailab_mock_accounts 1\n"));
    free(metrics);
    assert_true(state_select(&found, state, any, NULL, 10));
    assert_int_equal(found.count, 2);
    assert_non_null(found.entries[0].body);
    assert_true(slice_equal(shared_bytes_slice(found.entries[0].body), slice_of("body")));
    assert_null(found.entries[1].body);
    journal_selection_clear(&found);
    state_free(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(state_chooses_in_the_documented_order),
        cmocka_unit_test(state_strict_counts_queue_and_matches_only),
        cmocka_unit_test(state_names_the_nearest_when_a_cue_is_unknown),
        cmocka_unit_test(state_says_how_a_tls_fault_is_armed_when_a_cue_names_one),
        cmocka_unit_test(state_survives_the_longest_unknown_name),
        cmocka_unit_test(state_cue_of_an_unknown_key_counts_only_when_it_bypasses),
        cmocka_unit_test(state_decided_stays_decided_when_the_scenario_is_used_up),
        cmocka_unit_test(state_asks_for_facts_only_when_a_scenario_matches),
        cmocka_unit_test(state_charges_successes_only),
        cmocka_unit_test(state_other_requests_touch_no_account),
        cmocka_unit_test(state_journals_an_empty_key_as_none),
        cmocka_unit_test(state_load_replaces_everything_and_restore_returns_to_it),
        cmocka_unit_test(state_load_takes_the_terms_of_the_document_before_back),
        cmocka_unit_test(state_put_bounds_the_scenarios),
        cmocka_unit_test(state_put_replaces_a_name_and_remove_uncovers_the_built_in),
        cmocka_unit_test(state_load_that_cannot_be_leaves_what_was_in_force),
        cmocka_unit_test(state_queue_is_bounded_and_all_or_nothing),
        cmocka_unit_test(state_reset_of_one_key_leaves_the_others),
        cmocka_unit_test(state_counts_what_a_refused_request_met_for_its_key),
        cmocka_unit_test(state_tells_new_keys_the_seed_in_force),
        cmocka_unit_test(state_begins_chance_anew_when_it_is_told_a_seed),
        cmocka_unit_test(state_keeps_bodies_only_when_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
