/* Requests for tests without sockets, and their answers taken apart: a right request that each test
 * damages in its own way, sent through the rules alone or through a whole exchange. Helpers assert;
 * everything ends the test when it fails. */
#ifndef AILAB_MOCKSERVER_TESTS_KIT_MOCK_REQUESTS_H
#define AILAB_MOCKSERVER_TESTS_KIT_MOCK_REQUESTS_H

#include "exchange/exchange.h"

struct cJSON;

#define MOCK_PATH "/api/portrait/effects/emotion-editor"
#define MOCK_CREDITS_PATH "/api/common/query-credits"
#define MOCK_KEY "mock-key-58d1"
#define MOCK_BOUNDARY "mock-boundary"
#define MOCK_FORM "multipart/form-data; boundary=" MOCK_BOUNDARY
#define MOCK_BODY_MAX ((size_t)6 * 1024 * 1024)
#define MOCK_NOW_MS INT64_C(1767875696123) /* Thu, 08 Jan 2026 12:34:56 GMT */
#define MOCK_NOW ((struct exchange_time){MOCK_NOW_MS, MOCK_NOW_MS})

/* Bytes that grow; start with all zero. */
struct mock_text {
    char *ptr;
    size_t len, size;
};

void mock_text_add(struct mock_text *text, struct slice bytes);
__attribute__((format(printf, 2, 3))) void mock_text_print(struct mock_text *text,
                                                           const char *format, ...);
void mock_text_clear(struct mock_text *text);
static inline struct slice mock_text_slice(const struct mock_text *text)
{
    return slice_make(text->ptr, text->len);
}

/* A request. Everything is borrowed. */
struct mock_call {
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
struct mock_call mock_call_right(struct slice image);
/* value NULL takes the header away; otherwise it is added behind the others. */
void mock_call_header(struct mock_call *call, const char *name, const char *value);
/* The body as it would be sent; the caller clears it. */
struct mock_text mock_call_body(const struct mock_call *call);
/* Head fields, derived; body_len is what Content-Length says unless the call has its own. */
void mock_call_head(struct request_head *out, const struct mock_call *call, size_t body_len,
                    char length_text[24]);

/* Through the rules alone. */
struct mock_world {
    const struct revision *revision;
    struct account_verdict account;
    const struct image_judge *judge;
    bool off[RULE_COUNT];
};
/* The judge that decodes without remembering. */
const struct image_judge *mock_plain_judge(void);
struct mock_world mock_world_in(enum revision_id revision);
struct verdict mock_judge(const struct mock_call *call, const struct mock_world *world);

/* Through a whole exchange. */
struct mock_answer {
    int status; /* of the status line */
    bool close;
    bool body_was_read;
    enum rule_id rule;
    struct mock_text sent;
    struct slice head, body; /* within sent; head without the empty line */
    struct cJSON *json;      /* of body, NULL when there is none */
};

struct mock_options mock_options_in(enum revision_id revision);
struct mock *mock_new_in(enum revision_id revision);
struct mock_answer mock_answer_to(const struct mock_call *call, struct mock *mock);
void mock_answer_clear(struct mock_answer *answer);
/* Carries the reply out and takes it apart; json stays NULL when the body is no JSON. */
struct mock_answer mock_answer_of(const struct exchange *exchange);
/* The head of a reply, as text; the caller frees it. */
char *mock_reply_head(const struct reply *reply);
/* What a header of the answer says; ptr NULL when there is none, fails when there are two. */
struct slice mock_answer_header(const struct mock_answer *answer, const char *name);
/* error_detail.code, error_detail.message; "" when the answer is none of ours. */
const char *mock_answer_code(const struct mock_answer *answer);
const char *mock_answer_message(const struct mock_answer *answer);
/* The picture in data.image, decoded; the caller clears it. */
struct mock_text mock_answer_image(const struct mock_answer *answer);

#endif
