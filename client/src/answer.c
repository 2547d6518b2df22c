/* From an HTTP status and a body to a result, in the documented order: the public fields
 * first, then the business fields. The client tries the rows from top to bottom; the first that
 * fits decides. It believes a success only when nothing is missing; it believes an error as soon as
 * that differs from a page that some gateway made.
 *
 *   status   body                                                     outcome
 *   any      a Content-Encoding, which the client did not ask for     BAD_ANSWER
 *   1xx 3xx  anything                                                 BAD_ANSWER, never followed
 *   any      not one JSON object, cut off, a known key twice          BAD_ANSWER
 *   any      error_detail.code is a text, not ""                      REFUSED with that code
 *   any      error_code is an integer other than 0                    REFUSED [1]
 *   not 200  error_code_str is a text, not ""                         REFUSED with that code
 *   not 200  anything else                                            BAD_ANSWER
 *   200      error_code there, but not an integer                     BAD_ANSWER
 *   200      error_detail there, but not an object                    BAD_ANSWER
 *   200      error_detail.code there, but not a text                  BAD_ANSWER
 *   200      error_detail.status_code there, neither 200 nor 0        BAD_ANSWER
 *   200      data or data.image lacking or of another type            BAD_ANSWER
 *   200      data.image empty, not strict Base64, no whole picture    BAD_ANSWER
 *   200      anything else                                            OK
 *
 * [1] with the code of error_code_str, if there is one: older revisions have the code there alone.
 * In a success that field means nothing.
 *
 * Fields for support (request_id, log_id) and texts become "" when they are no strings: the caller
 * paid for the picture and gets it without them. */
#include "answer.h"
#include "base64.h"
#include "code.h"
#include "picture.h"
#include "text.h"
#include <stdio.h>
#include <string.h>

static const char *kind_name(enum ai_kind kind)
{
    static const char *const names[] = {
        [KIND_ABSENT] = "missing",
        [KIND_NULL] = "null",
        [KIND_BOOLEAN] = "a boolean",
        [KIND_INTEGER] = "a number",
        [KIND_NUMBER] = "a number that is not a plain integer",
        [KIND_STRING] = "a string",
        [KIND_ARRAY] = "an array",
        [KIND_OBJECT] = "an object",
    };
    return names[kind];
}

bool ai_status_is_transient(long http_status)
{
    return http_status == 408 || http_status == 429 ||
           (http_status >= 500 && http_status <= 599 && http_status != 501 && http_status != 505);
}

/* Waiting does not bring credits back, nor does it mend a wrong request. */
static bool refusal_is_transient(long http_status, enum ailab_code code)
{
    if (code == AILAB_CODE_EXCEEDING_LIMITS)
        return true;
    if (http_status == 200)
        http_status = ai_code_status(code);
    if (http_status == 429)
        return code == AILAB_CODE_NONE || code == AILAB_CODE_UNKNOWN;
    return ai_status_is_transient(http_status);
}

static bool names_an_error(const struct ai_field *fields)
{
    return fields[FIELD_ERROR_CODE].kind == KIND_INTEGER && fields[FIELD_ERROR_CODE].number != 0;
}

static void take_texts(struct ailab_result *result, const struct ai_field *fields)
{
    const struct ai_field *code = &fields[FIELD_DETAIL_CODE];
    const struct ai_field *message = &fields[FIELD_DETAIL_MESSAGE];
    if (message->size == 0)
        message = &fields[FIELD_ERROR_MSG];
    if (code->size == 0 && (result->http_status != 200 || names_an_error(fields)))
        code = &fields[FIELD_ERROR_CODE_STR];
    const struct {
        char *out;
        size_t capacity;
        const struct ai_field *field;
    } texts[] = {
        {result->request_id, sizeof result->request_id, &fields[FIELD_REQUEST_ID]},
        {result->log_id, sizeof result->log_id, &fields[FIELD_LOG_ID]},
        {result->code_text, sizeof result->code_text, code},
        {result->code_message, sizeof result->code_message, &fields[FIELD_DETAIL_CODE_MESSAGE]},
        {result->message, sizeof result->message, message},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        ai_text_copy(texts[i].out, texts[i].capacity, texts[i].field->text, texts[i].field->size);
    result->code = ailab_code_find(result->code_text);
}

static enum ailab_error refuse(struct ailab_result *result, const struct ai_field *fields)
{
    const char *why = *result->message        ? result->message
                      : *result->code_message ? result->code_message
                                              : ailab_code_description(result->code);
    result->retryable = refusal_is_transient(result->http_status, result->code);
    if (*result->code_text)
        return ai_result_fail(result, AILAB_REFUSED, "the service refused (HTTP %ld, %s)%s%s",
                              result->http_status, result->code_text, *why ? ": " : "", why);
    return ai_result_fail(
        result, AILAB_REFUSED,
        "the service refused (HTTP %ld, error_code %ld, no error_detail.code)%s%s",
        result->http_status, fields[FIELD_ERROR_CODE].number, *why ? ": " : "", why);
}

static enum ailab_error bad_field(struct ailab_result *result, const struct ai_field *field,
                                  const char *name, const char *wanted)
{
    return ai_result_fail(result, AILAB_BAD_ANSWER,
                          "the answer (HTTP %ld) breaks the contract: %s is %s, not %s",
                          result->http_status, name, kind_name(field->kind), wanted);
}

/* The public fields of a 200: absent is fine, another type or another verdict is not. */
static enum ailab_error check_public_fields(struct ailab_result *result,
                                            const struct ai_field *fields)
{
    static const struct {
        enum ai_field_name field;
        enum ai_kind kind;
        const char *name, *wanted;
    } rows[] = {
        {FIELD_ERROR_CODE, KIND_INTEGER, "error_code", "the integer 0"},
        {FIELD_DETAIL, KIND_OBJECT, "error_detail", "an object"},
        {FIELD_DETAIL_CODE, KIND_STRING, "error_detail.code", "the string \"\""},
        {FIELD_DETAIL_STATUS_CODE, KIND_INTEGER, "error_detail.status_code", "the integer 200"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct ai_field *field = &fields[rows[i].field];
        if (field->kind != KIND_ABSENT && field->kind != rows[i].kind)
            return bad_field(result, field, rows[i].name, rows[i].wanted);
    }
    long status = fields[FIELD_DETAIL_STATUS_CODE].number;
    if (status != 0 && status != 200)
        return ai_result_fail(result, AILAB_BAD_ANSWER,
                              "the answer contradicts itself: HTTP 200, but "
                              "error_detail.status_code is %ld",
                              status);
    return AILAB_OK;
}

/* The business field: the picture. It is decoded into the memory of the body, which the result then
 * owns. */
static enum ailab_error take_image(struct ailab_result *result, struct ai_envelope *envelope)
{
    const struct ai_field *fields = envelope->fields, *image = &fields[FIELD_IMAGE];
    char why[BASE64_WHY_SIZE];
    struct ai_picture picture;
    size_t size = 0;
    if (fields[FIELD_DATA].kind != KIND_OBJECT)
        return bad_field(result, &fields[FIELD_DATA], "data", "an object");
    if (image->kind != KIND_STRING)
        return bad_field(result, image, "data.image", "a string");
    if (!ai_base64_decode(envelope->body, &size, image->text, image->size, why))
        return ai_result_fail(result, AILAB_BAD_ANSWER, "data.image is not plain Base64: %s", why);
    if (size == 0)
        return ai_result_fail(result, AILAB_BAD_ANSWER, "data.image is empty, not a picture");
    ai_picture_look(&picture, envelope->body, size);
    if (!picture.whole)
        return ai_result_fail(result, AILAB_BAD_ANSWER,
                              "data.image (%zu bytes) is not a whole picture: %s", size,
                              picture.why);
    result->format = picture.format;
    result->width = picture.width;
    result->height = picture.height;
    result->image = (unsigned char *)envelope->body;
    result->image_size = size;
    envelope->body = NULL;
    return AILAB_OK;
}

static enum ailab_error judge_head(struct ailab_result *result, const struct ai_answer *answer)
{
    if (answer->encoded)
        return ai_result_fail(result, AILAB_BAD_ANSWER,
                              "the answer (HTTP %ld) has a Content-Encoding, though none was asked "
                              "for",
                              answer->http_status);
    if (answer->http_status >= 300 && answer->http_status <= 399)
        return ai_result_fail(result, AILAB_BAD_ANSWER,
                              "the server answered with a redirect (HTTP %ld), which is never "
                              "followed: check base_url",
                              answer->http_status);
    if (answer->http_status < 200 || answer->http_status > 599)
        return ai_result_fail(result, AILAB_BAD_ANSWER, "the answer has the HTTP status %ld",
                              answer->http_status);
    return AILAB_OK;
}

enum ailab_error ai_answer_judge(struct ailab_result *result, const struct ai_answer *answer,
                                 struct ai_envelope *envelope)
{
    const struct ai_field *fields = envelope->fields;
    result->http_status = answer->http_status;
    result->retryable = ai_status_is_transient(answer->http_status);
    if (judge_head(result, answer) != AILAB_OK)
        return result->error;
    if (!ai_envelope_read(envelope))
        return envelope->no_memory
                   ? ai_result_fail(result, AILAB_NO_MEMORY,
                                    "out of memory for the answer: %zu bytes", envelope->size)
                   : ai_result_fail(
                         result, AILAB_BAD_ANSWER,
                         "the body of the answer (HTTP %ld) is not the JSON object of the "
                         "contract: %s",
                         answer->http_status, envelope->why);
    take_texts(result, fields);
    if (*result->code_text || names_an_error(fields))
        return refuse(result, fields);
    if (answer->http_status != 200)
        return ai_result_fail(result, AILAB_BAD_ANSWER,
                              "the answer (HTTP %ld) is JSON, but neither a success nor an error "
                              "of the contract",
                              answer->http_status);
    if (check_public_fields(result, fields) != AILAB_OK || take_image(result, envelope) != AILAB_OK)
        return result->error;
    result->code_message[0] = result->message[0] = '\0';
    return AILAB_OK;
}
