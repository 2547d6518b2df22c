/* Every error code of the vendor's table, in every revision, through every cue, over real sockets:
 * status, code, description and the public fields of that revision, and nothing else. What is
 * expected comes from a table of the tests' own. labels: threads */
#include "scenarios_fixture.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum way { BY_KEY, BY_HEADER, BY_FILE_NAME, BY_PICTURE, BY_QUEUE, WAYS };

static const char *const way_names[WAYS] = {"key", "header", "file name", "picture", "queue"};

static const struct revision_row {
    const char *name;
    char envelope;
    bool old_statuses;
} revisions[] = {
    {"1.0.0", 'A', true},    {"1.0.1", 'A', true},    {"2025-09", 'B', true},
    {"2026-01", 'B', false}, {"2026-05", 'C', false},
};

struct question {
    const struct revision_row *revision;
    const struct scenarios_error *error;
    enum way way;
};

__attribute__((noreturn)) static void
complain(const struct question *question, const struct scenarios_answer *answer, const char *what)
{
    fail_msg("%s by %s in %s: %s: %.900s", question->error->code, way_names[question->way],
             question->revision->name, what, answer->size ? answer->bytes : "(nothing)");
    abort();
}

static void ask(struct scenarios_answer *out, int fd, struct ailab_mock *mock,
                const struct question *question)
{
    char cue[128];
    char *picture = NULL;
    struct scenarios_call call = {0};
    switch (question->way) {
    case BY_KEY:
        snprintf(cue, sizeof cue, "mock:%s", question->error->code);
        call.key = cue;
        break;
    case BY_HEADER:
        call.header = question->error->code;
        break;
    case BY_FILE_NAME:
        snprintf(cue, sizeof cue, "mock-%s.jpg", question->error->code);
        call.file_name = cue;
        break;
    case BY_PICTURE:
        snprintf(cue, sizeof cue, "mock:%s", question->error->code);
        picture = scenarios_marked(&call.image.len, cue);
        call.image.ptr = picture;
        break;
    default:
        scenarios_arm(mock, SCENARIOS_KEY, "[{\"error\": \"%s\"}]", question->error->code);
    }
    scenarios_ask_on(out, fd, &call);
    free(picture);
}

/* The members of an object, in order, with commas. */
static const char *members(char *out, size_t size, const cJSON *object)
{
    size_t used = 0;
    out[0] = '\0';
    for (const cJSON *child = object ? object->child : NULL; child && used < size;
         child = child->next)
        used += (size_t)snprintf(out + used, size - used, "%s%s", used ? "," : "", child->string);
    return out;
}

static void check_shape(const struct question *question, const struct scenarios_answer *answer)
{
    char text[256];
    const cJSON *detail = cJSON_GetObjectItemCaseSensitive(answer->json, "error_detail");
    bool c = question->revision->envelope == 'C';
    if (strcmp(members(text, sizeof text, answer->json),
               c ? "request_id,log_id,error_detail"
                 : "request_id,log_id,error_code,error_code_str,error_msg,error_detail") != 0)
        complain(question, answer, "other fields than documented");
    if (strcmp(members(text, sizeof text, detail),
               c ? "code,code_message,message" : "status_code,code,code_message,message") != 0)
        complain(question, answer, "other fields in error_detail than documented");
}

static bool text_is(const cJSON *object, const char *name, const char *expected)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    return text && strcmp(text, expected) == 0;
}

static bool number_is(const cJSON *object, const char *name, int expected)
{
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNumber(number) && number->valueint == expected;
}

static void check_public_fields(const struct question *question,
                                const struct scenarios_answer *answer, int status)
{
    const cJSON *root = answer->json;
    const char *message = scenarios_message(answer);
    const char *shown = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(root, "error_msg"));
    if (!message[0])
        complain(question, answer, "error_detail.message is empty");
    if (question->revision->envelope == 'C')
        return;
    if (!number_is(root, "error_code", status) ||
        !number_is(cJSON_GetObjectItemCaseSensitive(root, "error_detail"), "status_code", status))
        complain(question, answer, "error_code or status_code is not the status");
    if (question->revision->envelope == 'B' &&
        (!text_is(root, "error_code_str", question->error->code) ||
         !text_is(root, "error_msg", message)))
        complain(question, answer, "error_code_str or error_msg is not the detail's");
    if (!shown || !strstr(shown, message))
        complain(question, answer, "error_msg does not hold the message");
}

static void check(const struct question *question, const struct scenarios_answer *answer)
{
    const struct scenarios_error *error = question->error;
    int status = question->revision->old_statuses ? error->before : error->since;
    const cJSON *detail = cJSON_GetObjectItemCaseSensitive(answer->json, "error_detail");
    if (answer->status != status || answer->end != SCENARIOS_KEPT)
        complain(question, answer, "another status, or the connection was not kept");
    if (!answer->json)
        complain(question, answer, "no JSON");
    check_shape(question, answer);
    if (!text_is(detail, "code", error->code) ||
        !text_is(detail, "code_message", error->description))
        complain(question, answer, "another code or description");
    check_public_fields(question, answer, status);
    if (!scenarios_header_is(answer, "Content-Type", "application/json") ||
        !scenarios_header_is(answer, "X-Mock-Scenario",
                             question->way == BY_QUEUE ? "queue" : error->code))
        complain(question, answer, "another Content-Type or X-Mock-Scenario");
}

/* Nothing is left of 630 cues: the next request is answered as usual. */
static void check_nothing_sticks(int fd, const struct question *question)
{
    struct scenarios_answer answer;
    scenarios_ask_on(&answer, fd, &(struct scenarios_call){0});
    if (!scenarios_is(&answer, 200, "") || scenarios_header(&answer, "X-Mock-Scenario").ptr)
        complain(question, &answer, "the next request without a cue was not answered as usual");
    scenarios_clear(&answer);
}

static size_t ask_all(const struct revision_row *revision)
{
    size_t asked = 0;
    const struct ailab_mock_options options = {.revision = revision->name};
    struct ailab_mock *mock = scenarios_start(&options);
    int fd = scenarios_connect(ailab_mock_port(mock));
    const struct scenarios_error *errors = scenarios_errors();
    for (enum way way = BY_KEY; way < WAYS; way++) {
        struct question question = {revision, errors, way};
        for (size_t i = 0; i < SCENARIOS_ERRORS; i++, asked++) {
            struct scenarios_answer answer;
            question.error = &errors[i];
            ask(&answer, fd, mock, &question);
            check(&question, &answer);
            scenarios_clear(&answer);
        }
        check_nothing_sticks(fd, &question);
    }
    close(fd);
    ailab_mock_stop(mock);
    return asked;
}

static void scenarios_codes_answer_the_table_for_every_code_revision_and_cue(void **state)
{
    (void)state;
    size_t asked = 0;
    int64_t start_ms = scenarios_now_ms();
    for (size_t i = 0; i < ROWS(revisions); i++)
        asked += ask_all(&revisions[i]);
    assert_int_equal(asked, SCENARIOS_ERRORS * ROWS(revisions) * WAYS);
    print_message("%zu answers in %lld ms\n", asked, (long long)(scenarios_now_ms() - start_ms));
}

/* No code is there twice, and some moved on 2026-01-08. */
static void scenarios_codes_expect_a_table_that_is_whole(void **state)
{
    (void)state;
    size_t moved = 0, met = 0;
    const struct scenarios_error *errors = scenarios_errors();
    for (size_t i = 0; i < SCENARIOS_ERRORS; i++) {
        moved += errors[i].before != errors[i].since;
        met += errors[i].met;
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(errors[i].code, errors[k].code);
    }
    assert_int_equal(moved, PINNED_CODES_WHOSE_STATUS_MOVED);
    assert_int_equal(met, PINNED_CODES_OF_THE_ENDPOINT + PINNED_CODES_PERHAPS_OF_THE_ENDPOINT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scenarios_codes_expect_a_table_that_is_whole),
        cmocka_unit_test(scenarios_codes_answer_the_table_for_every_code_revision_and_cue),
    };
    return cmocka_run_group_tests_name("scenarios_codes", tests, NULL, NULL);
}
