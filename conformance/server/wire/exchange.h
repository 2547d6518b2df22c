/* One request over a connection, and the answer as it came. No verdict, no text for people. */
#ifndef CONFORMANCE_SERVER_WIRE_EXCHANGE_H
#define CONFORMANCE_SERVER_WIRE_EXCHANGE_H

#include "wire/connection.h"
#include "wire/request.h"

/* The bytes of a request. */
struct rendered {
    struct buf head; /* up to the empty line */
    struct buf body; /* before chunking */
    struct buf sent; /* the body as it goes over the wire */
};

/* False when memory ran out. End *out with rendered_clear() in any case. */
bool rendered_make(struct rendered *out, const struct request *request, const char *prefix);
void rendered_clear(struct rendered *rendered);

/* Sends the request and takes the answer; connection NULL: over one of its own. On WIRE_OK end *out
 * with http_answer_clear(); otherwise why says what happened. *sent tells whether there was a
 * connection, so that the target may have got the request. */
enum wire_result exchange_bytes(struct http_answer *out, bool *sent,
                                const struct endpoint *endpoint, struct connection *connection,
                                const struct request *request, const struct rendered *rendered,
                                double deadline_ms, char why[WIRE_WHY_SIZE]);

#endif
