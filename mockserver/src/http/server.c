/* Starting and stopping civetweb. */
#include "http/server.h"
#include "base/clock.h"
#include "base/count_of.h"
#include "http/block_pool.h"
#include "http/request_loop.h"
#include "http/server_internal.h"
#include "http/threads.h"
#include <civetweb.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define POOL_OVERSIZE 2 /* a block of the pool is up to twice as large as its body */
#define THREADS_SPARE 2 /* where threads are scarce: for what else the user or container does */
#define TICKETS_WAITING 1024 /* that the system keeps until civetweb accepts them */
#define ACCEPT_START_MS 5000 /* from its start to the first step of civetweb's accepting thread */

static int on_log_message(const struct mg_connection *civetweb, const char *message)
{
    struct server *server = mg_get_user_data(mg_get_context(civetweb));
    if (server && server->why)
        snprintf(server->why, AILAB_MOCK_ERROR_SIZE, "%s", message);
    return 1; /* a library writes to no stream */
}

/* civetweb's name for its accepting thread is type 0. */
static void *on_thread(const struct mg_context *civetweb, int type)
{
    struct server *server = mg_get_user_data(civetweb);
    if (type != 0)
        return NULL;
    pthread_mutex_lock(&server->lock);
    server->accepting = true;
    pthread_cond_signal(&server->accepts);
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

static const struct mg_callbacks callbacks = {
    .init_thread = on_thread,
    .init_connection = request_loop_on_connection,
    .begin_request = request_loop_on_request,
    .http_error = request_loop_on_http_error,
    .connection_close = request_loop_on_close,
    .log_message = on_log_message,
};

/* Connections that may wait for a thread, or be idle in TLS. civetweb spins when it has no
 * descriptor to accept with, so there is always one. */
static unsigned queue_length(unsigned connections)
{
    struct rlimit limit = {.rlim_cur = RLIM_INFINITY};
    unsigned waiting = AILAB_MOCK_CONNECTIONS_WAITING;
    (void)getrlimit(RLIMIT_NOFILE, &limit);
    while (waiting > 1 && AILAB_MOCK_DESCRIPTORS((rlim_t)connections + waiting) > limit.rlim_cur)
        waiting--;
    return waiting;
}

static struct mg_context *start_civetweb(struct server *server)
{
    char threads[16], queue[16], request_timeout[16], idle_timeout[16];
    const struct server_options *options = &server->options;
    snprintf(threads, sizeof threads, "%u", options->max_connections);
    snprintf(queue, sizeof queue, "%u", queue_length(options->max_connections));
    snprintf(request_timeout, sizeof request_timeout, "%u", options->request_timeout_ms);
    snprintf(idle_timeout, sizeof idle_timeout, "%u", options->idle_timeout_ms);
    const char *settings[] = {
        "listening_ports",
        "127.0.0.1:0",
        "num_threads",
        threads,
        "connection_queue",
        queue,
        "listen_backlog",
        TEXT_OF(TICKETS_WAITING),
        "tcp_nodelay",
        "1",
        "enable_keep_alive",
        "yes",
        "keep_alive_timeout_ms",
        idle_timeout,
        "request_timeout_ms",
        request_timeout,
        "max_request_size",
        SERVER_HEAD_BYTES_MAX,
        "enable_auth_domain_check",
        "no",
        "access_control_allow_methods",
        "",
        "decode_url",
        "no",
        NULL,
    };
    return mg_start(&callbacks, server, settings);
}

/* civetweb starts a thread for each connection, goes on where the system refuses one, and only then
 * starts the thread that accepts; refused, that one is missed by no check of civetweb's. So the
 * mock asks for as many as there are. */
static bool fit_connections(struct server_options *options, char why[AILAB_MOCK_ERROR_SIZE])
{
    const unsigned others = 1 + THREADS_SPARE;
    const unsigned got = threads_available(options->max_connections + others);
    if (got <= others) {
        snprintf(why, AILAB_MOCK_ERROR_SIZE,
                 "the system lets this process start %u threads, and the mock needs %u; raise the "
                 "limit, see 'ulimit -u' or the pids limit of the container",
                 got, others + 1);
        return false;
    }
    options->max_connections = got - others;
    return true;
}

/* False when the accepting thread was refused all the same: another process took its place. */
static bool accepts(struct server *server)
{
    const struct timespec until = clock_in_ms(ACCEPT_START_MS);
    pthread_mutex_lock(&server->lock);
    while (!server->accepting &&
           pthread_cond_timedwait(&server->accepts, &server->lock, &until) == 0)
        ;
    const bool accepting = server->accepting;
    pthread_mutex_unlock(&server->lock);
    return accepting;
}

static enum ailab_mock_error fail_to_start(struct server *server, enum ailab_mock_error error)
{
    front_stop(server->front, 0);
    connections_free(server->connections);
    body_budget_free(server->memory.budget);
    block_pool_free(server->memory.pool);
    mg_exit_library();
    pthread_cond_destroy(&server->idle);
    pthread_mutex_destroy(&server->lock);
    pthread_cond_destroy(&server->accepts);
    free(server);
    return error;
}

static bool trim_pool(void *context)
{
    return block_pool_trim(context);
}

static enum tls_fault next_tls_fault(void *context)
{
    const struct server *server = context;
    return mock_next_tls_fault(server->mock);
}

static enum ailab_mock_error start_front(struct server *server, char why[AILAB_MOCK_ERROR_SIZE])
{
    struct front_options options = server->options.front;
    options.connections_max =
        server->options.max_connections + queue_length(server->options.max_connections);
    options.request_timeout_ms = server->options.request_timeout_ms;
    options.next_fault = next_tls_fault;
    options.on_event = request_loop_on_front_event;
    options.context = server;
    return front_start(&server->front, &options, why);
}

static enum ailab_mock_error start(struct server **out, const struct server_options *options,
                                   struct mock *mock, char why[AILAB_MOCK_ERROR_SIZE])
{
    char complaint[AILAB_MOCK_ERROR_SIZE] = "a thread or memory is missing";
    struct mg_server_port port = {0};
    struct server *server = calloc(1, sizeof *server);
    *out = NULL;
    if (!server) {
        snprintf(why, AILAB_MOCK_ERROR_SIZE, "out of memory");
        return AILAB_MOCK_NO_MEMORY;
    }
    server->options = *options;
    server->mock = mock;
    server->why = complaint;
    atomic_init(&server->in_flight, 0);
    atomic_init(&server->stopping, false);
    pthread_mutex_init(&server->lock, NULL);
    clock_condition_init(&server->accepts);
    clock_condition_init(&server->idle);
    mg_init_library(0); /* without TLS: civetweb would load an OpenSSL library of a version that it
                           does not fit */
    server->memory.pool = block_pool_new(options->body_budget_bytes * POOL_OVERSIZE);
    server->memory.budget = body_budget_new(options->body_budget_bytes);
    if (server->memory.pool && server->memory.budget)
        server->connections = connections_new(trim_pool, server->memory.pool);
    if (!server->connections) {
        snprintf(why, AILAB_MOCK_ERROR_SIZE, "cannot start the watchdog thread");
        return fail_to_start(server, AILAB_MOCK_SYSTEM);
    }
    enum ailab_mock_error error = start_front(server, why);
    if (error)
        return fail_to_start(server, error);
    if (!fit_connections(&server->options, why))
        return fail_to_start(server, AILAB_MOCK_SYSTEM);
    server->civetweb = start_civetweb(server);
    if (!server->civetweb) {
        snprintf(why, AILAB_MOCK_ERROR_SIZE, "the HTTP server cannot start: %.200s", complaint);
        return fail_to_start(server, AILAB_MOCK_SYSTEM);
    }
    server->why = NULL;
    if (!accepts(
            server)) { /* mg_stop() would wait for that thread for ever: what there is, stays */
        front_stop(server->front, 0);
        snprintf(why, AILAB_MOCK_ERROR_SIZE,
                 "the system refused the thread that accepts connections; see 'ulimit -u' or the "
                 "pids limit of the container");
        return AILAB_MOCK_SYSTEM;
    }
    mg_get_server_ports(server->civetweb, 1, &port);
    server->port = (uint16_t)port.port;
    if (!front_open(server->front, server->port)) {
        snprintf(why, AILAB_MOCK_ERROR_SIZE, "the system refuses to watch for connections: %s",
                 strerror(errno));
        server_stop(server);
        return AILAB_MOCK_SYSTEM;
    }
    *out = server;
    return AILAB_MOCK_OK;
}

/* Signals are the business of the program's own threads. civetweb closes a connection without an
 * answer when a signal handler of the program interrupts its wait; so no thread takes a signal. */
enum ailab_mock_error server_start(struct server **out, const struct server_options *options,
                                   struct mock *mock, char why[AILAB_MOCK_ERROR_SIZE])
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const enum ailab_mock_error error = start(out, options, mock, why);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

struct front *server_front(const struct server *server)
{
    return server->front;
}

unsigned server_max_connections(const struct server *server)
{
    return server->options.max_connections;
}

static void wait_until_idle(struct server *server)
{
    const struct timespec until = clock_in_ms(server->options.drain_timeout_ms);
    pthread_mutex_lock(&server->lock);
    while (atomic_load(&server->in_flight) &&
           pthread_cond_timedwait(&server->idle, &server->lock, &until) == 0)
        ;
    pthread_mutex_unlock(&server->lock);
}

void server_stop(struct server *server)
{
    if (!server)
        return;
    atomic_store(&server->stopping, true);
    front_close(server->front);
    wait_until_idle(server);
    body_budget_stop(server->memory.budget);
    front_shut_links(server->front);
    socket_stop_listening(server->port);
    mg_stop(server->civetweb);
    mg_exit_library();
    front_stop(server->front, server->options.drain_timeout_ms);
    connections_free(server->connections);
    body_budget_free(server->memory.budget);
    block_pool_free(server->memory.pool);
    pthread_cond_destroy(&server->idle);
    pthread_mutex_destroy(&server->lock);
    pthread_cond_destroy(&server->accepts);
    free(server);
}
