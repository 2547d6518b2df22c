/* civetweb's callbacks, and the way of a request between a socket and its exchange. civetweb reads
 * heads and chunks and keeps threads and connections; everything that an answer depends on is
 * decided elsewhere. Its form parser, its error pages, its files, its CORS and its TLS are not
 * used: each has faults that a faithful answer would show. */
#include "http/request_loop.h"
#include "base/clock.h"
#include "exchange/exchange.h"
#include "http/body_receive.h"
#include "http/civetweb_head.h"
#include "http/server_internal.h"
#include <civetweb.h>

#define LINGER_BYTES ((uint64_t)8 * 1024 * 1024)
#define LINGER_MS 2000

/* One request on its way. */
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

static struct exchange_time time_now(void)
{
    return (struct exchange_time){clock_wall_ms(), clock_monotonic_ms()};
}

static struct server *server_of(const struct mg_connection *civetweb)
{
    return mg_get_user_data(mg_get_context(civetweb));
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

/* A client may be slow as long as it takes a slice in time. */
static bool write_bytes(void *context, struct slice bytes)
{
    struct serving *serving = context;
    if (serving->connection)
        connection_set_deadline(serving->connection, serving->server->options.request_timeout_ms);
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
        .duration_ms = (double)(clock_monotonic_us() - serving->start_us) / 1000,
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

/* The entry of the journal, with the figures of what was really sent. */
static void log_answer(const struct serving *serving, const struct exchange_figures *figures)
{
    const struct server_options *options = &serving->server->options;
    const struct journal_entry *entry = &serving->exchange.entry;
    char method[sizeof entry->method], path[sizeof entry->path];
    if (!options->log)
        return;
    const struct ailab_mock_log_entry line = {
        .time_ms = entry->time_ms,
        .method = printable(method, sizeof method, slice_of(entry->method)),
        .path = printable(path, sizeof path, slice_of(entry->path)),
        .status = figures->bytes_out ? serving->exchange.reply.status : 0,
        .code = entry->code,
        .message = entry->message,
        .scenario = entry->scenario,
        .request_id = entry->request_id,
        .remote = serving->connection ? serving->connection->remote : "",
        .bytes_in = figures->bytes_in,
        .bytes_out = figures->bytes_out,
        .duration_ms = figures->duration_ms,
    };
    options->log(options->log_context, &line);
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
    serving->start_us = clock_monotonic_us();
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
    exchange_end(&serving->exchange);
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
 * to upgrade, and after a chunked body with a trailer: then the answer must say so, or the client
 * would send its next request into the void. */
static bool civetweb_will_close(const struct mg_connection *civetweb)
{
    const char *wish = mg_get_header(civetweb, "Connection");
    return (wish && !strcasestr(wish, "keep-alive")) || mg_get_header(civetweb, "Trailer");
}

static void serve(struct mg_connection *civetweb, bool last)
{
    struct serving serving = {0};
    struct exchange *exchange = &serving.exchange;
    begin_serving(&serving, civetweb);
    struct server *server = serving.server;
    civetweb_head_fill(&exchange->request.head, mg_get_request_info(civetweb));
    exchange->closing = last || atomic_load(&server->stopping) || threads_run_short(server) ||
                        civetweb_will_close(civetweb);
    if (exchange_begin(exchange, server->core, time_now()) == EXCHANGE_READ_BODY) {
        receive(&serving);
        if (serving.connection) /* for the work before the first byte is sent */
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

int serving_on_request(struct mg_connection *civetweb)
{
    serve(civetweb, false);
    return 1; /* answered: civetweb must not look further, whatever the path */
}

/* civetweb has taken the head apart and then refused it: what we find doubtful about it, or NULL.
 */
static const char *doubt_of(const struct mg_request_info *info)
{
    struct request_head head = {0};
    if (!info || !info->http_version || !info->num_headers)
        return NULL;
    civetweb_head_fill(&head, info);
    request_head_derive(&head);
    return head.doubt;
}

static enum error_code refusal_of(const char **why, int status, const struct mg_request_info *info)
{
    *why = doubt_of(info);
    if (*why)
        return CODE_ERROR_PARAMETERS;
    *why = "no whole head: it is malformed, larger than " SERVER_HEAD_BYTES_MAX
           " bytes, or did not come in time";
    if (status == 505)
        *why = "the HTTP version is neither 1.0 nor 1.1";
    else if (status >= 500) {
        *why = "the HTTP server failed";
        return CODE_SERVICE_INTERNAL_ERROR;
    }
    return CODE_ERROR_PARAMETERS;
}

/* Stands for a refused connection whose socket was not found. Never changed. */
static struct connection refused_unseen = {.refused = true};

/* civetweb's own refusals, in the envelope. */
int serving_on_http_error(struct mg_connection *civetweb, int status, const char *message)
{
    (void)message; /* its wording says less than ours */
    const char *why;
    const struct mg_request_info *info = mg_get_request_info(civetweb);
    enum error_code code = refusal_of(&why, status, info);
    struct serving serving = {.unread = true};
    struct exchange *exchange = &serving.exchange;
    begin_serving(&serving, civetweb);
    struct exchange_time now = time_now();
    exchange->closing = true;
    if (serving.connection)
        serving.connection->refused = true;
    else
        mg_set_user_connection_data(civetweb, &refused_unseen);
    if (civetweb_head_has_unknown_method(info, status)) {
        civetweb_head_fill(&exchange->request.head, info);
        exchange_unknown_method(exchange, serving.server->core, now);
    } else {
        exchange_protocol_error(exchange, serving.server->core, now, code, why);
    }
    send_answer(&serving);
    end_serving(&serving);
    return 0;
}

void serving_on_close(const struct mg_connection *civetweb)
{
    struct mg_connection *ours = (struct mg_connection *)(uintptr_t)civetweb; /* answered on it */
    const struct mg_request_info *info = mg_get_request_info(civetweb);
    struct connection *connection = mg_get_user_connection_data(civetweb);
    /* "OPTIONS *" and absolute URIs of another host end here without a word; they get one. */
    if (info && info->request_uri && info->request_method && info->http_version &&
        !info->local_uri && !info->local_uri_raw && !(connection && connection->refused))
        serve(ours, true);
    connection = mg_get_user_connection_data(civetweb);
    if (connection != &refused_unseen)
        connections_remove(server_of(civetweb)->connections, connection);
    mg_set_user_connection_data(ours, NULL);
}
