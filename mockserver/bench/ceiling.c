/* The ceiling: a bare civetweb server that reads a posted body and writes a canned answer as long
 * as the mock's would be. No multipart, no picture, no Base64, no envelope: what it reaches is what
 * the library and the machine allow, and ci/bench holds the mock against it. */
#include <civetweb.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_MAX = 16 * 1024 * 1024, BODY_MAX = 8 * 1024 * 1024, ENVELOPE_BYTES = 320 };

/* Name and value on a line. */
/* clang-format off */
static const char *const OPTIONS[] = {
    "listening_ports", "127.0.0.1:0",
    "num_threads", "128",
    "connection_queue", "128",
    "listen_backlog", "256",
    "tcp_nodelay", "1",
    "enable_keep_alive", "yes",
    "keep_alive_timeout_ms", "60000",
    "request_timeout_ms", "60000",
    "enable_auth_domain_check", "no",
    NULL,
};
/* clang-format on */

/* Base64 of the body, and the envelope around it. */
static size_t answer_size(size_t body)
{
    return (body + 2) / 3 * 4 + ENVELOPE_BYTES;
}

/* Reads the body whole into memory of its size, as every handler must that wants to look at it;
 * reading in pieces that are dropped was measured and is no faster. */
static int read_body(struct mg_connection *connection, size_t size)
{
    char *body = malloc(size ? size : 1);
    size_t have = 0;
    while (body && have < size) {
        int got = mg_read(connection, body + have, size - have);
        if (got <= 0)
            break;
        have += (size_t)got;
    }
    free(body);
    return body && have == size ? 0 : -1;
}

static int handle(struct mg_connection *connection, void *context)
{
    const char *canned = context;
    const struct mg_request_info *request = mg_get_request_info(connection);
    long long length = request->content_length;
    if (length < 0 || length > BODY_MAX || read_body(connection, (size_t)length) != 0) {
        mg_printf(connection, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n"
                              "Connection: close\r\n\r\n");
        return 400;
    }
    size_t size = answer_size((size_t)length);
    mg_printf(connection,
              "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
              "Content-Length: %zu\r\nConnection: keep-alive\r\n\r\n",
              size);
    mg_write(connection, canned, size);
    return 200;
}

int main(void)
{
    char *canned = malloc(ANSWER_MAX);
    struct mg_context *server = NULL;
    int rc = 1;
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    sigprocmask(SIG_BLOCK, &stop, NULL); /* before the threads, which inherit it */
    if (!canned)
        goto out;
    memset(canned, 'A', ANSWER_MAX);
    mg_init_library(0);
    struct mg_callbacks callbacks = {0};
    server = mg_start(&callbacks, NULL, (const char **)(size_t)OPTIONS);
    struct mg_server_port port;
    if (!server || mg_get_server_ports(server, 1, &port) != 1) {
        fprintf(stderr, "ceiling: the server does not start: %s\n", strerror(errno));
        goto out;
    }
    mg_set_request_handler(server, "/", handle, canned);
    printf("http://127.0.0.1:%d\n", port.port);
    fflush(stdout);
    int signal_number = 0;
    sigwait(&stop, &signal_number);
    rc = 0;
out:
    if (server)
        mg_stop(server);
    free(canned);
    return rc;
}
