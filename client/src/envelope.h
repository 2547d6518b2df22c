/* The body of an answer: collects it while it arrives, reads it when it is whole. It gives each
 * field with its JSON type; answer.c decides what they mean. */
#ifndef CLIENT_SRC_ENVELOPE_H
#define CLIENT_SRC_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>

enum ai_kind {
    KIND_ABSENT = 0,
    KIND_NULL,
    KIND_BOOLEAN,
    KIND_INTEGER, /* written as one, of at most 15 digits */
    KIND_NUMBER,  /* any other number */
    KIND_STRING,
    KIND_ARRAY,
    KIND_OBJECT,
};

enum ai_field_name {
    FIELD_REQUEST_ID = 0,
    FIELD_LOG_ID,
    FIELD_ERROR_CODE,
    FIELD_ERROR_CODE_STR,
    FIELD_ERROR_MSG,
    FIELD_DETAIL,
    FIELD_DETAIL_STATUS_CODE,
    FIELD_DETAIL_CODE,
    FIELD_DETAIL_CODE_MESSAGE,
    FIELD_DETAIL_MESSAGE,
    FIELD_DATA,
    FIELD_IMAGE,
    FIELDS,
};

struct ai_field {
    enum ai_kind kind;
    long number;      /* when KIND_INTEGER */
    const char *text; /* when KIND_STRING, else ""; as the server sent it; not ended by a NUL */
    size_t size;      /* of text */
};

/* Begins as all zeros. */
struct ai_envelope {
    char *body; /* owned; its bytes, changed by reading as strict.h says */
    size_t size, capacity;
    struct ai_field fields[FIELDS]; /* once read; they borrow from body and tree */
    struct cJSON *tree;             /* owned; NULL until read */
    bool no_memory;                 /* reading failed for lack of memory */
    char why[160];                  /* why reading failed otherwise */
};

/* Makes room for a body of that many bytes. False when memory ran out. */
bool ai_envelope_reserve(struct ai_envelope *envelope, size_t bytes);

/* Adds the bytes that came next. False when memory ran out. */
bool ai_envelope_add(struct ai_envelope *envelope, const void *bytes, size_t size);

/* Reads the body: true when it is one JSON object and has no known field twice. May be called
 * again, also when more bytes have come after a failure. */
bool ai_envelope_read(struct ai_envelope *envelope);

void ai_envelope_clear(struct ai_envelope *envelope);

#endif
