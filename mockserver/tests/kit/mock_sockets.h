/* Plain sockets for the tests of the mock as a library: connect, send, read one answer. Everything
 * is bounded by a deadline; a helper that fails ends the test. */
#ifndef AILAB_MOCKSERVER_TESTS_KIT_MOCK_SOCKETS_H
#define AILAB_MOCKSERVER_TESTS_KIT_MOCK_SOCKETS_H

#include "mock_requests.h"

#define MOCK_WAIT_MS 10000

int64_t mock_now_us(void);
/* A connected socket on 127.0.0.1; -1 when refused. */
int mock_connect(uint16_t port);
void mock_send(int fd, struct slice bytes);
/* The request as bytes: request line, headers, body. The caller clears it. */
struct mock_text mock_call_bytes(const struct mock_call *call);

struct mock_reply {
    int status; /* 0: the connection ended without an answer */
    struct mock_text bytes;
    struct slice body;
};

/* Reads one answer: head and as much body as Content-Length says. */
struct mock_reply mock_read_reply(int fd);
void mock_reply_clear(struct mock_reply *reply);
/* Connects, sends the call, reads the answer, closes. */
struct mock_reply mock_exchange_with(uint16_t port, const struct mock_call *call);
/* The other side has closed, within the deadline. */
bool mock_is_closed(int fd);
/* Skips the test where the kernel does not tell whether a peer is gone: a container may forbid the
 * question. */
void mock_need_a_kernel_that_tells(void);

#endif
