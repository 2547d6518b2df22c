/* What people and the admin API's callers get from a whole exchange without sockets: the console
 * and its files, the page that stands in for it, and documents; also when memory runs out. */
#include "console/console.h"
#include "mock_requests.h"
#include "testing/failing_malloc.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])
#define MOST_ALLOCATIONS 5000

static struct mock *open_mock(bool admin_off)
{
    struct mock_options options = mock_options_in(REVISION_R2026_01);
    options.admin_open = true;
    options.admin_off = admin_off;
    return mock_new(&options);
}

/* What a browser sends for an address; accept and encoding may be NULL. */
static struct mock_call visit(const char *path, const char *accept, const char *encoding)
{
    struct mock_call call = {.method = "GET",
                             .path = path,
                             .query = "",
                             .version = "1.1",
                             .body_replaced = true,
                             .not_announced = true};
    mock_call_header(&call, "Host", "127.0.0.1:8080");
    if (accept)
        mock_call_header(&call, "Accept", accept);
    if (encoding)
        mock_call_header(&call, "Accept-Encoding", encoding);
    return call;
}

/* Only the mocked API is for pages of every origin. */
static void assert_same_origin(const struct mock_answer *answer)
{
    assert_null(mock_answer_header(answer, "Access-Control-Allow-Origin").ptr);
}

static bool begins(struct slice bytes, const char *text)
{
    return bytes.len >= strlen(text) && memcmp(bytes.ptr, text, strlen(text)) == 0;
}

struct visit_row {
    const char *method, *path, *accept; /* accept: NULL for none */
    int status;
};

/* The caller clears the answer. */
static struct mock_answer expected_visit(struct mock *mock, const struct visit_row *row)
{
    struct mock_call call = visit(row->path, row->accept, NULL);
    call.method = row->method;
    struct mock_answer answer = mock_answer_to(&call, mock);
    if (answer.status != row->status)
        fail_msg("%s %s for %s: %d", row->method, row->path, row->accept, answer.status);
    return answer;
}

static void console_answers_browsers_and_no_program_at_the_root(void **state)
{
    static const struct visit_row rows[] = {
        {"GET", "/", "text/html", 200},
        {"GET", "/", "text/html,application/xhtml+xml,*/*;q=0.8", 200},
        {"HEAD", "/", "text/html", 200},
        {"GET", "/", "*/*", 404},
        {"GET", "/", NULL, 404},
        {"POST", "/", "text/html", 404},
        {"GET", "/index.html", "text/html", 404},
        {"GET", "/__admin", NULL, 200},
        {"GET", "/__admin/", "*/*", 200},
        {"GET", "/__admin/console/main.js", "*/*", 200},
        {"HEAD", "/__admin/console/main.js", NULL, 200},
        {"POST", "/__admin/console/main.js", NULL, 404},
        {"GET", "/__admin/console/none.js", NULL, 404},
    };
    struct mock *mock = open_mock(false);
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock_answer answer = expected_visit(mock, &rows[i]);
        bool is_file = answer.status == 200;
        assert_int_equal(mock_answer_header(&answer, "ETag").ptr != NULL, is_file);
        if (is_file)
            assert_same_origin(&answer);
        assert_int_equal(is_file && answer.body.len > 0,
                         is_file && strcmp(rows[i].method, "HEAD") != 0);
        mock_answer_clear(&answer);
    }
    mock_free(mock);
}

/* A head that may be understood in two ways is refused before it is answered. */
static void console_answers_no_request_that_is_in_doubt(void **state)
{
    static const char *const paths[] = {"/", "/__admin/"};
    (void)state;
    for (int off = 0; off < 2; off++) {
        struct mock *mock = open_mock(off);
        for (size_t i = 0; i < ROWS(paths); i++) {
            struct mock_call call = visit(paths[i], "text/html", NULL);
            mock_call_header(&call, "Content-Length", "5");
            mock_call_header(&call, "Transfer-Encoding", "chunked");
            struct mock_answer answer = mock_answer_to(&call, mock);
            assert_int_equal(answer.status, 400);
            mock_answer_clear(&answer);
        }
        mock_free(mock);
    }
}

/* A body that comes with the visit is not read, so nothing can follow it. */
static void console_closes_behind_a_body(void **state)
{
    static const char *const lengths[] = {NULL, "0", "5"};
    struct mock *mock = open_mock(false);
    (void)state;
    for (size_t i = 0; i < ROWS(lengths); i++) {
        struct mock_call call = visit("/", "text/html", NULL);
        if (lengths[i])
            mock_call_header(&call, "Content-Length", lengths[i]);
        struct mock_answer answer = mock_answer_to(&call, mock);
        assert_int_equal(answer.status, 200);
        assert_int_equal(answer.close, i == 2);
        mock_answer_clear(&answer);
    }
    mock_free(mock);
}

static void console_sends_gzip_to_those_who_take_it(void **state)
{
    static const struct {
        const char *encoding;
        bool gzip;
    } rows[] = {
        {NULL, false},           {"", false},         {"br, zstd", false}, {"gzip", true},
        {"gzip, deflate", true}, {"gzip;q=1", true},  {"gzip;q=0", false}, {"gzip; q=0", false},
        {"br, gzip;q=0", false}, {"identity", false},
    };
    struct mock *mock = open_mock(false);
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock_call call = visit("/__admin/", "text/html", rows[i].encoding);
        struct mock_answer answer = mock_answer_to(&call, mock);
        assert_int_equal(answer.status, 200);
        struct slice coding = mock_answer_header(&answer, "Content-Encoding");
        if (!slice_equal(coding, rows[i].gzip ? slice_of("gzip") : slice_make(NULL, 0)) ||
            !begins(answer.body, rows[i].gzip ? "\x1f\x8b" : "<!DOCTYPE html>"))
            fail_msg("%s: Content-Encoding %.*s", rows[i].encoding, (int)coding.len, coding.ptr);
        assert_true(slice_equal(mock_answer_header(&answer, "Vary"), slice_of("Accept-Encoding")));
        assert_true(
            slice_equal(mock_answer_header(&answer, "Referrer-Policy"), slice_of("no-referrer")));
        mock_answer_clear(&answer);
    }
    mock_free(mock);
}

static void console_sends_a_file_again_only_when_it_is_another(void **state)
{
    static const char *const encodings[] = {NULL, "gzip"};
    const struct console_file page = console_page();
    struct mock *mock = open_mock(false);
    (void)state;
    for (size_t i = 0; i < ROWS(encodings); i++) {
        char etag[CONSOLE_ETAG_SIZE], other[CONSOLE_ETAG_SIZE];
        console_etag(etag, &page, !encodings[i]);
        console_etag(other, &page, encodings[i]);
        struct mock_call call = visit("/__admin/", "text/html", encodings[i]);
        mock_call_header(&call, "If-None-Match", etag);
        struct mock_answer answer = mock_answer_to(&call, mock);
        assert_int_equal(answer.status, 304);
        assert_false(answer.close);
        assert_int_equal(answer.body.len, 0);
        assert_true(slice_equal(mock_answer_header(&answer, "ETag"), slice_of(etag)));
        assert_null(mock_answer_header(&answer, "Content-Type").ptr);
        assert_null(mock_answer_header(&answer, "Content-Encoding").ptr);
        mock_answer_clear(&answer);
        mock_call_header(&call, "If-None-Match", NULL);
        mock_call_header(&call, "If-None-Match", other);
        answer = mock_answer_to(&call, mock);
        assert_int_equal(answer.status, 200);
        assert_true(answer.body.len > 100);
        assert_true(slice_equal(mock_answer_header(&answer, "Content-Type"),
                                slice_of("text/html; charset=utf-8")));
        mock_answer_clear(&answer);
    }
    mock_free(mock);
}

/* Without the admin API there is a page that says how to call. */
static void page_shows_the_host_that_the_browser_asked(void **state)
{
    static const struct {
        const char *host, *shown;
    } rows[] = {
        {"127.0.0.1:18080", "http://127.0.0.1:18080/api/"},
        {"Mock-1.test_net", "http://Mock-1.test_net/api/"},
        {"[::1]:8080", "http://[::1]:8080/api/"},
        {"azAZ09", "http://azAZ09/api/"},
        {"a<b", "http://127.0.0.1:8080/api/"},
        {"a\"b", "http://127.0.0.1:8080/api/"},
        {"a&b", "http://127.0.0.1:8080/api/"},
        {"@", "http://127.0.0.1:8080/api/"},
        {"a`b", "http://127.0.0.1:8080/api/"},
        {"a{b", "http://127.0.0.1:8080/api/"},
        {"a/b", "http://127.0.0.1:8080/api/"},
        {"a;b", "http://127.0.0.1:8080/api/"},
        {"", "http://127.0.0.1:8080/api/"},
    };
    struct mock *mock = open_mock(true);
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock_call call = visit("/", "text/html", NULL);
        mock_call_header(&call, "Host", NULL);
        mock_call_header(&call, "Host", rows[i].host);
        struct mock_answer answer = mock_answer_to(&call, mock);
        assert_int_equal(answer.status, 200);
        assert_false(answer.close);
        assert_same_origin(&answer);
        if (!strstr(answer.body.ptr, rows[i].shown))
            fail_msg("%s: no %s", rows[i].host, rows[i].shown);
        assert_true(slice_equal(mock_answer_header(&answer, "Content-Type"),
                                slice_of("text/html; charset=utf-8")));
        mock_answer_clear(&answer);
    }
    mock_free(mock);
}

static void page_takes_a_host_of_255_bytes_and_no_longer_one(void **state)
{
    struct mock *mock = open_mock(true);
    (void)state;
    for (size_t len = 255; len <= 256; len++) {
        char host[257];
        memset(host, 'h', len);
        host[len] = '\0';
        struct mock_call call = visit("/", "text/html", NULL);
        mock_call_header(&call, "Host", NULL);
        mock_call_header(&call, "Host", host);
        struct mock_answer answer = mock_answer_to(&call, mock);
        assert_int_equal(answer.status, 200);
        assert_int_equal(strstr(answer.body.ptr, host) != NULL, len == 255);
        mock_answer_clear(&answer);
    }
    mock_free(mock);
}

static void page_shows_no_host_with_a_nul(void **state)
{
    struct mock *mock = open_mock(true);
    struct mock_call call = visit("/", "text/html", NULL);
    (void)state;
    mock_call_header(&call, "Host", NULL);
    call.headers[call.header_count++] =
        (struct header_field){slice_of("Host"), slice_make("a\0b", 3)};
    struct mock_answer answer = mock_answer_to(&call, mock);
    assert_non_null(strstr(answer.body.ptr, "http://127.0.0.1:8080/api/"));
    mock_answer_clear(&answer);
    mock_free(mock);
}

static void page_is_for_people_who_get_it(void **state)
{
    static const struct visit_row rows[] = {
        {"GET", "/", "text/html", 200},  {"HEAD", "/", "text/html", 200},
        {"GET", "/", "*/*", 404},        {"GET", "/", NULL, 404},
        {"POST", "/", "text/html", 404}, {"GET", "/index.html", "text/html", 404},
        {"GET", "/", "text/htm", 404},
    };
    struct mock *mock = open_mock(true);
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock_answer answer = expected_visit(mock, &rows[i]);
        if (strcmp(rows[i].method, "HEAD") == 0)
            assert_int_equal(answer.body.len, 0);
        mock_answer_clear(&answer);
    }
    mock_free(mock);
}

static void admin_refuses_a_body_that_is_not_whole(void **state)
{
    static const struct {
        const char *why;
        enum body_end end;
        int status;
    } rows[] = {
        {"whole", BODY_COMPLETE, 200},
        {"cut off", BODY_CUT, 400},
        {"too large", BODY_TOO_LARGE, 413},
        {"no memory", BODY_NO_MEMORY, 400},
    };
    struct mock *mock = open_mock(false);
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock_call call = visit("/__admin/mappings", NULL, NULL);
        call.method = "PUT";
        call.body = slice_of("{\"scenarios\": []}");
        call.not_announced = false;
        call.end = rows[i].end;
        struct mock_answer answer = mock_answer_to(&call, mock);
        if (answer.status != rows[i].status)
            fail_msg("%s: %d %.*s", rows[i].why, answer.status, (int)answer.body.len,
                     answer.body.ptr);
        assert_non_null(answer.json);
        mock_answer_clear(&answer);
    }
    mock_free(mock);
}

static void admin_says_which_methods_are_allowed(void **state)
{
    struct mock *mock = open_mock(false);
    struct mock_call call = visit("/__admin/requests", NULL, NULL);
    (void)state;
    call.method = "PUT";
    struct mock_answer answer = mock_answer_to(&call, mock);
    assert_int_equal(answer.status, 405);
    assert_true(slice_equal(mock_answer_header(&answer, "Allow"), slice_of("GET, DELETE")));
    mock_answer_clear(&answer);
    call.method = "GET";
    answer = mock_answer_to(&call, mock);
    assert_int_equal(answer.status, 200);
    assert_null(mock_answer_header(&answer, "Allow").ptr);
    mock_answer_clear(&answer);
    mock_free(mock);
}

/* The feed has a head that keeps it from being stored, and no end. */
static void admin_feed_begins_with_its_head(void **state)
{
    static const char *const lines[] = {
        "HTTP/1.1 200 OK\r\n", "\r\nContent-Type: text/event-stream\r\n",
        "\r\nCache-Control: no-store\r\n", "\r\nX-Accel-Buffering: no\r\n",
        "\r\nConnection: close\r\n"};
    char length_text[24];
    struct exchange exchange = {.watchers_max = 1};
    struct mock *mock = open_mock(false);
    struct mock_call call = visit("/__admin/events", NULL, NULL);
    (void)state;
    mock_call_head(&exchange.request.head, &call, 0, length_text);
    assert_int_equal(exchange_begin(&exchange, mock, MOCK_NOW), EXCHANGE_READ_BODY);
    exchange_body(&exchange, slice_make(NULL, 0), BODY_COMPLETE);
    assert_int_equal(exchange.reply.status, 200);
    assert_non_null(exchange.reply.stream.next);
    struct mock_text head = {0};
    for (size_t i = 0; i < exchange.reply.step_count; i++)
        mock_text_add(&head, exchange.reply.steps[i].bytes);
    for (size_t i = 0; i < ROWS(lines); i++)
        if (!head.ptr || !strstr(head.ptr, lines[i]))
            fail_msg("no %s in %s", lines[i], head.ptr ? head.ptr : "nothing");
    assert_null(strstr(head.ptr, "Access-Control-Allow-Origin"));
    mock_text_clear(&head);
    exchange_end(&exchange);
    mock_free(mock);
}

/* Who may not use the admin API still learns that the mock serves, and no more. */
static void admin_tells_health_to_everybody(void **state)
{
    static const struct {
        const char *method, *host;
        bool body;
        int status;
    } rows[] = {
        {"GET", "127.0.0.1", false, 200},  {"GET", "mock.test", false, 200},
        {"HEAD", "mock.test", false, 200}, {"POST", "mock.test", false, 403},
        {"GET", "mock.test", true, 403},   {"DELETE", "mock.test", false, 403},
    };
    struct mock *mock = open_mock(false);
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock_call call = visit("/__admin/health", NULL, NULL);
        call.method = rows[i].method;
        call.body = slice_of("x");
        call.not_announced = !rows[i].body;
        mock_call_header(&call, "Host", NULL);
        mock_call_header(&call, "Host", rows[i].host);
        struct mock_answer answer = mock_answer_to(&call, mock);
        if (answer.status != rows[i].status)
            fail_msg("%s for %s: %d", rows[i].method, rows[i].host, answer.status);
        assert_same_origin(&answer);
        if (answer.body.len && strcmp(rows[i].host, "mock.test") == 0 && answer.status == 200)
            assert_true(slice_equal(answer.body, slice_of("{\"status\":\"ok\"}\n")));
        mock_answer_clear(&answer);
    }
    mock_free(mock);
}

static void health_tells_how_long_the_mock_has_run(void **state)
{
    struct mock_options options = mock_options_in(REVISION_R2026_01);
    options.admin_open = true;
    options.started_ms = MOCK_NOW_MS - 90500;
    struct mock *mock = mock_new(&options);
    struct mock_call call = visit("/__admin/health", NULL, NULL);
    struct mock_answer answer = mock_answer_to(&call, mock);
    (void)state;
    const cJSON *uptime = cJSON_GetObjectItemCaseSensitive(answer.json, "uptimeInSeconds");
    assert_non_null(uptime);
    assert_int_equal(uptime->valueint, 90);
    mock_answer_clear(&answer);
    mock_free(mock);
}

struct memory_row {
    struct mock_call call;
    bool admin_off;
};

/* One run with the n-th allocation of the exchange failing; returns whether one did. The run with
 * 0, for none, notes the right answer. */
static bool run(struct mock_text *right, const struct memory_row *row, unsigned long fails_at,
                bool for_ever)
{
    char length_text[24];
    struct exchange exchange = {0};
    struct mock *mock = open_mock(row->admin_off);
    mock_call_head(&exchange.request.head, &row->call, 0, length_text);
    memory_start(fails_at, for_ever);
    if (exchange_begin(&exchange, mock, MOCK_NOW) == EXCHANGE_READ_BODY)
        exchange_body(&exchange, slice_make(NULL, 0), BODY_COMPLETE);
    memory_stop();
    const bool failed = memory.failed;
    struct mock_answer answer = mock_answer_of(&exchange);
    bool last_resort = answer.status == 500 && answer.body.len == 0 && answer.close;
    bool told = answer.status == 500 && strstr(answer.body.ptr, "out of memory");
    if (!fails_at)
        mock_text_add(right, mock_text_slice(&answer.sent));
    if (!(failed && (last_resort || told)) &&
        !slice_equal(mock_text_slice(&answer.sent), mock_text_slice(right)))
        fail_msg("%s, allocation %lu: %d", row->call.path, fails_at, answer.status);
    mock_answer_clear(&answer);
    exchange_end(&exchange);
    if (fails_at && memory.live != 0) /* the first run makes what is made once in a process */
        fail_msg("%s, allocation %lu: %ld blocks leak", row->call.path, fails_at, memory.live);
    mock_free(mock);
    return failed;
}

static void pages_are_right_or_500_whichever_allocation_fails(void **state)
{
    const struct memory_row rows[] = {
        {visit("/", "text/html", NULL), false},
        {visit("/__admin/", "text/html", "gzip"), false},
        {visit("/", "text/html", NULL), true},
        {visit("/__admin/settings", NULL, NULL), false},
        {visit("/__admin/health", NULL, NULL), true},
    };
    (void)state;
    SKIP_UNLESS_MEMORY_COUNTS();
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock_text right = {0};
        assert_false(run(&right, &rows[i], 0, false));
        for (int for_ever = 0; for_ever < 2; for_ever++) {
            unsigned long n = 1;
            while (run(&right, &rows[i], n, for_ever))
                assert_true(++n < MOST_ALLOCATIONS);
            assert_true(n > 1); /* something was allocated, so something was tested */
        }
        mock_text_clear(&right);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(console_answers_browsers_and_no_program_at_the_root),
        cmocka_unit_test(console_answers_no_request_that_is_in_doubt),
        cmocka_unit_test(console_closes_behind_a_body),
        cmocka_unit_test(console_sends_gzip_to_those_who_take_it),
        cmocka_unit_test(console_sends_a_file_again_only_when_it_is_another),
        cmocka_unit_test(page_shows_the_host_that_the_browser_asked),
        cmocka_unit_test(page_takes_a_host_of_255_bytes_and_no_longer_one),
        cmocka_unit_test(page_shows_no_host_with_a_nul),
        cmocka_unit_test(page_is_for_people_who_get_it),
        cmocka_unit_test(admin_refuses_a_body_that_is_not_whole),
        cmocka_unit_test(admin_says_which_methods_are_allowed),
        cmocka_unit_test(admin_feed_begins_with_its_head),
        cmocka_unit_test(admin_tells_health_to_everybody),
        cmocka_unit_test(health_tells_how_long_the_mock_has_run),
        cmocka_unit_test(pages_are_right_or_500_whichever_allocation_fails),
    };
    return cmocka_run_group_tests_name("exchange_pages", tests, NULL, NULL);
}
