/* Builds envelopes. Which fields each shape has is the table in envelope_make(); what the older
 * shape A puts into its coarser texts is policy, for only one such answer is documented. */
#include "api/envelope.h"
#include <cjson/cJSON.h>
#include <stdio.h>

/* The lowest digits of number, as many as count. */
static void put_hex(char *out, size_t count, uint64_t number)
{
    for (size_t i = count; i > 0; i--, number >>= 4)
        out[i - 1] = "0123456789ABCDEF"[number & 15];
}

static void put_decimal(char *out, size_t count, uint64_t number)
{
    for (size_t i = count; i > 0; i--, number /= 10)
        out[i - 1] = (char)('0' + number % 10);
    out[count] = '\0';
}

void answer_ids_make(struct answer_ids *out, uint64_t random_a, uint64_t random_b)
{
    uint64_t high = (random_a & ~UINT64_C(0xf000)) | UINT64_C(0x4000); /* version 4 */
    uint64_t low = (random_b >> 2) | UINT64_C(0x8000000000000000);     /* RFC 9562 variant */
    char *id = out->request_id;
    memcpy(id, "00000000-0000-0000-0000-000000000000", sizeof out->request_id);
    put_hex(id, 8, high >> 32);
    put_hex(id + 9, 4, high >> 16);
    put_hex(id + 14, 4, high);
    put_hex(id + 19, 4, low >> 48);
    put_hex(id + 24, 12, low);
    put_decimal(out->log_id, sizeof out->log_id - 1, random_a ^ random_b);
}

/* Shape A's error_code_str is a coarser class: a code that was one itself, else the class that its
 * status belongs to, else the code. */
static enum error_code coarse_class(const struct verdict *verdict)
{
    const struct error_info *info = error_info(verdict->code);
    if (info && strstr(info->seen, "old_error_code_str"))
        return verdict->code;
    switch (verdict->status) {
    case 400:
        return CODE_ERROR_PARAMETERS;
    case 401:
        return CODE_ERROR_USER_NOT_EXISTS;
    case 403:
        return CODE_ERROR_USER_LOCKED;
    case 404:
        return CODE_ERROR_AI_NOT_EXISTS;
    case 413:
    case 415:
    case 422:
        return CODE_FILE_CONTENT_NON_COMPLIANCE;
    default:
        return verdict->code;
    }
}

static bool add_text(cJSON *object, const char *name, const char *text)
{
    return cJSON_AddStringToObject(object, name, text) != NULL;
}

/* As three raw digits: cJSON would print a double, read it back and compare. */
static bool add_status(cJSON *object, const char *name, int status)
{
    char text[] = {(char)('0' + status / 100), (char)('0' + status / 10 % 10),
                   (char)('0' + status % 10), '\0'};
    return cJSON_AddRawToObject(object, name, status ? text : "0") != NULL;
}

/* error_code is 0 when the status is 200 and otherwise exactly the status. */
static int public_code(const struct verdict *verdict)
{
    return verdict->status == 200 ? 0 : verdict->status;
}

static bool add_public_fields(cJSON *root, enum envelope_kind kind, const struct verdict *verdict)
{
    char text[VERDICT_MESSAGE_SIZE * 2];
    const struct error_info *info = error_info(verdict->code);
    if (kind == ENVELOPE_C)
        return true;
    if (!info)
        return add_status(root, "error_code", 0) && add_text(root, "error_code_str", "") &&
               add_text(root, "error_msg", "");
    if (kind == ENVELOPE_B)
        return add_status(root, "error_code", public_code(verdict)) &&
               add_text(root, "error_code_str", info->name) &&
               add_text(root, "error_msg", verdict->message);
    const struct error_info *coarse = error_info(coarse_class(verdict));
    /* The rules' own messages may begin with that description already. */
    if (strncmp(verdict->message, coarse->description, strlen(coarse->description)) == 0)
        snprintf(text, sizeof text, "%s", verdict->message);
    else
        snprintf(text, sizeof text, "%s - %s", coarse->description, verdict->message);
    return add_status(root, "error_code", public_code(verdict)) &&
           add_text(root, "error_code_str", coarse->name) && add_text(root, "error_msg", text);
}

static bool add_detail(cJSON *root, enum envelope_kind kind, const struct verdict *verdict)
{
    const struct error_info *info = error_info(verdict->code);
    cJSON *detail = cJSON_AddObjectToObject(root, "error_detail");
    return detail && (kind == ENVELOPE_C || add_status(detail, "status_code", verdict->status)) &&
           add_text(detail, "code", info ? info->name : "") &&
           add_text(detail, "code_message", info ? info->description : "") &&
           add_text(detail, "message", info ? verdict->message : "");
}

cJSON *envelope_make(const struct revision *revision, const struct verdict *verdict,
                     const struct answer_ids *ids, cJSON *data)
{
    cJSON *root = cJSON_CreateObject();
    if (!root || !add_text(root, "request_id", ids->request_id) ||
        !add_text(root, "log_id", ids->log_id) ||
        !add_public_fields(root, revision->envelope, verdict) ||
        !add_detail(root, revision->envelope, verdict))
        goto fail;
    if (data && !cJSON_AddItemToObject(root, "data", data))
        goto fail;
    return root;
fail:
    cJSON_Delete(data);
    cJSON_Delete(root);
    return NULL;
}

cJSON *envelope_image_data(void)
{
    cJSON *data = cJSON_CreateObject();
    if (data && !add_text(data, "image", ENVELOPE_IMAGE_MARK)) {
        cJSON_Delete(data);
        return NULL;
    }
    return data;
}

/* Quotes inside a JSON string are escaped, so this sequence cannot occur within a text. */
static const char MARKED[] = "\"image\":\"" ENVELOPE_IMAGE_MARK "\"";

bool envelope_split(struct slice text, struct slice *before, struct slice *after)
{
    const char *found = text.len ? memmem(text.ptr, text.len, MARKED, sizeof MARKED - 1) : NULL;
    if (!found)
        return false;
    const char *mark = found + sizeof MARKED - 1 - 1 - strlen(ENVELOPE_IMAGE_MARK);
    *before = slice_make(text.ptr, (size_t)(mark - text.ptr));
    mark += strlen(ENVELOPE_IMAGE_MARK);
    *after = slice_make(mark, text.len - (size_t)(mark - text.ptr));
    return true;
}
