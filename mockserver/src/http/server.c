/* civetweb between sockets and exchanges. It reads heads and chunks, keeps threads and connections;
 * everything that an answer depends on is decided elsewhere. Its form parser, its error pages, its
 * files, its CORS and its TLS are not used: each has faults that a faithful answer would show. */
#include "http/server.h"
#include "control/exchange.h"
#include "http/connections.h"
#include "http/receive.h"
#include <civetweb.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define HEAD_BYTES_MAX "16384"
#define LISTEN_BACKLOG "512"
#define LINGER_BYTES ((uint64_t)8 * 1024 * 1024)
#define LINGER_MS 2000
#define POOL_BYTES_MAX ((size_t)512 * 1024 * 1024) /* no more than was in use at once */

struct server {
    struct server_options options;
    struct core *core;
    struct mg_context *civetweb;
    struct connections *connections;
    struct pool *pool;
    uint16_t port;
    char *why; /* where civetweb's complaints go while it starts; NULL afterwards */
    atomic_bool stopping;
    pthread_mutex_t lock;  /* of idle */
    pthread_cond_t idle;   /* nothing is in flight; told only when the server is stopping */
    atomic_uint in_flight; /* last: every request changes it, what stands above is only read */
};

/* One request on its way through this file. */
struct serving {
    struct server *server;
    struct mg_connection *civetweb;
    struct connection *connection; /* NULL when its socket was not found: then no deadlines */
    struct exchange exchange;
    struct received received;
    uint64_t bytes_out;
    bool unread; /* the client may still be sending */
    int64_t start_us;
};

static int64_t clock_us(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static struct exchange_time time_now(void)
{
    return (struct exchange_time){clock_us(CLOCK_REALTIME) / 1000,
                                  clock_us(CLOCK_MONOTONIC) / 1000};
}

static struct server *server_of(const struct mg_connection *civetweb)
{
    return mg_get_user_data(mg_get_context(civetweb));
}

/* Heads */

/* Between a name's NUL, once the colon, and its value stands nothing but white space; a second NUL
 * was a space before the colon. */
static bool colon_follows_name(const struct mg_header *header)
{
    const char *after = header->name + strlen(header->name) + 1;
    return after + strspn(after, " \t") == header->value;
}

/* civetweb ends names and values with NUL in place and silently drops what follows a line that it
 * does not understand. Each value must be followed by what was CR LF and then by the next name, the
 * last one by the empty line, whose LF has become NUL too: otherwise something was folded,
 * dropped or ended by a bare LF. */
static bool headers_are_contiguous(const struct mg_request_info *info)
{
    for (int i = 0; i < info->num_headers; i++) {
        const char *value = info->http_headers[i].value;
        const char *end = value + strlen(value);
        if (!colon_follows_name(&info->http_headers[i]) || end[1] != '\0')
            return false;
        if (i + 1 < info->num_headers ? info->http_headers[i + 1].name != end + 2
                                      : end[2] != '\r' || end[3] != '\0')
            return false;
    }
    return true;
}

/* civetweb skips white space before the request line but then counts the head's length from the
 * wrong place. Its buffer comes from malloc(), so a request line that is not aligned was not at the
 * buffer's beginning. */
static bool starts_the_buffer(const struct mg_request_info *info)
{
    return (uintptr_t)info->request_method % _Alignof(max_align_t) == 0;
}

/* The path as it stood in the request line, without decoding, cleaning or case folding. */
static struct slice raw_path(const char *uri)
{
    const char *scheme = uri[0] == '/' ? NULL : strstr(uri, "://");
    if (scheme) {
        const char *path = strchr(scheme + 3, '/');
        uri = path ? path : "/";
    }
    return slice_make(uri, strcspn(uri, "?"));
}

static void fill_head(struct request_head *head, const struct mg_request_info *info)
{
    head->method = slice_of(info->request_method ? info->request_method : "");
    head->path = raw_path(info->request_uri ? info->request_uri : "");
    head->query = slice_of(info->query_string ? info->query_string : "");
    head->version = slice_of(info->http_version ? info->http_version : "");
    for (int i = 0; i < info->num_headers && i < REQUEST_HEADERS_MAX; i++)
        head->headers[head->header_count++] = (struct header_field){
            slice_of(info->http_headers[i].name), slice_of(info->http_headers[i].value)};
    head->headers_incomplete = !starts_the_buffer(info) || !headers_are_contiguous(info);
}

/* The two ends of a connection, as receive.c and sender.c know them */

static int read_bytes(void *context, void *buffer, size_t size)
{
    const struct serving *serving = context;
    return mg_read(serving->civetweb, buffer, size);
}

static bool is_overdue(void *context)
{
    const struct serving *serving = context;
    return serving->connection && atomic_load(&serving->connection->expired);
}

static bool is_at_end(void *context)
{
    const struct serving *serving = context;
    return serving->connection && socket_at_end(serving->connection->fd);
}

static bool write_bytes(void *context, struct slice bytes)
{
    struct serving *serving = context;
    return mg_write(serving->civetweb, bytes.ptr, bytes.len) == (int)bytes.len;
}

/* Waiting on purpose moves the deadline. */
static bool wait_on_purpose(void *context, uint64_t ms)
{
    struct serving *serving = context;
    if (!serving->connection)
        return false;
    connection_set_deadline(serving->connection,
                            (uint32_t)ms + serving->server->options.request_timeout_ms);
    return socket_wait(serving->connection->fd, ms);
}

static void refuse_connections(void *context, uint64_t ms)
{
    const struct serving *serving = context;
    connections_refuse(serving->server->connections, ms);
}

static void end_connection(void *context, enum sink_end how)
{
    struct serving *serving = context;
    mg_disable_connection_keep_alive(serving->civetweb);
    if (how == SINK_RESET && serving->connection) {
        socket_reset(serving->connection->fd);
        serving->unread = false;
    }
}

/* Bodies in, answers out */

static struct exchange_figures figures_of(const struct serving *serving, uint64_t bytes_out)
{
    return (struct exchange_figures){
        .bytes_in = serving->received.size,
        .bytes_out = bytes_out,
        .duration_ms = (double)(clock_us(CLOCK_MONOTONIC) - serving->start_us) / 1000,
    };
}

/* Whoever has the answer finds it in the journal, its credits charged and its place free. */
static void settle(void *context)
{
    struct serving *serving = context;
    const struct exchange_figures figures =
        figures_of(serving, reply_size(&serving->exchange.reply));
    exchange_finish(&serving->exchange, &figures);
}

static struct sink sink_of(struct serving *serving)
{
    return (struct sink){write_bytes,    wait_on_purpose, refuse_connections,
                         end_connection, settle,          serving};
}

static void receive(struct serving *serving)
{
    const struct source source = {read_bytes, is_overdue, is_at_end, serving};
    const struct sink sink = sink_of(serving);
    const struct exchange *exchange = &serving->exchange;
    receive_body(&serving->received, &exchange->request.head, &exchange->intake,
                 serving->server->options.max_body_bytes, &source, &sink, serving->server->pool);
    serving->unread = serving->received.end != BODY_COMPLETE;
}

static void send_answer(struct serving *serving)
{
    const struct sink sink = sink_of(serving);
    struct reply *reply = &serving->exchange.reply;
    if (reply->close)
        mg_disable_connection_keep_alive(serving->civetweb);
    if (!send_reply(&serving->bytes_out, reply, &sink, serving->server->pool))
        mg_disable_connection_keep_alive(serving->civetweb);
    if (serving->unread && serving->connection)
        socket_linger(serving->connection->fd, LINGER_BYTES, LINGER_MS);
}

static void log_answer(const struct serving *serving, const struct exchange_figures *figures)
{
    const struct server_options *options = &serving->server->options;
    const struct exchange *exchange = &serving->exchange;
    const struct error_info *error = error_info(exchange->verdict.code);
    char method[24], path[256];
    if (!options->log)
        return;
    const struct ailab_mock_log_entry entry = {
        .time_ms = exchange->time.wall_ms,
        .method = printable(method, sizeof method, exchange->request.head.method),
        .path = printable(path, sizeof path, exchange->request.head.path),
        .status = figures->bytes_out ? exchange->reply.status : 0,
        .code = error ? error->name : "",
        .message = error ? exchange->verdict.message : "",
        .scenario = exchange->choice.scenario,
        .request_id = exchange->ids.request_id,
        .remote = serving->connection ? serving->connection->remote : "",
        .bytes_in = figures->bytes_in,
        .bytes_out = figures->bytes_out,
        .duration_ms = figures->duration_ms,
    };
    options->log(options->log_context, &entry);
}

/* Requests */

static struct connection *connection_of(struct server *server, struct mg_connection *civetweb)
{
    struct connection *connection = mg_get_user_connection_data(civetweb);
    const struct mg_request_info *info = mg_get_request_info(civetweb);
    if (connection || !info)
        return connection;
    connection = connections_add(server->connections, info->remote_addr,
                                 (uint16_t)info->remote_port, (uint16_t)info->server_port);
    mg_set_user_connection_data(civetweb, connection);
    return connection;
}

static void begin_serving(struct serving *serving, struct mg_connection *civetweb)
{
    struct server *server = server_of(civetweb);
    serving->server = server;
    serving->civetweb = civetweb;
    serving->connection = connection_of(server, civetweb);
    serving->start_us = clock_us(CLOCK_MONOTONIC);
    if (serving->connection)
        connection_set_deadline(serving->connection, server->options.request_timeout_ms);
    atomic_fetch_add(&server->in_flight, 1);
}

/* Either the one who stops finds nothing in flight, or it is found here that somebody waits. */
static void leave_flight(struct server *server)
{
    if (atomic_fetch_sub(&server->in_flight, 1) != 1 || !atomic_load(&server->stopping))
        return;
    pthread_mutex_lock(&server->lock);
    pthread_cond_broadcast(&server->idle);
    pthread_mutex_unlock(&server->lock);
}

static void end_serving(struct serving *serving)
{
    struct server *server = serving->server;
    const struct exchange_figures figures = figures_of(serving, serving->bytes_out);
    exchange_finish(&serving->exchange, &figures);
    log_answer(serving, &figures);
    if (serving->exchange.shutdown && server->options.on_shutdown)
        server->options.on_shutdown(server->options.shutdown_context);
    exchange_clear(&serving->exchange);
    received_clear(&serving->received, server->pool);
    if (serving->connection)
        connection_set_deadline(serving->connection, 0);
    leave_flight(server);
}

/* A kept connection holds a thread. When threads run short, connections are not kept, so that
 * those who wait in the queue get their turn. */
static bool threads_run_short(const struct server *server)
{
    return connections_count(server->connections) > server->options.max_connections / 4 * 3;
}

/* civetweb closes after a request whose Connection header does not say keep-alive, such as an offer
 * to upgrade: then the answer must say so, or the client would send its next request into the void.
 */
static bool civetweb_will_close(const struct mg_connection *civetweb)
{
    const char *wish = mg_get_header(civetweb, "Connection");
    return wish && !strcasestr(wish, "keep-alive");
}

static void serve(struct mg_connection *civetweb, bool last)
{
    struct serving serving = {0};
    struct exchange *exchange = &serving.exchange;
    begin_serving(&serving, civetweb);
    struct server *server = serving.server;
    fill_head(&exchange->request.head, mg_get_request_info(civetweb));
    exchange->closing = last || atomic_load(&server->stopping) || threads_run_short(server) ||
                        civetweb_will_close(civetweb);
    if (exchange_begin(exchange, server->core, time_now()) == EXCHANGE_READ_BODY) {
        receive(&serving);
        if (serving.connection) /* a fresh deadline for sending; expired stays as it is */
            connection_set_deadline(serving.connection, server->options.request_timeout_ms);
        exchange->closing |= atomic_load(&server->stopping);
        exchange_body(exchange, slice_make(serving.received.body, (size_t)serving.received.size),
                      serving.received.end);
    } else {
        serving.unread =
            exchange->request.head.framing != BODY_NONE || exchange->request.head.doubt != NULL;
    }
    send_answer(&serving);
    end_serving(&serving);
}

static int on_request(struct mg_connection *civetweb)
{
    serve(civetweb, false);
    return 1; /* answered: civetweb must not look further, whatever the path */
}

/* civetweb gives up on methods that it does not know, after it has read method, path and version.
 */
static bool is_unknown_method(const struct mg_request_info *info, int status)
{
    return status == 400 && info && info->http_version && info->num_headers == 0 &&
           (strcmp(info->http_version, "1.1") == 0 || strcmp(info->http_version, "1.0") == 0);
}

static enum error_code refusal_of(const char **why, int status)
{
    *why = "the request line or a header is malformed, or the head did not come in time";
    if (status == 411)
        *why = "Content-Length is not a plain decimal number";
    else if (status == 413)
        *why = "the request line and headers are larger than " HEAD_BYTES_MAX " bytes";
    else if (status == 505)
        *why = "the HTTP version is neither 1.0 nor 1.1";
    else if (status >= 500) {
        *why = "the HTTP server failed";
        return CODE_SERVICE_INTERNAL_ERROR;
    }
    return CODE_ERROR_PARAMETERS;
}

/* civetweb's own refusals, in the envelope. */
static int on_http_error(struct mg_connection *civetweb, int status, const char *message)
{
    (void)message; /* its wording says less than ours */
    const char *why;
    enum error_code code = refusal_of(&why, status);
    const struct mg_request_info *info = mg_get_request_info(civetweb);
    struct serving serving = {.unread = true};
    struct exchange *exchange = &serving.exchange;
    begin_serving(&serving, civetweb);
    struct exchange_time now = time_now();
    exchange->closing = true;
    if (is_unknown_method(info, status)) {
        fill_head(&exchange->request.head, info);
        exchange_unknown_method(exchange, serving.server->core, now);
    } else {
        exchange_protocol_error(exchange, serving.server->core, now, code, why);
    }
    send_answer(&serving);
    end_serving(&serving);
    return 0;
}

static void on_close(const struct mg_connection *borrowed)
{
    struct mg_connection *civetweb = (struct mg_connection *)(uintptr_t)borrowed;
    const struct mg_request_info *info = mg_get_request_info(civetweb);
    /* "OPTIONS *" and absolute URIs of another host end here without a word; they get one. */
    if (info && info->request_uri && info->request_method && info->http_version &&
        !info->local_uri && !info->local_uri_raw)
        serve(civetweb, true);
    connections_remove(server_of(civetweb)->connections, mg_get_user_connection_data(civetweb));
    mg_set_user_connection_data(civetweb, NULL);
}

/* Start and stop */

static int on_log_message(const struct mg_connection *civetweb, const char *message)
{
    struct server *server = mg_get_user_data(mg_get_context(civetweb));
    if (server && server->why)
        snprintf(server->why, AILAB_MOCK_ERROR_SIZE, "%s", message);
    return 1; /* a library writes to no stream */
}

static const struct mg_callbacks callbacks = {
    .begin_request = on_request,
    .http_error = on_http_error,
    .connection_close = on_close,
    .log_message = on_log_message,
};

static struct mg_context *start_civetweb(struct server *server)
{
    char ports[32], threads[16], request_timeout[16], idle_timeout[16];
    const struct server_options *options = &server->options;
    snprintf(ports, sizeof ports, "%s:%u", options->host, (unsigned)options->port);
    snprintf(threads, sizeof threads, "%u", options->max_connections);
    snprintf(request_timeout, sizeof request_timeout, "%u", options->request_timeout_ms);
    snprintf(idle_timeout, sizeof idle_timeout, "%u", options->idle_timeout_ms);
    const char *settings[] = {
        "listening_ports",
        ports,
        "num_threads",
        threads,
        "connection_queue",
        LISTEN_BACKLOG,
        "listen_backlog",
        LISTEN_BACKLOG,
        "tcp_nodelay",
        "1",
        "enable_keep_alive",
        "yes",
        "keep_alive_timeout_ms",
        idle_timeout,
        "request_timeout_ms",
        request_timeout,
        "max_request_size",
        HEAD_BYTES_MAX,
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

static enum ailab_mock_error fail_to_start(struct server *server, char *why,
                                           enum ailab_mock_error error, const char *text)
{
    const struct server_options *options = &server->options;
    if (error == AILAB_MOCK_ADDRESS)
        snprintf(why, AILAB_MOCK_ERROR_SIZE,
                 "cannot listen on %s:%u: %.200s; is another program using the port?",
                 options->host, (unsigned)options->port, text);
    else
        snprintf(why, AILAB_MOCK_ERROR_SIZE, "%.200s", text);
    connections_free(server->connections);
    pool_free(server->pool);
    mg_exit_library();
    pthread_cond_destroy(&server->idle);
    pthread_mutex_destroy(&server->lock);
    free(server);
    return error;
}

static bool trim_pool(void *context)
{
    return pool_trim(context);
}

static void init_idle_condition(struct server *server)
{
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&server->idle, &clock);
    pthread_condattr_destroy(&clock);
}

enum ailab_mock_error server_start(struct server **out, const struct server_options *options,
                                   struct core *core, char why[AILAB_MOCK_ERROR_SIZE])
{
    char complaint[AILAB_MOCK_ERROR_SIZE] = "the address is not available";
    struct mg_server_port port = {0};
    struct server *server = calloc(1, sizeof *server);
    *out = NULL;
    if (!server) {
        snprintf(why, AILAB_MOCK_ERROR_SIZE, "out of memory");
        return AILAB_MOCK_NO_MEMORY;
    }
    server->options = *options;
    server->core = core;
    server->why = complaint;
    atomic_init(&server->in_flight, 0);
    atomic_init(&server->stopping, false);
    pthread_mutex_init(&server->lock, NULL);
    init_idle_condition(server);
    mg_init_library(0); /* no TLS: it would load a library that no longer fits */
    server->pool = pool_new(POOL_BYTES_MAX);
    server->connections = server->pool ? connections_new(trim_pool, server->pool) : NULL;
    if (!server->connections)
        return fail_to_start(server, why, AILAB_MOCK_SYSTEM, "cannot start the watchdog thread");
    server->civetweb = start_civetweb(server);
    if (!server->civetweb)
        return fail_to_start(server, why, AILAB_MOCK_ADDRESS, complaint);
    server->why = NULL;
    mg_get_server_ports(server->civetweb, 1, &port);
    server->port = (uint16_t)port.port;
    connections_listen(server->connections, server->port);
    *out = server;
    return AILAB_MOCK_OK;
}

uint16_t server_port(const struct server *server)
{
    return server->port;
}

static void wait_until_idle(struct server *server)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += server->options.drain_timeout_ms / 1000;
    until.tv_nsec += (long)(server->options.drain_timeout_ms % 1000) * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_nsec -= 1000000000L;
        until.tv_sec++;
    }
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
    connections_unlisten(server->connections);
    sockets_shutdown(server->port, true);
    wait_until_idle(server);
    sockets_shutdown(server->port, false);
    mg_stop(server->civetweb);
    mg_exit_library();
    connections_free(server->connections);
    pool_free(server->pool);
    pthread_cond_destroy(&server->idle);
    pthread_mutex_destroy(&server->lock);
    free(server);
}
