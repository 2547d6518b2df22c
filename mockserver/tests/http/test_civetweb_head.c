/* What civetweb_head.c makes of heads as civetweb itself has read them: a civetweb answers each
 * head with a description of what was filled in. */
#include "http/civetweb_head.h"
#include "http/connections.h"
#include "mock_sockets.h"
#include <civetweb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define PLACES "several empty lines or other white space"
#define BLANKS "more than one blank"

static void describe(struct mock_text *out, const struct request_head *head)
{
    mock_text_print(out, "%.*s %.*s ?%.*s %.*s @%.*s", (int)head->method.len, head->method.ptr,
                    (int)head->path.len, head->path.ptr, (int)head->query.len, head->query.ptr,
                    (int)head->version.len, head->version.ptr, (int)head->authority.len,
                    head->authority.len ? head->authority.ptr : "");
    for (size_t i = 0; i < head->header_count; i++)
        mock_text_print(out, " %.*s=%.*s", (int)head->headers[i].name.len,
                        head->headers[i].name.ptr, (int)head->headers[i].value.len,
                        head->headers[i].value.ptr);
    if (head->headers_incomplete)
        mock_text_print(out, " incomplete: %s", head->incomplete_why ? head->incomplete_why : "");
}

static int answer_with_the_head(struct mg_connection *civetweb)
{
    struct request_head head = {0};
    struct mock_text body = {0};
    civetweb_head_fill(&head, mg_get_request_info(civetweb));
    describe(&body, &head);
    mg_printf(civetweb, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
              body.len, body.ptr);
    mock_text_clear(&body);
    return 200;
}

static int start(void **state)
{
    const char *options[] = {"listening_ports", "127.0.0.1:0", "num_threads", "2",
                             "decode_url",      "no",          NULL};
    const struct mg_callbacks callbacks = {.begin_request = answer_with_the_head};
    *state = mg_start(&callbacks, NULL, options);
    return *state ? 0 : -1;
}

static uint16_t port_of(const struct mg_context *civetweb)
{
    struct mg_server_port port;
    assert_int_equal(mg_get_server_ports(civetweb, 1, &port), 1);
    return (uint16_t)port.port;
}

static int stop(void **state)
{
    socket_stop_listening(port_of(*state)); /* otherwise civetweb looks up every two seconds */
    mg_stop(*state);
    return 0;
}

/* The answer to these bytes; the caller clears it. */
static struct mock_reply head_of(const struct mg_context *civetweb, const char *bytes)
{
    int fd = mock_connect(port_of(civetweb));
    mock_send(fd, slice_of(bytes));
    struct mock_reply reply = mock_read_reply(fd);
    close(fd);
    return reply;
}

static void head_is_filled_as_it_was_sent(void **state)
{
    static const struct {
        const char *bytes, *described;
    } rows[] = {
        {"POST /p HTTP/1.1\r\nA: b\r\n\r\n", "POST /p ? 1.1 @ A=b"},
        {"GET / HTTP/1.0\r\nA: b\r\n\r\n", "GET / ? 1.0 @ A=b"},
        {"GET / HTTP/1.1\r\n\r\n", "GET / ? 1.1 @"},
        {"GET /a%20b//../C?d=e?f HTTP/1.1\r\nA:b\r\nC:  d \r\nE:\r\n\r\n",
         "GET /a%20b//../C ?d=e?f 1.1 @ A=b C=d  E="},
        {"\r\nGET / HTTP/1.1\r\nA: b\r\n\r\n", "GET / ? 1.1 @ A=b"},
        {"GET /p?http://a/ HTTP/1.1\r\nA: b\r\n\r\n", "GET /p ?http://a/ 1.1 @ A=b"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        print_message("%s", rows[i].bytes);
        struct mock_reply reply = head_of(*state, rows[i].bytes);
        assert_int_equal(reply.status, 200);
        assert_string_equal(reply.body.ptr, rows[i].described);
        mock_reply_clear(&reply);
    }
}

/* civetweb reads all of these; other servers read them in another way, or not at all. */
static void head_is_incomplete_where_civetweb_skipped_or_dropped(void **state)
{
    static const struct {
        const char *bytes, *why;
    } rows[] = {
        {"GET / HTTP/1.1\r\nA: b\r\n c\r\nD: e\r\n\r\n", ""}, /* folded: the first */
        {"GET / HTTP/1.1\r\nA: b\r\nD: e\r\n f\r\n\r\n", ""}, /* the last */
        {"GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n", ""},         /* a bare LF: behind the first */
        {"GET / HTTP/1.1\r\nA: b\r\nC: d\n\n", ""},           /* behind the last */
        {"GET / HTTP/1.1\r\nA : b\r\nC: d\r\n\r\n", ""},      /* a space before the colon */
        {"GET / HTTP/1.1\r\nA: b\r\nC : d\r\n\r\n", ""},
        {"GET / HTTP/1.1\nA: b\r\n\r\n", ""},    /* a bare LF behind the version */
        {"GET / HTTP/1.1\r\n A: b\r\n\r\n", ""}, /* white space before the first name */
        {"GET  / HTTP/1.1\r\nA: b\r\n\r\n", BLANKS},
        {"GET /  HTTP/1.1\r\nA: b\r\n\r\n", BLANKS},
        {"GET /?q  HTTP/1.1\r\nA: b\r\n\r\n", BLANKS},
        {"\r\n\r\nGET / HTTP/1.1\r\nA: b\r\n\r\n", PLACES},
        {" GET / HTTP/1.1\r\nA: b\r\n\r\n", PLACES},
        {"\n\nGET / HTTP/1.1\r\nA: b\r\n\r\n", PLACES},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mock_reply reply = head_of(*state, rows[i].bytes);
        print_message("%s%d %.*s\n", rows[i].bytes, reply.status, (int)reply.body.len,
                      reply.body.ptr);
        assert_int_equal(reply.status, 200);
        const char *said = strstr(reply.body.ptr, " incomplete: ");
        assert_non_null(said);
        assert_non_null(strstr(said, rows[i].why));
        assert_int_equal(strlen(said) > strlen(" incomplete: "), strlen(rows[i].why) > 0);
        mock_reply_clear(&reply);
    }
}

/* What civetweb hands over of a plain request line before it looks at the target: the query still
 * belongs to that. The line is cut up in place. */
static struct mg_request_info cut_up(char *line)
{
    char *uri = strchr(line, ' '), *version = strrchr(line, ' ');
    assert_true(uri && version && uri < version);
    *uri = *version = '\0';
    return (struct mg_request_info){.request_method = line,
                                    .request_uri = uri + 1,
                                    .http_version = version + 1 + strlen("HTTP/")};
}

static void head_names_the_host_where_the_target_does(void **state)
{
    static const struct {
        const char *line, *described;
    } rows[] = {
        {"GET /a://b/c HTTP/1.1", "GET /a://b/c ? 1.1 @"},
        {"GET * HTTP/1.1", "GET * ? 1.1 @"},
        {"GET a HTTP/1.1", "GET a ? 1.1 @"},
        {"GET a?http://b/ HTTP/1.1", "GET a ?http://b/ 1.1 @"},
        {"GET http://localhost/a/b?c HTTP/1.1", "GET /a/b ?c 1.1 @localhost"},
        {"GET http://[::1]/a HTTP/1.1", "GET /a ? 1.1 @[::1]"},
        {"GET http://127.0.0.1:80/ HTTP/1.1", "GET / ? 1.1 @127.0.0.1:80"},
        {"GET http://127.0.0.1:80 HTTP/1.1", "GET / ? 1.1 @127.0.0.1:80"},
        {"GET http://localhost?c/d?e HTTP/1.1", "GET / ?c/d?e 1.1 @localhost"},
        {"GET http://example.org/a?b HTTP/1.1",
         "GET http://example.org/a ?b 1.1 @example.org"}, /* that host's path */
        {"GET http:///a HTTP/1.1", "GET http:///a ? 1.1 @"},
        {"CONNECT localhost:443 HTTP/1.1", "CONNECT localhost:443 ? 1.1 @localhost:443"},
        {"CONNECT me:secret@a:443 HTTP/1.1", "CONNECT @a:443 ? 1.1 @@a:443"},
        {"CONNECT a:443?b HTTP/1.1", "CONNECT a:443 ?b 1.1 @a:443"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct request_head head = {0};
        struct mock_text text = {0};
        char *line = strdup(rows[i].line); /* begins where a buffer does */
        assert_non_null(line);
        const struct mg_request_info info = cut_up(line);
        civetweb_head_fill(&head, &info);
        describe(&text, &head);
        assert_string_equal(text.ptr, rows[i].described);
        mock_text_clear(&text);
        free(line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(head_is_filled_as_it_was_sent),
        cmocka_unit_test(head_names_the_host_where_the_target_does),
        cmocka_unit_test(head_is_incomplete_where_civetweb_skipped_or_dropped),
    };
    return cmocka_run_group_tests_name("civetweb_head", tests, start, stop);
}
