/* The outcome of a call, from the inside. */
#ifndef CLIENT_SRC_RESULT_H
#define CLIENT_SRC_RESULT_H

#include "ailab.h"

struct ailab_result {
    enum ailab_error error;
    long http_status;
    enum ailab_code code;
    enum ailab_format format;
    unsigned width, height;
    bool retryable;
    unsigned retry_after_s;
    unsigned attempts;
    unsigned char *image; /* owned */
    size_t image_size;
    char request_id[128];
    char log_id[128];
    char code_text[128];
    char code_message[512];
    char message[512];
    char error_text[512];
};

/* NULL when memory ran out. */
struct ailab_result *ai_result_new(void);

/* Forgets everything but the number of attempts. */
void ai_result_reset(struct ailab_result *result);

/* Sets the error and its sentence, unless one is set already: the first keeps its words. Returns
 * the error that stands. */
__attribute__((format(printf, 3, 4))) enum ailab_error
ai_result_fail(struct ailab_result *result, enum ailab_error error, const char *format, ...);

/* Takes the key out of every text that came from outside. */
void ai_result_redact(struct ailab_result *result, const char *key);

#endif
