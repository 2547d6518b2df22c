/* Every check of the envelope notices the deviation that it exists for, blames its own clause, and
 * leaves right answers alone. The bad answers are the right one with one text replaced. */
#include "engine/invariants.h"
#include "judge/envelope.h"
#include "judge/error_table.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PIXEL                                                                                      \
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="

#define NOON "Sat, 29 Feb 2020 12:00:00 GMT"
#define NOON_S 1582977600

static const char success_b[] =
    "{\"request_id\":\"0A1B2C3D-0A1B-4C3D-8E4F-0A1B2C3D4E5F\",\"log_id\":\"12345678\","
    "\"error_code\":0,\"error_code_str\":\"\",\"error_msg\":\"\",\"error_detail\":{"
    "\"status_code\":200,\"code\":\"\",\"code_message\":\"\",\"message\":\"\"},"
    "\"data\":{\"image\":\"" PIXEL "\"}}";
static const char error_b[] =
    "{\"request_id\":\"0A1B2C3D-0A1B-4C3D-8E4F-0A1B2C3D4E5F\",\"log_id\":\"12345678\","
    "\"error_code\":422,\"error_code_str\":\"ERROR_NO_FACE_IN_FILE\",\"error_msg\":\"none\","
    "\"error_detail\":{\"status_code\":422,\"code\":\"ERROR_NO_FACE_IN_FILE\","
    "\"code_message\":\"No face detected in the file.\",\"message\":\"none\"}}";
static const char success_c[] =
    "{\"request_id\":\"0A1B2C3D-0A1B-4C3D-8E4F-0A1B2C3D4E5F\",\"log_id\":\"12345678\","
    "\"error_detail\":{\"code\":\"\",\"code_message\":\"\",\"message\":\"\"},"
    "\"data\":{\"image\":\"" PIXEL "\"}}";
static const char error_c[] =
    "{\"request_id\":\"0A1B2C3D-0A1B-4C3D-8E4F-0A1B2C3D4E5F\",\"log_id\":\"12345678\","
    "\"error_detail\":{\"code\":\"ERROR_NO_FACE_IN_FILE\","
    "\"code_message\":\"No face detected in the file.\",\"message\":\"none\"}}";

/* The text with the first `from` replaced. An answer as if it had come over the wire. */
static void answer_of(struct answer *out, const char *text, const char *from, const char *to,
                      int status, const char *type)
{
    struct buf body = {0}, bytes = {0};
    size_t used = 0;
    char why[HTTP_WHY_SIZE] = "";
    struct http_answer http;
    const char *at = from ? strstr(text, from) : NULL;
    assert_true(!from || at);
    buf_add(&body, text, at ? (size_t)(at - text) : strlen(text));
    if (at) {
        buf_text(&body, to);
        buf_text(&body, at + strlen(from));
    }
    buf_printf(&bytes,
               "HTTP/1.1 %d X\r\nDate: " NOON "\r\nContent-Type: %s\r\n"
               "Content-Length: %zu\r\n\r\n",
               status, type, body.len);
    buf_add(&bytes, buf_str(&body), body.len);
    assert_int_equal(http_read(&http, &used, bytes.ptr, bytes.len, true, false, why), HTTP_DONE);
    answer_parse(out, &http);
    out->from_editor = true;
    buf_clear(&body);
    buf_clear(&bytes);
}

/* The names of the checks that the answer breaks, separated by spaces. */
static void broken_by(char out[512], const struct answer *answer, enum revision revision)
{
    size_t count = 0;
    const struct envelope_check *checks = envelope_checks(&count);
    out[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        struct buf actual = {0};
        if (envelope_owes(&checks[i], answer, revision) &&
            !envelope_holds(&checks[i], &actual, answer, revision)) {
            assert_true(actual.len > 0);
            snprintf(out + strlen(out), 512 - strlen(out), "%s%s", out[0] ? " " : "",
                     checks[i].name);
        }
        buf_clear(&actual);
    }
}

static void envelope_accepts_right_answers(void **state)
{
    (void)state;
    static const struct {
        const char *why, *text;
        int status;
        enum revision revision;
    } rows[] = {
        {"a success of A", success_b, 200, REVISION_1_0_1},
        {"an error of A", error_b, 422, REVISION_1_0_1},
        {"a success of B", success_b, 200, REVISION_2026_01},
        {"an error of B", error_b, 422, REVISION_2026_01},
        {"a success of C", success_c, 200, REVISION_2026_05},
        {"an error of C", error_c, 422, REVISION_2026_05},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char broken[512];
        struct answer answer;
        answer_of(&answer, rows[i].text, NULL, NULL, rows[i].status, "application/json");
        broken_by(broken, &answer, rows[i].revision);
        if (broken[0])
            fail_msg("%s is said to break %s", rows[i].why, broken);
        answer_clear(&answer);
    }
}

static void envelope_notices_each_deviation(void **state)
{
    (void)state;
    static const struct {
        const char *why, *text, *from, *to;
        int status;
        const char *broken;
    } rows[] = {
        {"request_id missing", success_b,
         "\"request_id\":\"0A1B2C3D-0A1B-4C3D-8E4F-0A1B2C3D4E5F\",", "", 200,
         "request-id request-id-uuid field-order"},
        {"request_id null", success_b, "\"0A1B2C3D-0A1B-4C3D-8E4F-0A1B2C3D4E5F\"", "null", 200,
         "request-id request-id-uuid"},
        {"request_id in lower case", success_b, "0A1B2C3D-", "0a1b2c3d-", 200, "request-id-uuid"},
        {"request_id of no version", success_b, "-4C3D-", "-0C3D-", 200, "request-id-version"},
        {"request_id of another variant", success_b, "-8E4F-", "-CE4F-", 200, "request-id-version"},
        {"log_id missing", success_b, "\"log_id\":\"12345678\",", "", 200,
         "log-id log-id-digits field-order"},
        {"log_id a number", success_b, "\"12345678\"", "12345678", 200, "log-id log-id-digits"},
        {"log_id of nine digits", success_b, "12345678", "123456789", 200, "log-id-digits"},
        {"error_code missing", success_b, "\"error_code\":0,", "", 200,
         "error-code error-code-number field-order"},
        {"error_code null", error_b, "\"error_code\":422", "\"error_code\":null", 422,
         "error-code error-code-number"},
        {"error_code as text", error_b, "\"error_code\":422", "\"error_code\":\"422\"", 422,
         "error-code error-code-number"},
        {"error_code another status", error_b, "\"error_code\":422", "\"error_code\":400", 422,
         "error-code"},
        {"error_code with a fraction", error_b, "\"error_code\":422", "\"error_code\":422.5", 422,
         "error-code"},
        {"error_code 200 on success", success_b, "\"error_code\":0", "\"error_code\":200", 200,
         "error-code"},
        {"an error inside 200", error_b, NULL, NULL, 200,
         "error-code status-code code success-200 image synchronous field-order"},
        {"error_code_str null on success", success_b, "\"error_code_str\":\"\"",
         "\"error_code_str\":null", 200, "error-code-str-of-b"},
        {"error_msg a number on success", success_b, "\"error_msg\":\"\"", "\"error_msg\":0", 200,
         "error-msg-of-b"},
        {"error_code_str another code", error_b, "\"error_code_str\":\"ERROR_NO_FACE_IN_FILE\"",
         "\"error_code_str\":\"OTHER\"", 422, "error-texts"},
        {"error_msg another text", error_b, "\"error_msg\":\"none\"", "\"error_msg\":\"some\"", 422,
         "error-texts"},
        {"error_detail missing", success_b,
         "\"error_detail\":{\"status_code\":200,\"code\":\"\",\"code_message\":\"\",\"message\":"
         "\"\"},",
         "", 200, "detail field-order"},
        {"error_detail an array", error_b, "\"error_detail\":{", "\"error_detail\":[],\"x\":{", 422,
         "detail error-texts field-order"},
        {"status_code missing", error_b, "\"status_code\":422,", "", 422, "status-code"},
        {"status_code as text", error_b, "\"status_code\":422", "\"status_code\":\"422\"", 422,
         "status-code"},
        {"status_code another status", error_b, "\"status_code\":422", "\"status_code\":400", 422,
         "status-code"},
        {"code missing", error_b, "\"code\":\"ERROR_NO_FACE_IN_FILE\",", "", 422,
         "code error-texts"},
        {"code null", success_b, "\"code\":\"\"", "\"code\":null", 200, "code"},
        {"an unknown code", error_b, "\"code\":\"ERROR_NO_FACE_IN_FILE\"", "\"code\":\"ERROR_NEW\"",
         422, "code error-texts"},
        {"an empty code on an error", error_b, "\"code\":\"ERROR_NO_FACE_IN_FILE\"",
         "\"code\":\"\"", 422, "code success-200 error-texts"},
        {"a code with the status of another", error_b, NULL, NULL, 413,
         "error-code status-code table"},
        {"code_message missing", error_b, "\"code_message\":\"No face detected in the file.\",", "",
         422, "code-message table-text"},
        {"code_message another text", error_b, "No face detected in the file.", "No face.", 422,
         "table-text"},
        {"message missing", error_b, ",\"message\":\"none\"", "", 422,
         "message message-filled error-texts"},
        {"message null", success_b, "\"message\":\"\"", "\"message\":null", 200, "message"},
        {"message empty on an error", error_b, "\"message\":\"none\"", "\"message\":\"\"", 422,
         "message-filled error-texts"},
        {"an escape in the message", error_b, "\"none\"}}", "\"\\u001b\"}}", 422,
         "message-printable error-texts"},
        {"a line end in the message", error_b, "\"none\"}}", "\"a\\nb\"}}", 422,
         "message-printable error-texts"},
        {"a DEL in the message", error_b, "\"none\"}}", "\"a\\u007f\"}}", 422,
         "message-printable error-texts"},
        {"data missing", success_b, ",\"data\":{\"image\":\"" PIXEL "\"}", "", 200,
         "image synchronous field-order"},
        {"data null", success_b, "\"data\":{\"image\":\"" PIXEL "\"}", "\"data\":null", 200,
         "image synchronous"},
        {"data on an error", error_b, "\"none\"}}", "\"none\"},\"data\":null}", 422,
         "no-data field-order"},
        {"image null", success_b, "\"" PIXEL "\"", "null", 200, "image synchronous"},
        {"a data: prefix", success_b, "iVBORw0", "data:image/png;base64,iVBORw0", 200,
         "image base64"},
        {"line breaks", success_b, "iVBORw0KGgo", "iVBO\\r\\nRw0KGgo", 200, "image base64"},
        {"the URL-safe alphabet", success_b, "SK+k", "SK-k", 200, "image base64"},
        {"bad padding", success_b, "gg==", "gg", 200, "image base64"},
        {"bytes that are no picture", success_b, PIXEL, "Zm9v", 200, "image"},
        {"a picture cut off", success_b, "AAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==", "AAAA",
         200, "image"},
        {"a task to poll", success_b, "{\"request_id\"", "{\"task_id\":\"1\",\"request_id\"", 200,
         "synchronous field-order"},
        {"an unknown field", success_b, ",\"data\"", ",\"extra\":1,\"data\"", 200, "field-order"},
        {"an eighth field", success_b, "\"" PIXEL "\"}}", "\"" PIXEL "\"},\"extra\":1}", 200,
         "field-order"},
        {"a seventh field on an error", error_b, "\"none\"}}", "\"none\"},\"extra\":1}", 422,
         "field-order"},
        {"another order", error_b,
         "\"error_code\":422,\"error_code_str\":\"ERROR_NO_FACE_IN_FILE\",",
         "\"error_code_str\":\"ERROR_NO_FACE_IN_FILE\",\"error_code\":422,", 422, "field-order"},
        {"a field twice", success_b, "\"log_id\"", "\"log_id\":\"1\",\"log_id\"", 200, "json"},
        {"truncated JSON", success_b, "\"}}", "", 200, "json"},
        {"an array", success_b, success_b, "[]", 200, "json"},
        {"something behind it", success_b, "\"}}", "\"}} x", 200, "json"},
        {"invalid UTF-8", error_b, "\"none\"", "\"\xff\"", 422, "json"},
        {"success with 201", success_b, NULL, NULL, 201, ""},
        {"402", error_b, NULL, NULL, 402, "error-code status-code table never-402"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char broken[512];
        struct answer answer;
        answer_of(&answer, rows[i].text, rows[i].from, rows[i].to, rows[i].status,
                  "application/json");
        broken_by(broken, &answer, REVISION_2026_01);
        if (strcmp(broken, rows[i].broken) != 0 && rows[i].broken[0])
            fail_msg("%s breaks \"%s\" and not \"%s\"", rows[i].why, broken, rows[i].broken);
        if (!broken[0])
            fail_msg("%s is not noticed", rows[i].why);
        answer_clear(&answer);
    }
}

/* Each field that C dropped, alone. */
static void envelope_notices_what_c_dropped(void **state)
{
    (void)state;
    static const struct {
        const char *why, *text, *from, *to;
        int status;
        const char *broken;
    } rows[] = {
        {"all of them", error_b, NULL, NULL, 422, "envelope-c"},
        {"none", error_c, NULL, NULL, 422, ""},
        {"error_code", error_c, "\"error_detail\"", "\"error_code\":422,\"error_detail\"", 422,
         "envelope-c"},
        {"error_msg", error_c, "\"error_detail\"", "\"error_msg\":\"none\",\"error_detail\"", 422,
         "envelope-c"},
        {"status_code", error_c, "{\"code\"", "{\"status_code\":422,\"code\"", 422, "envelope-c"},
        {"status_code null", error_c, "{\"code\"", "{\"status_code\":null,\"code\"", 422,
         "envelope-c"},
        {"status_code on success", success_c, "{\"code\"", "{\"status_code\":200,\"code\"", 200,
         "envelope-c"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char broken[512];
        struct answer answer;
        answer_of(&answer, rows[i].text, rows[i].from, rows[i].to, rows[i].status,
                  "application/json");
        broken_by(broken, &answer, REVISION_2026_05);
        if (strcmp(broken, rows[i].broken) != 0)
            fail_msg("%s breaks \"%s\" and not \"%s\"", rows[i].why, broken, rows[i].broken);
        answer_clear(&answer);
    }
}

static void envelope_notices_another_content_type(void **state)
{
    (void)state;
    char broken[512];
    struct answer answer;
    answer_of(&answer, error_b, NULL, NULL, 422, "text/html");
    broken_by(broken, &answer, REVISION_2026_01);
    assert_string_equal(broken, "json");
    answer_clear(&answer);
}

/* Two clocks may differ by ten seconds, and an answer may take its time. */
static void envelope_compares_the_date(void **state)
{
    (void)state;
    static const struct {
        const char *why, *date; /* NULL: no such header */
        int status;
        int64_t asked_s, answered_s;
        bool right;
    } rows[] = {
        {"our time is unknown", NOON, 422, 0, 0, true},
        {"at once", NOON, 422, NOON_S, NOON_S, true},
        {"while we waited", NOON, 422, NOON_S - 90, NOON_S + 90, true},
        {"ten seconds ahead", NOON, 422, NOON_S - 10, NOON_S - 10, true},
        {"eleven seconds ahead", NOON, 422, NOON_S - 11, NOON_S - 11, false},
        {"ten seconds behind", NOON, 422, NOON_S + 10, NOON_S + 10, true},
        {"eleven seconds behind", NOON, 422, NOON_S + 11, NOON_S + 11, false},
        {"another day of the week", "Sun, 29 Feb 2020 12:00:00 GMT", 422, NOON_S, NOON_S, false},
        {"one digit for the hour", "Sat, 29 Feb 2020 9:00:00 GMT", 422, NOON_S - 10800,
         NOON_S - 10800, false},
        {"another time zone", "Sat, 29 Feb 2020 13:00:00 CET", 422, NOON_S, NOON_S, false},
        {"absent", NULL, 422, NOON_S, NOON_S, false},
        {"absent from a failure of the server", NULL, 500, NOON_S, NOON_S, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char broken[512];
        struct answer answer;
        answer_of(&answer, error_b, NULL, NULL, rows[i].status, "application/json");
        answer.http.headers[0].name = rows[i].date ? "Date" : "X-Date";
        answer.http.headers[0].value = rows[i].date ? rows[i].date : NOON;
        answer.asked_s = rows[i].asked_s;
        answer.answered_s = rows[i].answered_s;
        broken_by(broken, &answer, REVISION_2026_01);
        if ((strstr(broken, "date") == NULL) != rows[i].right)
            fail_msg("%s: broken are \"%s\"", rows[i].why, broken);
        answer_clear(&answer);
    }
}

/* The check of that name. */
static const struct envelope_check *check_of(const char *name)
{
    size_t count = 0;
    const struct envelope_check *checks = envelope_checks(&count);
    while (count > 0 && strcmp(checks[count - 1].name, name) != 0)
        count--;
    assert_true(count > 0);
    return &checks[count - 1];
}

/* The first answer that breaks a clause stays the one that is shown. */
static void invariants_keep_the_first_that_breaks_a_clause(void **state)
{
    (void)state;
    static const struct {
        const char *slug, *exchange, *from, *to;
        size_t seen, violated;
    } rows[] = {
        {"a/right", "none", NULL, NULL, 1, 0},
        {"a/first", NULL, "12345678", "1234567", 2, 1},
        {"a/second", "two", "12345678", "123456789", 3, 2},
        {"a/page", "three", "{", "<", 3, 2}, /* owes no log_id */
        {"a/other", "four", "0A1B2C3D-0A1B", "0A1B2C3D-0A1C", 4, 2},
    };
    struct invariants *invariants = invariants_new(REVISION_2026_01);
    assert_non_null(invariants);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct answer answer;
        answer_of(&answer, error_b, rows[i].from, rows[i].to, 422, "application/json");
        invariants_see(invariants, rows[i].slug, &answer, rows[i].exchange);
        const struct observation seen = invariants_ask(invariants, check_of("log-id-digits"));
        assert_int_equal(seen.seen, rows[i].seen);
        assert_int_equal(seen.violated, rows[i].violated);
        if (seen.violated > 0) {
            assert_string_equal(seen.first, "a/first");
            assert_string_equal(seen.actual, "log_id is \"1234567\"");
        }
        assert_null(seen.exchange);
        answer_clear(&answer);
    }
    assert_int_equal(invariants_ask(invariants, NULL).seen, 4);
    assert_int_equal(invariants_ask(invariants, NULL).violated, 2); /* one id, three times */
    assert_int_equal(invariants_ask(invariants, check_of("error-texts")).seen, 4);
    assert_int_equal(invariants_ask(invariants, check_of("envelope-c")).seen,
                     0); /* a later revision's */
    assert_string_equal(invariants_ask(invariants, check_of("json")).exchange, "three");
    invariants_free(invariants);
}

static void invariants_notice_an_id_that_comes_twice(void **state)
{
    (void)state;
    struct answer answer;
    struct invariants *invariants = invariants_new(REVISION_2026_01);
    assert_non_null(invariants);
    answer_of(&answer, error_b, NULL, NULL, 422, "application/json");
    invariants_see(invariants, "a/first", &answer, "one");
    assert_int_equal(invariants_ask(invariants, NULL).violated, 0);
    invariants_see(invariants, "a/second", &answer, "two");
    const struct observation seen = invariants_ask(invariants, NULL);
    assert_int_equal(seen.seen, 2);
    assert_int_equal(seen.violated, 1);
    assert_string_equal(seen.first, "a/second");
    assert_string_equal(seen.exchange, "two");
    answer_clear(&answer);
    invariants_free(invariants);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(envelope_accepts_right_answers),
        cmocka_unit_test(envelope_notices_each_deviation),
        cmocka_unit_test(envelope_notices_what_c_dropped),
        cmocka_unit_test(envelope_notices_another_content_type),
        cmocka_unit_test(envelope_compares_the_date),
        cmocka_unit_test(invariants_keep_the_first_that_breaks_a_clause),
        cmocka_unit_test(invariants_notice_an_id_that_comes_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
