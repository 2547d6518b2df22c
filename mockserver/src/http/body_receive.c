/* A body of known length is read into a block of that length, a chunked one into a block that grows
 * up to the bound and not a byte further. */
#include "http/body_receive.h"

#define CHUNKED_FIRST_BYTES ((size_t)64 * 1024)
#define SLOW_PAUSE_MS 50
#define SLOW_PIECE_MIN 10 /* below it whole bytes would be too coarse for the rate */

struct receiving {
    struct received *out;
    const struct upload_fault *upload_fault;
    const struct source *source;
    const struct sink *sink;
    struct block_pool *pool;
};

/* A slow reader takes a small piece and waits until the next is due: one every SLOW_PAUSE_MS, or a
 * byte whenever one is due. */
static int take(const struct receiving *r, void *buffer, size_t size)
{
    if (r->upload_fault->fault == FAULT_slow_upload) {
        uint64_t rate = r->upload_fault->amount ? r->upload_fault->amount : 1;
        uint64_t piece = rate * SLOW_PAUSE_MS / 1000, pause_ms = SLOW_PAUSE_MS;
        if (piece < SLOW_PIECE_MIN) {
            piece = 1;
            pause_ms = 1000 / rate;
        }
        if (!r->sink->wait(r->sink->context, pause_ms))
            return 0;
        size = size < piece ? size : (size_t)piece;
    }
    return r->source->read(r->source->context, buffer, size);
}

static enum body_end ended_early(const struct receiving *r, bool broken)
{
    if (r->source->is_overdue(r->source->context))
        return BODY_TIMED_OUT;
    return broken && !r->source->is_at_end(r->source->context) ? BODY_BAD_CHUNK : BODY_CUT;
}

/* One byte beyond the bound shows that the body is too large. Usually its length was refused
 * before. */
static enum body_end receive_announced(const struct receiving *r, uint64_t length,
                                       uint64_t max_bytes)
{
    struct received *out = r->out;
    bool too_large = length > max_bytes;
    if (too_large)
        length = max_bytes + 1;
    out->room = (size_t)length;
    out->body = block_pool_take(r->pool, out->room);
    if (!out->body)
        return BODY_NO_MEMORY;
    while (out->size < length) {
        int got = take(r, out->body + out->size, (size_t)(length - out->size));
        if (got <= 0)
            return ended_early(r, false);
        out->size += (uint64_t)got;
    }
    return too_large ? BODY_TOO_LARGE : BODY_COMPLETE;
}

/* Twice the room, but not more than one byte beyond the bound. */
static bool grow(const struct receiving *r, uint64_t max_bytes)
{
    struct received *out = r->out;
    size_t room = out->room ? out->room * 2 : CHUNKED_FIRST_BYTES;
    if (room > max_bytes + 1)
        room = (size_t)max_bytes + 1;
    char *grown = block_pool_take(r->pool, room);
    if (!grown)
        return false;
    if (out->size)
        memcpy(grown, out->body, (size_t)out->size);
    block_pool_give(r->pool, out->body, out->room);
    out->body = grown;
    out->room = room;
    return true;
}

static enum body_end receive_chunked(const struct receiving *r, uint64_t max_bytes)
{
    struct received *out = r->out;
    for (;;) {
        if (out->size == out->room && !grow(r, max_bytes))
            return BODY_NO_MEMORY;
        int got = take(r, out->body + out->size, out->room - (size_t)out->size);
        if (got < 0)
            return ended_early(r, true);
        if (got == 0)
            return BODY_COMPLETE;
        out->size += (uint64_t)got;
        if (out->size > max_bytes)
            return BODY_TOO_LARGE;
    }
}

/* Reads and throws away until the fault's amount has been seen. */
static enum body_end read_then_drop(const struct receiving *r)
{
    char buffer[4096];
    uint64_t left = r->upload_fault->amount;
    while (left) {
        size_t wanted = left < sizeof buffer ? (size_t)left : sizeof buffer;
        int got = r->source->read(r->source->context, buffer, wanted);
        if (got <= 0)
            break;
        r->out->size += (uint64_t)got;
        left -= (uint64_t)got;
    }
    return BODY_DROPPED;
}

static bool send_continue(const struct receiving *r, const struct request_head *head)
{
    if (!head->expects_continue || r->upload_fault->fault == FAULT_no_continue)
        return true;
    if (r->upload_fault->fault == FAULT_late_continue &&
        !r->sink->wait(r->sink->context, r->upload_fault->amount))
        return false;
    return r->sink->write(r->sink->context, slice_of("HTTP/1.1 100 Continue\r\n\r\n"));
}

static enum body_end receive(const struct receiving *r, const struct request_head *head,
                             uint64_t max_bytes)
{
    if (r->upload_fault->fault == FAULT_stall_upload) {
        r->sink->wait(r->sink->context, r->upload_fault->amount);
        return BODY_DROPPED;
    }
    if (head->framing == BODY_NONE)
        return BODY_COMPLETE;
    if (!send_continue(r, head))
        return BODY_CUT;
    if (r->upload_fault->fault == FAULT_reset_upload ||
        r->upload_fault->fault == FAULT_close_upload)
        return read_then_drop(r);
    return head->framing == BODY_LENGTH ? receive_announced(r, head->content_length, max_bytes)
                                        : receive_chunked(r, max_bytes);
}

void receive_body(struct received *out, const struct request_head *head,
                  const struct upload_fault *upload_fault, uint64_t max_bytes,
                  const struct source *source, const struct sink *sink, struct block_pool *pool)
{
    const struct receiving receiving = {out, upload_fault, source, sink, pool};
    *out = (struct received){0};
    out->end = receive(&receiving, head, max_bytes);
}

void received_clear(struct received *received, struct block_pool *pool)
{
    block_pool_give(pool, received->body, received->room);
    received->body = NULL;
}
