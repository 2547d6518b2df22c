/* Maps a failure of libcurl to an error, to whether a retry can help, and to a message. Pure. */
#ifndef CLIENT_SRC_FAILURE_H
#define CLIENT_SRC_FAILURE_H

#include "ailab.h"
#include <curl/curl.h>

/* How a request ended, as far as libcurl knows. */
struct ai_failure {
    CURLcode code;
    const char *words;   /* of its error buffer, "" for none; borrowed */
    bool answer_started; /* a byte of an answer came */
    bool head_whole;     /* and its head to the empty line */
    bool system_error;   /* the system named a reason: CURLINFO_OS_ERRNO is not 0 */
    bool encrypted;      /* the connection is a TLS one */
    long proxy_status;   /* of a proxy's answer to CONNECT, 0 for none */
};

/* AILAB_OK when it is none: code is CURLE_OK and the head is whole. */
enum ailab_error ai_failure_error(const struct ai_failure *failure);

/* Whether the same request may succeed later although the caller changes nothing. */
bool ai_failure_may_pass(const struct ai_failure *failure);

/* The failure in words, for people. Borrowed from the failure, or static. */
const char *ai_failure_words(const struct ai_failure *failure);

#endif
