/* The JSON carries the service's words verbatim, the sentence for people sums them up. */
#include "report.h"
#include "cmdline/text.h"
#include "files/names.h"
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum status report_status(enum ailab_error error)
{
    switch (error) {
    case AILAB_OK:
        return STATUS_DONE;
    case AILAB_REFUSED:
    case AILAB_PREFLIGHT:
        return STATUS_REFUSED;
    case AILAB_UNREACHABLE:
    case AILAB_TIMEOUT:
    case AILAB_CANCELLED:
        return STATUS_UNREACHED;
    case AILAB_BAD_ANSWER:
        return STATUS_NONSENSE;
    case AILAB_ARGUMENT:
    case AILAB_FILE:
    case AILAB_NO_MEMORY:
        break;
    }
    return STATUS_USAGE;
}

/* "refused: CODE: what it means - what the service adds (HTTP 422, request_id X)". What it adds
 * often begins with what the code means: then once is enough. */
static void refusal(char out[WHY_SIZE], const struct ailab_result *result)
{
    const char *code = ailab_result_code_text(result);
    const char *meaning = ailab_result_code_message(result);
    const char *message = ailab_result_message(result);
    const char *request_id = ailab_result_request_id(result);
    char wait[48] = "";
    if (strncmp(message, meaning, strlen(meaning)) == 0)
        meaning = "";
    if (ailab_result_retry_after_s(result) > 0)
        snprintf(wait, sizeof(wait), ", asked to wait %u s", ailab_result_retry_after_s(result));
    text_print(out, WHY_SIZE, "refused: %s: %s%s%s (HTTP %ld%s%s%s%s)",
               code[0] ? TEXT_START(code, 64) : "no code given", TEXT_START(meaning, 140),
               meaning[0] && message[0] ? " - " : "", TEXT_START(message, 200),
               ailab_result_http_status(result), request_id[0] ? ", request_id " : "",
               TEXT_START(request_id, 64), wait,
               ailab_result_retryable(result) ? ", may work later" : "");
}

void report_sentence(char out[WHY_SIZE], const struct ailab_result *result)
{
    out[0] = '\0';
    if (!result)
        snprintf(out, WHY_SIZE, "out of memory");
    else if (ailab_result_error(result) == AILAB_REFUSED)
        refusal(out, result);
    else if (ailab_result_error(result) == AILAB_PREFLIGHT)
        text_print(out, WHY_SIZE, "would be refused: %s: %s",
                   TEXT_START(ailab_result_code_text(result), 64), ailab_result_error_text(result));
    else if (ailab_result_error(result) != AILAB_OK)
        text_print(out, WHY_SIZE, "%s", ailab_result_error_text(result));
}

bool report_add_text(struct cJSON *object, const char *name, const char *text)
{
    if (!text)
        return cJSON_AddNullToObject(object, name) != NULL;
    char *copy = strdup(text);
    if (!copy)
        return false;
    text_make_utf8(copy);
    bool ok = cJSON_AddStringToObject(object, name, copy) != NULL;
    free(copy);
    return ok;
}

bool report_print_json(struct cJSON *document, bool whole)
{
    char *text = whole ? cJSON_PrintUnformatted(document) : NULL;
    if (text)
        puts(text);
    cJSON_free(text);
    cJSON_Delete(document);
    return text != NULL;
}

static bool add_number(cJSON *object, const char *name, double number)
{
    return cJSON_AddNumberToObject(object, name, number) != NULL;
}

static bool add_outcome(cJSON *object, const struct report *report)
{
    return cJSON_AddBoolToObject(object, "ok", report->error[0] == '\0') &&
           report_add_text(object, "outcome", ailab_error_name(report->outcome)) &&
           report_add_text(object, "input", report->input) &&
           add_number(object, "input_bytes", (double)report->input_bytes);
}

static bool add_picture(cJSON *object, const struct report *report)
{
    bool known = report->result && report->format != AILAB_FORMAT_NONE;
    return report_add_text(object, "format", known ? names_format(report->format) : NULL) &&
           add_number(object, "width", known ? ailab_result_width(report->result) : 0) &&
           add_number(object, "height", known ? ailab_result_height(report->result) : 0);
}

static bool add_code(cJSON *object, const struct ailab_result *result)
{
    return report_add_text(object, "code", result ? ailab_result_code_text(result) : "") &&
           report_add_text(object, "code_message",
                           result ? ailab_result_code_message(result) : "") &&
           report_add_text(object, "message", result ? ailab_result_message(result) : "");
}

static bool add_answer(cJSON *object, const struct ailab_result *result)
{
    return add_number(object, "http_status",
                      result ? (double)ailab_result_http_status(result) : 0) &&
           report_add_text(object, "request_id", result ? ailab_result_request_id(result) : "") &&
           report_add_text(object, "log_id", result ? ailab_result_log_id(result) : "") &&
           cJSON_AddBoolToObject(object, "retryable", result && ailab_result_retryable(result)) &&
           add_number(object, "retry_after_s", result ? ailab_result_retry_after_s(result) : 0) &&
           add_number(object, "attempts", result ? ailab_result_attempts(result) : 0);
}

bool report_edit_json(const struct report *report)
{
    size_t output_bytes = 0;
    if (report->result)
        (void)ailab_result_image(report->result, &output_bytes);
    cJSON *object = cJSON_CreateObject();
    bool whole = object && add_outcome(object, report) &&
                 report_add_text(object, "output", report->output) &&
                 add_number(object, "output_bytes", (double)output_bytes) &&
                 add_picture(object, report) && add_answer(object, report->result) &&
                 add_code(object, report->result) &&
                 report_add_text(object, "error", report->error);
    return report_print_json(object, whole);
}

bool report_check_json(const struct report *report)
{
    cJSON *object = cJSON_CreateObject();
    bool whole = object && add_outcome(object, report) && add_picture(object, report) &&
                 add_code(object, report->result) &&
                 report_add_text(object, "error", report->error);
    return report_print_json(object, whole);
}
