/* A strict JSON reader (RFC 8259) that is fed bytes as they arrive and tells what it meets, piece
 * by piece. Nothing is allocated, nothing is kept: a string of six megabytes passes through as
 * slices of what was fed. Pure. */
#ifndef AILAB_CLIENT_JSON_H
#define AILAB_CLIENT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_DEPTH_MAX 32
#define JSON_NUMBER_SIZE 32

/* A key or a string comes as its begin, any number of TEXT pieces (escapes resolved), its end. */
enum ai_json_event {
    JSON_OBJECT,
    JSON_OBJECT_END,
    JSON_ARRAY,
    JSON_ARRAY_END,
    JSON_KEY,
    JSON_KEY_END,
    JSON_STRING,
    JSON_STRING_END,
    JSON_TEXT,
    JSON_NUMBER, /* its text; longer than JSON_NUMBER_SIZE: only the beginning */
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL,
};

enum ai_json_state {
    JSON_WANT_VALUE = 0,
    JSON_WANT_VALUE_OR_END,
    JSON_WANT_KEY,
    JSON_WANT_KEY_OR_END,
    JSON_WANT_COLON,
    JSON_WANT_COMMA_OR_END,
    JSON_IN_STRING,
    JSON_IN_ESCAPE,
    JSON_IN_UNICODE,
    JSON_IN_NUMBER,
    JSON_IN_LITERAL,
    JSON_DONE,
    JSON_BAD,
};

/* Zeros and a handler are a reader at the start of a text. */
struct ai_json {
    void (*handle)(void *context, enum ai_json_event event, const char *text, size_t size);
    void *context;
    enum ai_json_state state;
    uint64_t objects; /* bit d - 1: the container at depth d is an object, not an array */
    unsigned depth;
    bool in_key;
    unsigned unicode_digits;
    uint32_t unicode;
    uint32_t high_surrogate; /* waits for its other half */
    unsigned number_part;
    char number[JSON_NUMBER_SIZE];
    size_t number_size;
    const char *literal; /* the letters still to come */
    enum ai_json_event literal_event;
    size_t offset; /* bytes read */
    char why[96];  /* when JSON_BAD: what is wrong and where */
};

/* Reads on. White space may follow a whole text; anything else makes it bad. */
void ai_json_feed(struct ai_json *json, const char *bytes, size_t size);

/* The bytes have ended: true when they were one whole JSON value. */
bool ai_json_finish(struct ai_json *json);

#endif
