/* Reads and prints the headers of a match: an object from names to patterns, or null where there
 * must be no such header. */
#include "documents/shapes.h"
#include <stdlib.h>

static bool check_new_name(struct reader *reader, const struct header_patterns *headers,
                           const char *name)
{
    if (!check_header_name(reader, name))
        return false;
    if (slice_equal_nocase(slice_of(name), slice_of(REQUEST_KEY_HEADER)))
        return reader_complain(reader, "found the header of the API key, expected the field "
                                       "api_key of the match for it");
    for (size_t i = 0; i < headers->count; i++)
        if (slice_equal_nocase(slice_of(name), slice_of(headers->items[i].name)))
            return reader_complain(reader, "found the header %s twice, expected it once",
                                   headers->items[i].name);
    return true;
}

static bool parse_pattern(struct reader *reader, struct header_patterns *out, const cJSON *member)
{
    const struct slice value = slice_of(cJSON_GetStringValue(member));
    if (!check_new_name(reader, out, member->string))
        return false;
    if (!cJSON_IsNull(member) &&
        (!value.ptr || value.len > SCENARIO_PATTERN_MAX || !is_plain_text(value)))
        return reader_complain(reader,
                               "found something else, expected a pattern of at most " TEXT_OF(
                                   SCENARIO_PATTERN_MAX) " bytes, or null for no such header");
    struct header_pattern *pattern = &out->items[out->count++];
    pattern->name = read_copy(reader, slice_of(member->string));
    pattern->value = value.ptr ? read_copy(reader, value) : NULL;
    return pattern->name && (pattern->value || !value.ptr);
}

static bool parse_patterns(struct reader *reader, void *at, const struct shape_row *row,
                           const cJSON *value)
{
    struct header_patterns *out = at;
    (void)row;
    if (!cJSON_IsObject(value) || !value->child || cJSON_GetArraySize(value) > SCENARIO_HEADERS_MAX)
        return false;
    out->items = calloc(SCENARIO_HEADERS_MAX, sizeof *out->items);
    if (!out->items)
        return reader_no_memory(reader);
    for (const cJSON *member = value->child; member; member = member->next) {
        size_t mark = reader_enter(reader, member->string);
        if (!parse_pattern(reader, out, member))
            return false;
        reader_leave(reader, mark);
    }
    return true;
}

static void print_patterns(struct tree *tree, cJSON *object, const char *name, const void *at)
{
    const struct header_patterns *headers = at;
    cJSON *item = headers->count ? tree_object(tree, object, name) : NULL;
    for (size_t i = 0; i < headers->count; i++)
        if (headers->items[i].value)
            tree_text(tree, item, headers->items[i].name, headers->items[i].value);
        else
            tree_null(tree, item, headers->items[i].name);
}

const struct shape_other header_patterns_field = {
    parse_patterns, print_patterns,
    "an object of 1 to " TEXT_OF(SCENARIO_HEADERS_MAX) " headers, name: pattern or null",
    "{'type':'object','additionalProperties':{'type':['string','null']},'minProperties':1,"
    "'maxProperties':" TEXT_OF(SCENARIO_HEADERS_MAX) "}",
    NULL};
