/* Each fault is one function, called at the place that its row of faults.def names. A faulty answer
 * is rare, so its whole body is one block: cutting a block is simpler to get right than cutting a
 * stream. */
#include "api/fault.h"
#include <modp_b64.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

static const struct slice NOTHING = {NULL, 0};

/* A growing text; once memory ran out it stays failed. */
struct text {
    char *bytes;
    size_t used, size;
    bool failed;
};

/* The answer that is to be damaged, and how much of it is made so far. */
struct damage {
    struct reply *out;
    struct reply_head head;
    struct slice json, image; /* the sources */
    struct slice encoded;     /* BASE64 appends it, damaged, to text */
    struct slice body;        /* BODY appends it, damaged, to text */
    struct text text;
    char *owned;              /* what body borrows from */
    size_t fill_at;           /* in the body: the place of */
    uint64_t filling, amount; /* so many filling bytes */
    enum fault_id fault;
    bool over; /* no step may follow */
    bool failed;
};

static void append(struct damage *damage, struct slice bytes)
{
    struct text *text = &damage->text;
    if (text->failed || !bytes.len)
        return;
    if (bytes.len > text->size - text->used) {
        size_t size = text->used + bytes.len + 256;
        char *grown = realloc(text->bytes, size);
        if (!grown) {
            text->failed = true;
            return;
        }
        text->bytes = grown;
        text->size = size;
    }
    memcpy(text->bytes + text->used, bytes.ptr, bytes.len);
    text->used += bytes.len;
}

static void append_text(struct damage *damage, const char *more)
{
    append(damage, slice_of(more));
}

static struct slice slice_to(struct slice bytes, uint64_t len)
{
    return slice_make(bytes.ptr, len < bytes.len ? (size_t)len : bytes.len);
}

static struct slice slice_from(struct slice bytes, size_t at)
{
    return at < bytes.len ? slice_make(bytes.ptr + at, bytes.len - at) : slice_make(bytes.ptr, 0);
}

/* SOURCE */

static void wrong_content_type(struct damage *damage)
{
    damage->head.content_type = "text/html; charset=utf-8";
}

static void base64_no_image(struct damage *damage)
{
    damage->image = slice_of("These bytes are right Base64, and no image at all.\n");
}

static void base64_half_image(struct damage *damage)
{
    damage->image = slice_to(damage->image, damage->image.len / 2);
}

/* BASE64 */

static void base64_data_prefix(struct damage *damage)
{
    append_text(damage, "data:image/jpeg;base64,");
    append(damage, damage->encoded);
}

static void base64_line_breaks(struct damage *damage)
{
    for (size_t at = 0; at < damage->encoded.len; at += 76) {
        append(damage, slice_to(slice_from(damage->encoded, at), 76));
        append_text(damage, "\\r\\n"); /* escaped: inside a JSON text */
    }
}

static void base64_url_alphabet(struct damage *damage)
{
    struct text *text = &damage->text;
    size_t at = text->used;
    append(damage, damage->encoded);
    for (; !text->failed && at < text->used; at++)
        if (text->bytes[at] == '+')
            text->bytes[at] = '-';
        else if (text->bytes[at] == '/')
            text->bytes[at] = '_';
}

static void base64_bad_padding(struct damage *damage)
{
    struct slice encoded = damage->encoded;
    bool padded = encoded.len && encoded.ptr[encoded.len - 1] == '=';
    append(damage, slice_to(encoded, encoded.len - padded));
    if (!padded)
        append_text(damage, "=");
}

/* BODY */

static void empty_body(struct damage *damage)
{
    (void)damage;
}

static void html_body(struct damage *damage)
{
    wrong_content_type(damage);
    append_text(damage, "<!doctype html>\n<html><head><title>Bad Gateway</title></head>\n"
                        "<body><h1>Bad Gateway</h1></body></html>\n");
}

static void gzip_undeclared(struct damage *damage)
{
    struct text *text = &damage->text;
    z_stream stream = {0};
    /* 16 more window bits: a gzip wrapper. Level 1, the fastest, since the size does not matter. */
    text->failed = deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK;
    if (text->failed)
        return;
    text->size = deflateBound(&stream, (uLong)damage->body.len);
    text->bytes = malloc(text->size);
    stream.next_in = (z_const Bytef *)(uintptr_t)damage->body.ptr;
    stream.avail_in = (uInt)damage->body.len;
    stream.next_out = (Bytef *)text->bytes;
    stream.avail_out = (uInt)text->size;
    text->failed = !text->bytes || deflate(&stream, Z_FINISH) != Z_STREAM_END;
    text->used = stream.total_out;
    deflateEnd(&stream);
}

static void json_truncated(struct damage *damage)
{
    append(damage, slice_to(damage->body, damage->body.len / 2));
}

static void json_garbage(struct damage *damage)
{
    append_text(damage, "This is not JSON { at all");
}

static void json_array(struct damage *damage)
{
    append_text(damage, "[");
    append(damage, damage->body);
    append_text(damage, "]");
}

static void json_duplicate_key(struct damage *damage)
{
    append_text(damage, "{\"error_detail\":{\"status_code\":418,\"code\":\"ERROR_SECOND\","
                        "\"code_message\":\"A second error_detail.\","
                        "\"message\":\"A second error_detail.\"},");
    append(damage, slice_from(damage->body, 1));
}

static void json_invalid_utf8(struct damage *damage)
{
    static const char log_id[] = "\"log_id\":\"";
    struct slice whole = damage->body;
    const char *found = whole.len ? memmem(whole.ptr, whole.len, log_id, sizeof log_id - 1) : NULL;
    size_t at = found ? (size_t)(found - whole.ptr) + sizeof log_id - 1 : 0;
    append(damage, slice_to(whole, at));
    append_text(damage, "\xff\xfe\xc0\x80");
    append(damage, slice_from(whole, at));
}

static void json_huge(struct damage *damage)
{
    append_text(damage, "{\"padding\":\"");
    damage->fill_at = damage->text.used;
    append_text(damage, "\",");
    append(damage, slice_from(damage->body.len ? damage->body : slice_of("{}"), 1));
    size_t size = damage->text.used;
    damage->filling = damage->amount > size ? damage->amount - size : 1;
}

/* The steps */

static void add(struct damage *damage, enum reply_step_kind kind, struct slice bytes,
                uint64_t amount)
{
    if (!damage->over)
        damage->failed |= !reply_add(damage->out, kind, bytes, amount);
}

static void add_bytes(struct damage *damage, struct slice bytes)
{
    add(damage, REPLY_SEND, bytes, 0);
}

static void add_text(struct damage *damage, const char *text)
{
    add_bytes(damage, slice_of(text));
}

static void add_end(struct damage *damage, enum reply_step_kind kind)
{
    add(damage, kind, NOTHING, 0);
}

/* Starts the reply and returns its head, to be sent. An answer to HEAD has no body to do damage to:
 * its head alone is sent. */
static struct slice start(struct damage *damage)
{
    struct slice head = NOTHING;
    if (!reply_start(damage->out, &damage->head, damage->body.len + damage->filling, &head))
        damage->over = damage->failed = true;
    if (damage->head.is_head) {
        add_bytes(damage, head);
        damage->over = true;
    }
    return head;
}

static void send_whole(struct damage *damage)
{
    add_bytes(damage, start(damage));
    if (damage->filling) {
        add_bytes(damage, slice_to(damage->body, damage->fill_at));
        add(damage, REPLY_FILL, slice_of("x"), damage->filling);
    }
    add_bytes(damage, slice_from(damage->body, damage->fill_at));
}

/* SENDING */

static void send_part(struct damage *damage, enum reply_step_kind end)
{
    add_bytes(damage, start(damage));
    add_bytes(damage,
              slice_to(damage->body, damage->amount ? damage->amount : damage->body.len / 2));
    add_end(damage, end);
}

static void reset_mid_answer(struct damage *damage)
{
    send_part(damage, REPLY_RESET);
}

static void close_mid_answer(struct damage *damage)
{
    send_part(damage, REPLY_CLOSE);
}

static void cut_after(struct damage *damage)
{
    struct slice head = start(damage);
    add_bytes(damage, slice_to(head, damage->amount));
    if (damage->amount > head.len)
        add_bytes(damage, slice_to(damage->body, damage->amount - head.len));
    add_end(damage, REPLY_CLOSE);
}

static void stall(struct damage *damage)
{
    if (damage->amount)
        add(damage, REPLY_WAIT, NOTHING, damage->amount);
    add_end(damage, REPLY_CLOSE);
}

static void stall_mid_head(struct damage *damage)
{
    struct slice head = start(damage);
    add_bytes(damage, slice_to(head, head.len / 2));
    stall(damage);
}

static void stall_mid_answer(struct damage *damage)
{
    add_bytes(damage, start(damage));
    add_bytes(damage, slice_to(damage->body, damage->body.len / 2));
    stall(damage);
}

static void dribble(struct damage *damage)
{
    send_whole(damage);
    if (!damage->head.is_head)
        damage->out->bytes_per_s = damage->amount ? damage->amount : 1;
}

/* Refuses before the answer, so that a client that has read the answer is refused. */
static void refuse_afterwards(struct damage *damage)
{
    struct slice head = start(damage);
    add(damage, REPLY_REFUSE, NOTHING, damage->amount);
    add_bytes(damage, head);
    add_bytes(damage, damage->body);
    add_end(damage, REPLY_CLOSE);
}

static void length_too_long(struct damage *damage)
{
    damage->head.length_offset = (int64_t)damage->amount;
    send_whole(damage);
    add_end(damage, REPLY_CLOSE);
}

static void length_too_short(struct damage *damage)
{
    damage->head.length_offset = -(int64_t)damage->amount;
    send_whole(damage);
    add_end(damage, REPLY_CLOSE);
}

static void broken_chunk(struct damage *damage)
{
    size_t half = damage->body.len / 2;
    damage->head.chunked = true;
    add_bytes(damage, start(damage));
    char *size = malloc(32);
    if (size)
        snprintf(size, 32, "%zx\r\n", half);
    damage->failed |= !reply_own(damage->out, size);
    if (half && size) { /* a chunk of no bytes would be the last one, and right */
        add_text(damage, size);
        add_bytes(damage, slice_to(damage->body, half));
        add_text(damage, "\r\n");
    }
    add_text(damage, "this-is-no-size\r\n");
    add_bytes(damage, slice_from(damage->body, half));
    add_end(damage, REPLY_CLOSE);
}

/* INSTEAD */

static void reset_before_answer(struct damage *damage)
{
    add_end(damage, REPLY_RESET);
}

static void close_before_answer(struct damage *damage)
{
    add_end(damage, REPLY_CLOSE);
}

static void stall_before_answer(struct damage *damage)
{
    add(damage, REPLY_WAIT, NOTHING, damage->amount);
    add_end(damage, REPLY_CLOSE);
}

static void garbage_status(struct damage *damage)
{
    add_text(damage, "%$&/ this is no status line\r\n\r\nnor a body");
    add_end(damage, REPLY_CLOSE);
}

/* The table */

static const struct fault_info infos[] = {
#define MOCK_FAULT(id, name, place, parameter, fallback, summary)                                  \
    [FAULT_##id] = {name, FAULT_##place, FAULT_PARAMETER_##parameter, fallback, summary},
#include "api/faults.def"
};

static void (*const functions[])(struct damage *damage) = {
#define FUNCTION_UPLOAD(id) NULL
#define FUNCTION_SOURCE(id) id
#define FUNCTION_BASE64(id) id
#define FUNCTION_BODY(id) id
#define FUNCTION_SENDING(id) id
#define FUNCTION_INSTEAD(id) id
#define MOCK_FAULT(id, name, place, parameter, fallback, summary)                                  \
    [FAULT_##id] = FUNCTION_##place(id),
#include "api/faults.def"
};

const struct fault_info *fault_info(enum fault_id id)
{
    return id > FAULT_NONE && id < FAULT_COUNT ? &infos[id] : NULL;
}

enum fault_id fault_find(struct slice name)
{
    for (enum fault_id id = FAULT_NONE + 1; id < FAULT_COUNT; id++)
        if (slice_equal(name, slice_of(infos[id].name)))
            return id;
    return FAULT_NONE;
}

/* Does the damage if this is its place. Returns whether it is. */
static bool act(struct damage *damage, enum fault_place place)
{
    if (infos[damage->fault].place != place)
        return false;
    functions[damage->fault](damage);
    return true;
}

/* Makes the text the body, in the place of an earlier one. */
static void take_text(struct damage *damage)
{
    free(damage->owned);
    damage->owned = damage->text.bytes;
    damage->body = slice_make(damage->text.bytes, damage->text.used);
    damage->failed |= damage->text.failed;
    damage->text = (struct text){0};
}

/* The document with its image in Base64, as text. */
static void write_document(struct damage *damage)
{
    struct slice before = damage->json, after = NOTHING;
    char *encoded = NULL;
    bool marked = envelope_split(damage->json, &before, &after);
    append(damage, before);
    if (marked && (encoded = malloc(modp_b64_encode_len(damage->image.len)))) {
        size_t len = modp_b64_encode(encoded, damage->image.ptr, damage->image.len);
        damage->encoded = slice_make(encoded, len);
        if (!act(damage, FAULT_BASE64))
            append(damage, damage->encoded);
    }
    damage->failed |= marked && !encoded;
    append(damage, after);
    free(encoded);
}

bool fault_reply(struct reply *out, const struct reply_head *head, struct slice json,
                 struct slice image, enum fault_id fault, uint64_t amount)
{
    struct damage damage = {
        .out = out, .head = *head, .json = json, .image = image, .fault = fault, .amount = amount};
    enum fault_place place = infos[fault].place;
    if (place == FAULT_SENDING || place == FAULT_INSTEAD)
        damage.head.keep_alive = false;
    *out = (struct reply){.status = head->status, .close = !damage.head.keep_alive};
    if (act(&damage, FAULT_INSTEAD))
        return !damage.failed;
    act(&damage, FAULT_SOURCE);
    write_document(&damage);
    take_text(&damage);
    if (act(&damage, FAULT_BODY))
        take_text(&damage);
    if (!damage.failed && !act(&damage, FAULT_SENDING))
        send_whole(&damage);
    if (damage.owned) /* the reply's from here on */
        damage.failed |= !reply_own(out, damage.owned);
    return !damage.failed;
}
