/* Carries out a reply: hands its steps to a sink in pieces of a good size, encoding the image on
 * the way, waiting where a step says so. Knows no sockets and no clock. */
#ifndef AILAB_MOCKSERVER_HTTP_REPLY_SEND_H
#define AILAB_MOCKSERVER_HTTP_REPLY_SEND_H

#include "api/reply.h"
#include "http/block_pool.h"

enum sink_end { SINK_CLOSE, SINK_RESET };

/* Where a reply goes. wait, stall, refuse and end may be NULL when the replies have no such steps.
 */
struct sink {
    /* Takes all of bytes, or returns false. */
    bool (*write)(void *context, struct slice bytes);
    /* Returns after ms milliseconds, or false at once when the peer is gone. */
    bool (*wait)(void *context, uint64_t ms);
    /* As wait, and false also when the peer has ended its sending half. For a wait that only the
     * end of the connection follows: such a peer needs no further wait. */
    bool (*stall)(void *context, uint64_t ms);
    /* Of a stream: nothing may be sent for ms milliseconds. False at once when the peer is gone or
     * has ended its sending half. NULL: the peer is never looked at. */
    bool (*idle)(void *context, uint64_t ms);
    /* Refuses new connections for ms milliseconds. */
    void (*refuse)(void *context, uint64_t ms);
    /* Ends the connection. */
    void (*end)(void *context, enum sink_end how);
    /* May be NULL. Called once, before the last byte or, when a pause follows that byte, before the
     * end: the client may have its whole answer as soon as this returns. */
    void (*last)(void *context);
    void *context;
};

/* Works in a block of the pool. Returns false when the sink failed or memory ran out; *sent_out
 * counts what the sink took. */
bool send_reply(uint64_t *sent_out, const struct reply *reply, const struct sink *sink,
                struct block_pool *pool);

#endif
