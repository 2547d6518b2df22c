/* See envelope.h. Each check looks at its own clause only: an answer without error_detail breaks
 * answer_detail, not every clause about the fields inside it. */
#include "judge/envelope.h"
#include "base/count_of.h"
#include "judge/error_table.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define ALL (ENVELOPE_A | ENVELOPE_B | ENVELOPE_C)
#define DETAIL "error_detail."
#define DATE_SIZE 64
#define DATE_PATIENCE_S 10 /* by which two clocks may differ */

static const char *text_of(const cJSON *object, const char *field)
{
    return cJSON_GetStringValue(answer_field(object, field));
}

static bool is_status(struct buf *actual, const cJSON *item, int expected, const char *field)
{
    if (!cJSON_IsNumber(item))
        buf_printf(actual, "%s is %s", field, answer_type(item));
    else if (item->valuedouble < (double)expected || item->valuedouble > (double)expected)
        buf_printf(actual, "%s is %.10g and not %d", field, item->valuedouble, expected);
    else
        return true;
    return false;
}

static bool field_holds(struct buf *actual, const struct answer *answer, const char *field,
                        enum field_type type)
{
    bool inner = strncmp(field, DETAIL, sizeof DETAIL - 1) == 0;
    const cJSON *item = inner ? answer_field(answer->detail, field + sizeof DETAIL - 1)
                              : answer_field(answer->json, field);
    int status = answer->http.status;
    if (type == FIELD_STATUS || type == FIELD_STATUS_OR_0)
        return is_status(actual, item, type == FIELD_STATUS || status != 200 ? status : 0, field);
    bool filled = type == FIELD_FILLED || (type == FIELD_FILLED_ON_ERROR && status != 200);
    if (type == FIELD_NUMBER ? !cJSON_IsNumber(item) : !cJSON_IsString(item))
        buf_printf(actual, "%s is %s", field, answer_type(item));
    else if (filled && !item->valuestring[0])
        buf_printf(actual, "%s is empty", field);
    else
        return true;
    return false;
}

static bool json_holds(struct buf *actual, const struct answer *answer)
{
    const char *type = http_header(&answer->http, "Content-Type");
    if (!answer->json)
        buf_text(actual, buf_str(&answer->json_why));
    else if (!type || strncasecmp(type, "application/json", 16) != 0)
        buf_printf(actual, "its Content-Type is %s", type ? type : "absent");
    else
        return true;
    return false;
}

/* IMF-fixdate of RFC 9110, section 5.6.7, in any locale. */
static void print_date(char out[DATE_SIZE], time_t when)
{
    static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm tm = {0};
    gmtime_r(&when, &tm);
    snprintf(out, DATE_SIZE, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday], tm.tm_mday,
             months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* Every second that would be right is printed and compared: so nothing reads a date. A server
 * without a clock owes none, and none of 5xx does (section 6.6.1). */
static bool date_holds(struct buf *actual, const struct answer *answer)
{
    char right[DATE_SIZE];
    const char *date = http_header(&answer->http, "Date");
    if (!date && answer->http.status >= 500)
        return true;
    if (date && !answer->asked_s)
        return true;
    for (int64_t at = answer->asked_s - DATE_PATIENCE_S;
         date && at <= answer->answered_s + DATE_PATIENCE_S; at++) {
        print_date(right, (time_t)at);
        if (strcmp(date, right) == 0)
            return true;
    }
    print_date(right, (time_t)answer->answered_s);
    buf_printf(actual, "Date is %s, at %s", date ? date : "absent", right);
    return false;
}

static bool detail_holds(struct buf *actual, const struct answer *answer)
{
    if (!answer->detail)
        buf_printf(actual, "error_detail is %s",
                   answer_type(answer_field(answer->json, "error_detail")));
    return answer->detail != NULL;
}

static bool detail_code_holds(struct buf *actual, const struct answer *answer)
{
    if (!field_holds(actual, answer, DETAIL "code", FIELD_STRING))
        return false;
    bool success = answer->http.status == 200;
    if (success ? answer->code[0] == '\0' : error_row_find(answer->code) != NULL)
        return true;
    buf_printf(actual, "error_detail.code is \"%s\" with status %d", answer->code,
               answer->http.status);
    return false;
}

static bool success_holds(struct buf *actual, const struct answer *answer)
{
    int status = answer->http.status;
    bool is_2xx = status >= 200 && status <= 299;
    bool says_error = answer->code && answer->code[0];
    if (status == 200 ? !says_error : !is_2xx && (!answer->code || says_error))
        return true;
    if (is_2xx)
        buf_printf(actual, "status %d%s%s", status, says_error ? " with the error " : "",
                   says_error ? answer->code : "");
    else
        buf_printf(actual, "status %d with an empty error code", status);
    return false;
}

static bool image_holds(struct buf *actual, const struct answer *answer)
{
    struct picture_facts facts = {0};
    const char *why = answer->from_editor ? answer_image(&facts, answer) : NULL;
    if (why)
        buf_printf(actual, "data.image: %s", why);
    return !why;
}

static bool synchronous_holds(struct buf *actual, const struct answer *answer)
{
    static const char *const foreign[] = {"task_id", "task_type", "task_status", "job_id"};
    const cJSON *data = answer_field(answer->json, "data");
    for (size_t i = 0; i < COUNT_OF(foreign); i++)
        if (answer_field(answer->json, foreign[i]) ||
            (cJSON_IsObject(data) && answer_field(data, foreign[i]))) {
            buf_printf(actual, "the answer has %s", foreign[i]);
            return false;
        }
    if (!answer->from_editor || answer->image)
        return true;
    buf_text(actual, "the answer carries no data.image");
    return false;
}

static bool base64_holds(struct buf *actual, const struct answer *answer)
{
    if (!answer->from_editor || !answer->image)
        return true; /* answer_data_image speaks of its absence */
    size_t len = strlen(answer->image);
    size_t plain =
        strspn(answer->image, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    if (len > 0 && len % 4 == 0 && len - plain <= 2 &&
        strspn(answer->image + plain, "=") == len - plain)
        return true;
    buf_printf(actual, "data.image has %zu characters, and character %zu is none of the alphabet",
               len, plain + 1);
    return false;
}

static bool no_data_holds(struct buf *actual, const struct answer *answer)
{
    const cJSON *item = answer_field(answer->json, "data");
    if (item)
        buf_printf(actual, "data is %s", answer_type(item));
    return !item;
}

static bool envelope_c_holds(struct buf *actual, const struct answer *answer)
{
    const char *present = answer_field(answer->json, "error_code")      ? "error_code"
                          : answer_field(answer->json, "error_msg")     ? "error_msg"
                          : answer_field(answer->detail, "status_code") ? DETAIL "status_code"
                                                                        : NULL;
    if (present)
        buf_printf(actual, "%s is present", present);
    return !present;
}

static bool message_printable_holds(struct buf *actual, const struct answer *answer)
{
    for (const char *c = answer->message; c && *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f) {
            buf_printf(actual, "error_detail.message holds the byte 0x%02x", (unsigned)*c);
            return false;
        }
    return true;
}

static bool error_texts_hold(struct buf *actual, const struct answer *answer)
{
    const char *code = text_of(answer->json, "error_code_str");
    const char *text = text_of(answer->json, "error_msg");
    if (!code || !answer->code || strcmp(code, answer->code) != 0)
        buf_printf(actual, "error_code_str is \"%s\"", code ? code : "(none)");
    else if (!text || !answer->message || strcmp(text, answer->message) != 0)
        buf_printf(actual, "error_msg is \"%s\"", text ? text : "(none)");
    else
        return true;
    return false;
}

static bool uuid_holds(struct buf *actual, const struct answer *answer)
{
    static const char form[] = "XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX";
    const char *id = text_of(answer->json, "request_id");
    bool right = id && strlen(id) == sizeof form - 1;
    for (size_t i = 0; right && i < sizeof form - 1; i++)
        right = form[i] == '-' ? id[i] == '-' : strchr("0123456789ABCDEF", id[i]) != NULL;
    if (!right)
        buf_printf(actual, "request_id is \"%s\"", id ? id : "(none)");
    return right;
}

static bool uuid_version_holds(struct buf *actual, const struct answer *answer)
{
    const char *id = text_of(answer->json, "request_id");
    if (!id || strlen(id) != 36) /* answer_request_id_uuid speaks of that */
        return true;
    if (id[14] >= '1' && id[14] <= '8' && strchr("89ABab", id[19]))
        return true;
    buf_printf(actual, "request_id is \"%s\"", id);
    return false;
}

static bool log_id_digits_hold(struct buf *actual, const struct answer *answer)
{
    const char *id = text_of(answer->json, "log_id");
    bool right = id && strlen(id) == 8 && strspn(id, "0123456789") == 8;
    if (!right)
        buf_printf(actual, "log_id is \"%s\"", id ? id : "(no string)");
    return right;
}

/* The fields of B in order; data only on success. */
static bool field_order_holds(struct buf *actual, const struct answer *answer)
{
    static const char *const fields[] = {
        "request_id", "log_id",       "error_code", "error_code_str",
        "error_msg",  "error_detail", "data"};
    size_t count = answer->http.status == 200 ? 7 : 6, at = 0;
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, answer->json)
    {
        if (at >= count || strcmp(item->string, fields[at]) != 0) {
            buf_printf(actual, "field %zu is %s, not %s", at + 1, item->string,
                       at < count ? fields[at] : "the end");
            return false;
        }
        at++;
    }
    if (at < count)
        buf_printf(actual, "%s is absent", fields[at]);
    return at == count;
}

static bool table_holds(struct buf *actual, const struct answer *answer, enum revision revision)
{
    const struct error_row *row = answer->code ? error_row_find(answer->code) : NULL;
    int status = answer->http.status, owed = row ? error_row_status(row, revision) : status;
    /* Another method on the endpoint: the table has no status for it, policy says 405. */
    bool policy = row && status == 405 && strcmp(row->name, "ERROR_ILLEGAL_OPERATION") == 0;
    if (status == owed || policy) /* answer_detail_code speaks of a code without a row */
        return true;
    buf_printf(actual, "%s came with status %d; the table says %d", row->name, status, owed);
    return false;
}

static bool table_text_holds(struct buf *actual, const struct answer *answer)
{
    const struct error_row *row = answer->code ? error_row_find(answer->code) : NULL;
    const char *text = text_of(answer->detail, "code_message");
    if (!row || (text && strcmp(text, row->description) == 0))
        return true;
    buf_printf(actual, "the code_message of %s is \"%s\"; the table says \"%s\"", row->name,
               text ? text : "(none)", row->description);
    return false;
}

static bool never_402_holds(struct buf *actual, const struct answer *answer)
{
    if (answer->http.status == 402)
        buf_text(actual, "status 402");
    return answer->http.status != 402;
}

#define CHECK(name, clause, expected, on, envelopes, given, holds)                                 \
    {                                                                                              \
        name, CLAUSE_##clause, expected, on, envelopes, GIVEN_##given, NULL, FIELD_STRING, holds   \
    }
#define FIELD(name, clause, expected, on, envelopes, given, field, type)                           \
    {                                                                                              \
        name, CLAUSE_##clause, expected, on, envelopes, GIVEN_##given, field, FIELD_##type, NULL   \
    }

static const struct envelope_check checks[] = {
    CHECK("json", answer_json, "a JSON object, sent as application/json", ALWAYS, ALL, HTTP,
          json_holds),
    FIELD("request-id", answer_request_id, "request_id is a string", ALWAYS, ALL, JSON,
          "request_id", FILLED),
    FIELD("log-id", answer_log_id, "log_id is a string", ALWAYS, ALL, JSON, "log_id", FILLED),
    FIELD("error-code", answer_error_code, "error_code is 0 with status 200, else the status",
          ALWAYS, ENVELOPE_A | ENVELOPE_B, JSON, "error_code", STATUS_OR_0),
    FIELD("error-code-number", answer_error_code_number, "error_code is a JSON number", ALWAYS,
          ENVELOPE_A | ENVELOPE_B, JSON, "error_code", NUMBER),
    FIELD("error-code-str", answer_error_code_str, "error_code_str is a string", ALWAYS, ENVELOPE_A,
          JSON, "error_code_str", STRING),
    FIELD("error-msg", answer_error_msg, "error_msg is a string", ALWAYS, ENVELOPE_A, JSON,
          "error_msg", STRING),
    FIELD("error-code-str-of-b", answer_error_code_str, "error_code_str is a string", ON_SUCCESS,
          ENVELOPE_B, JSON, "error_code_str", STRING),
    FIELD("error-msg-of-b", answer_error_msg, "error_msg is a string", ON_SUCCESS, ENVELOPE_B, JSON,
          "error_msg", STRING),
    CHECK("detail", answer_detail, "error_detail is an object", ALWAYS, ALL, JSON, detail_holds),
    FIELD("status-code", answer_detail_status_code, "error_detail.status_code is the HTTP status",
          ALWAYS, ENVELOPE_A | ENVELOPE_B, DETAIL, DETAIL "status_code", STATUS),
    CHECK("code", answer_detail_code,
          "error_detail.code is \"\" with status 200, else of the table", ALWAYS, ALL, DETAIL,
          detail_code_holds),
    FIELD("code-message", answer_detail_code_message, "error_detail.code_message is a string",
          ALWAYS, ALL, DETAIL, DETAIL "code_message", FILLED_ON_ERROR),
    FIELD("message", answer_detail_message, "error_detail.message is a string", ALWAYS, ALL, DETAIL,
          DETAIL "message", STRING),
    FIELD("message-filled", answer_message_never_empty, "error_detail.message is not empty",
          ON_ERROR, ALL, DETAIL, DETAIL "message", FILLED),
    CHECK("message-printable", answer_message_printable,
          "error_detail.message without control characters", ON_ERROR, ALL, DETAIL,
          message_printable_holds),
    CHECK("success-200", answer_success_200, "success is 200, and 200 is success", ALWAYS, ALL,
          JSON, success_holds),
    CHECK("image", answer_data_image, "data.image is a picture in Base64", ON_SUCCESS, ALL, JSON,
          image_holds),
    CHECK("synchronous", request_synchronous, "the result itself, and no task to ask for",
          ON_SUCCESS, ALL, JSON, synchronous_holds),
    CHECK("base64", answer_base64_plain, "plain Base64, padded", ON_SUCCESS, ALL, JSON,
          base64_holds),
    CHECK("no-data", answer_error_no_data, "no field data", ON_ERROR, ALL, JSON, no_data_holds),
    CHECK("envelope-c", answer_envelope_c, "no error_code, error_msg and status_code", ALWAYS,
          ENVELOPE_C, JSON, envelope_c_holds),
    CHECK("error-texts", answer_error_texts, "error_code_str is the code, error_msg the message",
          ON_ERROR, ENVELOPE_B, JSON, error_texts_hold),
    CHECK("request-id-uuid", answer_request_id_uuid, "an upper-case hyphenated UUID", ALWAYS, ALL,
          JSON, uuid_holds),
    CHECK("request-id-version", answer_request_id_version, "a UUID with version and variant",
          ALWAYS, ALL, JSON, uuid_version_holds),
    CHECK("log-id-digits", answer_log_id_digits, "eight decimal digits", ALWAYS, ALL, JSON,
          log_id_digits_hold),
    CHECK("field-order", answer_field_order,
          "request_id, log_id, error_code, error_code_str, error_msg, error_detail, then data on "
          "success",
          ALWAYS, ENVELOPE_B, JSON, field_order_holds),
    CHECK("table", error_table, "the status that the table gives the code", ON_ERROR, ALL, JSON,
          NULL),
    CHECK("table-text", error_table_text, "the description that the table gives the code", ON_ERROR,
          ALL, JSON, table_text_holds),
    CHECK("date", answer_date, "a Date that differs from our clock by ten seconds at most", ALWAYS,
          ALL, HTTP, date_holds),
    CHECK("never-402", credits_never_402, "a status other than 402", ALWAYS, ALL, HTTP,
          never_402_holds),
};

const struct envelope_check *envelope_checks(size_t *count_out)
{
    *count_out = COUNT_OF(checks);
    return checks;
}

bool envelope_owes(const struct envelope_check *check, const struct answer *answer,
                   enum revision revision)
{
    enum envelope_on on = answer->http.status == 200 ? ON_SUCCESS : ON_ERROR;
    return (check->on & on) && revision_has(revision, check->envelopes) &&
           (check->given < GIVEN_JSON || answer->json) &&
           (check->given < GIVEN_DETAIL || answer->detail);
}

bool envelope_holds(const struct envelope_check *check, struct buf *actual,
                    const struct answer *answer, enum revision revision)
{
    if (check->field)
        return field_holds(actual, answer, check->field, check->type);
    if (check->holds)
        return check->holds(actual, answer);
    return table_holds(actual, answer, revision); /* the one check that differs by the date */
}
