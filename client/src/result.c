/* The outcome of a call and its accessors. All texts sit in the struct itself, so that reporting an
 * error cannot fail. */
#include "result.h"
#include "text.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REDACTED_KEY_MIN 8 /* a shorter text is no secret, and would be found in every word */

struct ailab_result *ai_result_new(void)
{
    return calloc(1, sizeof(struct ailab_result));
}

void ai_result_reset(struct ailab_result *result)
{
    unsigned attempts = result->attempts;
    free(result->image);
    memset(result, 0, sizeof *result);
    result->attempts = attempts;
}

enum ailab_error ai_result_fail(struct ailab_result *result, enum ailab_error error,
                                const char *format, ...)
{
    if (result->error != AILAB_OK)
        return result->error;
    va_list arguments;
    va_start(arguments, format);
    char text[2 * sizeof result->error_text]; /* with room for what the copy cuts off and marks */
    int size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    size_t length = size < 0 ? 0 : (size_t)size < sizeof text ? (size_t)size : sizeof text - 1;
    ai_text_copy(result->error_text, sizeof result->error_text, text, length);
    result->error = error;
    return error;
}

void ai_result_redact(struct ailab_result *result, const char *key)
{
    if (strlen(key) < REDACTED_KEY_MIN)
        return;
    ai_text_redact(result->request_id, key);
    ai_text_redact(result->log_id, key);
    ai_text_redact(result->code_text, key);
    ai_text_redact(result->code_message, key);
    ai_text_redact(result->message, key);
    ai_text_redact(result->error_text, key);
}

void ailab_result_free(struct ailab_result *result)
{
    if (!result)
        return;
    free(result->image);
    free(result);
}

enum ailab_error ailab_result_error(const struct ailab_result *result)
{
    return result ? result->error : AILAB_NO_MEMORY;
}

const void *ailab_result_image(const struct ailab_result *result, size_t *size_out)
{
    if (size_out)
        *size_out = result ? result->image_size : 0;
    return result ? result->image : NULL;
}

enum ailab_format ailab_result_format(const struct ailab_result *result)
{
    return result ? result->format : AILAB_FORMAT_NONE;
}

unsigned ailab_result_width(const struct ailab_result *result)
{
    return result ? result->width : 0;
}

unsigned ailab_result_height(const struct ailab_result *result)
{
    return result ? result->height : 0;
}

long ailab_result_http_status(const struct ailab_result *result)
{
    return result ? result->http_status : 0;
}

const char *ailab_result_request_id(const struct ailab_result *result)
{
    return result ? result->request_id : "";
}

const char *ailab_result_log_id(const struct ailab_result *result)
{
    return result ? result->log_id : "";
}

enum ailab_code ailab_result_code(const struct ailab_result *result)
{
    return result ? result->code : AILAB_CODE_NONE;
}

const char *ailab_result_code_text(const struct ailab_result *result)
{
    return result ? result->code_text : "";
}

const char *ailab_result_code_message(const struct ailab_result *result)
{
    return result ? result->code_message : "";
}

const char *ailab_result_message(const struct ailab_result *result)
{
    return result ? result->message : "";
}

const char *ailab_result_error_text(const struct ailab_result *result)
{
    return result ? result->error_text : "out of memory: not even the result could be made";
}

bool ailab_result_retryable(const struct ailab_result *result)
{
    return result && result->retryable;
}

unsigned ailab_result_retry_after_s(const struct ailab_result *result)
{
    return result ? result->retry_after_s : 0;
}

unsigned ailab_result_attempts(const struct ailab_result *result)
{
    return result ? result->attempts : 0;
}
