/* From an HTTP status and a scanned body to a result, in the documented order: the public fields
 * first, then the business fields. The rows are tried from top to bottom; the first that fits
 * decides. A success is believed only when everything it needs is there; an error is believed as
 * soon as it can be told from a page that some gateway made.
 *
 *   status   body                                                     outcome
 *   any      a Content-Encoding, which was not asked for              BAD_ANSWER
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
 * [1] with the code of error_code_str, where there is one: the envelope of errors used to carry it
 * there alone. In a success that field means nothing.
 *
 * Fields for support (request_id, log_id) and texts are taken where they are texts and "" where
 * not: their lack is no reason to withhold a picture that was paid for. */
#include "answer.h"
#include "code.h"
#include "picture.h"
#include "text.h"
#include <stdio.h>
#include <string.h>

static const char *text_of(const struct ai_scan *scan, enum ai_scan_slot slot)
{
    return scan->fields[slot].kind == SCAN_STRING ? scan->fields[slot].text : "";
}

static const char *kind_name(enum ai_scan_kind kind)
{
    static const char *const names[] = {
        [SCAN_ABSENT] = "missing",
        [SCAN_NULL] = "null",
        [SCAN_BOOLEAN] = "a boolean",
        [SCAN_INTEGER] = "a number",
        [SCAN_NUMBER] = "a number that is not a plain integer",
        [SCAN_STRING] = "a string",
        [SCAN_ARRAY] = "an array",
        [SCAN_OBJECT] = "an object",
    };
    return names[kind];
}

bool ai_status_is_transient(long http_status)
{
    return http_status == 408 || http_status == 429 ||
           (http_status >= 500 && http_status <= 599 && http_status != 501 && http_status != 505);
}

/* Credits, and what is wrong with the request, do not come right by waiting. */
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

static bool names_an_error(const struct ai_scan *scan)
{
    const struct ai_scan_field *error_code = &scan->fields[SCAN_ERROR_CODE];
    return error_code->kind == SCAN_INTEGER && error_code->number != 0;
}

static void take_texts(struct ailab_result *result, const struct ai_scan *scan)
{
    const char *message = text_of(scan, SCAN_DETAIL_MESSAGE);
    const char *code = text_of(scan, SCAN_DETAIL_CODE);
    if (!*message)
        message = text_of(scan, SCAN_ERROR_MSG);
    if (!*code && (result->http_status != 200 || names_an_error(scan)))
        code = text_of(scan, SCAN_ERROR_CODE_STR);
    const char *code_message = text_of(scan, SCAN_DETAIL_CODE_MESSAGE);
    const char *request_id = text_of(scan, SCAN_REQUEST_ID), *log_id = text_of(scan, SCAN_LOG_ID);
    ai_text_copy(result->request_id, sizeof result->request_id, request_id, strlen(request_id));
    ai_text_copy(result->log_id, sizeof result->log_id, log_id, strlen(log_id));
    ai_text_copy(result->code_text, sizeof result->code_text, code, strlen(code));
    ai_text_copy(result->code_message, sizeof result->code_message, code_message,
                 strlen(code_message));
    ai_text_copy(result->message, sizeof result->message, message, strlen(message));
    result->code = ailab_code_find(code);
}

static enum ailab_error refuse(struct ailab_result *result, const struct ai_scan *scan)
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
        result->http_status, scan->fields[SCAN_ERROR_CODE].number, *why ? ": " : "", why);
}

static enum ailab_error bad_field(struct ailab_result *result, const struct ai_scan *scan,
                                  enum ai_scan_slot slot, const char *field, const char *wanted)
{
    return ai_result_fail(result, AILAB_BAD_ANSWER,
                          "the answer (HTTP %ld) breaks the contract: %s is %s, not %s",
                          result->http_status, field, kind_name(scan->fields[slot].kind), wanted);
}

/* The public fields of a 200: absent is fine, another type or another verdict is not. */
static enum ailab_error check_public_fields(struct ailab_result *result, const struct ai_scan *scan)
{
    const struct ai_scan_field *fields = scan->fields;
    const struct ai_scan_field *status = &fields[SCAN_DETAIL_STATUS_CODE];
    if (fields[SCAN_ERROR_CODE].kind != SCAN_ABSENT && fields[SCAN_ERROR_CODE].kind != SCAN_INTEGER)
        return bad_field(result, scan, SCAN_ERROR_CODE, "error_code", "the integer 0");
    if (fields[SCAN_DETAIL].kind != SCAN_ABSENT && fields[SCAN_DETAIL].kind != SCAN_OBJECT)
        return bad_field(result, scan, SCAN_DETAIL, "error_detail", "an object");
    if (fields[SCAN_DETAIL_CODE].kind != SCAN_ABSENT &&
        fields[SCAN_DETAIL_CODE].kind != SCAN_STRING)
        return bad_field(result, scan, SCAN_DETAIL_CODE, "error_detail.code", "the string \"\"");
    if (status->kind != SCAN_ABSENT && status->kind != SCAN_INTEGER)
        return bad_field(result, scan, SCAN_DETAIL_STATUS_CODE, "error_detail.status_code",
                         "the integer 200");
    if (status->kind == SCAN_INTEGER && status->number != 0 && status->number != 200)
        return ai_result_fail(result, AILAB_BAD_ANSWER,
                              "the answer contradicts itself: HTTP 200, but "
                              "error_detail.status_code is %ld",
                              status->number);
    return AILAB_OK;
}

/* The business field: the picture, which the result then owns. */
static enum ailab_error take_image(struct ailab_result *result, struct ai_scan *scan)
{
    struct ai_picture picture;
    if (scan->fields[SCAN_DATA].kind != SCAN_OBJECT)
        return bad_field(result, scan, SCAN_DATA, "data", "an object");
    if (scan->fields[SCAN_IMAGE].kind != SCAN_STRING)
        return bad_field(result, scan, SCAN_IMAGE, "data.image", "a string");
    if (scan->image.state == BASE64_NO_MEMORY)
        return ai_result_fail(result, AILAB_NO_MEMORY, "out of memory for the picture: %zu bytes",
                              scan->image.size);
    if (!scan->image_whole)
        return ai_result_fail(result, AILAB_BAD_ANSWER, "data.image is not plain Base64: %s",
                              scan->image.why);
    if (scan->image.size == 0)
        return ai_result_fail(result, AILAB_BAD_ANSWER, "data.image is empty, not a picture");
    ai_picture_look(&picture, scan->image.data, scan->image.size);
    if (!picture.whole)
        return ai_result_fail(result, AILAB_BAD_ANSWER,
                              "data.image (%zu bytes) is not a whole picture: %s", scan->image.size,
                              picture.why);
    result->format = picture.format;
    result->width = picture.width;
    result->height = picture.height;
    result->image = scan->image.data;
    result->image_size = scan->image.size;
    scan->image.data = NULL;
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
                                 struct ai_scan *scan)
{
    result->http_status = answer->http_status;
    result->retryable = ai_status_is_transient(answer->http_status);
    if (judge_head(result, answer) != AILAB_OK)
        return result->error;
    if (!ai_scan_finish(scan))
        return ai_result_fail(result, AILAB_BAD_ANSWER,
                              "the body of the answer (HTTP %ld) is not the JSON object of the "
                              "contract: %s",
                              answer->http_status, scan->why);
    take_texts(result, scan);
    if (*result->code_text || names_an_error(scan))
        return refuse(result, scan);
    if (answer->http_status != 200)
        return ai_result_fail(result, AILAB_BAD_ANSWER,
                              "the answer (HTTP %ld) is JSON, but neither a success nor an error "
                              "of the contract",
                              answer->http_status);
    if (check_public_fields(result, scan) != AILAB_OK || take_image(result, scan) != AILAB_OK)
        return result->error;
    result->code_message[0] = result->message[0] = '\0';
    return AILAB_OK;
}
