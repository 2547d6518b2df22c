/* What is kept of a run: facts about pictures and failures in records, an exchange and a line that
 * repeats it for every case that fails, and why a case was not judged. */
#include "mock.h"
#include "reports.h"
#include "testing/scripted.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The answer of a case's exchange number step in its record; the caller's is *root. */
static const cJSON *recorded(cJSON **root, const char *folder, const char *name, int step)
{
    char path[PATH_SIZE];
    path_join(path, folder, name);
    char *text = file_read(path, NULL);
    *root = cJSON_Parse(text);
    free(text);
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(*root, "exchanges");
    const cJSON *answer =
        cJSON_GetObjectItemCaseSensitive(cJSON_GetArrayItem(list, step - 1), "answer");
    assert_non_null(answer);
    return answer;
}

static const cJSON *path_of(const cJSON *item, const char *const *names)
{
    for (; *names; names++)
        item = cJSON_GetObjectItemCaseSensitive(item, *names);
    return item;
}

static void record_has_the_facts_about_each_picture(void **state)
{
    static const struct {
        const char *file, *format;
        long side;
    } rows[] = {
        {"call.documented.json", "JPEG", 512},
        {"image.type.png.json", "PNG", 512},
    };
    static const char *const image[] = {"body", "data", "image", NULL};
    struct program_outcome outcome;
    suite_run(&outcome, NULL, "--target", "mock", "--run", "call/documented", "--run",
              "image/type/png", "--record", *state, NULL);
    assert_exit("the recorded run", &outcome, 0);
    program_outcome_clear(&outcome);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cJSON *root = NULL;
        const cJSON *facts = path_of(recorded(&root, *state, rows[i].file, 1), image);
        const long bytes = report_number(facts, "bytes");
        assert_string_equal(report_field(facts, "format"), rows[i].format);
        assert_int_equal(report_number(facts, "width"), rows[i].side);
        assert_int_equal(report_number(facts, "height"), rows[i].side);
        assert_int_equal(strlen(report_field(facts, "sha256")), 64);
        assert_true(bytes > 1000);
        assert_int_equal(report_number(facts, "base64_characters"), (bytes + 2) / 3 * 4);
        cJSON_Delete(root);
    }
}

static void record_has_what_is_no_picture_and_no_answer(void **state)
{
    static const struct {
        const char *why, *answer, *path[4], *text;
    } rows[] = {
        {"no Base64",
         "HTTP/1.1 200 OK\r\n\r\n{\"data\":{\"image\":\"/9j?\"}}",
         {"body", "data", "image", "not_base64"},
         NULL},
        {"no picture",
         "HTTP/1.1 200 OK\r\n\r\n{\"data\":{\"image\":\"Zm9v\"}}",
         {"body", "data", "image", "format"},
         "neither JPEG nor PNG"},
        {"no JSON", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", {"not_json"}, NULL},
        {"no HTTP", "hello\r\n\r\n", {"failure"}, "not an HTTP answer"},
        {"nothing", NULL, {"failure"}, "closed"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cJSON *root = NULL;
        struct program_outcome outcome;
        struct scripted *server = scripted_start_alike(rows[i].answer);
        assert_non_null(server);
        suite_run(&outcome, NULL, "--target", server->url, "--run", "call/documented", "--record",
                  *state, NULL);
        scripted_free(server);
        const cJSON *item = recorded(&root, *state, "call.documented.json", 1);
        for (size_t k = 0; k < 4 && rows[i].path[k]; k++)
            item = cJSON_GetObjectItemCaseSensitive(item, rows[i].path[k]);
        const char *text = cJSON_GetStringValue(item);
        if (!text || !text[0] || (rows[i].text && !strstr(text, rows[i].text)))
            fail_msg("%s: \"%s\"", rows[i].why, text ? text : "(none)");
        cJSON_Delete(root);
        program_outcome_clear(&outcome);
    }
}

/* A server that takes everything: many cases fail, and each shows what was sent and came back. */
static void failure_shows_its_exchange_and_how_to_repeat_it(void **state)
{
    (void)state;
    static const char success[] =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
        "{\"request_id\":\"A\",\"log_id\":\"12345678\",\"error_code\":0,\"error_code_str\":\"\","
        "\"error_msg\":\"\",\"error_detail\":{\"status_code\":200,\"code\":\"\","
        "\"code_message\":\"\",\"message\":\"\"},\"data\":{\"image\":\"/9j/4AAQSkZJRg==\"}}";
    struct program_outcome outcome;
    /* It reads each request whole: an early answer and a close may reset the connection. */
    const struct scripted_reply reply = {(char *)(uintptr_t)success, sizeof success - 1};
    struct scripted *server = scripted_start_replies(&reply, 1);
    assert_non_null(server);
    suite_run(&outcome, NULL, "--target", server->url, "--report", "json", "--level", "info",
              "--timeout", "30000", "--skip", "image/*", "--skip", "choice/*", "--skip", "wire/*",
              "--skip", "framing/*", NULL);
    scripted_free(server);
    cJSON *report = report_read(outcome.out);
    const cJSON *test = NULL;
    size_t failed = 0;
    cJSON_ArrayForEach(test, cJSON_GetObjectItemCaseSensitive(report, "cases"))
    {
        const char *id = report_field(test, "id"), *exchange = report_field(test, "exchange");
        if (strcmp(report_field(test, "verdict"), "fail") != 0)
            continue;
        failed++;
        if (!strstr(exchange, "> ") || !strstr(exchange, "< HTTP/1.1 200 OK"))
            fail_msg("%s shows no exchange: %s", id, exchange);
        /* A case about every answer shows that of another, which brings the line. */
        if (strncmp(id, "every-answer/", 13) != 0 && !report_field(test, "repeat")[0])
            fail_msg("%s says not how to repeat it", id);
    }
    assert_true(failed > 40);
    cJSON_Delete(report);
    program_outcome_clear(&outcome);
}

/* Of a program too: its time line and the calls that it made. */
static void failure_of_a_caller_shows_its_calls(void **state)
{
    (void)state;
    struct program_outcome outcome;
    suite_run(&outcome, NULL, "caller", "--run", "success/documented", "--report", "json", "--",
              "sh", "-c",
              "curl -s -o /dev/null -X POST "
              "\"$AILAB_BASE_URL/api/portrait/effects/emotion-editor\"; exit 1",
              NULL);
    cJSON *report = report_read(outcome.out);
    const cJSON *test = report_case(report, "success/documented");
    const char *exchange = report_field(test, "exchange");
    assert_string_equal(report_field(test, "verdict"), "fail");
    assert_non_null(strstr(exchange, "the program starts"));
    assert_non_null(strstr(exchange, "POST /api/portrait/effects/emotion-editor"));
    assert_non_null(strstr(exchange, "401"));
    assert_non_null(strstr(report_field(test, "repeat"), "--run success/documented -- sh -c "));
    cJSON_Delete(report);
    program_outcome_clear(&outcome);
}

#define SELECTION                                                                                  \
    "--skip", "image/*", "--skip", "choice/*", "--skip", "wire/*", "--skip", "concurrency/*",      \
        "--skip", "armed/*"

/* The cases that the list says need a key that the target knows, and no others. */
static void case_that_needs_a_known_key_is_skipped_without_one(void **state)
{
    (void)state;
    struct program_server server;
    struct program_outcome listed, judged;
    const cJSON *item = NULL;
    size_t needing = 0;
    suite_run(&listed, NULL, "--list", "--json", "--level", "info", "--revision", "2026-01",
              SELECTION, NULL);
    assert_true(mock_start_open(&server));
    suite_run(&judged, NULL, "--target", server.url, "--report", "json", "--level", "info",
              SELECTION, NULL);
    program_server_stop(&server);
    assert_exit("a target that takes any key", &judged, 0);
    cJSON *list = cJSON_Parse(listed.out), *report = report_read(judged.out);
    assert_true(cJSON_GetArraySize(list) > 0);
    cJSON_ArrayForEach(item, list)
    {
        const char *id = report_field(item, "id");
        const cJSON *test = report_case(report, id), *need = NULL;
        bool needs = false;
        cJSON_ArrayForEach(need, cJSON_GetObjectItemCaseSensitive(item, "needs"))
        {
            needs = needs || strcmp(cJSON_GetStringValue(need), "known key") == 0;
        }
        const bool skipped =
            strcmp(report_field(test, "verdict"), "skip") == 0 &&
            strstr(report_field(test, "reason"), "no key is given in AILAB_API_KEY,");
        needing += needs;
        if (skipped != needs)
            fail_msg("%s needs %s key that is known, and is %s: %s", id, needs ? "a" : "no",
                     report_field(test, "verdict"), report_field(test, "reason"));
    }
    assert_true(needing >= 3);
    cJSON_Delete(list);
    cJSON_Delete(report);
    program_outcome_clear(&listed);
    program_outcome_clear(&judged);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(record_has_the_facts_about_each_picture, folder_make,
                                        folder_remove),
        cmocka_unit_test_setup_teardown(record_has_what_is_no_picture_and_no_answer, folder_make,
                                        folder_remove),
        cmocka_unit_test(failure_shows_its_exchange_and_how_to_repeat_it),
        cmocka_unit_test(failure_of_a_caller_shows_its_calls),
        cmocka_unit_test(case_that_needs_a_known_key_is_skipped_without_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
