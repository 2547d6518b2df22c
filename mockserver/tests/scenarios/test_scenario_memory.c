/* Reading and printing a document, making a set, a fault or a deviation gives up cleanly at
 * whichever allocation fails, leaks nothing, and says so. */
#include "api/deviation.h"
#include "scenario_json.h"
#include "scenarios/choose.h"
#include "testing/failing_malloc.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static const char json[] =
    "{\"seed\":1,\"accounts\":{\"k\":{\"credits\":1}},\"scenarios\":[{\"name\":\"a\",\"summary\":"
    "\"b\",\"match\":{\"file_name\":\"*\",\"api_key\":\"*\",\"service_choice\":[1,2],\"sha256\":"
    "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\",\"headers\":{\"X\":\"y\","
    "\"Z\":null}},\"steps\":[{\"error\":"
    "\"ANY\",\"status\":400,\"message\":\"m\",\"headers\":{\"A\":\"b\"},\"deviation\":"
    "\"extra-fields\"},{\"status\":500,\"body\":\"x\"},{\"status\":500,\"body_base64\":\"/wD+\"},"
    "{\"fault\":{\"name\":\"dribble\",\"amount\":5},\"delay\":{\"uniform\":[1,2]}}]}]}";

#define ATTEMPTS_MAX 2000

/* Runs once for each allocation that the attempt makes, failing that one, until none fails. The
 * attempt answers whether it succeeded, and has freed everything in any case. Returns how many
 * allocations there are. */
static unsigned long fail_each(bool (*attempt)(const void *), const void *argument)
{
    unsigned long at = 1;
    bool done = attempt(argument); /* libraries keep what they need only once */
    assert_true(done);
    done = false;
    for (; !done && at < ATTEMPTS_MAX; at++) {
        memory_start(at, false);
        done = attempt(argument);
        bool hit = memory_stop() >= at;
        if (memory.live != 0)
            fail_msg("%ld blocks are left when allocation %lu fails", memory.live, at);
        if (done == hit)
            fail_msg("allocation %lu %s", at, hit ? "failed unnoticed" : "did not fail");
    }
    assert_true(done);
    return at - 2;
}

static bool try_parse(const void *argument)
{
    struct document document;
    struct document_error error;
    (void)argument;
    bool parsed = document_parse(&document, slice_make(json, sizeof json - 1), &error);
    bool right = parsed ? document.scenario_count == 1
                        : strcmp(error.message, "memory ran out") == 0 && !*error.pointer &&
                              !document.scenarios && !document.accounts;
    document_clear(&document);
    if (!right) {
        memory_stop(); /* to say so takes memory */
        fail_msg("%s: %s", error.pointer, error.message);
    }
    return parsed;
}

static bool try_print(const void *argument)
{
    cJSON *printed = document_print_scenario(argument);
    cJSON_Delete(printed);
    return printed != NULL;
}

static bool try_set(const void *argument)
{
    (void)argument;
    struct scenario *own = calloc(2, sizeof *own);
    if (!own)
        return false;
    own[1].steps = calloc(1, sizeof *own[1].steps); /* what a set that is not made must free */
    own[1].step_count = own[1].steps != NULL;
    if (!own[1].steps) {
        free(own);
        return false;
    }
    struct scenario_set *set = scenario_set_new(own, 2);
    scenario_set_release(set);
    return set != NULL;
}

/* A scenario that is put into a set is taken over, also when that fails. */
static bool try_put(const void *argument)
{
    struct scenario scenario = {.name = "new", .step_count = 0};
    scenario.summary = strdup("owned");
    if (!scenario.summary)
        return false;
    struct scenario_set *set = scenario_set_with(argument, &scenario);
    const bool moved = !scenario.summary;
    scenario_set_release(set);
    if (!moved) {
        memory_stop();
        fail_msg("the scenario was left");
    }
    return set != NULL;
}

static bool try_fault(const void *argument)
{
    static const char text[] = "{\"log_id\":\"1\",\"error_detail\":{},\"data\":{\"image\":\"@\"}}";
    const enum fault_id *fault = argument;
    struct reply reply;
    struct reply_head head = {.status = 200, .keep_alive = true};
    bool made = fault_reply(&reply, &head, slice_of(text), slice_of("an image"), *fault, 100);
    reply_clear(&reply);
    return made;
}

static bool try_deviation(const void *argument)
{
    const struct deviation *deviation = argument;
    int status = 422;
    bool kept = true;
    cJSON *envelope = cJSON_Parse("{\"request_id\":\"1\",\"error_code\":422,\"error_msg\":\"m\","
                                  "\"error_detail\":{\"status_code\":422,\"code\":\"C\","
                                  "\"message\":\"m\"}}");
    if (!envelope)
        return false;
    bool applied = deviation_apply(deviation, envelope, &status);
    for (const cJSON *item = envelope->child; item; item = item->next)
        kept = kept && item->string;
    cJSON_Delete(envelope);
    if (applied && !kept)
        fail_msg("%s: a field lost its name", deviation->name);
    return applied;
}

static void document_gives_up_cleanly_when_any_allocation_fails(void **state)
{
    (void)state;
    SKIP_UNLESS_MEMORY_COUNTS();
    assert_true(fail_each(try_parse, NULL) > 0);
}

static void document_print_gives_up_cleanly_when_any_allocation_fails(void **state)
{
    (void)state;
    SKIP_UNLESS_MEMORY_COUNTS();
    struct document document;
    struct document_error error;
    assert_true(document_parse(&document, slice_make(json, sizeof json - 1), &error));
    assert_true(fail_each(try_print, &document.scenarios[0]) > 0);
    document_clear(&document);
}

static void scenario_set_gives_up_cleanly_when_any_allocation_fails(void **state)
{
    (void)state;
    SKIP_UNLESS_MEMORY_COUNTS();
    assert_true(fail_each(try_set, NULL) > 0);
}

static void scenario_put_gives_up_cleanly_when_any_allocation_fails(void **state)
{
    (void)state;
    SKIP_UNLESS_MEMORY_COUNTS();
    struct scenario_set *set = scenario_set_new(NULL, 0);
    assert_true(fail_each(try_put, set) > 0);
    scenario_set_release(set);
}

/* The first scenario that matches has taken the request, whatever becomes of it. */
static void choice_says_when_there_was_no_memory_to_count_it(void **state)
{
    (void)state;
    SKIP_UNLESS_MEMORY_COUNTS();
    struct document document;
    struct key_state key;
    struct choice choice;
    const struct request_facts facts = {.number = {.request = 1}};
    scenario_json_document(&document,
                           "{'scenarios': [{'name': 'a', 'match': {}, 'steps': [{'status': 501}]},"
                           " {'name': 'b', 'match': {}, 'then': 'repeat-last',"
                           " 'steps': [{'status': 502}]}]}");
    struct scenario_set *set = scenario_set_new(document.scenarios, document.scenario_count);
    document.scenarios = NULL; /* taken over */
    document.scenario_count = 0;
    document_clear(&document);
    key_state_init(&key, 1, (const uint8_t[32]){0});
    for (unsigned long at = 1; at <= 2; at++) { /* the table, and the entry in it */
        memory_start(at, false);
        choose_matching(&choice, set, &key, &facts);
        memory_stop();
        assert_true(choice.no_memory && !choice.step);
        assert_string_equal(choice.scenario, "a");
        choice_clear(&choice);
    }
    choose_matching(&choice, set, &key, &facts);
    assert_true(!choice.no_memory && choice.step && choice.step->status == 501);
    choice_clear(&choice);
    key_state_clear(&key);
    scenario_set_release(set);
}

static void fault_gives_up_cleanly_when_any_allocation_fails(void **state)
{
    (void)state;
    SKIP_UNLESS_MEMORY_COUNTS();
    unsigned long all = 0; /* a reset takes none */
    for (enum fault_id id = FAULT_NONE + 1; id < FAULT_COUNT; id++)
        if (fault_info(id)->place != FAULT_UPLOAD)
            all += fail_each(try_fault, &id);
    assert_true(all > 0);
}

static void deviation_gives_up_cleanly_when_any_allocation_fails(void **state)
{
    (void)state;
    SKIP_UNLESS_MEMORY_COUNTS();
    size_t count;
    const struct deviation *table = deviation_table(&count);
    for (size_t i = 0; i < count; i++)
        assert_true(fail_each(try_deviation, &table[i]) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(document_gives_up_cleanly_when_any_allocation_fails),
        cmocka_unit_test(document_print_gives_up_cleanly_when_any_allocation_fails),
        cmocka_unit_test(scenario_set_gives_up_cleanly_when_any_allocation_fails),
        cmocka_unit_test(scenario_put_gives_up_cleanly_when_any_allocation_fails),
        cmocka_unit_test(choice_says_when_there_was_no_memory_to_count_it),
        cmocka_unit_test(fault_gives_up_cleanly_when_any_allocation_fails),
        cmocka_unit_test(deviation_gives_up_cleanly_when_any_allocation_fails),
    };
    return cmocka_run_group_tests_name("scenario_memory", tests, NULL, NULL);
}
