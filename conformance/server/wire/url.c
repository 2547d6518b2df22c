/* See url.h. */
#include "wire/url.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool fail(char why[URL_WHY_SIZE], const char *text)
{
    snprintf(why, URL_WHY_SIZE, "%s", text);
    return false;
}

static bool printable(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text <= ' ' || (unsigned char)*text >= 0x7f ||
            strchr("\"<>\\^`{|}", *text))
            return false;
    return true;
}

static bool copy(char *out, size_t size, const char *from, size_t len)
{
    if (len >= size)
        return false;
    memcpy(out, from, len);
    out[len] = '\0';
    return true;
}

static bool parse_port(struct url *out, const char *digits, size_t len, char why[URL_WHY_SIZE])
{
    if (len == 0 || len > 5 || strspn(digits, "0123456789") < len)
        return fail(why, "the port is not a number from 1 to 65535");
    copy(out->port, sizeof out->port, digits, len);
    long port = strtol(out->port, NULL, 10);
    if (port < 1 || port > 65535)
        return fail(why, "the port is not a number from 1 to 65535");
    return true;
}

/* No character that libcurl would decode into another name: url_is_live() must see the true one. */
static bool is_host(const char *text, bool bracketed)
{
    static const char name[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
    return strspn(text, bracketed ? "0123456789abcdefABCDEF:." : name) == strlen(text);
}

static bool parse_authority(struct url *out, const char *text, size_t len, char why[URL_WHY_SIZE])
{
    if (memchr(text, '@', len))
        return fail(why, "a user name does not belong into the URL");
    const char *host = text, *rest = NULL;
    size_t host_len = 0;
    if (len > 0 && text[0] == '[') {
        const char *close = memchr(text, ']', len);
        if (!close)
            return fail(why, "the bracket of the IPv6 address is not closed");
        host = text + 1;
        host_len = (size_t)(close - host);
        rest = close + 1;
    } else {
        const char *colon = memchr(text, ':', len);
        host_len = colon ? (size_t)(colon - text) : len;
        rest = text + host_len;
    }
    size_t rest_len = len - (size_t)(rest - text);
    if (host_len == 0)
        return fail(why, "the host is missing");
    if (!copy(out->host, sizeof out->host, host, host_len))
        return fail(why, "the host is longer than 253 characters");
    if (!is_host(out->host, host > text))
        return fail(why, "the host holds a character that no host name has");
    snprintf(out->port, sizeof out->port, "%s", out->tls ? "443" : "80");
    if (rest_len > 0 && rest[0] != ':')
        return fail(why, "a port after a colon was expected behind the host");
    if (rest_len > 0 && !parse_port(out, rest + 1, rest_len - 1, why))
        return false;
    copy(out->authority, sizeof out->authority, text, len);
    return true;
}

bool url_parse(struct url *out, const char *text, char why[URL_WHY_SIZE])
{
    *out = (struct url){0};
    const char *rest = NULL;
    if (strncasecmp(text, "http://", 7) == 0)
        rest = text + 7;
    else if (strncasecmp(text, "https://", 8) == 0)
        rest = text + 8;
    if (!rest)
        return fail(why, "it does not begin with http:// or https://");
    out->tls = rest == text + 8;
    if (!printable(text))
        return fail(why, "it holds a character that must not occur in a URL");
    if (strpbrk(rest, "?#"))
        return fail(why, "a query or fragment does not belong into a base URL");
    size_t authority_len = strcspn(rest, "/");
    if (authority_len >= sizeof out->authority)
        return fail(why, "the host is longer than 253 characters");
    if (!parse_authority(out, rest, authority_len, why))
        return false;
    const char *prefix = rest + authority_len;
    size_t prefix_len = strlen(prefix);
    while (prefix_len > 0 && prefix[prefix_len - 1] == '/')
        prefix_len--;
    if (!copy(out->prefix, sizeof out->prefix, prefix, prefix_len))
        return fail(why, "the path is longer than 255 characters");
    snprintf(out->base, sizeof out->base, "%s%s%s", out->tls ? "https://" : "http://",
             out->authority, out->prefix);
    return true;
}

bool url_is_live(const struct url *url)
{
    static const char domain[] = "ailabapi.com";
    size_t host = strlen(url->host), len = sizeof domain - 1;
    while (host > 0 && url->host[host - 1] == '.') /* the root, written out: the same host */
        host--;
    if (host < len || strncasecmp(url->host + host - len, domain, len) != 0)
        return false;
    return host == len || url->host[host - len - 1] == '.';
}
