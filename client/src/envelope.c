/* Reads an envelope as the mock makes one, backwards: the long string, which is the picture, is cut
 * out, and cJSON reads the few hundred bytes that remain. A long string that has escapes is left to
 * cJSON: slower, never different. */
#include "envelope.h"
#include "large.h"
#include "strict.h"
#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY ((size_t)64 * 1024)
#define CUT_MIN 1024 /* a shorter string costs less to read than to cut */

/* The whole map of the envelope. The client ignores every other key and its value. */
static const struct {
    enum ai_field_name container; /* FIELDS: the envelope itself */
    const char *key;
} map[FIELDS] = {
    /* A container stands before its fields. */
    [FIELD_REQUEST_ID] = {FIELDS, "request_id"},
    [FIELD_LOG_ID] = {FIELDS, "log_id"},
    [FIELD_ERROR_CODE] = {FIELDS, "error_code"},
    [FIELD_ERROR_CODE_STR] = {FIELDS, "error_code_str"},
    [FIELD_ERROR_MSG] = {FIELDS, "error_msg"},
    [FIELD_DETAIL] = {FIELDS, "error_detail"},
    [FIELD_DETAIL_STATUS_CODE] = {FIELD_DETAIL, "status_code"},
    [FIELD_DETAIL_CODE] = {FIELD_DETAIL, "code"},
    [FIELD_DETAIL_CODE_MESSAGE] = {FIELD_DETAIL, "code_message"},
    [FIELD_DETAIL_MESSAGE] = {FIELD_DETAIL, "message"},
    [FIELD_DATA] = {FIELDS, "data"},
    [FIELD_IMAGE] = {FIELD_DATA, "image"},
};

bool ai_envelope_reserve(struct ai_envelope *envelope, size_t bytes)
{
    if (bytes <= envelope->capacity)
        return true;
    char *body = envelope->body ? realloc(envelope->body, bytes) : ai_large_malloc(bytes);
    if (!body)
        return false;
    envelope->body = body;
    envelope->capacity = bytes;
    return true;
}

bool ai_envelope_add(struct ai_envelope *envelope, const void *bytes, size_t size)
{
    size_t needed = envelope->size + size, capacity = envelope->capacity * 2;
    if (capacity < FIRST_CAPACITY)
        capacity = FIRST_CAPACITY;
    if (capacity < needed)
        capacity = needed;
    if (needed > envelope->capacity && !ai_envelope_reserve(envelope, capacity))
        return false;
    if (size)
        memcpy(envelope->body + envelope->size, bytes, size);
    envelope->size = needed;
    return true;
}

/* Has cJSON read the body, with a mark in the place of the string that was cut out. */
static bool parse(struct ai_envelope *envelope, const struct ai_strict *strict)
{
    size_t cut = strict->plain_size >= CUT_MIN ? strict->plain_size - 1 : 0;
    size_t size = envelope->size - cut, head = strict->plain_at;
    const char *stop = NULL;
    char *rest = cut ? malloc(size) : envelope->body;
    errno = 0;
    if (cut && rest) {
        memcpy(rest, envelope->body, head);
        rest[head] = STRICT_MARK;
        memcpy(rest + head + 1, envelope->body + head + cut + 1, size - head - 1);
    }
    if (rest)
        envelope->tree = cJSON_ParseWithLengthOpts(rest, size, &stop, false);
    envelope->no_memory = !rest || (!envelope->tree && errno == ENOMEM); /* cJSON does not say */
    size_t at = rest && stop ? (size_t)(stop - rest) : 0;
    if (!envelope->tree && !envelope->no_memory && !strict->whole && at + 1 >= size)
        snprintf(envelope->why, sizeof envelope->why,
                 "it ends after byte %zu, in the middle of the JSON", envelope->size);
    else if (!envelope->tree)
        snprintf(envelope->why, sizeof envelope->why, "it stops being JSON near byte %zu",
                 at > head ? at + cut + 1 : at + 1);
    if (cut)
        free(rest);
    return envelope->tree != NULL;
}

static enum ai_kind kind_of(const cJSON *item)
{
    if (cJSON_IsNumber(item)) /* strict.c made 0.5 of whatever is not a plain integer */
        return item->valuedouble == (double)(long)item->valuedouble ? KIND_INTEGER : KIND_NUMBER;
    return cJSON_IsString(item)   ? KIND_STRING
           : cJSON_IsObject(item) ? KIND_OBJECT
           : cJSON_IsArray(item)  ? KIND_ARRAY
           : cJSON_IsBool(item)   ? KIND_BOOLEAN
                                  : KIND_NULL;
}

static void take(struct ai_field *field, const cJSON *item, const struct ai_envelope *envelope,
                 const struct ai_strict *strict)
{
    field->kind = kind_of(item);
    if (field->kind == KIND_INTEGER)
        field->number = (long)item->valuedouble;
    if (field->kind != KIND_STRING)
        return;
    bool cut = item->valuestring[0] == STRICT_MARK;
    field->text = cut ? envelope->body + strict->plain_at : item->valuestring;
    field->size = cut ? strict->plain_size : strlen(item->valuestring);
}

/* Readers disagree about which of two equal keys counts, so the client refuses a body that has a
 * known key twice. */
static bool take_fields(struct ai_envelope *envelope, const struct ai_strict *strict)
{
    const cJSON *items[FIELDS + 1] = {[FIELDS] = envelope->tree};
    for (size_t i = 0; i < FIELDS; i++) {
        const cJSON *item = NULL, *container = items[map[i].container];
        envelope->fields[i] = (struct ai_field){.text = ""};
        if (!cJSON_IsObject(container))
            continue;
        cJSON_ArrayForEach(item, container)
        {
            if (strcmp(item->string, map[i].key) != 0)
                continue;
            if (items[i]) {
                snprintf(envelope->why, sizeof envelope->why, "the key \"%s\" is given twice",
                         map[i].key);
                return false;
            }
            items[i] = item;
            take(&envelope->fields[i], item, envelope, strict);
        }
    }
    return true;
}

bool ai_envelope_read(struct ai_envelope *envelope)
{
    struct ai_strict strict;
    if (envelope->tree)
        return true;
    envelope->why[0] = '\0';
    if (!ai_strict_read(&strict, envelope->body, envelope->size)) {
        snprintf(envelope->why, sizeof envelope->why, "%s", strict.why);
        return false;
    }
    if (parse(envelope, &strict) && take_fields(envelope, &strict))
        return true;
    cJSON_Delete(envelope->tree);
    envelope->tree = NULL;
    return false;
}

void ai_envelope_clear(struct ai_envelope *envelope)
{
    cJSON_Delete(envelope->tree);
    free(envelope->body);
    *envelope = (struct ai_envelope){0};
}
