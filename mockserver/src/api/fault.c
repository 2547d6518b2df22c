/* Every fault works on the whole body in one block: faulty answers are rare, and cutting a block is
 * simpler to get right than cutting a stream. */
#include "api/fault.h"
#include <modp_b64.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

static const struct fault_info infos[] = {
#define MOCK_FAULT(id, name, stage, parameter, fallback, summary)                                  \
    [FAULT_##id] = {name, FAULT_STAGE_##stage, FAULT_PARAMETER_##parameter, fallback, summary},
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

/* The answer that is to be damaged, and what has been made of it so far. */
struct damage {
    struct reply *out;
    struct reply_head head;
    struct slice json, image;
    enum fault_id fault;
    uint64_t amount;
};

/* A growing text; once memory ran out it stays failed. */
struct text {
    char *bytes;
    size_t used, size;
    bool failed;
};

static void append(struct text *text, struct slice bytes)
{
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

static void append_text(struct text *text, const char *more)
{
    append(text, slice_of(more));
}

static struct slice slice_to(struct slice bytes, size_t len)
{
    return slice_make(bytes.ptr, len < bytes.len ? len : bytes.len);
}

static struct slice slice_from(struct slice bytes, size_t at)
{
    return at < bytes.len ? slice_make(bytes.ptr + at, bytes.len - at) : slice_make(bytes.ptr, 0);
}

/* The reply owns the text from here on. */
static bool finish(struct reply *out, struct text *text, struct slice *body)
{
    *body = slice_make(text->bytes, text->used);
    if (text->failed) {
        free(text->bytes);
        return false;
    }
    return !text->bytes || reply_own(out, text->bytes);
}

/* The Base64 of the image */

static void append_lines(struct text *out, struct slice encoded)
{
    for (size_t at = 0; at < encoded.len; at += 76) {
        append(out, slice_to(slice_from(encoded, at), 76));
        append_text(out, "\\r\\n"); /* escaped: inside a JSON text */
    }
}

static void append_url_alphabet(struct text *out, struct slice encoded)
{
    size_t at = out->used;
    append(out, encoded);
    for (; !out->failed && at < out->used; at++)
        if (out->bytes[at] == '+')
            out->bytes[at] = '-';
        else if (out->bytes[at] == '/')
            out->bytes[at] = '_';
}

static void append_bad_padding(struct text *out, struct slice encoded)
{
    if (encoded.len && encoded.ptr[encoded.len - 1] == '=')
        append(out, slice_to(encoded, encoded.len - 1));
    else {
        append(out, encoded);
        append_text(out, "=");
    }
}

static void append_damaged(struct text *out, struct slice encoded, enum fault_id fault)
{
    switch (fault) {
    case FAULT_base64_data_prefix:
        append_text(out, "data:image/jpeg;base64,");
        append(out, encoded);
        return;
    case FAULT_base64_line_breaks:
        append_lines(out, encoded);
        return;
    case FAULT_base64_url_alphabet:
        append_url_alphabet(out, encoded);
        return;
    case FAULT_base64_bad_padding:
        append_bad_padding(out, encoded);
        return;
    default:
        append(out, encoded);
    }
}

/* What the Base64 of the answer encodes. */
static struct slice damaged_image(const struct damage *damage)
{
    if (damage->fault == FAULT_base64_no_image)
        return slice_of("These bytes are right Base64, and no image at all.\n");
    if (damage->fault == FAULT_base64_half_image)
        return slice_to(damage->image, damage->image.len / 2);
    return damage->image;
}

/* The whole body as text: the document with its image. */
static bool make_document(struct damage *damage, struct slice *body)
{
    struct text text = {0};
    struct slice before, after, image = damaged_image(damage);
    if (!envelope_split(damage->json, &before, &after)) {
        append(&text, damage->json);
        return finish(damage->out, &text, body);
    }
    char *encoded = malloc(modp_b64_encode_len(image.len));
    if (!encoded)
        return false;
    size_t len = modp_b64_encode(encoded, image.ptr, image.len);
    append(&text, before);
    append_damaged(&text, slice_make(encoded, len), damage->fault);
    append(&text, after);
    free(encoded);
    return finish(damage->out, &text, body);
}

/* The JSON around it */

static bool rewrite_json(struct damage *damage, struct slice *body)
{
    static const char second_detail[] =
        "{\"error_detail\":{\"status_code\":418,\"code\":\"ERROR_SECOND\","
        "\"code_message\":\"A second error_detail.\",\"message\":\"A second error_detail.\"},";
    static const char log_id[] = "\"log_id\":\"";
    struct text text = {0};
    struct slice whole = *body;
    const char *found;
    switch (damage->fault) {
    case FAULT_json_truncated:
        append(&text, slice_to(whole, whole.len / 2));
        break;
    case FAULT_json_garbage:
        append_text(&text, "This is not JSON { at all");
        break;
    case FAULT_json_array:
        append_text(&text, "[");
        append(&text, whole);
        append_text(&text, "]");
        break;
    case FAULT_json_duplicate_key:
        append_text(&text, second_detail);
        append(&text, slice_from(whole, 1));
        break;
    case FAULT_json_invalid_utf8:
        found = whole.len ? memmem(whole.ptr, whole.len, log_id, sizeof log_id - 1) : NULL;
        size_t at = found ? (size_t)(found - whole.ptr) + sizeof log_id - 1 : 0;
        append(&text, slice_to(whole, at));
        append_text(&text, "\xff\xfe\xc0\x80");
        append(&text, slice_from(whole, at));
        break;
    case FAULT_html_body:
        append_text(&text, "<!doctype html>\n<html><head><title>Bad Gateway</title></head>\n"
                           "<body><h1>Bad Gateway</h1></body></html>\n");
        break;
    default:
        return true; /* empty_body */
    }
    return finish(damage->out, &text, body);
}

static bool gzip(struct damage *damage, struct slice *body)
{
    z_stream stream = {0};
    /* 16 more window bits: a gzip wrapper. Fast, since nobody looks at the size. */
    if (deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    size_t size = deflateBound(&stream, (uLong)body->len);
    unsigned char *packed = malloc(size);
    stream.next_in = (z_const Bytef *)(uintptr_t)body->ptr;
    stream.avail_in = (uInt)body->len;
    stream.next_out = packed;
    stream.avail_out = (uInt)size;
    bool done = packed && deflate(&stream, Z_FINISH) == Z_STREAM_END;
    *body = slice_make(packed, stream.total_out);
    deflateEnd(&stream);
    return reply_own(damage->out, packed) && done;
}

/* The steps */

static const struct slice NOTHING = {NULL, 0};

static bool send_part(struct reply *out, struct slice head, struct slice body, uint64_t body_len,
                      enum reply_step_kind end, uint64_t wait_ms)
{
    return reply_add(out, REPLY_SEND, head, 0) &&
           reply_add(out, REPLY_SEND, slice_to(body, (size_t)body_len), 0) &&
           (!wait_ms || reply_add(out, REPLY_WAIT, NOTHING, wait_ms)) &&
           reply_add(out, end, NOTHING, 0);
}

static bool send_broken_chunks(struct reply *out, struct slice head, struct slice body)
{
    char *size = malloc(32);
    if (!reply_own(out, size))
        return false;
    /* A chunk of no bytes would be the last one, and right. */
    snprintf(size, 32, "%zx\r\n", body.len / 2);
    return reply_add(out, REPLY_SEND, head, 0) &&
           (body.len < 2 || (reply_add(out, REPLY_SEND, slice_of(size), 0) &&
                             reply_add(out, REPLY_SEND, slice_to(body, body.len / 2), 0) &&
                             reply_add(out, REPLY_SEND, slice_of("\r\n"), 0))) &&
           reply_add(out, REPLY_SEND, slice_of("this-is-no-size\r\n"), 0) &&
           reply_add(out, REPLY_SEND, slice_from(body, body.len / 2), 0) &&
           reply_add(out, REPLY_CLOSE, NOTHING, 0);
}

static bool send_huge(struct reply *out, struct slice head, struct slice body, uint64_t filling)
{
    return reply_add(out, REPLY_SEND, head, 0) &&
           reply_add(out, REPLY_SEND, slice_of("{\"padding\":\""), 0) &&
           reply_add(out, REPLY_FILL, slice_of("x"), filling) &&
           reply_add(out, REPLY_SEND, slice_of("\","), 0) &&
           reply_add(out, REPLY_SEND, slice_from(body, 1), 0);
}

static bool lay_out(struct damage *damage, struct slice body)
{
    static const size_t padding_frame = sizeof "{\"padding\":\"\"," - 1 - 1; /* less one brace */
    struct reply *out = damage->out;
    uint64_t amount = damage->amount, half = amount ? amount : body.len / 2, filling = 0;
    if (damage->fault == FAULT_json_huge && !body.len)
        body = slice_of("{}");
    uint64_t size = body.len;
    struct slice head;
    if (damage->fault == FAULT_json_huge) {
        filling = amount > body.len + padding_frame ? amount - body.len - padding_frame : 1;
        size += padding_frame + filling;
    }
    if (!reply_start(out, &damage->head, size, &head))
        return false;
    if (damage->head.is_head)
        return reply_add(out, REPLY_SEND, head, 0);
    switch (damage->fault) {
    case FAULT_reset_mid_answer:
        return send_part(out, head, body, half, REPLY_RESET, 0);
    case FAULT_close_mid_answer:
        return send_part(out, head, body, half, REPLY_CLOSE, 0);
    case FAULT_cut_after:
        return send_part(out, slice_to(head, (size_t)amount), body,
                         amount > head.len ? amount - head.len : 0, REPLY_CLOSE, 0);
    case FAULT_stall_mid_head:
        return send_part(out, slice_to(head, head.len / 2), body, 0, REPLY_CLOSE, amount);
    case FAULT_stall_mid_answer:
        return send_part(out, head, body, body.len / 2, REPLY_CLOSE, amount);
    case FAULT_broken_chunk:
        return send_broken_chunks(out, head, body);
    case FAULT_length_too_long:
    case FAULT_length_too_short:
        return send_part(out, head, body, body.len, REPLY_CLOSE, 0);
    case FAULT_json_huge:
        return send_huge(out, head, body, filling);
    case FAULT_refuse_afterwards: /* before the answer, so that who has read it is refused */
        return reply_add(out, REPLY_REFUSE, NOTHING, amount) &&
               reply_add(out, REPLY_SEND, head, 0) && reply_add(out, REPLY_SEND, body, 0) &&
               reply_add(out, REPLY_CLOSE, NOTHING, 0);
    case FAULT_dribble:
        out->bytes_per_s = amount ? amount : 1;
        break;
    default:
        break;
    }
    return reply_add(out, REPLY_SEND, head, 0) && reply_add(out, REPLY_SEND, body, 0);
}

/* Faults that send nothing of the answer at all. */
static bool send_nothing(struct damage *damage)
{
    struct reply *out = damage->out;
    *out = (struct reply){.status = damage->head.status, .close = true};
    switch (damage->fault) {
    case FAULT_reset_before_answer:
        return reply_add(out, REPLY_RESET, NOTHING, 0);
    case FAULT_stall_before_answer:
        return reply_add(out, REPLY_WAIT, NOTHING, damage->amount) &&
               reply_add(out, REPLY_CLOSE, NOTHING, 0);
    case FAULT_garbage_status:
        return reply_add(out, REPLY_SEND, slice_of("%$&/ this is no status line\r\n\r\nnor a body"),
                         0) &&
               reply_add(out, REPLY_CLOSE, NOTHING, 0);
    default:
        return reply_add(out, REPLY_CLOSE, NOTHING, 0);
    }
}

/* What the head says differently. */
static void adjust_head(struct damage *damage)
{
    struct reply_head *head = &damage->head;
    switch (damage->fault) {
    case FAULT_length_too_long:
        head->length_offset = (int64_t)damage->amount;
        break;
    case FAULT_length_too_short:
        head->length_offset = -(int64_t)damage->amount;
        break;
    case FAULT_broken_chunk:
        head->chunked = true;
        break;
    case FAULT_wrong_content_type:
    case FAULT_html_body:
        head->content_type = "text/html; charset=utf-8";
        break;
    default:
        break;
    }
}

static bool ends_the_connection(enum fault_id fault)
{
    return fault < FAULT_wrong_content_type;
}

bool fault_reply(struct reply *out, const struct reply_head *head, struct slice json,
                 struct slice image, enum fault_id fault, uint64_t amount)
{
    struct damage damage = {out, *head, json, image, fault, amount};
    struct slice body;
    if (ends_the_connection(fault))
        damage.head.keep_alive = false;
    switch (fault) {
    case FAULT_reset_before_answer:
    case FAULT_close_before_answer:
    case FAULT_stall_before_answer:
    case FAULT_garbage_status:
        return send_nothing(&damage);
    default:
        break;
    }
    /* The body is made before the reply is started, so it is owned by a reply of its own. */
    struct reply made = {0};
    damage.out = &made;
    adjust_head(&damage);
    bool done = make_document(&damage, &body);
    if (done && fault == FAULT_gzip_undeclared)
        done = gzip(&damage, &body);
    else if (done && fault == FAULT_empty_body)
        body = NOTHING;
    else if (done && (fault == FAULT_html_body ||
                      (fault >= FAULT_json_truncated && fault <= FAULT_json_invalid_utf8)))
        done = rewrite_json(&damage, &body);
    damage.out = out;
    *out = (struct reply){0};
    done = done && lay_out(&damage, body);
    for (size_t i = 0; i < made.buffer_count; i++)
        done = reply_own(out, made.buffers[i]) && done;
    return done;
}
