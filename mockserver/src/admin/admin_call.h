/* One admin call on its way through its handler. Internal to admin*.c. */
#ifndef AILAB_MOCKSERVER_ADMIN_ADMIN_CALL_H
#define AILAB_MOCKSERVER_ADMIN_ADMIN_CALL_H

#include "admin/admin.h"
#include "base/shape.h"
#include "documents/document.h"

#define ADMIN_PAGE_MAX 1000
#define ADMIN_TEXT_MAX 255
#define ADMIN_TEXT_SIZE (ADMIN_TEXT_MAX + 1)

enum admin_query {
    QUERY_KEY = 1,
    QUERY_PAGE = 2,
    QUERY_WAIT = 4,
    QUERY_COVERAGE = 8,
    QUERY_AFTER = 16,
};

struct admin_call {
    const struct admin_route *route;
    struct state *state;
    const struct admin_host *host;
    struct slice body, accept;
    struct slice last_event_id;
    bool can_follow;
    char segment[ADMIN_TEXT_SIZE]; /* what stood for {…}, decoded */
    bool has_key;
    char key[ADMIN_TEXT_SIZE]; /* ?api_key=, decoded */
    struct key_digest digest;
    size_t limit;               /* ?limit=, else ADMIN_PAGE_MAX */
    uint64_t before;            /* ?before=, else UINT64_MAX */
    uint64_t at_least, wait_ms; /* both given, or both 0 */
    char format[8];             /* ?format=, "" when not given */
    bool since_start;           /* ?since=start */
    bool has_after;
    uint64_t after; /* ?after= */

    int status; /* the route's unless it failed */
    bool shutdown;
    struct tree tree;         /* the answer */
    char *text;               /* owned; the answer when it is not the tree */
    const char *content_type; /* of text */
    struct admin_feed *feed;  /* owned; the answer in place of tree and text */
};

typedef void admin_handler(struct admin_call *call);

/* A row of routes.def. Schemas are those of schemas.def; "" is plain text, NULL of an answer a
 * feed.
 */
struct admin_route {
    const char *id, *method, *pattern;
    unsigned query;  /* a sum of enum admin_query */
    unsigned resets; /* a sum of enum state_reset */
    struct {
        const char *schema; /* NULL: no body */
        bool required;
    } takes;
    struct {
        const char *schema;
        int status;
    } gives;
    const char *summary;
    admin_handler *handler;
};

/* Static storage. */
const struct admin_route *admin_routes(size_t *count_out);

/* Makes the answer an error, in place of what the tree held. */
__attribute__((format(printf, 4, 5))) void admin_fail(struct admin_call *call, int status,
                                                      const char *pointer, const char *format, ...);
/* 400 with the complaint of a document's reader, 507 where memory ran out. */
void admin_refuse(struct admin_call *call, const struct document_error *error);
/* Where a fault of TLS stands in the body, and the mock speaks no TLS: true, and 400. */
bool admin_refuse_tls(struct admin_call *call, const char *pointer);
/* Memory ran out, or a bound was met; what names the bound. */
void admin_fail_full(struct admin_call *call, const char *what);

/* The rows that read the body of add_to_queue; its schema is made from them. */
extern const struct shape queue_shape;

extern const struct shape settings_shape; /* struct state_change */

/* What a watcher learns; its schema is that of FeedStatus. */
void admin_print_moment(struct tree *tree, const struct admin_host *host,
                        const struct state_moment *moment);

/* The OpenAPI document of the routes, to be freed; NULL when memory ran out. */
char *admin_openapi_print(const char *version);

#define MOCK_ROUTE(id, method, pattern, query, takes, gives, summary) admin_handler admin_##id;
#define MOCK_RESET(id, method, pattern, query, resets, summary)
#include "admin/routes.def"

#endif
