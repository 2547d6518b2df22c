/* An answer as data: the bytes to send, in order, before the transport sends them.
 *
 * The transport does what the steps say and decides nothing. A result image is a step of its own:
 * it is Base64-encoded on the way out, so that no copy of it is ever made. */
#ifndef AILAB_MOCKSERVER_API_REPLY_H
#define AILAB_MOCKSERVER_API_REPLY_H

#include "api/envelope.h"

#define REPLY_STEPS_MAX 16
#define REPLY_BUFFERS_MAX 4

enum reply_step_kind {
    REPLY_SEND,   /* bytes as they are */
    REPLY_BASE64, /* bytes, encoded */
    REPLY_FILL,   /* amount times the one byte of bytes */
    REPLY_WAIT,   /* amount milliseconds, everything before it having been sent */
    REPLY_RESET,  /* the connection is reset (RST); nothing follows */
    REPLY_CLOSE,  /* the connection is closed; nothing follows */
    REPLY_REFUSE, /* for amount milliseconds no new connection is accepted */
    REPLY_STREAM, /* what the reply's stream gives, until it ends */
};

/* Bytes that come while the reply is sent. */
struct reply_stream {
    /* Waits at most ms milliseconds; *out, of no bytes when none came, is borrowed until the next
     * call. False at the end. */
    bool (*next)(void *context, struct slice *out, uint64_t ms);
    void (*free)(void *context);
    void *context; /* owned by the reply */
};

struct reply_step {
    enum reply_step_kind kind;
    struct slice bytes; /* borrowed from the reply's buffers or from what it answers with */
    uint64_t amount;
};

struct reply {
    int status;
    struct reply_step steps[REPLY_STEPS_MAX];
    size_t step_count;
    void *buffers[REPLY_BUFFERS_MAX]; /* owned: what the steps of this reply borrow from */
    size_t buffer_count;
    struct reply_stream stream; /* for the step REPLY_STREAM */
    uint64_t bytes_per_s;       /* how fast it is sent; 0: at once */
    bool close;                 /* the connection ends after it */
};

struct reply_header {
    const char *name, *value;
};

/* What the HTTP head needs to know. Optional texts may be NULL. */
struct reply_head {
    int status;
    const char *content_type;
    const char *allow;                /* Allow, for 405 and OPTIONS */
    const char *allow_methods;        /* makes it an answer to a CORS preflight */
    const char *allow_headers;        /* for a preflight: what the browser wants to send */
    const char *scenario;             /* X-Mock-Scenario: which scenario answered */
    const struct reply_header *extra; /* further headers; one of the same name replaces ours */
    size_t extra_count;
    unsigned retry_after_s; /* 0: none */
    int64_t now_ms;         /* for Date */
    int64_t length_offset;  /* added to the Content-Length that is announced */
    bool chunked;           /* Transfer-Encoding: chunked instead of Content-Length */
    bool until_close;       /* neither: the body ends with the connection */
    bool keep_alive;
    bool same_origin; /* web pages of other origins may not read the answer */
    bool is_head;     /* announce the body, send none */
};

/* Begins *out anew, as reply_json(), reply_bytes() and reply_empty() do. Prints the head for a body
 * of this size, its empty line included, into memory that *out owns; false when memory ran out. A
 * building block for replies of other shapes. */
bool reply_start(struct reply *out, const struct reply_head *head, uint64_t body_size,
                 struct slice *head_out);

/* Appends a step; a SEND or BASE64 step of no bytes is left out. False when there are too many. */
bool reply_add(struct reply *reply, enum reply_step_kind kind, struct slice bytes, uint64_t amount);

/* Makes the reply own a block from malloc(), also on failure (too many of them). */
bool reply_own(struct reply *reply, void *block);

/* Builds the reply for a printed JSON document in which ENVELOPE_IMAGE_MARK may stand for image.
 * False when memory ran out. image is borrowed until the reply is sent. */
bool reply_json(struct reply *out, const struct reply_head *head, struct slice json,
                struct slice image);

/* A reply with any other body, borrowed until it is sent. False when memory ran out. */
bool reply_bytes(struct reply *out, const struct reply_head *head, struct slice body);

/* A reply whose body the stream gives; the connection ends after it. The stream is taken over, also
 * on failure. False when memory ran out. */
bool reply_follow(struct reply *out, const struct reply_head *head,
                  const struct reply_stream *stream);

/* A reply without a body. False when memory ran out. */
bool reply_empty(struct reply *out, const struct reply_head *head);

/* Frees what the reply owns. */
void reply_clear(struct reply *reply);

/* How many bytes the steps send, up to the first RESET or CLOSE. */
uint64_t reply_size(const struct reply *reply);

/* "OK", "Bad Request", …; "Unknown" for a status that IANA does not list. Static storage. */
const char *reply_reason(int status);

/* False for 204, 205 and 304 (RFC 9110 sections 15.3.5, 15.3.6 and 15.4.5). */
bool reply_may_have_body(int status);

#endif
