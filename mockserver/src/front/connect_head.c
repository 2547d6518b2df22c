#include "front/connect_head.h"
#include "base/decimal.h"

/* The head ends with an empty line; 0 while it has not come. */
static size_t head_size(struct slice bytes)
{
    static const char end[] = "\r\n\r\n";
    const char *at = memmem(bytes.ptr, bytes.len, end, sizeof end - 1);
    return at ? (size_t)(at - bytes.ptr) + sizeof end - 1 : 0;
}

static bool is_host_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '.' || byte == '-' || byte == '_' || byte == ':';
}

static bool take_host(struct connect_head *out, struct slice host)
{
    const bool bracketed = host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']';
    if (bracketed)
        host = slice_make(host.ptr + 1, host.len - 2);
    if (host.len == 0 || host.len > CONNECT_HOST_MAX)
        return false;
    for (size_t i = 0; i < host.len; i++)
        if (!is_host_byte(host.ptr[i]) || (host.ptr[i] == ':' && !bracketed))
            return false;
    memcpy(out->host, host.ptr, host.len);
    out->host[host.len] = '\0';
    return true;
}

/* "HOST:PORT" */
static bool take_authority(struct connect_head *out, struct slice text)
{
    const char *colon = text.len ? memrchr(text.ptr, ':', text.len) : NULL;
    uint64_t port = 0;
    if (!colon)
        return false;
    const size_t host_len = (size_t)(colon - text.ptr);
    struct slice digits = slice_make(colon + 1, text.len - host_len - 1);
    if (!decimal_read(&port, digits, 5) || port == 0 || port > UINT16_MAX)
        return false;
    out->port = (uint16_t)port;
    return take_host(out, slice_make(text.ptr, host_len));
}

enum connect_parse connect_head_parse(struct connect_head *out, struct slice bytes)
{
    static const char method[] = "CONNECT ";
    static const char version[] = " HTTP/1.";
    const size_t before = sizeof method - 1, after = sizeof version - 1;
    *out = (struct connect_head){.size = head_size(bytes)};
    if (out->size > CONNECT_HEAD_BYTES_MAX)
        return CONNECT_WRONG;
    if (!out->size)
        return bytes.len < CONNECT_HEAD_BYTES_MAX ? CONNECT_MORE : CONNECT_WRONG;
    const char *line_end = memmem(bytes.ptr, out->size, "\r\n", 2);
    struct slice rest = slice_make(bytes.ptr + before, (size_t)(line_end - bytes.ptr) - before);
    const char *blank = rest.len ? memchr(rest.ptr, ' ', rest.len) : NULL;
    if (!blank)
        return CONNECT_WRONG;
    struct slice authority = slice_make(rest.ptr, (size_t)(blank - rest.ptr));
    struct slice tail = slice_make(blank, rest.len - authority.len);
    if (tail.len != after + 1 || memcmp(tail.ptr, version, after) != 0 ||
        (tail.ptr[after] != '0' && tail.ptr[after] != '1'))
        return CONNECT_WRONG;
    out->authority = authority;
    return take_authority(out, authority) ? CONNECT_READ : CONNECT_WRONG;
}
