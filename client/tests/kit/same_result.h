/* Whether two answers came to the same: for tests that feed one body in different pieces. */
#ifndef CLIENT_TESTS_SAME_RESULT_H
#define CLIENT_TESTS_SAME_RESULT_H

#include "result.h"
#include <string.h>

static inline bool same_result(const struct ailab_result *a, const struct ailab_result *b)
{
    return a->error == b->error && a->http_status == b->http_status && a->code == b->code &&
           a->format == b->format && a->width == b->width && a->height == b->height &&
           a->retryable == b->retryable && a->image_size == b->image_size &&
           (!a->image || !memcmp(a->image, b->image, a->image_size)) &&
           !strcmp(a->request_id, b->request_id) && !strcmp(a->log_id, b->log_id) &&
           !strcmp(a->code_text, b->code_text) && !strcmp(a->code_message, b->code_message) &&
           !strcmp(a->message, b->message) && !strcmp(a->error_text, b->error_text);
}

#endif
