/* An answer as data: the bytes to send, in order, before anybody sends them.
 *
 * The transport does what the steps say and decides nothing. A result image is a step of its own:
 * it is Base64-encoded on the way out, so that no copy of it is ever made. */
#ifndef AILAB_MOCK_REPLY_H
#define AILAB_MOCK_REPLY_H

#include "api/envelope.h"

#define REPLY_STEPS_MAX 16

enum reply_step_kind {
    REPLY_SEND,   /* bytes as they are */
    REPLY_BASE64, /* bytes, encoded */
};

struct reply_step {
    enum reply_step_kind kind;
    struct slice bytes; /* borrowed from the reply's text or from what it answers with */
};

struct reply {
    int status;
    struct reply_step steps[REPLY_STEPS_MAX];
    size_t step_count;
    char *text; /* owned: what the steps of this reply borrow from */
    bool close; /* the connection ends after it */
};

/* What the HTTP head needs to know. Optional texts may be NULL. */
struct reply_head {
    int status;
    const char *content_type;
    const char *allow;         /* Allow, for 405 and OPTIONS */
    const char *allow_methods; /* makes it an answer to a CORS preflight */
    const char *allow_headers; /* for a preflight: what the browser wants to send */
    unsigned retry_after_s;    /* 0: none */
    int64_t now_ms;            /* for Date */
    bool keep_alive;
    bool is_head; /* announce the body, send none */
};

/* Builds the reply for a printed JSON document in which ENVELOPE_IMAGE_MARK may stand for image.
 * False when memory ran out. image is borrowed until the reply is sent. */
bool reply_json(struct reply *out, const struct reply_head *head, struct slice json,
                struct slice image);

/* A reply without a body. False when memory ran out. */
bool reply_empty(struct reply *out, const struct reply_head *head);

/* Frees what the reply owns. */
void reply_clear(struct reply *reply);

/* How many bytes the steps send. */
uint64_t reply_size(const struct reply *reply);

/* "OK", "Bad Request", … Static storage. */
const char *reply_reason(int status);

#endif
