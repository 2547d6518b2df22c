/* The inside of struct server. Internal to server.c and request_loop.c. */
#ifndef AILAB_MOCKSERVER_HTTP_SERVER_INTERNAL_H
#define AILAB_MOCKSERVER_HTTP_SERVER_INTERNAL_H

#include "http/body_receive.h"
#include "http/connections.h"
#include "http/server.h"
#include <pthread.h>
#include <stdatomic.h>

#define SERVER_HEAD_BYTES_MAX "16384" /* request line and headers; civetweb wants it as text */

struct mg_context;

struct server {
    struct server_options options;
    struct mock *mock;
    struct mg_context *civetweb;
    struct connections *connections;
    struct body_memory memory;
    struct front *front;
    uint16_t port; /* of loopback, where civetweb waits for the front's tickets */
    char *why;     /* where civetweb's complaints go while it starts; NULL afterwards */
    atomic_bool stopping;
    pthread_mutex_t lock;   /* of accepting */
    pthread_cond_t accepts; /* the accepting thread has begun */
    bool accepting;
    pthread_cond_t idle;   /* nothing is in flight; told only when the server is stopping */
    atomic_uint in_flight; /* last: every request changes it, what stands above is only read */
};

#endif
