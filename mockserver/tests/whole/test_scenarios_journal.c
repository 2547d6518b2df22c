/* Arm, call, verify: what the journal tells of calls over real sockets, through the library and
 * through HTTP alike; what is unexpected, what came nearest, what a reset forgets; and that no key
 * is to be found anywhere. */
#include "scenarios_fixture.h"
#include <cjson/cJSON.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct scenarios_call plain = {0};

/* An admin call over HTTP. */
static void ask_admin(struct scenarios_answer *out, struct ailab_mock *mock, const char *method,
                      const char *path, const char *body)
{
    const struct scenarios_call call = {
        .method = method, .path = path, .key = "", .body = body ? body : ""};
    scenarios_ask(out, ailab_mock_port(mock), &call);
}

/* The count of a query, which must be the same through the library and through HTTP. */
static int count(struct ailab_mock *mock, const char *query)
{
    struct scenarios_answer answer;
    size_t counted = scenarios_count(mock, query);
    ask_admin(&answer, mock, "POST", "/__admin/requests/count", query);
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(answer.json, "count");
    if (answer.status != 200 || !number || number->valueint != (int)counted)
        fail_msg("%s: %zu in C, over HTTP %.300s", query, counted, answer.bytes);
    scenarios_clear(&answer);
    return (int)counted;
}

static const cJSON *first_of(const cJSON *document, const char *name)
{
    return cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(document, name), 0);
}

static const char *text_of(const cJSON *object, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    return text ? text : "";
}

static double number_of(const cJSON *object, const char *name)
{
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNumber(number) ? number->valuedouble : -1;
}

/* A header chooses a scenario, and finds the request in the journal; secrets are not told. */
static void journal_knows_the_headers(void **state)
{
    char why[AILAB_MOCK_ERROR_SIZE];
    static const char document[] =
        "{\"scenarios\": [{\"name\": \"beta\", \"steps\": [{\"error\": \"ERROR_BLURRY_FACE\"}], "
        "\"match\": {\"headers\": {\"X-Beta\": \"y*\", \"Cookie\": null}}}]}";
    const struct scenarios_call with = {.more = "x-beta: yes\r\n"};
    const struct scenarios_call cookie = {.more = "X-Beta: yes\r\nCookie: se=cret\r\n"};
    assert_int_equal(ailab_mock_load(*state, document, why), AILAB_MOCK_OK);
    scenarios_expect(*state, &cookie, 200, "", "a cookie, which must not be there");
    scenarios_expect(*state, &plain, 200, "", "no X-Beta");
    scenarios_expect(*state, &with, 422, "ERROR_BLURRY_FACE", "as the match wants");
    assert_int_equal(count(*state, "{\"headers\": {\"X-Beta\": \"yes\"}}"), 2);
    assert_int_equal(count(*state, "{\"headers\": {\"X-Beta\": null}}"), 1);
    assert_int_equal(count(*state, "{\"headers\": {\"Cookie\": \"*\"}}"), 1);
    assert_int_equal(count(*state, "{\"headers\": {\"Cookie\": \"se=*\"}}"), 0);
    struct scenarios_answer answer;
    ask_admin(&answer, *state, "GET", "/__admin/requests", NULL);
    assert_non_null(strstr(answer.bytes, "{\"name\":\"Cookie\",\"value\":\"***\"}"));
    assert_null(strstr(answer.bytes, "se=cret"));
    scenarios_clear(&answer);
}

/* The entry is there as soon as the answer is: a thousand times out of a thousand. */
static void journal_is_written_before_the_answer_is_over(void **state)
{
    for (size_t i = 1; i <= 1000; i++) {
        scenarios_expect(*state, &plain, 200, "", "as usual");
        if (scenarios_count(*state, NULL) != i)
            fail_msg("call %zu is not in the journal", i);
        if (i % 250 == 0)
            assert_int_equal(count(*state, "{\"status\": 200}"), i);
    }
}

static void journal_tells_what_was_sent_and_answered(void **state)
{
    struct scenarios_answer answer;
    const struct scenarios_call call = {
        .header = "ERROR_BLURRY_FACE", .file_name = "holiday.jpg", .choice = "12"};
    scenarios_ask(&answer, ailab_mock_port(*state), &call);
    cJSON *document = scenarios_admin(*state, "GET", "/__admin/requests", NULL, 200);
    const cJSON *entry = first_of(document, "requests");
    const cJSON *image = cJSON_GetObjectItemCaseSensitive(entry, "image");
    const cJSON *parts = cJSON_GetObjectItemCaseSensitive(entry, "parts");
    assert_string_equal(text_of(entry, "method"), "POST");
    assert_string_equal(text_of(entry, "path"), SCENARIOS_PATH);
    assert_string_equal(text_of(entry, "request_id"), text_of(answer.json, "request_id"));
    assert_string_equal(text_of(entry, "code"), "ERROR_BLURRY_FACE");
    assert_string_equal(text_of(entry, "scenario"), "ERROR_BLURRY_FACE");
    assert_string_equal(text_of(entry, "chosen_by"), "header");
    assert_int_equal((int)number_of(entry, "status"), 422);
    assert_int_equal((int)number_of(entry, "service_choice"), 12);
    assert_int_equal((int)number_of(entry, "nth"), 1);
    assert_int_equal((int)number_of(entry, "bytes_out"), (int)answer.size);
    assert_in_range(number_of(entry, "duration_ms"), 0, 60000);
    assert_int_equal(cJSON_GetArraySize(parts), 2);
    assert_string_equal(text_of(cJSON_GetArrayItem(parts, 1), "file_name"), "holiday.jpg");
    assert_string_equal(text_of(image, "format"), "jpeg");
    assert_int_equal((int)number_of(image, "width"), 96);
    assert_int_equal((int)number_of(image, "size"), (int)scenarios_portrait().len);
    assert_false(cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(entry, "unexpected")));
    cJSON_Delete(document);
    scenarios_clear(&answer);
}

static void journal_counts_and_finds_with_the_matchers_of_scenarios(void **state)
{
    static const struct {
        const char *query;
        int count;
    } rows[] = {
        {"{}", 5},
        {"{\"match\": {\"api_key\": \"alice\"}}", 3},
        {"{\"match\": {\"api_key\": \"*\"}}", 5},
        {"{\"match\": {\"service_choice\": [12, 13]}}", 2},
        {"{\"match\": {\"file_name\": \"holiday*\"}}", 1},
        {"{\"match\": {\"api_key\": \"bob\", \"width\": 96}}", 2},
        {"{\"match\": {\"request\": {\"min\": 2}}}", 3},
        {"{\"status\": 422}", 1},
        {"{\"code\": \"ERROR_INVALID_PARAMETER\"}", 1},
        {"{\"code\": \"\"}", 3},
        {"{\"scenario\": \"ERROR_BLURRY_FACE\"}", 1},
        {"{\"unexpected\": true}", 1},
        {"{\"path\": \"/api/*\", \"method\": \"POST\"}", 5},
        {"{\"method\": \"GET\"}", 0},
    };
    const struct scenarios_call calls[] = {
        {.key = "alice", .choice = "12"},
        {.key = "alice", .choice = "13", .file_name = "holiday-1.jpg"},
        {.key = "alice", .choice = "99"},
        {.key = "bob"},
        {.key = "bob", .header = "ERROR_BLURRY_FACE"},
    };
    for (size_t i = 0; i < ROWS(calls); i++) {
        struct scenarios_answer answer;
        scenarios_ask(&answer, ailab_mock_port(*state), &calls[i]);
        scenarios_clear(&answer);
    }
    for (size_t i = 0; i < ROWS(rows); i++)
        if (count(*state, rows[i].query) != rows[i].count)
            fail_msg("%s: %d, expected %d", rows[i].query, count(*state, rows[i].query),
                     rows[i].count);
    cJSON *found = scenarios_admin(*state, "POST", "/__admin/requests/find?limit=1",
                                   "{\"match\": {\"api_key\": \"alice\"}}", 200);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(found, "requests")), 1);
    assert_int_equal((int)number_of(first_of(found, "requests"), "service_choice"), 99);
    cJSON_Delete(found);
    cJSON_Delete(
        scenarios_admin(*state, "POST", "/__admin/requests/count", "{\"stauts\": 1}", 400));
}

/* Nothing matches; the nearest is shown field by field, what was expected beside what came. */
static void journal_shows_the_nearest_request_side_by_side(void **state)
{
    struct scenarios_answer answer;
    scenarios_expect(*state, &(struct scenarios_call){.key = "k", .choice = "16"}, 200, "", "16");
    scenarios_expect(*state, &(struct scenarios_call){.key = "k", .choice = "12"}, 200, "", "12");
    ask_admin(&answer, *state, "POST", "/__admin/requests/near-misses",
              "{\"match\": {\"service_choice\": 12, \"width\": 97, \"api_key\": \"k\"}, "
              "\"status\": 200}");
    const cJSON *nearest = first_of(answer.json, "nearMisses");
    const cJSON *fields = cJSON_GetObjectItemCaseSensitive(nearest, "fields");
    size_t missed = 0;
    assert_int_equal(
        (int)number_of(cJSON_GetObjectItemCaseSensitive(nearest, "request"), "service_choice"), 12);
    assert_int_equal(cJSON_GetArraySize(fields), 4);
    for (const cJSON *field = fields->child; field; field = field->next) {
        if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(field, "matched")))
            continue;
        missed++;
        assert_string_equal(text_of(field, "field"), "match.width");
        assert_string_equal(text_of(field, "expected"), "97");
        assert_string_equal(text_of(field, "actual"), "96");
    }
    assert_int_equal(missed, 1);
    scenarios_clear(&answer);
}

/* Every field of the object stands in the schema of this name, and it has those that the schema
 * requires. */
static void expect_described(const cJSON *schemas, const char *name, const cJSON *object)
{
    const cJSON *item, *schema = cJSON_GetObjectItemCaseSensitive(schemas, name);
    const cJSON *properties = cJSON_GetObjectItemCaseSensitive(schema, "properties");
    cJSON_ArrayForEach(item, object)
    {
        if (!cJSON_HasObjectItem(properties, item->string))
            fail_msg("the schema %s has no %s", name, item->string);
    }
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(schema, "required"))
    {
        if (!cJSON_HasObjectItem(object, item->valuestring))
            fail_msg("an answer has no %s, which the schema %s requires", item->valuestring, name);
    }
}

/* One entry by its id, with a picture and a kept body: that is where every field stands. */
static void journal_entries_are_as_their_schema_says(void **state)
{
    cJSON_Delete(
        scenarios_admin(*state, "POST", "/__admin/settings", "{\"journal_bodies\": true}", 200));
    scenarios_expect(*state, &(struct scenarios_call){.file_name = "me.jpg"}, 200, "", "a picture");
    cJSON *openapi = scenarios_admin(*state, "GET", "/__admin/openapi.json", NULL, 200);
    cJSON *entry = scenarios_admin(*state, "GET", "/__admin/requests/1", NULL, 200);
    const cJSON *schemas = cJSON_GetObjectItemCaseSensitive(
        cJSON_GetObjectItemCaseSensitive(openapi, "components"), "schemas");
    const cJSON *parts = cJSON_GetObjectItemCaseSensitive(entry, "parts");
    expect_described(schemas, "Request", entry);
    assert_int_equal(cJSON_GetArraySize(entry), /* body_base64 alone is not required */
                     cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(
                         cJSON_GetObjectItemCaseSensitive(schemas, "Request"), "required")) +
                         1);
    expect_described(schemas, "Image", cJSON_GetObjectItemCaseSensitive(entry, "image"));
    expect_described(schemas, "Part", cJSON_GetArrayItem(parts, 1));
    cJSON_Delete(entry);
    cJSON_Delete(openapi);
}

static size_t unexpected(struct ailab_mock *mock)
{
    size_t found = 99;
    assert_int_equal(ailab_mock_count_unexpected(mock, &found, NULL), AILAB_MOCK_OK);
    return found;
}

static void journal_resets_by_key_or_whole(void **state)
{
    char why[AILAB_MOCK_ERROR_SIZE];
    static const char *const keys[] = {"alice", "bob"};
    for (size_t i = 0; i < 2; i++) {
        scenarios_arm(*state, keys[i], "[{\"error\": \"ERROR_BLURRY_FACE\", \"times\": 9}]");
        scenarios_expect(*state, &(struct scenarios_call){.key = keys[i]}, 422, "ERROR_BLURRY_FACE",
                         "armed");
    }
    scenarios_expect(*state, &(struct scenarios_call){.key = "bob", .choice = "9"}, 400,
                     "ERROR_INVALID_PARAMETER", "wrong");
    assert_int_equal(unexpected(*state), 1);
    assert_int_equal(ailab_mock_reset(*state, "alice", why), AILAB_MOCK_OK);
    assert_int_equal(count(*state, "{\"match\": {\"api_key\": \"alice\"}}"), 0);
    assert_int_equal(count(*state, "{\"match\": {\"api_key\": \"bob\"}}"), 2);
    scenarios_expect(*state, &(struct scenarios_call){.key = "alice"}, 200, "",
                     "her queue is empty");
    scenarios_expect(*state, &(struct scenarios_call){.key = "bob"}, 422, "ERROR_BLURRY_FACE",
                     "his");
    /* The journal alone: scenarios stay. */
    cJSON_Delete(scenarios_admin(*state, "DELETE", "/__admin/requests", NULL, 200));
    assert_int_equal(count(*state, "{}"), 0);
    assert_int_equal(unexpected(*state), 0);
    scenarios_expect(*state, &(struct scenarios_call){.key = "bob"}, 422, "ERROR_BLURRY_FACE",
                     "stays");
    /* Scenarios alone: the journal stays. */
    cJSON_Delete(
        scenarios_admin(*state, "POST", "/__admin/scenarios/reset?api_key=bob", NULL, 200));
    scenarios_expect(*state, &(struct scenarios_call){.key = "bob"}, 200, "", "reset");
    assert_int_equal(count(*state, "{}"), 2);
    assert_int_equal(ailab_mock_reset(*state, NULL, why), AILAB_MOCK_OK);
    assert_int_equal(count(*state, "{}"), 0);
}

/* Bounded, and bodies only on request. */
static void journal_keeps_what_it_was_allowed(void **state)
{
    (void)state;
    const struct ailab_mock_options options = {.journal_entries = 3, .journal_bodies = true};
    struct ailab_mock *mock = scenarios_start(&options);
    for (size_t i = 0; i < 5; i++)
        scenarios_expect(mock, &plain, 200, "", "as usual");
    assert_int_equal(count(mock, "{}"), 3);
    cJSON *document = scenarios_admin(mock, "GET", "/__admin/requests/5", NULL, 200);
    const char *body = text_of(document, "body_base64");
    assert_true(strlen(body) > scenarios_portrait().len);
    assert_memory_equal(body, "LS1zY2VuYXJpb3Mt", 16); /* "--scenarios-" */
    cJSON_Delete(document);
    cJSON_Delete(scenarios_admin(mock, "GET", "/__admin/requests/2", NULL, 404));
    ailab_mock_stop(mock);
}

/* Secrets */

#define SECRET "sEcReT-kEy-wXyZ-oF-aLiCe"

struct log {
    pthread_mutex_t lock; /* entries come from the threads that served */
    char text[65536];
    size_t used;
};

static void take_log(void *context, const struct ailab_mock_log_entry *entry)
{
    struct log *log = context;
    pthread_mutex_lock(&log->lock);
    int len = snprintf(log->text + log->used, sizeof log->text - log->used, "%s|%s|%s|%s|%s|%s\n",
                       entry->method, entry->path, entry->code, entry->message, entry->scenario,
                       entry->remote);
    if (len > 0 && log->used + (size_t)len < sizeof log->text)
        log->used += (size_t)len;
    pthread_mutex_unlock(&log->lock);
}

static void expect_no_secret(const char *text, const char *where)
{
    static const char *const secrets[] = {SECRET, "wXyZ", "sEcReT", "oF-aLiCe"};
    for (size_t i = 0; i < ROWS(secrets); i++)
        if (strstr(text, secrets[i]))
            fail_msg("%s shows a key: %.400s", where, text);
}

static void journal_and_all_else_never_show_a_key(void **state)
{
    (void)state;
    static struct log log = {.lock = PTHREAD_MUTEX_INITIALIZER};
    static const char *const known[] = {SECRET};
    static const char *const paths[] = {"/__admin/requests",
                                        "/__admin/requests/unexpected",
                                        "/__admin/accounts",
                                        "/__admin/settings",
                                        "/__admin/scenarios",
                                        "/metrics",
                                        "/__admin/requests/unmatched/near-misses"};
    const struct ailab_mock_options options = {
        .api_keys = known, .api_key_count = 1, .log = take_log, .log_context = &log};
    const struct scenarios_call calls[] = {
        {.key = SECRET},
        {.key = SECRET "-not"},
        {.key = SECRET, .choice = "99"},
        {.key = "mock:ERROR_BLURRY_FACE@" SECRET},
        {.key = "mock:NO_SUCH_NAME@" SECRET},
        {.key = "mock!ERROR_BLURRY_FACE@" SECRET "-not"},
        {.key = SECRET, .header = "two-faces"},
        {.key = SECRET, .method = "GET"},
        {.key = SECRET, .path = SCENARIOS_CREDITS_PATH, .method = "GET", .body = ""},
        {.key = SECRET, .path = "/api/nowhere"},
        {.key = SECRET, .body = "junk", .more = "Content-Type: text/plain\r\n"},
    };
    struct ailab_mock *mock = scenarios_start(&options);
    scenarios_load(mock,
                   "{\"accounts\": {\"" SECRET "\": {\"credits\": 100000}}, \"scenarios\": "
                   "[{\"name\": \"m\", \"match\": {\"width\": 1}, \"steps\": [{\"delay\": 1}]}]}");
    scenarios_arm(mock, SECRET, "[{\"delay\": 1}]");
    struct scenarios_answer answer;
    for (size_t i = 0; i < ROWS(calls); i++) {
        scenarios_ask(&answer, ailab_mock_port(mock), &calls[i]);
        assert_true(answer.status > 0);
        expect_no_secret(answer.bytes, "an answer");
        scenarios_clear(&answer);
    }
    assert_int_equal(scenarios_count(mock, NULL), ROWS(calls));
    for (size_t i = 0; i < ROWS(paths); i++) {
        ask_admin(&answer, mock, "GET", paths[i], NULL);
        assert_int_equal(answer.status, 200);
        expect_no_secret(answer.bytes, paths[i]);
        scenarios_clear(&answer);
    }
    ask_admin(&answer, mock, "POST", "/__admin/requests/near-misses",
              "{\"match\": {\"api_key\": \"" SECRET "-not\", \"width\": 1}}");
    assert_int_equal(answer.status, 200);
    expect_no_secret(answer.bytes, "near misses");
    scenarios_clear(&answer);
    ailab_mock_stop(mock); /* and with it the last log entry */
    assert_true(log.used > 200);
    expect_no_secret(log.text, "the log");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scenarios_setup, scenarios_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(journal_knows_the_headers),
        TEST(journal_is_written_before_the_answer_is_over),
        TEST(journal_tells_what_was_sent_and_answered),
        TEST(journal_counts_and_finds_with_the_matchers_of_scenarios),
        TEST(journal_shows_the_nearest_request_side_by_side),
        TEST(journal_entries_are_as_their_schema_says),
        TEST(journal_resets_by_key_or_whole),
        cmocka_unit_test(journal_keeps_what_it_was_allowed),
        cmocka_unit_test(journal_and_all_else_never_show_a_key),
    };
    return cmocka_run_group_tests_name("scenarios_journal", tests, NULL, NULL);
}
