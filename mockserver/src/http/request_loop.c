/* civetweb's callbacks, and the way of a request between a socket and its exchange. civetweb reads
 * heads and chunks and keeps threads and connections; everything that an answer depends on is
 * decided elsewhere. Its form parser, error pages, files, CORS and TLS are not used: each has
 * faults that would show in the mock's answers. */
#include "http/request_loop.h"
#include "admin/admin.h"
#include "base/clock.h"
#include "exchange/exchange.h"
#include "http/body_receive.h"
#include "http/civetweb_head.h"
#include "http/civetweb_refusal.h"
#include "http/server_internal.h"
#include <civetweb.h>
#include <stdio.h>

#define LINGER_QUIET_MS 2000 /* how long a refused upload may pause while it is read away */

/* One request, from its head to the last byte of its answer. */
struct flight {
    struct server *server;
    struct mg_connection *civetweb;
    struct connection *connection;
    struct exchange exchange;
    struct received received;
    uint64_t bytes_out;
    uint32_t held_ms; /* what was left of a deadline that is held */
    bool counted;     /* in server.in_flight */
    bool unread;      /* the client may still be sending */
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

/* The two ends of a connection, as body_receive.c and reply_send.c know them */

static int read_bytes(void *context, void *buffer, size_t size)
{
    const struct flight *flight = context;
    return mg_read(flight->civetweb, buffer, size);
}

static bool is_overdue(void *context)
{
    const struct flight *flight = context;
    return atomic_load(&flight->connection->expired);
}

static bool is_at_end(void *context)
{
    const struct flight *flight = context;
    return socket_at_end(flight->connection->fd);
}

/* To wait for room is no fault of the client. */
static void hold_deadline(void *context, bool hold)
{
    struct flight *flight = context;
    if (hold)
        flight->held_ms = connection_hold_deadline(flight->connection);
    else if (flight->held_ms)
        connection_set_deadline(flight->connection, flight->held_ms);
}

/* A client may be slow as long as it takes a slice in time. */
static bool write_bytes(void *context, struct slice bytes)
{
    struct flight *flight = context;
    body_place_await(&flight->received.place);
    connection_set_deadline(flight->connection, flight->server->options.request_timeout_ms);
    return mg_write(flight->civetweb, bytes.ptr, bytes.len) == (int)bytes.len;
}

/* Waiting on purpose moves the deadline, and lets other bodies in meanwhile. */
static void begin_wait(struct flight *flight, uint64_t ms)
{
    body_place_yield(&flight->received.place);
    connection_set_deadline(flight->connection,
                            (uint32_t)ms + flight->server->options.request_timeout_ms);
}

static bool wait_on_purpose(void *context, uint64_t ms)
{
    struct flight *flight = context;
    begin_wait(flight, ms);
    return socket_wait(flight->connection->fd, ms);
}

static bool stall_on_purpose(void *context, uint64_t ms)
{
    struct flight *flight = context;
    begin_wait(flight, ms);
    return socket_stall(flight->connection->fd, ms);
}

static bool is_gone(const void *client)
{
    const struct connection *connection = client;
    return connection && socket_is_gone(connection->fd);
}

static void leave_flight(struct flight *flight);

/* A stream has no end of its own, so a server that stops does not wait for it. */
static bool idle(void *context, uint64_t ms)
{
    struct flight *flight = context;
    leave_flight(flight);
    begin_wait(flight, ms);
    return socket_stall(flight->connection->fd, 1);
}

static void refuse_connections(void *context, uint64_t ms)
{
    const struct flight *flight = context;
    front_refuse(flight->server->front, ms);
}

static void end_connection(void *context, enum sink_end how)
{
    struct flight *flight = context;
    mg_disable_connection_keep_alive(flight->civetweb);
    const bool relayed = front_link_end(flight->connection->link,
                                        how == SINK_RESET ? FRONT_END_RESET : FRONT_END_FIN);
    if (how == SINK_RESET && !relayed)
        socket_reset(flight->connection->fd);
    if (how == SINK_RESET)
        flight->unread = false;
}

/* Bodies in, answers out */

static struct exchange_figures figures_of(const struct flight *flight, uint64_t bytes_out)
{
    return (struct exchange_figures){
        .bytes_in = flight->received.size,
        .bytes_out = bytes_out,
        .duration_ms = (double)(clock_monotonic_us() - flight->start_us) / 1000,
    };
}

/* The client may have its whole answer from now on. So the journal has the request first, its
 * credits are charged, and its place in the account's concurrency is free. */
static void settle(void *context)
{
    struct flight *flight = context;
    const struct exchange_figures figures = figures_of(flight, reply_size(&flight->exchange.reply));
    exchange_finish(&flight->exchange, &figures);
}

static struct sink sink_of(struct flight *flight)
{
    return (struct sink){.write = write_bytes,
                         .wait = wait_on_purpose,
                         .stall = stall_on_purpose,
                         .idle = idle,
                         .refuse = refuse_connections,
                         .end = end_connection,
                         .last = settle,
                         .context = flight};
}

static void receive(struct flight *flight)
{
    const struct source source = {read_bytes, is_overdue, is_at_end, hold_deadline, flight};
    const struct sink sink = sink_of(flight);
    const struct exchange *exchange = &flight->exchange;
    receive_body(&flight->received, &exchange->request.head, &exchange->upload_fault,
                 flight->server->options.max_body_bytes, &source, &sink, &flight->server->memory);
    flight->unread = flight->received.end != BODY_COMPLETE;
}

static void send_answer(struct flight *flight)
{
    const struct sink sink = sink_of(flight);
    struct reply *reply = &flight->exchange.reply;
    if (reply->close)
        mg_disable_connection_keep_alive(flight->civetweb);
    if (!send_reply(&flight->bytes_out, reply, &sink, flight->server->memory.pool))
        mg_disable_connection_keep_alive(flight->civetweb);
    if (flight->unread)
        socket_linger(flight->connection->fd, LINGER_QUIET_MS,
                      flight->server->options.request_timeout_ms);
}

/* The entry of the journal, with the figures of what was really sent. */
static void log_answer(const struct flight *flight, const struct exchange_figures *figures)
{
    const struct server_options *options = &flight->server->options;
    const struct journal_entry *entry = &flight->exchange.entry;
    char method[sizeof entry->method], path[sizeof entry->path];
    const char *of_form[ODDITIES_MAX], *of_image[ODDITIES_MAX];
    if (!options->log)
        return;
    const struct ailab_mock_log_entry line = {
        .time_ms = entry->time_ms,
        .method = printable(method, sizeof method, slice_of(entry->method)),
        .path = printable(path, sizeof path, slice_of(entry->path)),
        .status = figures->bytes_out ? flight->exchange.reply.status : 0,
        .code = entry->code,
        .message = entry->message,
        .hint = entry->hint,
        .scenario = entry->scenario,
        .unexpected = entry->unexpected,
        .request_id = entry->request_id,
        .remote = entry->remote,
        .tls = entry->tls,
        .proxied = entry->proxied,
        .bytes_in = figures->bytes_in,
        .bytes_out = figures->bytes_out,
        .duration_ms = figures->duration_ms,
        .form_oddities = of_form,
        .form_oddity_count = oddity_words(of_form, &multipart_oddities, entry->form),
        .image_oddities = of_image,
        .image_oddity_count = oddity_words(of_image, &image_oddities, entry->oddities),
    };
    options->log(options->log_context, &line);
}

/* Requests */

static struct front_link *claim_link(struct mg_connection *civetweb)
{
    const struct mg_request_info *info = mg_get_request_info(civetweb);
    struct front *front = server_of(civetweb)->front;
    return info ? front_link_claim(front, info->remote_addr, (uint16_t)info->remote_port) : NULL;
}

/* NULL when memory ran out, and for a connection that is none of the front's: another program on
 * this machine has found the port. */
static struct connection *connection_of(struct server *server, struct mg_connection *civetweb)
{
    struct connection *connection = mg_get_user_connection_data(civetweb);
    if (connection)
        return connection;
    struct front_link *link = claim_link(civetweb);
    if (!link)
        return NULL;
    connection = connections_add(server->connections, front_link_fd(link), link);
    if (!connection)
        front_link_release(server->front, link);
    mg_set_user_connection_data(civetweb, connection);
    return connection;
}

static struct journal_peer journal_peer_of(const struct front_peer *peer)
{
    return (struct journal_peer){peer->text, peer->tls, peer->proxied, peer->fault};
}

/* False when there is no connection to answer on. */
static bool begin_flight(struct flight *flight, struct mg_connection *civetweb)
{
    struct server *server = server_of(civetweb);
    flight->server = server;
    flight->civetweb = civetweb;
    flight->connection = connection_of(server, civetweb);
    flight->start_us = clock_monotonic_us();
    if (!flight->connection)
        return false;
    const struct front_peer *peer = front_link_peer(flight->connection->link);
    flight->exchange.peer = journal_peer_of(peer);
    flight->exchange.request.head.by_tls = peer->tls;
    connection_set_deadline(flight->connection, server->options.request_timeout_ms);
    flight->connection->requests++;
    atomic_fetch_add(&server->in_flight, 1);
    flight->counted = true;
    return true;
}

/* No lost wake-up: either server_stop() sees in_flight at 0, or it set `stopping` before we
 * decremented, and we signal. */
static void leave_flight(struct flight *flight)
{
    struct server *server = flight->server;
    if (!flight->counted)
        return;
    flight->counted = false;
    if (atomic_fetch_sub(&server->in_flight, 1) != 1 || !atomic_load(&server->stopping))
        return;
    pthread_mutex_lock(&server->lock);
    pthread_cond_broadcast(&server->idle);
    pthread_mutex_unlock(&server->lock);
}

static void end_flight(struct flight *flight)
{
    struct server *server = flight->server;
    const struct exchange_figures figures = figures_of(flight, flight->bytes_out);
    exchange_finish(&flight->exchange, &figures);
    log_answer(flight, &figures);
    if (flight->exchange.shutdown && server->options.on_shutdown)
        server->options.on_shutdown(server->options.shutdown_context);
    exchange_end(&flight->exchange);
    received_clear(&flight->received, &server->memory);
    connection_set_deadline(flight->connection, 0);
    leave_flight(flight);
}

/* A kept connection holds a thread. When threads run short, connections are not kept, so that
 * those who wait in the queue get their turn. */
static bool threads_run_short(const struct server *server)
{
    return connections_count(server->connections) > server->options.max_connections / 4 * 3;
}

/* civetweb closes after a request whose Connection header does not say keep-alive, after one that
 * offers to upgrade, and after a chunked body with a trailer, which no header need announce and
 * civetweb does not tell of. Then the answer must say so, or the client would send its next request
 * into the void. So no connection is kept after a chunked body. */
static bool civetweb_may_close(const struct mg_connection *civetweb)
{
    const char *wish = mg_get_header(civetweb, "Connection");
    return (wish && (!strcasestr(wish, "keep-alive") || strcasestr(wish, "upgrade"))) ||
           mg_get_header(civetweb, "Transfer-Encoding");
}

static void serve(struct mg_connection *civetweb, bool last)
{
    struct flight flight = {0};
    struct exchange *exchange = &flight.exchange;
    if (!begin_flight(&flight, civetweb)) {
        mg_disable_connection_keep_alive(civetweb);
        return;
    }
    struct server *server = flight.server;
    civetweb_head_fill(&exchange->request.head, mg_get_request_info(civetweb));
    exchange->closing = last || atomic_load(&server->stopping) || threads_run_short(server) ||
                        civetweb_may_close(civetweb);
    exchange->waiters_max = server->options.max_connections / 2; /* the others serve */
    exchange->is_gone = is_gone;
    exchange->client = flight.connection;
    exchange->watchers_max = server->options.max_connections / 4;
    if (exchange_begin(exchange, server->mock, time_now()) == EXCHANGE_READ_BODY) {
        receive(&flight);
        /* For the work before the first byte is sent. */
        connection_set_deadline(flight.connection,
                                server->options.request_timeout_ms +
                                    (exchange->is_admin ? ADMIN_WAIT_MAX_MS : 0));
        exchange->closing |= atomic_load(&server->stopping);
        exchange_body(exchange, received_bytes(&flight.received), flight.received.end);
    } else {
        flight.unread =
            exchange->request.head.framing != BODY_NONE || exchange->request.head.doubt != NULL;
    }
    send_answer(&flight);
    end_flight(&flight);
}

int request_loop_on_connection(const struct mg_connection *civetweb, void **data)
{
    (void)data; /* who it is shows with its first request */
    front_exchange(server_of(civetweb)->front);
    return 0;
}

int request_loop_on_request(struct mg_connection *civetweb)
{
    serve(civetweb, false);
    return 1; /* answered: civetweb is to do nothing more, on any path */
}

/* civetweb does not understand the target of CONNECT, but has read the head. Where it has found a
 * version, it has found what stands before. */
static bool is_connect(const struct mg_request_info *info)
{
    return info && info->http_version && strcmp(info->request_method, "CONNECT") == 0;
}

/* Only of a connection's first request is it known. */
static const struct head_trouble *trouble_of(const struct connection *connection)
{
    static const struct head_trouble none = {.kind = HEAD_TROUBLE_NONE};
    return connection->requests > 1 ? &none : front_link_trouble(connection->link);
}

static void answer_refusal(struct flight *flight, int status, const struct mg_request_info *info)
{
    char why[CIVETWEB_REFUSAL_SIZE];
    struct exchange *exchange = &flight->exchange;
    struct mock *mock = flight->server->mock;
    const struct head_trouble *trouble = trouble_of(flight->connection);
    if (is_connect(info)) {
        civetweb_head_fill(&exchange->request.head, info);
        exchange_begin(exchange, mock, time_now());
    } else if (civetweb_head_has_unknown_method(info, status)) {
        civetweb_head_fill(&exchange->request.head, info);
        exchange_unknown_method(exchange, mock, time_now());
    } else {
        enum error_code code = civetweb_refusal(why, status, info, trouble);
        exchange->request.head.method = trouble->method;
        exchange->request.head.path = trouble->path;
        exchange->request.head.headers_incomplete = true; /* so it counts for no endpoint */
        exchange->request.head.incomplete_why = "the head cannot be read";
        exchange_protocol_error(exchange, mock, time_now(), code, why);
    }
}

/* civetweb's own refusals, in the envelope. */
int request_loop_on_http_error(struct mg_connection *civetweb, int status, const char *message)
{
    (void)message; /* its wording says less than ours */
    struct flight flight = {.unread = true};
    if (!begin_flight(&flight, civetweb))
        return 0;
    flight.exchange.closing = true;
    flight.connection->refused = true;
    answer_refusal(&flight, status, mg_get_request_info(civetweb));
    send_answer(&flight);
    end_flight(&flight);
    return 0;
}

void request_loop_on_close(const struct mg_connection *civetweb)
{
    struct mg_connection *ours = (struct mg_connection *)(uintptr_t)civetweb; /* answered on it */
    const struct mg_request_info *info = mg_get_request_info(civetweb);
    struct connection *connection = mg_get_user_connection_data(civetweb);
    /* civetweb closes without an answer after "OPTIONS *" and after an absolute URI of another
     * host. The mock answers them here. */
    if (info && info->http_version && !info->local_uri && !(connection && connection->refused))
        serve(ours, true);
    connection = mg_get_user_connection_data(civetweb);
    struct front_link *link = connection ? connection->link : claim_link(ours);
    connections_remove(server_of(civetweb)->connections, connection);
    front_link_release(server_of(civetweb)->front, link);
}

void request_loop_on_front_event(void *context, const struct front_event *event)
{
    struct server *server = context;
    const struct tls_fault_info *fault = tls_fault_info(event->peer->fault);
    struct flight flight = {.server = server, .start_us = clock_monotonic_us()};
    flight.exchange.peer = journal_peer_of(event->peer);
    if (event->tunnel_to) {
        flight.exchange.request.head.method = slice_of("CONNECT");
        flight.exchange.request.head.path = slice_of(event->tunnel_to);
    }
    exchange_no_request(&flight.exchange, server->mock, time_now(), fault ? fault->name : NULL,
                        event->is_success ? NULL : event->what);
    const struct exchange_figures figures = figures_of(&flight, event->is_success);
    exchange_finish(&flight.exchange, &figures);
    log_answer(&flight, &figures);
    exchange_end(&flight.exchange);
}
