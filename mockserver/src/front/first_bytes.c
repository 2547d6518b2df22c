#include "front/first_bytes.h"
#include <stdbool.h>

#define TLS_HANDSHAKE 0x16 /* the type of a record; no method of HTTP begins so */

enum first_bytes first_bytes_judge(struct slice bytes)
{
    static const char connect[] = "CONNECT ";
    const size_t whole = sizeof connect - 1;
    const size_t shared = bytes.len < whole ? bytes.len : whole;
    if (bytes.len == 0)
        return FIRST_BYTES_MORE;
    if (bytes.ptr[0] == TLS_HANDSHAKE)
        return FIRST_BYTES_TLS;
    if (memcmp(bytes.ptr, connect, shared) != 0)
        return FIRST_BYTES_HTTP;
    return shared == whole ? FIRST_BYTES_CONNECT : FIRST_BYTES_MORE;
}

/* The first line, without its end; all bytes when it does not end. */
static struct slice line_of(struct slice bytes)
{
    const char *end = bytes.len ? memchr(bytes.ptr, '\n', bytes.len) : NULL;
    size_t len = end ? (size_t)(end - bytes.ptr) : bytes.len;
    if (end && len && bytes.ptr[len - 1] == '\r')
        len--;
    return slice_make(bytes.ptr, len);
}

static struct slice up_to(struct slice text, char end)
{
    const char *at = text.len ? memchr(text.ptr, end, text.len) : NULL;
    return slice_make(text.ptr, at ? (size_t)(at - text.ptr) : text.len);
}

static bool is_control(unsigned char byte)
{
    return (byte < ' ' && byte != '\r' && byte != '\n') || byte == 0x7f;
}

static bool has_control(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (is_control((unsigned char)text.ptr[i]))
            return true;
    return false;
}

/* METHOD PATH VERSION, with a blank between each. */
static bool read_request_line(struct head_trouble *out, struct slice line)
{
    struct slice method = up_to(line, ' ');
    if (method.len == 0 || method.len == line.len || has_control(method))
        return false;
    struct slice rest = slice_make(line.ptr + method.len + 1, line.len - method.len - 1);
    struct slice target = up_to(rest, ' ');
    if (target.len == 0)
        return false;
    out->method = method;
    out->path = up_to(target, '?');
    return rest.len > target.len + 5 && memcmp(rest.ptr + target.len + 1, "HTTP/", 5) == 0;
}

/* The character of the line that no line of a head may have. */
static bool find_control(struct head_trouble *out, struct slice line, bool is_header)
{
    for (size_t i = 0; i < line.len; i++) {
        const unsigned char byte = (unsigned char)line.ptr[i];
        if (!is_control(byte))
            continue;
        out->byte = byte;
        out->kind = byte == '\t' ? HEAD_TROUBLE_TAB : HEAD_TROUBLE_CONTROL;
        struct slice name = up_to(slice_make(line.ptr, i), ':');
        out->header = is_header && name.len < i ? name : slice_make(NULL, 0);
        return true;
    }
    return false;
}

static struct slice next_line(struct slice bytes)
{
    const char *end = memchr(bytes.ptr, '\n', bytes.len);
    size_t used = end ? (size_t)(end - bytes.ptr) + 1 : bytes.len;
    return slice_make(bytes.ptr + used, bytes.len - used);
}

void head_trouble_judge(struct head_trouble *out, struct slice bytes, size_t most)
{
    const size_t size = bytes.len;
    *out = (struct head_trouble){0};
    if (first_bytes_judge(bytes) == FIRST_BYTES_TLS) {
        out->kind = HEAD_TROUBLE_TLS;
        return;
    }
    struct slice line = line_of(bytes);
    const bool whole = line.len < size;
    const bool readable = read_request_line(out, line);
    for (bool is_header = false; bytes.len; is_header = true) {
        line = line_of(bytes);
        if (is_header && line.len == 0)
            break;
        if (find_control(out, line, is_header))
            return;
        bytes = next_line(bytes);
    }
    if (whole && !readable)
        out->kind = HEAD_TROUBLE_LINE;
    else if (bytes.len == 0 && size >= most)
        out->kind = HEAD_TROUBLE_SIZE;
}
