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
    char url[64];
};

/* False when the system refused something. */
bool canned_start(struct canned *out, const char *answer);
void canned_stop(struct canned *canned);

#endif
