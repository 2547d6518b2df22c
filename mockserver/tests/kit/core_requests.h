/* Requests for the tests of the mock's core, and their answers taken apart: a right request that
 * each test damages in its own way, sent through the rules alone or through a whole exchange,
 * without sockets. Helpers assert; everything ends the test when it fails. */
#ifndef AILAB_MOCK_TESTS_CORE_REQUESTS_H
#define AILAB_MOCK_TESTS_CORE_REQUESTS_H

#include "exchange/exchange.h"

struct cJSON;

#define CORE_PATH "/api/portrait/effects/emotion-editor"
#define CORE_CREDITS_PATH "/api/common/query-credits"
#define CORE_KEY "core-key-58d1"
#define CORE_BOUNDARY "core-boundary"
#define CORE_FORM "multipart/form-data; boundary=" CORE_BOUNDARY
#define CORE_BODY_MAX ((size_t)6 * 1024 * 1024)
#define CORE_NOW_MS INT64_C(1767875696123) /* Thu, 08 Jan 2026 12:34:56 GMT */
#define CORE_NOW ((struct exchange_time){CORE_NOW_MS, CORE_NOW_MS})

/* Bytes that grow; start with all zero. */
struct core_text {
    char *ptr;
    size_t len, size;
};

void core_text_add(struct core_text *text, struct slice bytes);
__attribute__((format(printf, 2, 3))) void core_text_print(struct core_text *text,
                                                           const char *format, ...);
void core_text_clear(struct core_text *text);
static inline struct slice core_text_slice(const struct core_text *text)
{
    return slice_make(text->ptr, text->len);
}

/* A request. Everything is borrowed. */
struct core_call {
    const char *method, *path, *query, *version;
    struct header_field headers[REQUEST_HEADERS_MAX];
    size_t header_count;
    bool headers_incomplete;
    struct slice image, choice; /* ptr NULL: the part is not sent */
    bool image_twice, choice_twice;
    bool not_closed;    /* the closing delimiter is missing */
    bool body_replaced; /* body is sent instead of the two parts */
    struct slice body;
    bool not_announced; /* no Content-Length is added */
    bool chunked;
    enum body_end end;
};

/* The documented request: accepted in every revision. */
struct core_call core_call_right(struct slice image);
/* value NULL takes the header away; otherwise it is added behind the others. */
void core_call_header(struct core_call *call, const char *name, const char *value);
/* The body as it would be sent; the caller clears it. */
struct core_text core_call_body(const struct core_call *call);
/* Head fields, derived; body_len is what Content-Length says unless the call has its own. */
void core_call_head(struct request_head *out, const struct core_call *call, size_t body_len,
                    char length_text[24]);

/* Through the rules alone. */
struct core_world {
    const struct revision *revision;
    struct account_verdict account;
    const struct image_judge *judge;
    bool off[RULE_COUNT];
};
/* The judge that decodes without remembering. */
const struct image_judge *core_plain_judge(void);
struct core_world core_world_in(enum revision_id revision);
struct verdict core_judge(const struct core_call *call, const struct core_world *world);

/* Through a whole exchange. */
struct core_answer {
    int status; /* of the status line */
    bool close;
    bool body_was_read;
    enum rule_id rule;
    struct core_text sent;
    struct slice head, body; /* within sent; head without the empty line */
    struct cJSON *json;      /* of body, NULL when there is none */
};

struct core_options core_options_in(enum revision_id revision);
struct core *core_new_in(enum revision_id revision);
struct core_answer core_answer_to(const struct core_call *call, struct core *core);
void core_answer_clear(struct core_answer *answer);
/* Carries the reply out and takes it apart; json stays NULL when the body is no JSON. */
struct core_answer core_answer_of(const struct exchange *exchange);
/* What a header of the answer says; ptr NULL when there is none, fails when there are two. */
struct slice core_answer_header(const struct core_answer *answer, const char *name);
/* error_detail.code, error_detail.message; "" when the answer is none of ours. */
const char *core_answer_code(const struct core_answer *answer);
const char *core_answer_message(const struct core_answer *answer);
/* The picture in data.image, decoded; the caller clears it. */
struct core_text core_answer_image(const struct core_answer *answer);

#endif
