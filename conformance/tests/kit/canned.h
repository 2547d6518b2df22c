/* Servers that a suite must not be fooled by: each connection gets the same treatment. */
#ifndef CONFORMANCE_TESTS_CANNED_H
#define CONFORMANCE_TESTS_CANNED_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct canned {
    int listener, stop[2];
    pthread_t thread;
    const char *answer; /* borrowed; NULL: the connection is closed without a byte */
    size_t answer_len;
    /* Instead of answer, when it is set: what this request is answered. Borrowed until the next. */
    const char *(*choose)(void *context, const char *request, size_t len);
    void *context;
    char url[64];
};

/* False when the system refused something. */
bool canned_start(struct canned *out, const char *answer);
/* The same with an answer for each whole request. */
bool canned_start_choosing(struct canned *out,
                           const char *(*choose)(void *context, const char *request, size_t len),
                           void *context);
void canned_stop(struct canned *canned);

#endif
