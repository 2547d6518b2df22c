/* The target of requests, and the descriptor that ends a wait. */
#ifndef CONFORMANCE_SERVER_WIRE_ENDPOINT_H
#define CONFORMANCE_SERVER_WIRE_ENDPOINT_H

#include "wire/url.h"

struct endpoint {
    struct url url;
    const char *ca_file; /* Optional, borrowed: certificate authorities for https */
    int cancel_fd;       /* readable when the run is to end at once; -1 for never */
};

#endif
