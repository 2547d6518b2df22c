/* Reads one scenario: its name, what a request must be like, and its steps in order. */
#include "documents/shapes.h"

/* Matching */

#define CHOICE_MAX 999999

static bool parse_choices(struct reader *reader, void *at, const struct shape_row *row,
                          const cJSON *value)
{
    struct scenario_match *match = at;
    int64_t number;
    if (!cJSON_IsArray(value)) {
        match->choice_count = 1;
        if (!read_whole(&number, value, row->minimum, row->maximum))
            return false;
        match->choices[0] = (int)number;
        return true;
    }
    if (!value->child)
        return false;
    for (const cJSON *item = value->child; item; item = item->next) {
        size_t mark = reader_enter_at(reader, match->choice_count);
        if (match->choice_count == SCENARIO_CHOICES_MAX)
            return reader_complain(reader, "found more values, expected at most %d",
                                   SCENARIO_CHOICES_MAX);
        if (!read_whole(&number, item, row->minimum, row->maximum))
            return reader_refuse(reader, item, "a whole number from 0 to " TEXT_OF(CHOICE_MAX));
        match->choices[match->choice_count++] = (int)number;
        reader_leave(reader, mark);
    }
    return true;
}

static bool parse_sha256(struct reader *reader, void *at, const struct shape_row *row,
                         const cJSON *value)
{
    struct slice text = slice_of(cJSON_GetStringValue(value));
    char **out = at;
    (void)row;
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
    bool has_minimum, has_maximum, has_every;
    uint64_t every;
};

#define END(name, member, least, flag)                                                             \
    {                                                                                              \
        name, SHAPE_WHOLE, 0, SHAPE_AT(struct range_reading, member),                              \
            .minimum = (least), .maximum = WHOLE_MAX, SHAPE_GIVEN(struct range_reading, flag)      \
    }

static const struct shape_row range_rows[] = {
    END("min", range.minimum, 0, has_minimum),
    END("max", range.maximum, 0, has_maximum),
};

static const struct shape_row request_rows[] = {
    END("min", range.minimum, 1, has_minimum),
    END("max", range.maximum, 1, has_maximum),
    END("every", every, 1, has_every),
};

const struct shape range_shape = {SHAPE_ROWS(range_rows), .least = 1, .schema = "Range"};
static const struct shape request_shape = {SHAPE_ROWS(request_rows), .least = 1};

static bool read_range(struct reader *reader, struct range_reading *out, const struct shape *shape,
                       const struct shape_row *row, const cJSON *value)
{
    int64_t only;
    *out = (struct range_reading){.range = {true, (uint64_t)row->minimum, UINT64_MAX}};
    if (cJSON_IsNumber(value)) {
        if (!read_whole(&only, value, row->minimum, row->maximum))
            return reader_complain(reader,
                                   "found %.16g, expected a whole number from %lld to %lld, or a "
                                   "range",
                                   value->valuedouble, (long long)row->minimum,
                                   (long long)row->maximum);
        out->range.minimum = out->range.maximum = (uint64_t)only;
        return true;
    }
    if (!shape_read_rows(reader, out, shape, value))
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

static bool parse_range(struct reader *reader, void *at, const struct shape_row *row,
                        const cJSON *value)
{
    struct range_reading reading;
    struct range *out = at;
    if (!read_range(reader, &reading, &range_shape, row, value))
        return false;
    *out = reading.range;
    return true;
}

static bool parse_request(struct reader *reader, void *at, const struct shape_row *row,
                          const cJSON *value)
{
    struct range_reading reading;
    struct scenario_match *out = at;
    if (!read_range(reader, &reading, &request_shape, row, value))
        return false;
    out->nth = reading.range;
    out->nth_every = reading.every;
    return true;
}

#define CHOICES "1 to " TEXT_OF(SCENARIO_CHOICES_MAX) " in an array"
#define WHOLE_SCHEMA(least) "{'type':'integer','minimum':" least "}"

static const struct shape_other choices_field = {
    parse_choices, "a whole number from 0 to " TEXT_OF(CHOICE_MAX) ", or " CHOICES,
    "{'anyOf':[" WHOLE_SCHEMA("0") ",{'type':'array','items':" WHOLE_SCHEMA(
        "0") ",'minItems':1,"
             "'maxItems':" TEXT_OF(SCENARIO_CHOICES_MAX) "}]}",
    NULL};
static const struct shape_other sha256_field = {
    parse_sha256, "64 hexadecimal digits", "{'type':'string','pattern':'^[0-9a-fA-F]{64}$'}", NULL};
static const struct shape_other range_field = {
    parse_range, "a whole number or {\"min\": …, \"max\": …}", WHOLE_SCHEMA("0"), &range_shape};
static const struct shape_other request_field = {
    parse_request, "a whole number or {\"min\": …, \"max\": …, \"every\": …}", WHOLE_SCHEMA("1"),
    &request_shape};

static const char *const formats[] = {[IMAGE_JPEG] = "jpeg", [IMAGE_PNG] = "png"};

#define MATCH(member) SHAPE_AT(struct scenario_match, member)
#define PATTERN(member)                                                                            \
    MATCH(member),                                                                                 \
        .minimum = 1, .maximum = SCENARIO_PATTERN_MAX, .of.noun = "a pattern",                     \
        .note = "a pattern: * is any run, ? any one character, everything else itself; "           \
                "in a query of the journal an API key is a whole one or *"
#define RANGE(member, least)                                                                       \
    MATCH(member), .minimum = (least), .maximum = WHOLE_MAX, .of.other = &range_field

static const struct shape_row match_rows[MATCH_FIELDS] = {
    {"service_choice", SHAPE_OTHER, .maximum = CHOICE_MAX, .of.other = &choices_field},
    {"file_name", SHAPE_TEXT, 0, PATTERN(file_name)},
    {"api_key", SHAPE_TEXT, SHAPE_SECRET, PATTERN(api_key)},
    {"format", SHAPE_WORD, 0, MATCH(format), .minimum = 0, .maximum = COUNT_OF(formats) - 1,
     .of.words = formats},
    {"size", SHAPE_OTHER, 0, RANGE(size, 0)},
    {"width", SHAPE_OTHER, 0, RANGE(width, 0)},
    {"height", SHAPE_OTHER, 0, RANGE(height, 0)},
    {"sha256", SHAPE_OTHER, 0, MATCH(sha256), .of.other = &sha256_field},
    {"request", SHAPE_OTHER, .minimum = 1, .maximum = WHOLE_MAX, .of.other = &request_field},
};

const struct shape match_shape = {"an object of what a request must be like",
                                  SHAPE_ROWS(match_rows), .schema = "Match"};

/* The scenario */

static bool parse_name(struct reader *reader, void *at, const struct shape_row *row,
                       const cJSON *value)
{
    struct slice text = slice_of(cJSON_GetStringValue(value));
    (void)reader;
    (void)row;
    if (!text.len || text.len > SCENARIO_NAME_MAX ||
        strspn(text.ptr, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") !=
            text.len)
        return false;
    memcpy(at, text.ptr, text.len + 1);
    return true;
}

#define NAME_LENGTH "1 to " TEXT_OF(SCENARIO_NAME_MAX)

static const struct shape_other name_field = {
    parse_name, "a name of " NAME_LENGTH " of A-Z a-z 0-9 . _ -",
    "{'type':'string','pattern':'^[A-Za-z0-9._-]{1," TEXT_OF(SCENARIO_NAME_MAX) "}$'}", NULL};

static const char *const thens[] = {
    [THEN_NORMAL] = "normal",
    [THEN_REPEAT_LAST] = "repeat-last",
    [THEN_RESTART] = "restart",
};

#define SCENARIO(member) SHAPE_AT(struct scenario, member)

static const struct shape_row scenario_rows[] = {
    {"name", SHAPE_OTHER, SHAPE_REQUIRED, SCENARIO(name), .of.other = &name_field},
    {"summary", SHAPE_TEXT, 0, SCENARIO(summary), .minimum = 1, .maximum = 200,
     .of.noun = "one line"},
    {"match", SHAPE_OBJECT, 0, SCENARIO(match), .of.shape = &match_shape,
     SHAPE_GIVEN(struct scenario, automatic)},
    // NOLINTNEXTLINE(bugprone-sizeof-expression): the size of the pointer is meant
    {"steps", SHAPE_LIST, SHAPE_REQUIRED, SCENARIO(steps), .minimum = 1,
     .maximum = SCENARIO_STEPS_MAX, .of.shape = &step_shape,
     SHAPE_GIVEN(struct scenario, step_count)},
    {"then", SHAPE_WORD, 0, SCENARIO(then), .maximum = THEN_RESTART, .of.words = thens},
    {"times", SHAPE_WHOLE, 0, SCENARIO(times), .minimum = 1, .maximum = WHOLE_MAX},
    {"probability", SHAPE_REAL, 0, SCENARIO(probability), .maximum = 1},
};

static const struct scenario unread = {.probability = 1};

const struct shape scenario_shape = {"a scenario: an object", SHAPE_ROWS(scenario_rows),
                                     .size = sizeof(struct scenario), .initial = &unread,
                                     .schema = "Scenario"};
