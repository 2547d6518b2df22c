/* The headers of a request that matches look at: those of a request that is being served, or the
 * text in which the journal keeps them. Pure. */
#ifndef AILAB_MOCKSERVER_SCENARIOS_REQUEST_HEADERS_H
#define AILAB_MOCKSERVER_SCENARIOS_REQUEST_HEADERS_H

#include "api/request.h"

#define KEPT_HEADERS_MAX 2048 /* bytes of all headers of a request, as they are kept */
#define KEPT_HEADERS_SIZE (KEPT_HEADERS_MAX + 1)
#define KEPT_VALUE_MAX 255 /* bytes of one value */
#define KEPT_SECRET "***"

/* All is borrowed. All zero: no headers. */
struct request_headers {
    const struct request_head *head; /* NULL: kept has them */
    const char *kept;                /* "Name: value", each with a line feed behind it */
    bool cut;                        /* there were more than are kept */
};

/* Takes the next header; start with *at = 0. False when there are no more. */
bool request_headers_next(struct header_field *out, const struct request_headers *headers,
                          size_t *at);

/* Writes the headers as text, as many as fit, and returns how many. The values of those that may
 * hold a secret become KEPT_SECRET: names that begin with ailab or end with key, token, secret,
 * auth, authorization, cookie or password, except Idempotency-Key and Sec-WebSocket-Key; and of a
 * doubtful head all values, since there a name says nothing for sure. */
size_t request_headers_keep(char out[KEPT_HEADERS_SIZE], const struct request_head *head);

#endif
