/* One buffer collects what belongs together: a small answer leaves in one write, a large one in
 * slices of SLICE_SIZE, which measured faster than both smaller and larger ones. */
#include "http/sender.h"
#include <modp_b64.h>
#include <stdlib.h>

#define SLICE_SIZE ((size_t)192 * 1024)
#define ENCODE_RESERVE 8 /* modp_b64_encode() adds a NUL after what it wrote */

struct buffer {
    char *bytes;
    size_t size, used;
    uint64_t *sent;
    const struct sink *sink;
};

static bool flush(struct buffer *buffer)
{
    struct slice bytes = {buffer->bytes, buffer->used};
    buffer->used = 0;
    if (bytes.len && !buffer->sink->write(buffer->sink->context, bytes))
        return false;
    *buffer->sent += bytes.len;
    return true;
}

static bool put_bytes(struct buffer *buffer, struct slice bytes)
{
    while (bytes.len) {
        size_t space = buffer->size - buffer->used;
        size_t take = bytes.len < space ? bytes.len : space;
        memcpy(buffer->bytes + buffer->used, bytes.ptr, take);
        buffer->used += take;
        bytes = slice_make(bytes.ptr + take, bytes.len - take);
        if (buffer->used == buffer->size && !flush(buffer))
            return false;
    }
    return true;
}

static bool put_base64(struct buffer *buffer, struct slice bytes)
{
    while (bytes.len) {
        size_t room = (buffer->size - buffer->used) / 4 * 3; /* whole groups, no padding inside */
        size_t take = bytes.len < room ? bytes.len : room;
        if (take)
            buffer->used += modp_b64_encode(buffer->bytes + buffer->used, bytes.ptr, take);
        bytes = slice_make(bytes.ptr + take, bytes.len - take);
        if (bytes.len && !flush(buffer))
            return false;
    }
    return true;
}

bool send_reply(uint64_t *sent_out, const struct reply *reply, const struct sink *sink)
{
    uint64_t total = reply_size(reply);
    struct buffer buffer = {.sent = sent_out, .sink = sink};
    *sent_out = 0;
    buffer.size = total < SLICE_SIZE ? (size_t)total : SLICE_SIZE;
    buffer.bytes = malloc(buffer.size + ENCODE_RESERVE);
    bool done = buffer.bytes != NULL;
    for (size_t i = 0; done && i < reply->step_count; i++)
        done = reply->steps[i].kind == REPLY_BASE64 ? put_base64(&buffer, reply->steps[i].bytes)
                                                    : put_bytes(&buffer, reply->steps[i].bytes);
    done = done && flush(&buffer);
    free(buffer.bytes);
    return done;
}
