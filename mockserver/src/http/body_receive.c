/* A body of known length is read into a block of that length, a chunked one into a block that grows
 * up to the bound and not a byte further. */
#include "http/body_receive.h"

#define SMALL_BYTES ((size_t)64 * 1024)
#define SLOW_PAUSE_MS 50
#define SLOW_PIECE_MIN 10 /* below it whole bytes would be too coarse for the rate */

struct receiving {
    struct received *out;
    const struct upload_fault *upload_fault;
    const struct source *source;
    const struct sink *sink;
    const struct body_memory *memory;
};

/* Small bodies take no place: many of them need less memory than one large body, and no lock. */
static bool take_place(const struct receiving *r, size_t size)
{
    if (size <= SMALL_BYTES)
        return true;
    r->source->hold_deadline(r->source->context, true);
    bool taken = body_budget_take(r->memory->budget, &r->out->place, size);
    r->source->hold_deadline(r->source->context, false);
    return taken;
}

static bool take_block(const struct receiving *r, size_t size)
{
    struct received *out = r->out;
    out->body = block_pool_take(r->memory->pool, size);
    out->room = size;
    body_place_lend(&out->place, out->body);
    return out->body != NULL;
}

/* A slow reader takes a small piece and waits until the next is due: one every SLOW_PAUSE_MS, or a
 * byte whenever one is due. */
static int read_some(const struct receiving *r, void *buffer, size_t size)
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

/* A place that was given up is taken anew, unless nothing more can come. After
 * body_budget_stop() the body goes on without: its socket is about to be shut. */
static void keep_place(const struct receiving *r)
{
    struct received *out = r->out;
    if (body_place_progress(&out->place, (size_t)out->size) || out->size == out->room ||
        r->source->is_overdue(r->source->context))
        return;
    if (take_place(r, out->room))
        body_place_lend(&out->place, out->body);
}

/* Reads a piece behind what there is; returns what source->read returned. */
static int read_piece(const struct receiving *r)
{
    struct received *out = r->out;
    size_t left = out->room - (size_t)out->size;
    int got =
        read_some(r, out->body + out->size, left < BODY_PIECE_BYTES ? left : BODY_PIECE_BYTES);
    if (got <= 0)
        return got;
    out->size += (uint64_t)got;
    keep_place(r);
    return got;
}

static enum body_end ended_early(const struct receiving *r, bool broken)
{
    if (r->source->is_overdue(r->source->context))
        return BODY_TIMED_OUT;
    return broken && !r->source->is_at_end(r->source->context) ? BODY_BAD_CHUNK : BODY_CUT;
}

/* The room for a body of known length. One byte beyond the bound shows that the body is too large;
 * usually its length was refused before. */
static size_t announced_room(const struct request_head *head, uint64_t max_bytes)
{
    return (size_t)(head->content_length > max_bytes ? max_bytes + 1 : head->content_length);
}

static enum body_end receive_announced(const struct receiving *r, size_t room, uint64_t max_bytes)
{
    struct received *out = r->out;
    if (!take_block(r, room))
        return BODY_NO_MEMORY;
    while (out->size < room)
        if (read_piece(r) <= 0)
            return ended_early(r, false);
    return room > max_bytes ? BODY_TOO_LARGE : BODY_COMPLETE;
}

/* Twice the room, but not more than one byte beyond the bound. */
static enum body_end grow(const struct receiving *r, uint64_t max_bytes)
{
    struct received *out = r->out;
    char *body = out->body;
    size_t room = out->room;
    size_t wanted = room ? room * 2 : SMALL_BYTES;
    if (wanted > max_bytes + 1)
        wanted = (size_t)max_bytes + 1;
    if (!take_place(r, wanted))
        return BODY_CUT;
    if (!take_block(r, wanted)) {
        out->body = body;
        out->room = room;
        return BODY_NO_MEMORY;
    }
    if (out->size)
        memcpy(out->body, body, (size_t)out->size);
    block_pool_give(r->memory->pool, body, room);
    return BODY_COMPLETE;
}

static enum body_end receive_chunked(const struct receiving *r, uint64_t max_bytes)
{
    struct received *out = r->out;
    for (;;) {
        enum body_end grown = out->size == out->room ? grow(r, max_bytes) : BODY_COMPLETE;
        if (grown != BODY_COMPLETE)
            return grown;
        int got = read_piece(r);
        if (got < 0)
            return ended_early(r, true);
        if (got == 0)
            return BODY_COMPLETE;
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
        !r->sink->stall(r->sink->context, r->upload_fault->amount))
        return false;
    return r->sink->write(r->sink->context, slice_of("HTTP/1.1 100 Continue\r\n\r\n"));
}

static enum body_end receive(const struct receiving *r, const struct request_head *head,
                             uint64_t max_bytes)
{
    const enum fault_id fault = r->upload_fault->fault;
    const bool drops = fault == FAULT_reset_upload || fault == FAULT_close_upload;
    const bool announced = head->framing == BODY_LENGTH;
    const size_t room = announced ? announced_room(head, max_bytes) : 0;
    if (fault == FAULT_stall_upload) {
        r->sink->stall(r->sink->context, r->upload_fault->amount);
        return BODY_DROPPED;
    }
    if (head->framing == BODY_NONE)
        return BODY_COMPLETE;
    if (!drops && !take_place(r, room))
        return BODY_CUT;
    if (!send_continue(r, head))
        return BODY_CUT;
    if (drops)
        return read_then_drop(r);
    return announced ? receive_announced(r, room, max_bytes) : receive_chunked(r, max_bytes);
}

void receive_body(struct received *out, const struct request_head *head,
                  const struct upload_fault *upload_fault, uint64_t max_bytes,
                  const struct source *source, const struct sink *sink,
                  const struct body_memory *memory)
{
    const struct receiving receiving = {out, upload_fault, source, sink, memory};
    out->end = receive(&receiving, head, max_bytes);
    body_place_work(&out->place);
}

struct slice received_bytes(const struct received *received)
{
    return slice_make(received->body, received->body ? (size_t)received->size : 0);
}

/* The place first: a block must not be another request's while it is lent. */
void received_clear(struct received *received, const struct body_memory *memory)
{
    body_budget_give_back(&received->place);
    block_pool_give(memory->pool, received->body, received->room);
}
