/* The checks before sending, in the service's own order: empty, value, size, type, decoding,
 * resolution. The service refuses every picture that does not pass here. It may also refuse one
 * that passes: the client finds no faces and decodes no pixels. */
#include "check.h"
#include "code.h"
#include "picture.h"
#include <stdio.h>

enum limit {
#define AILAB_LIMIT(name, value, unit, summary) name = (value),
#include "contract/limits.def"
};

static enum ailab_error refuse(struct ailab_result *result, enum ailab_code code)
{
    const char *name = ailab_code_name(code);
    result->code = code;
    snprintf(result->code_text, sizeof result->code_text, "%s", name);
    snprintf(result->code_message, sizeof result->code_message, "%s", ailab_code_description(code));
    return result->error;
}

static enum ailab_error check_picture(struct ailab_result *result, const struct ailab_image *image)
{
    struct ai_picture picture;
    ai_picture_look(&picture, image->data, image->size);
    result->format = picture.format;
    result->width = picture.width;
    result->height = picture.height;
    if (picture.format == AILAB_FORMAT_NONE) {
        ai_result_fail(result, AILAB_PREFLIGHT, "the picture is %s", picture.why);
        return refuse(result, AILAB_CODE_UNSUPPORTED_FILE_TYPES);
    }
    if (!picture.whole) {
        ai_result_fail(result, AILAB_PREFLIGHT, "the picture would not decode: %s", picture.why);
        return refuse(result, AILAB_CODE_FILE_DECODING_FAILURE);
    }
    if (picture.width > IMAGE_SIDE_MAX || picture.height > IMAGE_SIDE_MAX) {
        ai_result_fail(result, AILAB_PREFLIGHT,
                       "the picture has %ux%u pixels; each side may have %d at most", picture.width,
                       picture.height, IMAGE_SIDE_MAX);
        return refuse(result, AILAB_CODE_FILE_RESOLUTION_EXCEEDS_LIMITS);
    }
    return AILAB_OK;
}

static bool is_current(int service_choice)
{
    const struct ailab_expression *expression = ai_expression_by_number(service_choice);
    return expression && expression->current;
}

enum ailab_error ai_check(struct ailab_result *result, const int *service_choice,
                          const struct ailab_image *image)
{
    if (image->size == 0) {
        ai_result_fail(result, AILAB_PREFLIGHT, "the picture is empty");
        return refuse(result, AILAB_CODE_PARAMETERS_CANNOT_EMPTY);
    }
    if (service_choice && !is_current(*service_choice)) {
        ai_result_fail(result, AILAB_PREFLIGHT,
                       "service_choice %d is none of the documented values (10 to 16, 100)",
                       *service_choice);
        return refuse(result, AILAB_CODE_ERROR_INVALID_PARAMETER);
    }
    if (image->size > IMAGE_BYTES_MAX) {
        ai_result_fail(result, AILAB_PREFLIGHT, "the picture has %zu bytes; %d are the most",
                       image->size, IMAGE_BYTES_MAX);
        return refuse(result, AILAB_CODE_FILE_SIZE_EXCEEDS_LIMIT);
    }
    return check_picture(result, image);
}

enum ailab_error ailab_check(struct ailab_result **out, int service_choice,
                             const struct ailab_image *image)
{
    if (!out)
        return AILAB_ARGUMENT;
    *out = ai_result_new();
    if (!*out)
        return AILAB_NO_MEMORY;
    if (!image || !image->data)
        return ai_result_fail(*out, AILAB_ARGUMENT, "no picture was given: image->data is NULL");
    return ai_check(*out, service_choice >= 0 ? &service_choice : NULL, image);
}
