/* See envelope.h. Each check looks at its own clause only: an answer without error_detail breaks
 * answer_detail, not every clause about what is inside it. What it says quotes the answer whole:
 * who shows it masks the keys first and cuts then. */
#include "judge/envelope.h"
#include "judge/error_table.h"
#include <ctype.h>
#include <string.h>
#include <strings.h>

#define ALL 0x1fu
#define A_AND_B 0x0fu
#define ONLY_A 0x03u
#define ONLY_B 0x0cu
#define ONLY_C 0x10u

static const char *type_name(const cJSON *item)
{
    if (!item)
        return "absent";
    if (cJSON_IsString(item))
        return "a string";
    if (cJSON_IsNumber(item))
        return "a number";
    if (cJSON_IsObject(item))
        return "an object";
    if (cJSON_IsArray(item))
        return "an array";
    return cJSON_IsNull(item) ? "null" : "a truth value";
}

static bool is_string(struct buf *actual, const cJSON *item, const char *name)
{
    if (cJSON_IsString(item))
        return true;
    buf_printf(actual, "%s is %s", name, type_name(item));
    return false;
}

static bool is_filled_string(struct buf *actual, const cJSON *item, const char *name)
{
    if (!is_string(actual, item, name))
        return false;
    if (item->valuestring[0])
        return true;
    buf_printf(actual, "%s is empty", name);
    return false;
}

static bool is_integer(struct buf *actual, const cJSON *item, int expected, const char *name)
{
    if (!cJSON_IsNumber(item))
        buf_printf(actual, "%s is %s", name, type_name(item));
    else if (item->valuedouble < (double)expected || item->valuedouble > (double)expected)
        buf_printf(actual, "%s is %.10g and not %d", name, item->valuedouble, expected);
    else
        return true;
    return false;
}

static bool json_holds(struct buf *actual, const struct answer *answer, enum revision revision)
{
    (void)revision;
    const char *type = http_header(&answer->http, "Content-Type");
    if (!answer->json)
        buf_text(actual, buf_str(&answer->json_why));
    else if (!type || strncasecmp(type, "application/json", 16) != 0)
        buf_printf(actual, "its Content-Type is %s", type ? type : "absent");
    else
        return true;
    return false;
}

static bool request_id_holds(struct buf *actual, const struct answer *answer,
                             enum revision revision)
{
    (void)revision;
    return is_filled_string(actual, answer_field(answer->json, "request_id"), "request_id");
}

static bool log_id_holds(struct buf *actual, const struct answer *answer, enum revision revision)
{
    (void)revision;
    return is_filled_string(actual, answer_field(answer->json, "log_id"), "log_id");
}

static int status_owed(const struct answer *answer)
{
    return answer->http.status == 200 ? 0 : answer->http.status;
}

static bool error_code_holds(struct buf *actual, const struct answer *answer,
                             enum revision revision)
{
    (void)revision;
    const cJSON *item = answer_field(answer->json, "error_code");
    return is_integer(actual, item, status_owed(answer), "error_code");
}

static bool error_code_number_holds(struct buf *actual, const struct answer *answer,
                                    enum revision revision)
{
    (void)revision;
    const cJSON *item = answer_field(answer->json, "error_code");
    if (cJSON_IsNumber(item))
        return true;
    buf_printf(actual, "error_code is %s", type_name(item));
    return false;
}

static bool error_code_str_holds(struct buf *actual, const struct answer *answer,
                                 enum revision revision)
{
    (void)revision;
    return is_string(actual, answer_field(answer->json, "error_code_str"), "error_code_str");
}

static bool error_msg_holds(struct buf *actual, const struct answer *answer, enum revision revision)
{
    (void)revision;
    return is_string(actual, answer_field(answer->json, "error_msg"), "error_msg");
}

static bool detail_holds(struct buf *actual, const struct answer *answer, enum revision revision)
{
    (void)revision;
    if (answer->detail)
        return true;
    buf_printf(actual, "error_detail is %s", type_name(answer_field(answer->json, "error_detail")));
    return false;
}

static bool status_code_holds(struct buf *actual, const struct answer *answer,
                              enum revision revision)
{
    (void)revision;
    return is_integer(actual, answer_field(answer->detail, "status_code"), answer->http.status,
                      "error_detail.status_code");
}

static bool detail_code_holds(struct buf *actual, const struct answer *answer,
                              enum revision revision)
{
    (void)revision;
    if (!is_string(actual, answer_field(answer->detail, "code"), "error_detail.code"))
        return false;
    bool success = answer->http.status == 200;
    if (success ? answer->code[0] == '\0' : error_row_find(answer->code) != NULL)
        return true;
    buf_printf(actual, "error_detail.code is \"%s\" with status %d", answer->code,
               answer->http.status);
    return false;
}

static bool code_message_holds(struct buf *actual, const struct answer *answer,
                               enum revision revision)
{
    (void)revision;
    const cJSON *item = answer_field(answer->detail, "code_message");
    if (answer->http.status == 200)
        return is_string(actual, item, "error_detail.code_message");
    return is_filled_string(actual, item, "error_detail.code_message");
}

static bool message_holds(struct buf *actual, const struct answer *answer, enum revision revision)
{
    (void)revision;
    return is_string(actual, answer_field(answer->detail, "message"), "error_detail.message");
}

static bool message_filled_holds(struct buf *actual, const struct answer *answer,
                                 enum revision revision)
{
    (void)revision;
    const cJSON *item = answer_field(answer->detail, "message");
    return is_filled_string(actual, item, "error_detail.message");
}

static bool success_holds(struct buf *actual, const struct answer *answer, enum revision revision)
{
    (void)revision;
    int status = answer->http.status;
    bool says_error = answer->code && answer->code[0];
    if (status == 200 && !says_error)
        return true;
    if (status != 200 && (status < 200 || status > 299) && answer->code && !says_error)
        buf_printf(actual, "status %d with an empty error code", status);
    else if (status >= 200 && status <= 299)
        buf_printf(actual, "status %d%s%s", status, says_error ? " with the error " : "",
                   says_error ? answer->code : "");
    else
        return true;
    return false;
}

static bool image_holds(struct buf *actual, const struct answer *answer, enum revision revision)
{
    (void)revision;
    struct picture_facts facts = {0};
    if (!answer->from_editor)
        return true;
    const char *why = answer_image(&facts, answer);
    if (!why)
        return true;
    buf_printf(actual, "data.image: %s", why);
    return false;
}

static bool synchronous_holds(struct buf *actual, const struct answer *answer,
                              enum revision revision)
{
    (void)revision;
    static const char *const foreign[] = {"task_id", "task_type", "task_status", "job_id"};
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        const cJSON *data = answer_field(answer->json, "data");
        if (answer_field(answer->json, foreign[i]) ||
            (cJSON_IsObject(data) && answer_field(data, foreign[i]))) {
            buf_printf(actual, "the answer has %s", foreign[i]);
            return false;
        }
    }
    if (!answer->from_editor || answer->image)
        return true;
    buf_text(actual, "the answer carries no data.image");
    return false;
}

static bool base64_holds(struct buf *actual, const struct answer *answer, enum revision revision)
{
    (void)revision;
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

static bool no_data_holds(struct buf *actual, const struct answer *answer, enum revision revision)
{
    (void)revision;
    const cJSON *item = answer_field(answer->json, "data");
    if (!item)
        return true;
    buf_printf(actual, "data is %s", type_name(item));
    return false;
}

static bool envelope_c_holds(struct buf *actual, const struct answer *answer,
                             enum revision revision)
{
    (void)revision;
    static const char *const gone[] = {"error_code", "error_msg"};
    for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++)
        if (answer_field(answer->json, gone[i])) {
            buf_printf(actual, "%s is present", gone[i]);
            return false;
        }
    if (!answer_field(answer->detail, "status_code"))
        return true;
    buf_text(actual, "error_detail.status_code is present");
    return false;
}

static bool error_texts_holds(struct buf *actual, const struct answer *answer,
                              enum revision revision)
{
    (void)revision;
    const char *code = cJSON_GetStringValue(answer_field(answer->json, "error_code_str"));
    const char *text = cJSON_GetStringValue(answer_field(answer->json, "error_msg"));
    if (!code || !answer->code || strcmp(code, answer->code) != 0)
        buf_printf(actual, "error_code_str is \"%s\"", code ? code : "(none)");
    else if (!text || !answer->message || strcmp(text, answer->message) != 0)
        buf_printf(actual, "error_msg is \"%s\"", text ? text : "(none)");
    else
        return true;
    return false;
}

static bool uuid_holds(struct buf *actual, const struct answer *answer, enum revision revision)
{
    (void)revision;
    static const char form[] = "XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX";
    const char *id = cJSON_GetStringValue(answer_field(answer->json, "request_id"));
    bool right = id && strlen(id) == sizeof form - 1;
    for (size_t i = 0; right && i < sizeof form - 1; i++)
        right = form[i] == '-' ? id[i] == '-' : strchr("0123456789ABCDEF", id[i]) != NULL;
    if (!right)
        buf_printf(actual, "request_id is \"%s\"", id ? id : "(none)");
    return right;
}

static bool log_id_digits_holds(struct buf *actual, const struct answer *answer,
                                enum revision revision)
{
    (void)revision;
    const char *id = cJSON_GetStringValue(answer_field(answer->json, "log_id"));
    bool right = id && strlen(id) == 8 && strspn(id, "0123456789") == 8;
    if (!right)
        buf_printf(actual, "log_id is \"%s\"", id ? id : "(no string)");
    return right;
}

/* The fields of B in order; data only on success. */
static bool field_order_holds(struct buf *actual, const struct answer *answer,
                              enum revision revision)
{
    (void)revision;
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
    if (at == count)
        return true;
    buf_printf(actual, "%s is absent", fields[at]);
    return false;
}

static bool table_holds(struct buf *actual, const struct answer *answer, enum revision revision)
{
    const struct error_row *row = answer->code ? error_row_find(answer->code) : NULL;
    if (!row)
        return true; /* answer_detail_code speaks of that */
    int status = answer->http.status;
    /* Another method on the endpoint: the table has no status for it, policy says 405. */
    if (strcmp(row->name, "ERROR_ILLEGAL_OPERATION") == 0 && status == 405)
        return true;
    if (status == error_row_status(row, revision))
        return true;
    buf_printf(actual, "%s came with status %d; the table says %d", row->name, status,
               error_row_status(row, revision));
    return false;
}

static bool table_text_holds(struct buf *actual, const struct answer *answer,
                             enum revision revision)
{
    (void)revision;
    const struct error_row *row = answer->code ? error_row_find(answer->code) : NULL;
    const char *text = cJSON_GetStringValue(answer_field(answer->detail, "code_message"));
    if (!row || (text && strcmp(text, row->description) == 0))
        return true;
    buf_printf(actual, "the code_message of %s is \"%s\"; the table says \"%s\"", row->name,
               text ? text : "(none)", row->description);
    return false;
}

static bool never_402_holds(struct buf *actual, const struct answer *answer, enum revision revision)
{
    (void)revision;
    if (answer->http.status != 402)
        return true;
    buf_text(actual, "status 402");
    return false;
}

static const struct envelope_check checks[] = {
    {"json", "answer_json", "a JSON object, sent as application/json", true, true, ALL, json_holds},
    {"request-id", "answer_request_id", "request_id is a string", true, true, ALL,
     request_id_holds},
    {"log-id", "answer_log_id", "log_id is a string", true, true, ALL, log_id_holds},
    {"error-code", "answer_error_code", "error_code is 0 with status 200, else the status", true,
     true, A_AND_B, error_code_holds},
    {"error-code-number", "answer_error_code_number", "error_code is a JSON number", true, true,
     A_AND_B, error_code_number_holds},
    {"error-code-str", "answer_error_code_str", "error_code_str is a string", true, true, ONLY_A,
     error_code_str_holds},
    {"error-msg", "answer_error_msg", "error_msg is a string", true, true, ONLY_A, error_msg_holds},
    {"error-code-str-of-b", "answer_error_code_str", "error_code_str is a string", true, false,
     ONLY_B, error_code_str_holds},
    {"error-msg-of-b", "answer_error_msg", "error_msg is a string", true, false, ONLY_B,
     error_msg_holds},
    {"detail", "answer_detail", "error_detail is an object", true, true, ALL, detail_holds},
    {"status-code", "answer_detail_status_code", "error_detail.status_code is the HTTP status",
     true, true, A_AND_B, status_code_holds},
    {"code", "answer_detail_code", "error_detail.code is \"\" with status 200, else of the table",
     true, true, ALL, detail_code_holds},
    {"code-message", "answer_detail_code_message", "error_detail.code_message is a string", true,
     true, ALL, code_message_holds},
    {"message", "answer_detail_message", "error_detail.message is a string", true, true, ALL,
     message_holds},
    {"message-filled", "answer_message_never_empty", "error_detail.message is not empty", false,
     true, ALL, message_filled_holds},
    {"success-200", "answer_success_200", "success is 200, and 200 is success", true, true, ALL,
     success_holds},
    {"image", "answer_data_image", "data.image is a picture in Base64", true, false, ALL,
     image_holds},
    {"synchronous", "request_synchronous", "the result itself, and no task to ask for", true, false,
     ALL, synchronous_holds},
    {"base64", "answer_base64_plain", "plain Base64, padded", true, false, ALL, base64_holds},
    {"no-data", "answer_error_no_data", "no field data", false, true, ALL, no_data_holds},
    {"envelope-c", "answer_envelope_c", "no error_code, error_msg and status_code", true, true,
     ONLY_C, envelope_c_holds},
    {"error-texts", "answer_error_texts", "error_code_str is the code, error_msg the message",
     false, true, ONLY_B, error_texts_holds},
    {"request-id-uuid", "answer_request_id_uuid", "an upper-case hyphenated UUID", true, true, ALL,
     uuid_holds},
    {"log-id-digits", "answer_log_id_digits", "eight decimal digits", true, true, ALL,
     log_id_digits_holds},
    {"field-order", "answer_field_order",
     "request_id, log_id, error_code, error_code_str, error_msg, error_detail, then data on "
     "success",
     true, true, ONLY_B, field_order_holds},
    {"table", "error_table", "the status that the table gives the code", false, true, ALL,
     table_holds},
    {"table-text", "error_table_text", "the description that the table gives the code", false, true,
     ALL, table_text_holds},
    {"never-402", "credits_never_402", "a status other than 402", true, true, ALL, never_402_holds},
};

const struct envelope_check *envelope_checks(size_t *count_out)
{
    *count_out = sizeof checks / sizeof checks[0];
    return checks;
}

const struct envelope_check *envelope_check_find(const char *name)
{
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        if (strcmp(checks[i].name, name) == 0)
            return &checks[i];
    return NULL;
}

/* Everything but the first checks presupposes the level above it. */
bool envelope_owes(const struct envelope_check *check, const struct answer *answer,
                   enum revision revision)
{
    bool success = answer->http.status == 200;
    if (!(check->revisions & (1u << revision)) || !(success ? check->on_success : check->on_error))
        return false;
    if (check->holds == json_holds || check->holds == never_402_holds)
        return true;
    if (!answer->json)
        return false;
    bool inside = check->holds == status_code_holds || check->holds == detail_code_holds ||
                  check->holds == code_message_holds || check->holds == message_holds ||
                  check->holds == message_filled_holds;
    return !inside || answer->detail;
}
