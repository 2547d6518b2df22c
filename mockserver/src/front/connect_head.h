/* The head of CONNECT. Pure. */
#ifndef AILAB_MOCKSERVER_FRONT_CONNECT_HEAD_H
#define AILAB_MOCKSERVER_FRONT_CONNECT_HEAD_H

#include "base/slice.h"
#include <stdbool.h>
#include <stdint.h>

#define CONNECT_HEAD_BYTES_MAX 8192
#define CONNECT_HOST_MAX 253

enum connect_parse {
    CONNECT_MORE,  /* the head is not all there */
    CONNECT_READ,  /* and *out is filled in */
    CONNECT_WRONG, /* it is no head of CONNECT */
};

struct connect_head {
    char host[CONNECT_HOST_MAX + 1]; /* without the brackets of an IPv6 address */
    uint16_t port;
    struct slice authority; /* "HOST:PORT", borrowed */
    size_t size;            /* of the head, with its empty line */
};

/* bytes begin with "CONNECT ". */
enum connect_parse connect_head_parse(struct connect_head *out, struct slice bytes);

#endif
