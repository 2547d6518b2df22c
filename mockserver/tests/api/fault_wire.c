/* Helpers of fault_wire.h. */
#include "fault_wire.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SIZE_BOUND 2000000

const char wire_success[] =
    "{\"request_id\":\"R\",\"log_id\":\"12345678\",\"error_code\":0,\"error_detail\":"
    "{\"status_code\":200,\"code\":\"\",\"code_message\":\"\",\"message\":\"\"},\"data\":"
    "{\"image\":\"@\"}}";
const char wire_failure[] =
    "{\"request_id\":\"R\",\"log_id\":\"12345678\",\"error_code\":422,\"error_detail\":"
    "{\"status_code\":422,\"code\":\"X\",\"code_message\":\"Y\",\"message\":\"Z\"}}";

void wire_make_image(unsigned char image[WIRE_IMAGE_SIZE + 1])
{
    for (unsigned i = 0; i <= WIRE_IMAGE_SIZE; i++)
        image[i] = (unsigned char)(i * 151 + (i >> 3) * 7 + 0xfb);
}

/* Base64, written again: slow and plain. */
char *wire_encode(const unsigned char *bytes, size_t len)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = calloc(len / 3 * 4 + 8, 1);
    size_t used = 0;
    assert_non_null(out);
    for (size_t i = 0; i < len; i += 3) {
        unsigned bits = 0;
        for (size_t j = 0; j < 3; j++)
            bits = bits << 8 | (i + j < len ? bytes[i + j] : 0U);
        for (size_t j = 0; j < 4; j++)
            out[used++] = i + j > len ? '=' : alphabet[bits >> (18 - 6 * j) & 63];
    }
    return out;
}

void wire_carry_out(struct seen *out, struct reply *reply)
{
    *out = (struct seen){.end = REPLY_SEND, .rate = reply->bytes_per_s, .close = reply->close};
    uint64_t size = reply_size(reply);
    assert_in_range(size, 0, SIZE_BOUND);
    out->bytes = calloc(size + 1, 1);
    assert_non_null(out->bytes);
    for (size_t i = 0; i < reply->step_count; i++) {
        const struct reply_step *step = &reply->steps[i];
        assert_int_equal(out->end, REPLY_SEND); /* nothing follows an end */
        if (step->kind == REPLY_SEND) {
            memcpy(out->bytes + out->len, step->bytes.ptr, step->bytes.len);
            out->len += step->bytes.len;
        } else if (step->kind == REPLY_BASE64) {
            char *text = wire_encode((const unsigned char *)step->bytes.ptr, step->bytes.len);
            memcpy(out->bytes + out->len, text, strlen(text));
            out->len += strlen(text);
            free(text);
        } else if (step->kind == REPLY_FILL) {
            memset(out->bytes + out->len, step->bytes.ptr[0], step->amount);
            out->len += step->amount;
        } else if (step->kind == REPLY_WAIT) {
            out->waited_ms = step->amount;
            out->waited_at = out->len;
        } else if (step->kind == REPLY_REFUSE)
            out->refused_ms = step->amount;
        else
            out->end = step->kind;
    }
    assert_int_equal(out->len, size);
    const char *end = memmem(out->bytes, out->len, "\r\n\r\n", 4);
    out->head_len = end ? (size_t)(end - out->bytes) + 4 : 0;
    out->body = out->bytes + (end ? out->head_len : out->len);
    out->body_len = (size_t)(out->bytes + out->len - out->body);
    reply_clear(reply);
}

struct reply_head wire_head(bool ok, bool keep_alive)
{
    return (struct reply_head){.status = ok ? 200 : 422,
                               .content_type = "application/json",
                               .now_ms = 1700000000000,
                               .keep_alive = keep_alive};
}

void wire_see(struct seen *out, bool ok, size_t image_size, enum fault_id fault, uint64_t amount)
{
    struct reply_head head = wire_head(ok, true);
    struct reply reply;
    unsigned char image[WIRE_IMAGE_SIZE + 1];
    wire_make_image(image);
    assert_true(fault_reply(&reply, &head, slice_of(ok ? wire_success : wire_failure),
                            slice_make(image, image_size), fault, amount));
    assert_int_equal(reply.status, head.status);
    wire_carry_out(out, &reply);
}

/* The right answer, on a connection that is kept or not. */
void wire_see_right(struct seen *out, bool ok, size_t image_size, bool keep_alive)
{
    struct reply_head head = wire_head(ok, keep_alive);
    struct reply reply;
    unsigned char image[WIRE_IMAGE_SIZE + 1];
    wire_make_image(image);
    assert_true(reply_json(&reply, &head, slice_of(ok ? wire_success : wire_failure),
                           slice_make(image, image_size)));
    wire_carry_out(out, &reply);
}

/* The value of a header, up to its line's end; NULL when it is not there. */
const char *wire_header(const struct seen *seen, const char *name)
{
    char line[64];
    snprintf(line, sizeof line, "\r\n%s: ", name);
    const char *found = memmem(seen->bytes, seen->head_len, line, strlen(line));
    return found ? found + strlen(line) : NULL;
}

bool wire_header_is(const struct seen *seen, const char *name, const char *value)
{
    const char *found = wire_header(seen, name);
    return found && strncmp(found, value, strlen(value)) == 0 && found[strlen(value)] == '\r';
}

long long wire_announced(const struct seen *seen)
{
    const char *length = wire_header(seen, "Content-Length");
    return length ? atoll(length) : -1;
}
