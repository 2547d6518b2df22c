/* An HTTP proxy on a free port of the loopback that knows CONNECT alone, for tests of clients. It
 * carries bytes as they are, and passes on how a direction ends. It asserts nothing. */
#ifndef AILAB_TESTING_PROXY_H
#define AILAB_TESTING_PROXY_H

#include <stdbool.h>

struct proxy_private;

struct proxy {
    char url[64]; /* "http://127.0.0.1:PORT" */
    /* After proxy_stop(): */
    unsigned connections;
    unsigned tunnels; /* that were opened */
    char asked[300];  /* the first line of the last request */
    struct proxy_private *own;
};

/* refusal: NULL, or what every request is answered with, after which the connection is closed;
 * borrowed until proxy_stop(). NULL on failure. */
struct proxy *proxy_start(const char *refusal);

/* Ends every tunnel. The struct stays readable until proxy_free(). */
void proxy_stop(struct proxy *proxy);
void proxy_free(struct proxy *proxy);

#endif
