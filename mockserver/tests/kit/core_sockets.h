/* Plain sockets for the tests of the mock as a library: connect, send, read one answer. Everything
 * is bounded by a deadline; a helper that fails ends the test. */
#ifndef AILAB_MOCK_TESTS_CORE_SOCKETS_H
#define AILAB_MOCK_TESTS_CORE_SOCKETS_H

#include "core_requests.h"

#define CORE_WAIT_MS 10000

int64_t core_now_us(void);
/* A connected socket on 127.0.0.1; -1 when refused. */
int core_connect(uint16_t port);
void core_send(int fd, struct slice bytes);
/* The request as bytes: request line, headers, body. The caller clears it. */
struct core_text core_call_bytes(const struct core_call *call);

struct core_reply {
    int status; /* 0: the connection ended without an answer */
    struct core_text bytes;
    struct slice body;
};

/* Reads one answer: head and as much body as Content-Length says. */
struct core_reply core_read_reply(int fd);
void core_reply_clear(struct core_reply *reply);
/* Connects, sends the call, reads the answer, closes. */
struct core_reply core_exchange_with(uint16_t port, const struct core_call *call);
/* The other side has closed, within the deadline. */
bool core_is_closed(int fd);

#endif
