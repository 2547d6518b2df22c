/* One buffer collects what belongs together: a small answer leaves in one write, a large one in
 * slices of SLICE_SIZE, which measured faster than both smaller and larger ones. */
#include "http/reply_send.h"
#include "http/base64.h"

#define SLICE_SIZE ((size_t)192 * 1024)
#define PACE_MS 50
#define ENCODE_RESERVE 8 /* what base64_encode() may touch beyond what it wrote */

struct buffer {
    char *bytes;
    size_t size, used;
    uint64_t *sent;
    uint64_t bytes_per_s;
    uint64_t total;    /* how many bytes there will be in all */
    bool pauses_after; /* a pause follows the last byte */
    bool told_last;
    const struct reply_stream *stream;
    const struct sink *sink;
};

static void tell_last(struct buffer *buffer)
{
    if (!buffer->told_last && buffer->sink->last)
        buffer->sink->last(buffer->sink->context);
    buffer->told_last = true;
}

static bool write_all(struct buffer *buffer, struct slice bytes)
{
    if (*buffer->sent + bytes.len == buffer->total && !buffer->pauses_after)
        tell_last(buffer);
    if (!buffer->sink->write(buffer->sink->context, bytes))
        return false;
    *buffer->sent += bytes.len;
    return true;
}

/* A piece every PACE_MS, or a byte whenever one is due. */
static bool write_paced(struct buffer *buffer, struct slice bytes)
{
    uint64_t piece = buffer->bytes_per_s * PACE_MS / 1000, pause = PACE_MS;
    if (piece == 0) {
        piece = 1;
        pause = 1000 / buffer->bytes_per_s;
    }
    while (bytes.len) {
        size_t take = bytes.len < piece ? bytes.len : (size_t)piece;
        if (!write_all(buffer, slice_make(bytes.ptr, take)))
            return false;
        bytes = slice_make(bytes.ptr + take, bytes.len - take);
        if (bytes.len && !buffer->sink->wait(buffer->sink->context, pause))
            return false;
    }
    return true;
}

static bool flush(struct buffer *buffer)
{
    struct slice bytes = {buffer->bytes, buffer->used};
    buffer->used = 0;
    if (!bytes.len)
        return true;
    return buffer->bytes_per_s && buffer->sink->wait ? write_paced(buffer, bytes)
                                                     : write_all(buffer, bytes);
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
            buffer->used += base64_encode(buffer->bytes + buffer->used, bytes.ptr, take);
        bytes = slice_make(bytes.ptr + take, bytes.len - take);
        if (bytes.len && !flush(buffer))
            return false;
    }
    return true;
}

static bool put_filling(struct buffer *buffer, char byte, uint64_t amount)
{
    while (amount) {
        size_t space = buffer->size - buffer->used;
        size_t take = amount < space ? (size_t)amount : space;
        memset(buffer->bytes + buffer->used, byte, take);
        buffer->used += take;
        amount -= take;
        if (buffer->used == buffer->size && !flush(buffer))
            return false;
    }
    return true;
}

static bool end_connection(struct buffer *buffer, enum sink_end how)
{
    if (!flush(buffer))
        return false;
    tell_last(buffer);
    if (buffer->sink->end)
        buffer->sink->end(buffer->sink->context, how);
    return true;
}

static bool is_end(const struct reply_step *step)
{
    return step->kind == REPLY_RESET || step->kind == REPLY_CLOSE;
}

static bool pause_sending(struct buffer *buffer, uint64_t ms, bool before_end)
{
    const struct sink *sink = buffer->sink;
    bool (*pause)(void *context, uint64_t ms) = before_end ? sink->stall : sink->wait;
    return flush(buffer) && (!pause || pause(sink->context, ms));
}

/* While nothing comes, the peer is looked at this often. */
#define STREAM_BEAT_MS 250

static bool put_stream(struct buffer *buffer, const struct reply_stream *stream)
{
    struct slice bytes;
    const struct sink *sink = buffer->sink;
    if (!flush(buffer))
        return false;
    for (;;) {
        if (sink->idle && !sink->idle(sink->context, STREAM_BEAT_MS))
            return false;
        if (!stream->next(stream->context, &bytes, STREAM_BEAT_MS))
            return true;
        if (bytes.len && !write_all(buffer, bytes))
            return false;
    }
}

static bool carry_out(struct buffer *buffer, const struct reply_step *step, bool before_end)
{
    const struct sink *sink = buffer->sink;
    switch (step->kind) {
    case REPLY_SEND:
        return put_bytes(buffer, step->bytes);
    case REPLY_BASE64:
        return put_base64(buffer, step->bytes);
    case REPLY_FILL:
        return put_filling(buffer, step->bytes.ptr[0], step->amount);
    case REPLY_WAIT:
        return pause_sending(buffer, step->amount, before_end);
    case REPLY_REFUSE:
        if (!flush(buffer))
            return false;
        if (sink->refuse)
            sink->refuse(sink->context, step->amount);
        return true;
    case REPLY_STREAM:
        return put_stream(buffer, buffer->stream);
    case REPLY_RESET:
        return end_connection(buffer, SINK_RESET);
    case REPLY_CLOSE:
        return end_connection(buffer, SINK_CLOSE);
    }
    return false;
}

/* Whether the last step, but for an end, is a pause. */
static bool pauses_after_last_byte(const struct reply *reply)
{
    bool pauses = false;
    for (size_t i = 0; i < reply->step_count && !is_end(&reply->steps[i]); i++)
        pauses = reply->steps[i].kind == REPLY_WAIT;
    return pauses;
}

bool send_reply(uint64_t *sent_out, const struct reply *reply, const struct sink *sink,
                struct block_pool *pool)
{
    uint64_t total = reply_size(reply);
    struct buffer buffer = {
        .sent = sent_out,
        .stream = &reply->stream,
        .sink = sink,
        .bytes_per_s = reply->bytes_per_s,
        .total = total,
        .pauses_after = pauses_after_last_byte(reply),
    };
    *sent_out = 0;
    buffer.size = total < SLICE_SIZE ? (size_t)total : SLICE_SIZE;
    buffer.bytes = block_pool_take(pool, buffer.size + ENCODE_RESERVE);
    bool done = buffer.bytes != NULL;
    for (size_t i = 0; done && i < reply->step_count; i++) {
        const struct reply_step *step = &reply->steps[i];
        done = carry_out(&buffer, step, i + 1 < reply->step_count && is_end(step + 1));
        if (is_end(step))
            break;
    }
    done = done && flush(&buffer);
    block_pool_give(pool, buffer.bytes, buffer.size + ENCODE_RESERVE);
    return done;
}
