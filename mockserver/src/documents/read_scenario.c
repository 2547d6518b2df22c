/* Reads one scenario: its name, what a request must be like, and its steps in order. */
#include "documents/fields.h"
#include <stdlib.h>

/* Matching */

static bool parse_choices(struct reader *reader, void *at, const struct field *field,
                          const cJSON *value)
{
    struct scenario_match *match = at;
    int64_t number;
    if (!cJSON_IsArray(value)) {
        match->choice_count = 1;
        return field_int(reader, &match->choices[0], field, value);
    }
    if (!value->child)
        return false;
    for (const cJSON *item = value->child; item; item = item->next) {
        size_t mark = reader_enter_at(reader, match->choice_count);
        if (match->choice_count == SCENARIO_CHOICES_MAX)
            return reader_complain(reader, "found more values, expected at most %d",
                                   SCENARIO_CHOICES_MAX);
        if (!read_whole(&number, item, field->minimum, field->maximum))
            return reader_refuse(reader, item, "a whole number from 0 to 999999");
        match->choices[match->choice_count++] = (int)number;
        reader_leave(reader, mark);
    }
    return true;
}

static bool parse_format(struct reader *reader, void *at, const struct field *field,
                         const cJSON *value)
{
    static const struct {
        const char *name;
        enum image_format format;
    } formats[] = {{"jpeg", IMAGE_JPEG}, {"png", IMAGE_PNG}};
    const char *text = cJSON_GetStringValue(value);
    (void)reader;
    (void)field;
    for (size_t i = 0; text && i < FIELDS_COUNT(formats); i++)
        if (strcmp(text, formats[i].name) == 0) {
            *(enum image_format *)at = formats[i].format;
            return true;
        }
    return false;
}

static bool parse_sha256(struct reader *reader, void *at, const struct field *field,
                         const cJSON *value)
{
    struct slice text = slice_of(cJSON_GetStringValue(value));
    char **out = at;
    (void)field;
    if (text.len != 64 || strspn(text.ptr, "0123456789abcdefABCDEF") != 64)
        return false;
    *out = read_copy(reader, text);
    for (char *c = *out; c && *c; c++)
        *c = (char)slice_lower(*c);
    return *out != NULL;
}

/* Ranges. Every row's minimum and maximum hold for both ends. */

struct range_reading {
    struct range range;
    bool has_minimum, has_maximum;
    uint64_t every;
};

static bool parse_minimum(struct reader *reader, void *at, const struct field *field,
                          const cJSON *value)
{
    struct range_reading *reading = at;
    reading->has_minimum = true;
    return field_u64(reader, &reading->range.minimum, field, value);
}

static bool parse_maximum(struct reader *reader, void *at, const struct field *field,
                          const cJSON *value)
{
    struct range_reading *reading = at;
    reading->has_maximum = true;
    return field_u64(reader, &reading->range.maximum, field, value);
}

static const struct field range_fields[] = {
    {"min", parse_minimum, 0, NULL, 0, DOCUMENT_NUMBER_MAX, 0},
    {"max", parse_maximum, 0, NULL, 0, DOCUMENT_NUMBER_MAX, 0},
};

static const struct field request_fields[] = {
    {"min", parse_minimum, 0, NULL, 1, DOCUMENT_NUMBER_MAX, 0},
    {"max", parse_maximum, 0, NULL, 1, DOCUMENT_NUMBER_MAX, 0},
    {"every", field_u64, offsetof(struct range_reading, every), NULL, 1, DOCUMENT_NUMBER_MAX, 0},
};

static bool read_range(struct reader *reader, struct range_reading *out, const struct field *field,
                       const cJSON *value, const struct field *rows, size_t count)
{
    *out = (struct range_reading){.range = {true, (uint64_t)field->minimum, UINT64_MAX}};
    if (cJSON_IsNumber(value)) {
        if (!field_u64(reader, &out->range.minimum, field, value))
            return reader_complain(reader,
                                   "found %.16g, expected a whole number from %lld to %lld, or a "
                                   "range",
                                   value->valuedouble, (long long)field->minimum,
                                   (long long)field->maximum);
        out->range.maximum = out->range.minimum;
        return true;
    }
    if (!read_object(reader, out, value, rows, count))
        return false;
    if (out->every && !out->has_minimum)
        out->range.minimum = out->every; /* "every 3" means 3, 6, 9 … */
    if (!out->has_minimum && !out->has_maximum && !out->every)
        return reader_complain(reader, "found an empty range, expected min, max or both");
    return out->range.minimum <= out->range.maximum ||
           reader_complain(reader, "found the range %llu to %llu, expected max not below min",
                           (unsigned long long)out->range.minimum,
                           (unsigned long long)out->range.maximum);
}

static bool parse_range(struct reader *reader, void *at, const struct field *field,
                        const cJSON *value)
{
    struct range_reading reading;
    struct range *out = at;
    if (!read_range(reader, &reading, field, value, range_fields, FIELDS_COUNT(range_fields)))
        return false;
    *out = reading.range;
    return true;
}

static bool parse_request(struct reader *reader, void *at, const struct field *field,
                          const cJSON *value)
{
    struct range_reading reading;
    struct scenario_match *out = at;
    if (!read_range(reader, &reading, field, value, request_fields, FIELDS_COUNT(request_fields)))
        return false;
    out->nth = reading.range;
    out->nth_every = reading.every;
    return true;
}

#define RANGE_EXPECTED "a whole number or {\"min\": …, \"max\": …}"

#define PATTERN_EXPECTED "a pattern of 1 to " FIELD_TEXT_OF(SCENARIO_PATTERN_MAX) " bytes"

static const struct field match_fields[MATCH_FIELDS] = {
    {"service_choice", parse_choices, 0, "a whole number from 0 to 999999, or 1 to 16 in an array",
     0, 999999, 0},
    {"file_name", field_text, offsetof(struct scenario_match, file_name), PATTERN_EXPECTED, 1,
     SCENARIO_PATTERN_MAX, 0},
    {"api_key", field_text, offsetof(struct scenario_match, api_key), PATTERN_EXPECTED, 1,
     SCENARIO_PATTERN_MAX, FIELD_SECRET},
    {"format", parse_format, offsetof(struct scenario_match, format), "\"jpeg\" or \"png\"", 0, 0,
     0},
    {"size", parse_range, offsetof(struct scenario_match, size), RANGE_EXPECTED, 0,
     DOCUMENT_NUMBER_MAX, 0},
    {"width", parse_range, offsetof(struct scenario_match, width), RANGE_EXPECTED, 0,
     DOCUMENT_NUMBER_MAX, 0},
    {"height", parse_range, offsetof(struct scenario_match, height), RANGE_EXPECTED, 0,
     DOCUMENT_NUMBER_MAX, 0},
    {"sha256", parse_sha256, offsetof(struct scenario_match, sha256), "64 hexadecimal digits", 0, 0,
     0},
    {"request", parse_request, 0, "a whole number or {\"min\": …, \"max\": …, \"every\": …}", 1,
     DOCUMENT_NUMBER_MAX, 0},
};

bool read_match(struct reader *reader, void *at, const struct field *field, const cJSON *value)
{
    struct scenario *scenario = at;
    (void)field;
    scenario->automatic = true;
    return read_object(reader, &scenario->match, value, match_fields, MATCH_FIELDS);
}

const struct field *match_field_rows(void)
{
    return match_fields;
}

/* The scenario */

static bool parse_name(struct reader *reader, void *at, const struct field *field,
                       const cJSON *value)
{
    struct slice text = slice_of(cJSON_GetStringValue(value));
    (void)reader;
    (void)field;
    if (!text.len || text.len > SCENARIO_NAME_MAX ||
        strspn(text.ptr, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") !=
            text.len)
        return false;
    memcpy(at, text.ptr, text.len + 1);
    return true;
}

static bool parse_steps(struct reader *reader, void *at, const struct field *field,
                        const cJSON *value)
{
    struct scenario *scenario = at;
    int count = cJSON_GetArraySize(value);
    (void)field;
    if (!cJSON_IsArray(value))
        return false;
    if (count < 1 || count > SCENARIO_STEPS_MAX)
        return reader_complain(reader, "found %d steps, expected 1 to %d", count,
                               SCENARIO_STEPS_MAX);
    scenario->steps = calloc((size_t)count, sizeof *scenario->steps);
    if (!scenario->steps)
        return reader_no_memory(reader);
    for (const cJSON *item = value->child; item; item = item->next) {
        size_t mark = reader_enter_at(reader, scenario->step_count);
        if (!read_step(reader, &scenario->steps[scenario->step_count++], item))
            return false;
        reader_leave(reader, mark);
    }
    return true;
}

static bool parse_then(struct reader *reader, void *at, const struct field *field,
                       const cJSON *value)
{
    static const char *const names[] = {
        [THEN_NORMAL] = "normal",
        [THEN_REPEAT_LAST] = "repeat-last",
        [THEN_RESTART] = "restart",
    };
    const char *text = cJSON_GetStringValue(value);
    (void)reader;
    (void)field;
    for (enum scenario_then then = THEN_NORMAL; text && then <= THEN_RESTART; then++)
        if (strcmp(text, names[then]) == 0) {
            *(enum scenario_then *)at = then;
            return true;
        }
    return false;
}

static const struct field fields[] = {
    {"name", parse_name, offsetof(struct scenario, name), "a name of 1 to 64 of A-Z a-z 0-9 . _ -",
     0, 0, FIELD_REQUIRED},
    {"summary", field_text, offsetof(struct scenario, summary), "one line of 1 to 200 bytes", 1,
     200, 0},
    {"match", read_match, 0, "an object of what a request must be like", 0, 0, 0},
    {"steps", parse_steps, 0, "an array of 1 to 64 steps", 0, 0, FIELD_REQUIRED},
    {"then", parse_then, offsetof(struct scenario, then),
     "\"normal\", \"repeat-last\" or \"restart\"", 0, 0, 0},
    {"times", field_u64, offsetof(struct scenario, times), NULL, 1, DOCUMENT_NUMBER_MAX, 0},
    {"probability", field_probability, offsetof(struct scenario, probability),
     "a number from 0 to 1", 0, 0, 0},
};

bool read_scenario(struct reader *reader, struct scenario *out, const cJSON *value)
{
    *out = (struct scenario){.probability = 1};
    return read_object(reader, out, value, fields, FIELDS_COUNT(fields)) ||
           reader_refuse(reader, value, "a scenario: an object");
}
