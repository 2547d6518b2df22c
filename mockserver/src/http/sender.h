/* Carries out a reply: hands its steps to a sink in pieces of a good size, encoding the image on
 * the way. Knows no sockets. */
#ifndef AILAB_MOCK_SENDER_H
#define AILAB_MOCK_SENDER_H

#include "api/reply.h"

/* Takes all of bytes, or fails. */
struct sink {
    bool (*write)(void *context, struct slice bytes);
    void *context;
};

/* Returns false when the sink failed or memory ran out; *sent_out counts what the sink took. */
bool send_reply(uint64_t *sent_out, const struct reply *reply, const struct sink *sink);

#endif
