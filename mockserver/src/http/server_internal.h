/* The inside of struct server. Internal to server.c and serving.c. */
#ifndef AILAB_MOCK_SERVER_PARTS_H
#define AILAB_MOCK_SERVER_PARTS_H

#include "http/connections.h"
#include "http/server.h"
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#define SERVER_HEAD_BYTES_MAX "16384" /* request line and headers; civetweb wants it as text */

struct pool;
struct mg_context;

struct server {
    struct server_options options;
    struct core *core;
    struct mg_context *civetweb;
    struct connections *connections;
    struct pool *pool;
    uint16_t port;
    char *why;       /* where civetweb's complaints go while it starts; NULL afterwards */
    sem_t accepting; /* posted by the accepting thread when it begins */
    atomic_bool stopping;
    pthread_mutex_t lock;  /* of idle */
    pthread_cond_t idle;   /* nothing is in flight; told only when the server is stopping */
    atomic_uint in_flight; /* last: every request changes it, what stands above is only read */
};

#endif
