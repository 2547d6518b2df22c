#include "front/address.h"
#include "base/decimal.h"
#include <arpa/inet.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static size_t wrong(char why[AILAB_MOCK_ERROR_SIZE], const char *text, const char *expected)
{
    snprintf(why, AILAB_MOCK_ERROR_SIZE, "listen address '%.80s': %s", text, expected);
    return 0;
}

static size_t parse_unix(struct front_address *out, const char *text, const char *path,
                         char why[AILAB_MOCK_ERROR_SIZE])
{
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof out->socket.un.sun_path)
        return wrong(why, text, "expected unix:PATH with a path of 1 to 107 bytes");
    out->socket.un.sun_family = AF_UNIX;
    memcpy(out->socket.un.sun_path, path, len + 1);
    return 1;
}

static bool set_host(struct front_address *out, const char *host, bool bracketed)
{
    if (bracketed) {
        out->socket.in6.sin6_family = AF_INET6;
        return inet_pton(AF_INET6, host, &out->socket.in6.sin6_addr) == 1;
    }
    out->socket.in.sin_family = AF_INET;
    return inet_pton(AF_INET, host, &out->socket.in.sin_addr) == 1;
}

static size_t parse_localhost(struct front_address *out, uint16_t port)
{
    set_host(&out[0], "127.0.0.1", false);
    set_host(&out[1], "::1", true);
    out[1].with_last = true;
    front_address_set_port(&out[0], port);
    front_address_set_port(&out[1], port);
    return 2;
}

size_t front_address_parse(struct front_address out[FRONT_ADDRESSES_PER_TEXT], const char *text,
                           char why[AILAB_MOCK_ERROR_SIZE])
{
    char host[INET6_ADDRSTRLEN + 2] = "";
    const char *colon = strrchr(text, ':');
    const size_t len = colon ? (size_t)(colon - text) : 0;
    uint64_t port = 0;
    memset(out, 0, FRONT_ADDRESSES_PER_TEXT * sizeof *out);
    if (strncmp(text, "unix:", 5) == 0)
        return parse_unix(out, text, text + 5, why);
    if (!colon || len >= sizeof host || !decimal_read(&port, slice_of(colon + 1), 5) ||
        port > UINT16_MAX)
        return wrong(why, text, "expected HOST:PORT with a port of 0 to 65535");
    memcpy(host, text, len);
    if (strcmp(host, "localhost") == 0)
        return parse_localhost(out, (uint16_t)port);
    const bool bracketed = len > 2 && host[0] == '[' && host[len - 1] == ']';
    if (bracketed)
        host[len - 1] = '\0';
    if (!set_host(out, bracketed ? host + 1 : host, bracketed))
        return wrong(why, text,
                     "the host must be an IPv4 address, such as 127.0.0.1 or 0.0.0.0 for all, an "
                     "IPv6 address in brackets, such as [::1], or localhost for both");
    front_address_set_port(out, (uint16_t)port);
    return 1;
}

socklen_t front_address_size(const struct front_address *address)
{
    switch (address->socket.any.sa_family) {
    case AF_UNIX:
        return (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
                           strlen(address->socket.un.sun_path) + 1);
    case AF_INET6:
        return sizeof address->socket.in6;
    default:
        return sizeof address->socket.in;
    }
}

void front_address_print(const struct front_address *address, char *out, size_t size)
{
    char host[INET6_ADDRSTRLEN] = "";
    const unsigned port = front_address_port(address);
    switch (address->socket.any.sa_family) {
    case AF_UNIX:
        snprintf(out, size, "unix:%s", address->socket.un.sun_path);
        break;
    case AF_INET6:
        inet_ntop(AF_INET6, &address->socket.in6.sin6_addr, host, sizeof host);
        snprintf(out, size, "[%s]:%u", host, port);
        break;
    default:
        inet_ntop(AF_INET, &address->socket.in.sin_addr, host, sizeof host);
        snprintf(out, size, "%s:%u", host, port);
    }
}

bool front_address_is_local(const struct front_address *address)
{
    const struct in6_addr *in6 = &address->socket.in6.sin6_addr;
    switch (address->socket.any.sa_family) {
    case AF_UNIX:
        return true;
    case AF_INET6: /* also 127.0.0.0/8 as IPv6 writes it */
        return IN6_IS_ADDR_LOOPBACK(in6) || (IN6_IS_ADDR_V4MAPPED(in6) && in6->s6_addr[12] == 127);
    default:
        return ntohl(address->socket.in.sin_addr.s_addr) >> 24 == 127;
    }
}

uint16_t front_address_port(const struct front_address *address)
{
    switch (address->socket.any.sa_family) {
    case AF_UNIX:
        return 0;
    case AF_INET6:
        return ntohs(address->socket.in6.sin6_port);
    default:
        return ntohs(address->socket.in.sin_port);
    }
}

void front_address_set_port(struct front_address *address, uint16_t port)
{
    if (address->socket.any.sa_family == AF_INET6)
        address->socket.in6.sin6_port = htons(port);
    else if (address->socket.any.sa_family == AF_INET)
        address->socket.in.sin_port = htons(port);
}
