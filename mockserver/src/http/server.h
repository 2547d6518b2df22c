/* The HTTP server: takes requests off sockets, hands them to exchanges, sends what those reply.
 * Behind it is civetweb, which no other part knows; before it is the front, which has the addresses
 * that clients connect to. */
#ifndef AILAB_MOCKSERVER_HTTP_SERVER_H
#define AILAB_MOCKSERVER_HTTP_SERVER_H

#include "front/front.h"
#include "state/mock.h"

struct server_options {
    /* Where clients connect, TLS and its bounds. server_start() adds what the front calls. */
    struct front_options front;
    uint64_t max_body_bytes;
    size_t body_budget_bytes; /* bodies in flight; those that do not fit wait */
    unsigned max_connections; /* fewer where the system gives fewer threads */
    uint32_t request_timeout_ms;
    uint32_t idle_timeout_ms;
    uint32_t drain_timeout_ms;
    void (*log)(void *context, const struct ailab_mock_log_entry *entry); /* may be NULL */
    void *log_context;
    void (*on_shutdown)(void *context); /* the admin API asked for the end; may be NULL */
    void *shutdown_context;
};

struct server;

/* Listens and answers when it returns AILAB_MOCK_OK. mock is borrowed until server_stop(). */
enum ailab_mock_error server_start(struct server **out, const struct server_options *options,
                                   struct mock *mock, char why[AILAB_MOCK_ERROR_SIZE]);
struct front *server_front(const struct server *server);
/* How many connections are served at once: fewer than max_connections where threads are short. */
unsigned server_max_connections(const struct server *server);
/* Stops listening, lets requests in flight finish within drain_timeout_ms, frees the server. */
void server_stop(struct server *server);

#endif
