/* The admin API: a router from a request to a document, over the state of a mock. Paths and words
 * are WireMock's where they fit. The transport reads the body, checks the policy and sends the
 * document.
 *
 * The routes are the rows of routes.def; the OpenAPI document is made from the same rows. */
#ifndef AILAB_MOCKSERVER_ADMIN_ADMIN_H
#define AILAB_MOCKSERVER_ADMIN_ADMIN_H

#include "state/state.h"

#define ADMIN_BODY_MAX DOCUMENT_BYTES_MAX
#define ADMIN_WAIT_MAX_MS 60000 /* of ?wait_ms= */
#define ADMIN_WAITERS_MAX 16    /* each takes a thread */
#define ADMIN_WATCHERS_MAX 8    /* of the live feed; each takes a thread */

/* What the admin API tells about the mock itself. */
struct admin_host {
    const char *version, *revision; /* borrowed for the call */
    int64_t uptime_ms;
    unsigned waiters_max;  /* callers that may wait at once, at most ADMIN_WAITERS_MAX */
    unsigned watchers_max; /* at most ADMIN_WATCHERS_MAX */
    uint64_t boot;         /* tells this start of the mock from every other */
    bool (*is_gone)(const void *caller); /* ends the caller's wait; NULL: the caller stays */
    const void *caller;
};

struct admin_request {
    struct slice method;
    struct slice path; /* raw, without the query */
    struct slice query;
    struct slice accept;        /* the header Accept; may be empty */
    struct slice body;          /* whole; one longer than ADMIN_BODY_MAX is answered with 413 */
    struct slice last_event_id; /* of the header; NULL: none */
    bool can_follow;            /* the caller takes a feed */
};

struct admin_answer {
    int status;
    const char *content_type; /* static storage */
    char *text;               /* owned; NULL when memory ran out, then status is 500 */
    size_t size;
    struct admin_feed *feed; /* owned; what to send in place of text, or NULL */
    char allow[32];          /* for Allow, with 405; else "" */
    bool shutdown;           /* the host is asked to stop once this has been sent */
};

/* Whether a path belongs here: /metrics, /__admin and what is below it. */
bool admin_owns(struct slice path);

/* Always sets *out; clear it with admin_answer_clear(). HEAD is answered as GET: the transport
 * leaves the body out. Thread-safe as the state is. */
void admin_answer(struct admin_answer *out, struct state *state, const struct admin_host *host,
                  const struct admin_request *request);
void admin_answer_clear(struct admin_answer *answer);

/* Server-Sent Events of what happens in a state, for one thread. Waits at most ms milliseconds;
 * *out, of no bytes when nothing happened, is borrowed until the next call. False at the end: the
 * mock stops, or memory ran out. */
bool admin_feed_next(struct admin_feed *feed, struct slice *out, uint64_t ms);
/* NULL is allowed. */
void admin_feed_free(struct admin_feed *feed);

#endif
