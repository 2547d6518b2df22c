/* Tests of replies as data: the head is what HTTP wants, Content-Length is exact whatever the
 * picture's size, and nothing can slip into the head. */
#include "api/reply.h"
#include "mock_requests.h"
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])
#define EXPOSED "\r\nAccess-Control-Expose-Headers: Retry-After, X-Mock-Scenario\r\n"
#define MARKED "{\"data\":{\"image\":\"@\"}}"

static struct reply_head head_with(int status)
{
    return (struct reply_head){.status = status,
                               .content_type = "application/json",
                               .now_ms = MOCK_NOW_MS,
                               .keep_alive = true};
}

/* The first step's bytes as text; the caller frees it. */
static uint64_t announced(const char *text)
{
    const char *line = strstr(text, "\r\nContent-Length: ");
    assert_non_null(line);
    return strtoull(line + 18, NULL, 10);
}

static void reply_starts_with_a_whole_head(void **state)
{
    (void)state;
    struct reply reply;
    struct reply_head head = head_with(200);
    assert_true(reply_json(&reply, &head, slice_of("{}"), slice_of("")));
    char *text = mock_reply_head(&reply);
    assert_string_equal(text, "HTTP/1.1 200 OK\r\n"
                              "Date: Thu, 08 Jan 2026 12:34:56 GMT\r\n"
                              "Server: ailab-mock/" AILAB_VERSION_STRING "\r\n"
                              "Content-Type: application/json\r\n"
                              "Content-Length: 2\r\n"
                              "Connection: keep-alive\r\n"
                              "Access-Control-Allow-Origin: *\r\n"
                              "\r\n"
                              "{}");
    free(text);
    assert_int_equal(reply.step_count, 1);
    assert_false(reply.close);
    reply_clear(&reply);
    assert_int_equal(reply.step_count, 0);
    reply_clear(&reply);
}

static void reply_names_every_status_of_the_error_table(void **state)
{
    (void)state;
    for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++) {
        const struct error_info *info = error_info(code);
        assert_string_not_equal(reply_reason(info->status_2025_09), "Unknown");
        assert_string_not_equal(reply_reason(info->status_2026_01), "Unknown");
    }
    assert_string_equal(reply_reason(299), "Unknown");
}

/* IANA's HTTP Status Code Registry of 2025, from 200 on, typed again. */
static const char *const registry[] = {
    "200 OK",
    "201 Created",
    "202 Accepted",
    "203 Non-Authoritative Information",
    "204 No Content",
    "205 Reset Content",
    "206 Partial Content",
    "207 Multi-Status",
    "208 Already Reported",
    "226 IM Used",
    "300 Multiple Choices",
    "301 Moved Permanently",
    "302 Found",
    "303 See Other",
    "304 Not Modified",
    "305 Use Proxy",
    "307 Temporary Redirect",
    "308 Permanent Redirect",
    "400 Bad Request",
    "401 Unauthorized",
    "402 Payment Required",
    "403 Forbidden",
    "404 Not Found",
    "405 Method Not Allowed",
    "406 Not Acceptable",
    "407 Proxy Authentication Required",
    "408 Request Timeout",
    "409 Conflict",
    "410 Gone",
    "411 Length Required",
    "412 Precondition Failed",
    "413 Content Too Large",
    "414 URI Too Long",
    "415 Unsupported Media Type",
    "416 Range Not Satisfiable",
    "417 Expectation Failed",
    "421 Misdirected Request",
    "422 Unprocessable Content",
    "423 Locked",
    "424 Failed Dependency",
    "425 Too Early",
    "426 Upgrade Required",
    "428 Precondition Required",
    "429 Too Many Requests",
    "431 Request Header Fields Too Large",
    "451 Unavailable For Legal Reasons",
    "500 Internal Server Error",
    "501 Not Implemented",
    "502 Bad Gateway",
    "503 Service Unavailable",
    "504 Gateway Timeout",
    "505 HTTP Version Not Supported",
    "506 Variant Also Negotiates",
    "507 Insufficient Storage",
    "508 Loop Detected",
    "510 Not Extended",
    "511 Network Authentication Required",
};

static void reply_says_the_registered_reason_of_each_status_of_a_step(void **state)
{
    (void)state;
    size_t next = 0;
    for (int status = 200; status <= 599; status++) {
        char expected[64], got[64];
        bool listed = next < ROWS(registry) && atoi(registry[next]) == status;
        snprintf(expected, sizeof expected, "%d Unknown", status);
        snprintf(got, sizeof got, "%d %s", status, reply_reason(status));
        assert_string_equal(got, listed ? registry[next] : expected);
        next += listed;
    }
    assert_int_equal(next, ROWS(registry));
}

static void reply_announces_the_exact_length_for_each_picture_size(void **state)
{
    (void)state;
    char image[64];
    memset(image, 'i', sizeof image);
    for (size_t len = 0; len <= sizeof image; len++) {
        struct reply reply;
        struct reply_head head = head_with(200);
        uint64_t base64 = (len + 2) / 3 * 4;
        assert_true(reply_json(&reply, &head, slice_of(MARKED), slice_make(image, len)));
        char *text = mock_reply_head(&reply);
        const char *body = strstr(text, "\r\n\r\n") + 4;
        assert_int_equal(announced(text), strlen(MARKED) - 1 + base64);
        assert_string_equal(body, "{\"data\":{\"image\":\"");
        assert_int_equal(reply_size(&reply), (uint64_t)(body - text) + announced(text));
        const struct reply_step *last = &reply.steps[reply.step_count - 1];
        assert_true(slice_equal(last->bytes, slice_of("\"}}")));
        assert_int_equal(reply.step_count, len ? 3 : 2);
        if (len) {
            assert_int_equal(reply.steps[1].kind, REPLY_BASE64);
            assert_ptr_equal(reply.steps[1].bytes.ptr, image); /* not copied */
        }
        free(text);
        reply_clear(&reply);
    }
}

static void reply_to_head_announces_the_body_and_sends_none(void **state)
{
    (void)state;
    static const char *const bodies[] = {MARKED, "{\"error\":1}", ""};
    for (size_t i = 0; i < ROWS(bodies); i++) {
        struct reply full, bare;
        struct reply_head head = head_with(200);
        assert_true(reply_json(&full, &head, slice_of(bodies[i]), slice_of("12345")));
        head.is_head = true;
        assert_true(reply_json(&bare, &head, slice_of(bodies[i]), slice_of("12345")));
        char *full_text = mock_reply_head(&full), *bare_text = mock_reply_head(&bare);
        assert_int_equal(bare.step_count, 1);
        assert_int_equal(announced(full_text), announced(bare_text));
        assert_memory_equal(full_text, bare_text, strlen(bare_text));
        assert_string_equal(bare_text + strlen(bare_text) - 4, "\r\n\r\n");
        free(full_text);
        free(bare_text);
        reply_clear(&full);
        reply_clear(&bare);
    }
}

/* RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5. Only 205 says so by its length. */
static void reply_has_no_body_with_three_statuses(void **state)
{
    (void)state;
    for (int status = 200; status <= 599; status++) {
        const bool bare = status == 204 || status == 205 || status == 304;
        const struct reply_head head = head_with(status);
        struct reply reply;
        struct slice bytes;
        if (reply_may_have_body(status) == bare)
            fail_msg("%d: a body is %s", status, bare ? "allowed" : "forbidden");
        assert_true(reply_start(&reply, &head, 7, &bytes));
        struct mock_text text = {0};
        mock_text_add(&text, bytes);
        if (status == 204 || status == 304)
            assert_null(strstr(text.ptr, "Content-Length"));
        else
            assert_int_equal(announced(text.ptr), bare ? 0 : 7);
        mock_text_clear(&text);
        reply_clear(&reply);
    }
}

static void reply_adds_what_is_asked_for_and_nothing_else(void **state)
{
    (void)state;
    const struct reply_header retry_after = {"retry-after", "9"}, other = {"X-Own", "v"};
    const struct {
        const char *why;
        struct reply_head head;
        const char *has[4], *has_not[4];
    } rows[] = {
        {"closing",
         {.status = 400},
         {"\r\nConnection: close\r\n"},
         {"keep-alive", "\r\nAllow:", "\r\nRetry-After:", "Content-Type"}},
        {"405",
         {.status = 405, .allow = "POST, OPTIONS"},
         {"\r\nAllow: POST, OPTIONS\r\n"},
         {"Access-Control-Allow-Methods"}},
        {"429", {.status = 429, .retry_after_s = 7}, {"\r\nRetry-After: 7\r\n"}, {"\r\nAllow:"}},
        {"preflight",
         {.status = 204, .allow = "GET", .allow_methods = "GET", .allow_headers = "a, b"},
         {" 204 No Content\r\n", "\r\nAccess-Control-Allow-Methods: GET\r\n",
          "\r\nAccess-Control-Allow-Headers: a, b\r\n", "\r\nAccess-Control-Max-Age: "},
         {"Content-Length", "Content-Type", "Transfer-Encoding", "Expose-Headers"}},
        {"205", {.status = 205}, {" 205 Reset Content\r\n", "\r\nContent-Length: 0\r\n"}, {NULL}},
        {"304", {.status = 304}, {" 304 Not Modified\r\n"}, {"Content-Length"}},
        {"when to retry, for pages of any origin",
         {.status = 429, .retry_after_s = 7},
         {EXPOSED},
         {NULL}},
        {"the scenario, for pages of any origin",
         {.status = 200, .scenario = "stall"},
         {EXPOSED},
         {NULL}},
        {"when to retry, by a step, for pages of any origin",
         {.status = 429, .extra = &retry_after, .extra_count = 1},
         {EXPOSED},
         {NULL}},
        {"neither, for pages of any origin",
         {.status = 429, .extra = &other, .extra_count = 1},
         {"\r\nAccess-Control-Allow-Origin: *\r\n"},
         {"Expose-Headers"}},
        {"for no page of another origin",
         {.status = 200, .same_origin = true, .retry_after_s = 7},
         {NULL},
         {"Access-Control-"}},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct reply reply;
        assert_true(reply_empty(&reply, &rows[i].head));
        char *text = mock_reply_head(&reply);
        for (size_t k = 0; k < ROWS(rows[i].has) && rows[i].has[k]; k++)
            if (!strstr(text, rows[i].has[k]))
                fail_msg("%s: no %s in %s", rows[i].why, rows[i].has[k], text);
        for (size_t k = 0; k < ROWS(rows[i].has_not) && rows[i].has_not[k]; k++)
            if (strstr(text, rows[i].has_not[k]))
                fail_msg("%s: %s in %s", rows[i].why, rows[i].has_not[k], text);
        assert_int_equal(reply.close, !rows[i].head.keep_alive);
        free(text);
        reply_clear(&reply);
    }
}

static void reply_splits_a_text_without_a_mark_nowhere(void **state)
{
    (void)state;
    struct reply reply;
    struct reply_head head = head_with(422);
    assert_true(reply_json(&reply, &head, slice_of("{\"message\":\"@\"}"), slice_of("12345")));
    char *text = mock_reply_head(&reply);
    assert_int_equal(reply.step_count, 1);
    assert_int_equal(announced(text), 15);
    assert_string_equal(strstr(text, "\r\n\r\n") + 4, "{\"message\":\"@\"}");
    free(text);
    reply_clear(&reply);
}

static void reply_dates_like_strftime_in_english(void **state)
{
    (void)state;
    char expected[64];
    /* 1970 to 2103 in steps of 40 days and some hours */
    for (int64_t second = 0; second < INT64_C(4200000000); second += 40 * 86400 + 12347) {
        struct reply reply;
        struct reply_head head = head_with(200);
        struct tm tm;
        time_t now = (time_t)second;
        head.now_ms = second * 1000 + 999;
        strftime(expected, sizeof expected, "\r\nDate: %a, %d %b %Y %H:%M:%S GMT\r\n",
                 gmtime_r(&now, &tm)); /* the test sets no locale */
        assert_true(reply_empty(&reply, &head));
        char *text = mock_reply_head(&reply);
        if (!strstr(text, expected))
            fail_msg("no '%s' in '%s'", expected, text);
        free(text);
        reply_clear(&reply);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reply_starts_with_a_whole_head),
        cmocka_unit_test(reply_dates_like_strftime_in_english),
        cmocka_unit_test(reply_names_every_status_of_the_error_table),
        cmocka_unit_test(reply_says_the_registered_reason_of_each_status_of_a_step),
        cmocka_unit_test(reply_announces_the_exact_length_for_each_picture_size),
        cmocka_unit_test(reply_to_head_announces_the_body_and_sends_none),
        cmocka_unit_test(reply_has_no_body_with_three_statuses),
        cmocka_unit_test(reply_adds_what_is_asked_for_and_nothing_else),
        cmocka_unit_test(reply_splits_a_text_without_a_mark_nowhere),
    };
    return cmocka_run_group_tests_name("reply", tests, NULL, NULL);
}
