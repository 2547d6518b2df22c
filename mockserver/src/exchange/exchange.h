/* One request and its answer, without I/O. The transport says what came and does what the exchange
 * says:
 *
 *     exchange_begin()  -> read the body, or send the reply
 *     exchange_body()   -> send the reply
 *     exchange_finish()    with the figures, for the journal
 *     exchange_end()
 *
 * An exchange belongs to one thread. */
#ifndef AILAB_MOCKSERVER_EXCHANGE_EXCHANGE_H
#define AILAB_MOCKSERVER_EXCHANGE_EXCHANGE_H

#include "state/mock.h"
#include "state/state.h"

enum exchange_next {
    EXCHANGE_READ_BODY, /* read up to max_body_bytes, then call exchange_body() */
    EXCHANGE_REPLY,     /* reply is ready */
};

/* The fault of the place UPLOAD that is played while the body is read, or FAULT_NONE. */
struct upload_fault {
    enum fault_id fault;
    uint64_t amount;
};

/* The two clocks, at the moment a request's head has been read. */
struct exchange_time {
    int64_t wall_ms;      /* since 1970 */
    int64_t monotonic_ms; /* never goes back */
};

struct exchange {
    struct mock *mock;
    struct request request;
    struct rule_context context;
    struct upload_fault upload_fault;
    struct verdict verdict;
    char hint[HINT_SIZE]; /* of a refusal by a rule */
    struct answer_ids ids;
    struct reply reply;
    struct shared_bytes *result; /* what the reply's image step borrows from */
    struct exchange_time time;
    struct visit visit;
    struct choice choice;
    enum choose_result choose_result;
    struct journal_peer peer; /* set by the transport */
    unsigned waiters_max;     /* set by the transport: how many may wait in the admin API at once */
    unsigned watchers_max;    /* set by the transport: how many may follow the live feed */
    bool (*is_gone)(const void *client); /* set by the transport: the client has left for good */
    const void *client;                  /* set by the transport, for is_gone */
    bool closing;  /* set by the transport: the connection ends after the answer */
    bool is_admin; /* answered by the admin API, which may take ADMIN_WAIT_MAX_MS */
    bool visited;  /* the visit is under way */
    bool charged;  /* a success: it costs credits */
    bool shutdown; /* the admin API was asked to stop the mock after this answer */
    bool described;
    struct journal_entry entry; /* once described: the record of this request */
};

/* Starts an exchange in memory of the caller: fill request.head (method to headers), peer, closing,
 * waiters_max, watchers_max, is_gone and client, all else zero. */
enum exchange_next exchange_begin(struct exchange *exchange, struct mock *mock,
                                  struct exchange_time time);

/* Goes on when the body has been read. The bytes must live until exchange_end(). */
void exchange_body(struct exchange *exchange, struct slice body, enum body_end end);

/* For a message that is no HTTP request: answers the envelope with this code. why says in one
 * phrase what is wrong with the HTTP. The transport may have filled in method and path. */
void exchange_protocol_error(struct exchange *exchange, struct mock *mock,
                             struct exchange_time time, enum error_code code, const char *why);

/* For a connection that ended before a request came, or became a tunnel (why is NULL then), for the
 * journal alone: nothing is to be sent. The transport may have filled in method and path. scenario,
 * which may be NULL, is what asked for that. */
void exchange_no_request(struct exchange *exchange, struct mock *mock, struct exchange_time time,
                         const char *scenario, const char *why);

/* For a method that the transport does not know. The transport has not read the headers, so only
 * path and method are judged. */
void exchange_unknown_method(struct exchange *exchange, struct mock *mock,
                             struct exchange_time time);

struct exchange_figures {
    uint64_t bytes_in, bytes_out;
    double duration_ms;
};
/* Describes the request, settles the account and writes the journal. Further calls do nothing. */
void exchange_finish(struct exchange *exchange, const struct exchange_figures *figures);

void exchange_end(struct exchange *exchange);

#endif
