/* What a document, a reset and a setting replace and forget, and what they leave alone, as the
 * table of SCENARIOS.md says: asked of a mock that answers calls. */
#include "scenarios_fixture.h"
#include <cjson/cJSON.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct scenarios_call call = {.key = "k"};

static void admin(struct ailab_mock *mock, const char *method, const char *path, const char *body)
{
    cJSON_Delete(scenarios_admin(
        mock, method, path, body,
        strcmp(path, "/__admin/mappings") == 0 && strcmp(method, "POST") == 0 ? 201 : 200));
}

static double setting(struct ailab_mock *mock, const char *name)
{
    cJSON *settings = scenarios_admin(mock, "GET", "/__admin/settings", NULL, 200);
    double number = cJSON_GetObjectItemCaseSensitive(settings, name)->valuedouble;
    cJSON_Delete(settings);
    return number;
}

/* A '1' for each of the next calls that was answered with 504, a '.' for each success. */
static const char *run(char out[65], struct ailab_mock *mock, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct scenarios_answer answer;
        scenarios_ask(&answer, ailab_mock_port(mock), &call);
        assert_true(answer.status == 200 || answer.status == 504);
        out[i] = answer.status == 504 ? '1' : '.';
        scenarios_clear(&answer);
    }
    out[count] = '\0';
    return out;
}

#define ONCE                                                                                       \
    "{\"scenarios\": [{\"name\": \"once\", \"match\": {\"request\": {\"min\": 2}}, \"steps\": "    \
    "[{\"error\": \"AI_SERVICE_TIMEOUT\"}]}]}"

/* A scenario that waits for the second request, used; and a step in the queue. */
static void prepare(struct ailab_mock *mock)
{
    char got[65];
    scenarios_load(mock, "{}");
    scenarios_reset(mock);
    scenarios_load(mock, ONCE);
    assert_string_equal(run(got, mock, 4), ".1..");
    scenarios_arm(mock, "k", "[{\"error\": \"ERROR_BLURRY_FACE\"}]");
}

/* The queue's step is taken first when it is still there; it counts as a request. */
static void resets_forget_what_they_say(void **state)
{
    static const struct {
        const char *method, *path, *body;
        bool queue_stays;
        const char *then; /* the next calls behind the queue's */
    } rows[] = {
        {"PUT", "/__admin/mappings", ONCE, true, "1..."},
        {"POST", "/__admin/mappings/reset", NULL, true, "1..."},
        {"POST", "/__admin/scenarios/reset", NULL, false, ".1.."},
        {"POST", "/__admin/scenarios/reset?api_key=k", NULL, false, ".1.."},
        {"POST", "/__admin/scenarios/reset?api_key=other", NULL, true, "...."},
        {"POST", "/__admin/scenarios/once/reset", NULL, true, "1..."},
        {"POST", "/__admin/scenarios/once/reset?api_key=k", NULL, true, "1..."},
        {"POST", "/__admin/scenarios/once/reset?api_key=other", NULL, true, "...."},
        {"POST", "/__admin/scenarios/slow/reset", NULL, true, "...."},
        {"POST", "/__admin/reset", NULL, false, ".1.."},
        {"POST", "/__admin/reset?api_key=k", NULL, false, ".1.."},
        {"POST", "/__admin/accounts/reset", NULL, true, "...."},
        {"DELETE", "/__admin/requests", NULL, true, "...."},
        {"DELETE", "/__admin/mappings", NULL, true, "...."},
        {"POST", "/__admin/settings", "{\"seed\": 5}", true, "...."},
        {"POST", "/__admin/mappings",
         "{\"name\": \"once\", \"match\": {}, \"steps\": [{\"error\": \"AI_SERVICE_TIMEOUT\"}]}",
         true, "1..."},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char got[65];
        print_message("%s %s\n", rows[i].method, rows[i].path);
        prepare(*state);
        admin(*state, rows[i].method, rows[i].path, rows[i].body);
        if (rows[i].queue_stays)
            scenarios_expect(*state, &call, 422, "ERROR_BLURRY_FACE", "the queue stays");
        assert_string_equal(run(got, *state, 4), rows[i].then);
    }
}

#define CHANCE                                                                                     \
    "\"scenarios\": [{\"name\": \"half\", \"match\": {}, \"probability\": 0.5, \"then\": "         \
    "\"repeat-last\", \"steps\": [{\"error\": \"AI_SERVICE_TIMEOUT\"}]}]"

/* The seed of the last document, else of the options; and the random numbers with it. */
static void resets_bring_back_the_seed(void **state)
{
    (void)state;
    struct ailab_mock *mock = scenarios_start(&(struct ailab_mock_options){.seed = 7});
    char seven[65], five[65], got[65];
    scenarios_load(mock, "{" CHANCE "}");
    run(seven, mock, 40);
    admin(mock, "POST", "/__admin/settings", "{\"seed\": 5}");
    run(five, mock, 40);
    assert_string_not_equal(five, seven);
    admin(mock, "POST", "/__admin/settings", "{\"seed\": 5}");
    assert_string_equal(run(got, mock, 40), five);
    admin(mock, "POST", "/__admin/settings", "{\"strict\": false}");
    assert_string_not_equal(run(got, mock, 40), five); /* goes on */
    scenarios_reset(mock);
    assert_int_equal((int)setting(mock, "seed"), 7);
    assert_string_equal(run(got, mock, 40), seven);
    scenarios_load(mock, "{\"seed\": 5, " CHANCE "}");
    assert_string_equal(run(got, mock, 40), five);
    admin(mock, "POST", "/__admin/settings", "{\"seed\": 6}");
    scenarios_reset(mock);
    assert_int_equal((int)setting(mock, "seed"), 5);
    scenarios_load(mock, "{" CHANCE "}");
    assert_int_equal((int)setting(mock, "seed"), 7);
    assert_string_equal(run(got, mock, 40), seven);
    ailab_mock_stop(mock);
}

static void mappings_keep_their_place_when_one_is_replaced(void **state)
{
    static const char *const names[] = {"s0", "s1", "s2", "s2", "s0", "new", "s1"};
    char body[256], got[64] = "";
    scenarios_load(*state,
                   "{\"scenarios\": [{\"name\": \"s0\", \"steps\": [{\"delay\": 1}]}, {\"name\": "
                   "\"s1\", \"steps\": [{\"delay\": 1}]}, {\"name\": \"s2\", \"steps\": "
                   "[{\"delay\": 1}]}]}");
    for (size_t i = 0; i < ROWS(names); i++) {
        snprintf(body, sizeof body, "{\"name\": \"%s\", \"steps\": [{\"delay\": 2}]}", names[i]);
        admin(*state, "POST", "/__admin/mappings", body);
    }
    cJSON *listed = scenarios_admin(*state, "GET", "/__admin/mappings", NULL, 200);
    const cJSON *mapping;
    cJSON_ArrayForEach(mapping, cJSON_GetObjectItemCaseSensitive(listed, "mappings"))
    {
        const cJSON *steps = cJSON_GetObjectItemCaseSensitive(mapping, "steps");
        const cJSON *delay = cJSON_GetObjectItemCaseSensitive(steps->child, "delay");
        size_t used = strlen(got);
        snprintf(got + used, sizeof got - used, "%s ",
                 cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(mapping, "name")));
        assert_int_equal(delay->valueint, 2);
    }
    assert_string_equal(got, "new s0 s1 s2 ");
    cJSON_Delete(listed);
}

/* Two that change different settings at the same time undo nothing of one another. */

struct changer {
    struct ailab_mock *mock;
    const char *name;
    int blanks;        /* before the body's end, so that reading it takes its time */
    unsigned rounds;   /* 0: until the other has made its own */
    atomic_bool *done; /* set by the one with rounds */
    bool lost;         /* a change was not in force any more before the next one */
};

/* A call whose answer tells the settings in force: whether ours is what we made it. */
static bool still_has(const struct changer *changer, const char *method, const char *body,
                      unsigned value)
{
    int status = 0;
    char *answer = NULL;
    ailab_mock_admin(changer->mock, method, "/__admin/settings", body, &status, &answer);
    cJSON *settings = cJSON_Parse(answer ? answer : "");
    const cJSON *now = cJSON_GetObjectItemCaseSensitive(settings, changer->name);
    bool same = now && now->valueint == (int)value;
    cJSON_Delete(settings);
    free(answer);
    return same;
}

static void *change_settings(void *context)
{
    struct changer *changer = context;
    for (unsigned i = 1; changer->rounds ? i <= changer->rounds : !*changer->done; i++) {
        char *body;
        unsigned value = 100 + i % 1000;
        if (asprintf(&body, "{\"%s\": %u%*s}", changer->name, value, changer->blanks, "") < 0)
            break;
        changer->lost |= !still_has(changer, "POST", body, value);
        changer->lost |= !still_has(changer, "GET", NULL, value);
        free(body);
    }
    if (changer->rounds)
        *changer->done = true;
    return NULL;
}

static void settings_change_only_what_is_named(void **state)
{
    atomic_bool done = false;
    struct changer changers[] = {
        {.mock = *state, .name = "seed", .done = &done, .rounds = 300, .blanks = 200000},
        {.mock = *state, .name = "journal_entries", .done = &done}};
    pthread_t threads[ROWS(changers)];
    for (size_t i = 0; i < ROWS(changers); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, change_settings, &changers[i]), 0);
    for (size_t i = 0; i < ROWS(changers); i++)
        pthread_join(threads[i], NULL);
    for (size_t i = 0; i < ROWS(changers); i++)
        if (changers[i].lost)
            fail_msg("a change of %s was lost", changers[i].name);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scenarios_setup, scenarios_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(resets_forget_what_they_say),
        cmocka_unit_test(resets_bring_back_the_seed),
        TEST(mappings_keep_their_place_when_one_is_replaced),
        TEST(settings_change_only_what_is_named),
    };
    return cmocka_run_group_tests_name("scenarios_resets", tests, NULL, NULL);
}
