/* The base URL of a target: scheme, host, optional port and path prefix. Not a general URL parser:
 * user names, queries and fragments are refused. */
#ifndef CONFORMANCE_SERVER_WIRE_URL_H
#define CONFORMANCE_SERVER_WIRE_URL_H

#include <stdbool.h>

#define URL_WHY_SIZE 512

struct url {
    bool tls;
    char host[254]; /* without the brackets of an IPv6 address */
    char port[6];
    char prefix[256];    /* "" or "/path", no slash at its end */
    char authority[272]; /* as it belongs into the Host header */
    char base[640];      /* normalised, no slash at its end */
};

/* Fills *out, or returns false with one phrase in why. */
bool url_parse(struct url *out, const char *text, char why[URL_WHY_SIZE]);
/* Whether the host is the vendor's service, where a successful call costs money. */
bool url_is_live(const struct url *url);

#endif
