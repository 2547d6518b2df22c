/* The target of requests, how it is reached, and the descriptor that ends a wait. */
#ifndef CONFORMANCE_SERVER_WIRE_ENDPOINT_H
#define CONFORMANCE_SERVER_WIRE_ENDPOINT_H

#include "wire/trust.h"
#include "wire/url.h"

struct endpoint {
    struct url url;
    struct url proxy;    /* an HTTP proxy to tunnel through; host "" for none */
    const char *ca_file; /* Optional, borrowed: certificate authorities for https */
    bool insecure;       /* any certificate is taken */
    struct trust *trust; /* for https: what follows from the two; borrowed */
    int cancel_fd;       /* readable when the run is to end at once; -1 for never */
};

#endif
