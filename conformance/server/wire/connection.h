/* A connection to the target: bytes out, one HTTP answer in, nothing later than its deadline.
 *
 * The suite's own client: it sends whatever bytes a case wants, sees an early answer while it still
 * uploads, and knows the difference between refused, closed, reset, late and garbled. A connection
 * belongs to one thread. For https the bytes go through TLS. */
#ifndef CONFORMANCE_SERVER_WIRE_CONNECTION_H
#define CONFORMANCE_SERVER_WIRE_CONNECTION_H

#include "base/buf.h"
#include "wire/endpoint.h"
#include "wire/http_answer.h"

#define WIRE_WHY_SIZE 512 /* a host and a reason */
#define WIRE_ANSWER_BYTES_MAX ((size_t)64 * 1024 * 1024)

enum wire_result {
    WIRE_OK = 0,
    WIRE_UNREACHABLE, /* no connection */
    WIRE_CLOSED,      /* closed or reset before the answer began */
    WIRE_GARBLED,     /* what came is not a whole HTTP answer */
    WIRE_LATE,        /* the deadline passed */
    WIRE_CANCELLED,   /* the run was interrupted */
    WIRE_HELD,        /* not sent: the budget does not hold it */
    WIRE_SYSTEM,      /* our side: memory or descriptors */
};

struct connection; /* one connection */

/* Connects. On WIRE_OK *out is yours: end it with connection_close(). Otherwise *out is NULL and
 * why says in one phrase what happened. */
enum wire_result connection_open(struct connection **out, const struct endpoint *endpoint,
                                 double deadline_ms, char why[WIRE_WHY_SIZE]);

/* A connection without a server, for requests that are printed instead of sent. NULL when out of
 * memory. */
struct connection *connection_unconnected(void);

/* Sends all bytes. Stops early, with WIRE_OK, when the final answer has begun to come or the
 * server stopped reading: connection_receive() tells what came. */
enum wire_result connection_send(struct connection *connection, const void *data, size_t len,
                                 double deadline_ms, char why[WIRE_WHY_SIZE]);

/* Whether the sending half can end alone: TLS before 1.3 cannot do that. */
bool connection_can_finish(const struct connection *connection);
/* Tells the server that nothing more will be sent, and keeps listening; if that can be. */
void connection_finish(struct connection *connection);

/* Waits until some bytes have come, at most wait_ms. True when there are some. */
bool connection_wait(struct connection *connection, int wait_ms);

/* Reads one answer (1xx are counted and skipped). On WIRE_OK end it with http_answer_clear(). */
enum wire_result connection_receive(struct http_answer *out, struct connection *connection,
                                    bool head_request, double deadline_ms, char why[WIRE_WHY_SIZE]);

/* True when the server has closed the connection, waiting for that at most until the deadline. */
bool connection_is_closed(struct connection *connection, double deadline_ms);

/* NULL is allowed. */
void connection_close(struct connection *connection);

const char *wire_result_name(enum wire_result result);

#endif
