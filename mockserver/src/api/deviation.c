/* One function a kind of breach; the table of deviation.h says which kind a name means. */
#include "api/deviation.h"
#include <cjson/cJSON.h>

enum special {
    FIELD_MISSING,
    FIELD_NULL,
    FIELD_TYPE,
#define MOCK_DEVIATED_FIELD(name, path, clause)
#define MOCK_DEVIATION(id, name, clause, summary) SPECIAL_##id,
#include "api/deviations.def"
};

static const struct deviation table[] = {
#define MOCK_DEVIATED_FIELD(name, path, clause)                                                    \
    {"missing-" name, path, CLAUSE_##clause, path " is left out"},                                 \
        {"null-" name, path, CLAUSE_##clause, path " is null"},                                    \
        {"type-" name, path, CLAUSE_##clause, path " has another JSON type"},
#define MOCK_DEVIATION(id, name, clause, summary) {name, NULL, CLAUSE_##clause, summary},
#include "api/deviations.def"
};

static const enum special specials[] = {
#define MOCK_DEVIATED_FIELD(name, path, clause) FIELD_MISSING, FIELD_NULL, FIELD_TYPE,
#define MOCK_DEVIATION(id, name, clause, summary) SPECIAL_##id,
#include "api/deviations.def"
};

#define COUNT (sizeof table / sizeof table[0])

const struct deviation *deviation_table(size_t *count_out)
{
    *count_out = COUNT;
    return table;
}

const struct deviation *deviation_find(struct slice name)
{
    for (size_t i = 0; i < COUNT; i++)
        if (slice_equal(name, slice_of(table[i].name)))
            return &table[i];
    return NULL;
}

bool deviation_wants_error(const struct deviation *deviation)
{
    switch (specials[deviation - table]) {
    case SPECIAL_ERROR_IN_200:
    case SPECIAL_UNKNOWN_CODE:
    case SPECIAL_EMPTY_MESSAGE:
    case SPECIAL_DATA_ON_ERROR:
        return true;
    default:
        return false;
    }
}

/* Puts value, which it takes over, where name was; an answer without that field stays as it is.
 * False when memory ran out: value NULL, or no memory for a copy of the name, of which cJSON tells
 * only since 1.7.16. */
static bool replace(cJSON *object, const char *name, cJSON *value)
{
    if (!value)
        return false;
    if (!cJSON_GetObjectItemCaseSensitive(object, name)) {
        cJSON_Delete(value);
        return true;
    }
    if (!cJSON_ReplaceItemInObjectCaseSensitive(object, name, value)) {
        cJSON_Delete(value);
        return false;
    }
    return value->string != NULL;
}

/* A text becomes a number, everything else a text: never what a reader expects. */
static cJSON *other_type(const cJSON *value)
{
    return cJSON_IsString(value) ? cJSON_CreateNumber(12345) : cJSON_CreateString("12345");
}

static bool deviate_field(enum special kind, const char *path, cJSON *envelope)
{
    const char *dot = strchr(path, '.');
    const char *name = dot ? dot + 1 : path;
    cJSON *object = envelope;
    if (dot)
        object = cJSON_GetObjectItemCaseSensitive(
            envelope, strncmp(path, "data.", 5) == 0 ? "data" : "error_detail");
    const cJSON *field = cJSON_GetObjectItemCaseSensitive(object, name);
    if (!field)
        return true;
    if (kind == FIELD_MISSING) {
        cJSON_DeleteItemFromObjectCaseSensitive(object, name);
        return true;
    }
    return replace(object, name, kind == FIELD_NULL ? cJSON_CreateNull() : other_type(field));
}

static bool add_unknown_fields(cJSON *object, int depth)
{
    if (!cJSON_AddStringToObject(object, "x_unknown_text", "the contract does not name this") ||
        !cJSON_AddNumberToObject(object, "x_unknown_number", 1.5) ||
        !cJSON_AddNullToObject(object, "x_unknown_null"))
        return false;
    for (cJSON *child = object->child; child && depth > 0; child = child->next)
        if (cJSON_IsObject(child) && !add_unknown_fields(child, depth - 1))
            return false;
    return cJSON_AddArrayToObject(object, "x_unknown_array") != NULL;
}

static bool add_data(cJSON *envelope)
{
    if (cJSON_GetObjectItemCaseSensitive(envelope, "data"))
        return true;
    cJSON *data = cJSON_AddObjectToObject(envelope, "data");
    return data && cJSON_AddStringToObject(data, "image", "") != NULL;
}

static bool error_code_as_text(cJSON *envelope)
{
    const cJSON *code = cJSON_GetObjectItemCaseSensitive(envelope, "error_code");
    if (!code || cJSON_IsString(code))
        return true;
    char *text = cJSON_PrintUnformatted(code);
    bool done = text && replace(envelope, "error_code", cJSON_CreateString(text));
    cJSON_free(text);
    return done;
}

static bool mismatch_status(cJSON *envelope, cJSON *detail, int status)
{
    int other = status == 418 ? 419 : 418; /* in no table */
    return replace(envelope, "error_code", cJSON_CreateNumber(other)) &&
           replace(detail, "status_code", cJSON_CreateNumber(other));
}

bool deviation_apply(const struct deviation *deviation, cJSON *envelope, int *status)
{
    enum special kind = specials[deviation - table];
    cJSON *detail = cJSON_GetObjectItemCaseSensitive(envelope, "error_detail");
    bool is_error = *status != 200;
    if (!is_error && deviation_wants_error(deviation))
        return true;
    switch (kind) {
    case FIELD_MISSING:
    case FIELD_NULL:
    case FIELD_TYPE:
        return deviate_field(kind, deviation->path, envelope);
    case SPECIAL_ERROR_CODE_TEXT:
        return error_code_as_text(envelope);
    case SPECIAL_ERROR_IN_200:
        *status = 200;
        return true;
    case SPECIAL_STATUS_MISMATCH:
        return mismatch_status(envelope, detail, *status);
    case SPECIAL_EXTRA_FIELDS:
        return add_unknown_fields(envelope, 1);
    case SPECIAL_UNKNOWN_CODE:
        return replace(detail, "code", cJSON_CreateString("ERROR_NOT_IN_THE_TABLE"));
    case SPECIAL_EMPTY_MESSAGE:
        return replace(detail, "message", cJSON_CreateString(""));
    case SPECIAL_SAME_REQUEST_ID:
        return replace(envelope, "request_id",
                       cJSON_CreateString("00000000-0000-4000-8000-000000000000"));
    case SPECIAL_DATA_ON_ERROR:
        return add_data(envelope);
    }
    return true;
}
