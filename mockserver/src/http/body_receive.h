/* Receives a request's body into one block, within its bounds, and plays the upload fault that a
 * scenario asks for. Knows no sockets: bytes come from a source, and 100 Continue goes to a sink.
 */
#ifndef AILAB_MOCKSERVER_HTTP_BODY_RECEIVE_H
#define AILAB_MOCKSERVER_HTTP_BODY_RECEIVE_H

#include "exchange/exchange.h"
#include "http/body_budget.h"
#include "http/reply_send.h"

/* Where a body comes from, its chunked coding already taken off. */
struct source {
    /* Up to size bytes: how many, 0 at the end, less than 0 when the coding is broken. */
    int (*read)(void *context, void *buffer, size_t size);
    /* Whether reading ended because the deadline was over. */
    bool (*is_overdue)(void *context);
    /* Whether the client has ended its side. */
    bool (*is_at_end)(void *context);
    /* Stops the clock of the deadline, or lets it go on. */
    void (*hold_deadline)(void *context, bool hold);
    void *context;
};

/* Where the memory for bodies comes from. */
struct body_memory {
    struct block_pool *pool;
    struct body_budget *budget;
};

struct received {
    char *body;  /* of the pool, to be given back; NULL when there is none */
    size_t room; /* what was taken */
    uint64_t size;
    enum body_end end;
    struct body_place place; /* none for a small body */
};

/* out starts as zeros. A body of more than 64 KiB waits for a place in the budget. */
void receive_body(struct received *out, const struct request_head *head,
                  const struct upload_fault *upload_fault, uint64_t max_bytes,
                  const struct source *source, const struct sink *sink,
                  const struct body_memory *memory);

/* The bytes that are there: none of a body that an upload fault threw away, whatever its size. */
struct slice received_bytes(const struct received *received);

/* Gives the body and its place back. */
void received_clear(struct received *received, const struct body_memory *memory);

#endif
