/* What it means that libcurl gave up: which error that is, whether it may pass by itself, and words
 * for it. Pure. */
#ifndef AILAB_CLIENT_FAILURE_H
#define AILAB_CLIENT_FAILURE_H

#include "ailab.h"
#include <curl/curl.h>

/* How a request ended, as far as libcurl knows. */
struct ai_failure {
    CURLcode code;
    const char *words;   /* of its error buffer, "" for none; borrowed */
    bool answer_started; /* a byte of an answer came */
    bool head_whole;     /* and its head to the empty line */
};

/* AILAB_OK when it is none: code is CURLE_OK and the head is whole. */
enum ailab_error ai_failure_error(const struct ai_failure *failure);

/* Whether the same request may succeed later, without anybody changing anything. */
bool ai_failure_may_pass(const struct ai_failure *failure);

/* What went wrong, for people. Borrowed from the failure, or static. */
const char *ai_failure_words(const struct ai_failure *failure);

#endif
