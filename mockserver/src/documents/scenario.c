/* Reads and prints one scenario: its name, what a request must be like, and its steps in order. */
#include "documents/shapes.h"

/* Matching */

static bool parse_choices(struct reader *reader, void *at, const struct shape_row *row,
                          const cJSON *value)
{
    struct choices *out = at;
    int64_t number;
    if (!cJSON_IsArray(value)) {
        out->count = 1;
        if (!read_whole(&number, value, row->minimum, row->maximum))
            return false;
        out->numbers[0] = (int)number;
        return true;
    }
    if (!value->child)
        return false;
    for (const cJSON *item = value->child; item; item = item->next) {
        size_t mark = reader_enter_at(reader, out->count);
        if (out->count == SCENARIO_CHOICES_MAX)
            return reader_complain(reader, "found more values, expected at most %d",
                                   SCENARIO_CHOICES_MAX);
        if (!read_whole(&number, item, row->minimum, row->maximum))
            return reader_refuse(reader, item, "a whole number from 0 to " TEXT_OF(CHOICE_MAX));
        out->numbers[out->count++] = (int)number;
        reader_leave(reader, mark);
    }
    return true;
}

static void print_choices(struct tree *tree, cJSON *object, const char *name, const void *at)
{
    const struct choices *choices = at;
    if (choices->count)
        tree_item(tree, object, name, cJSON_CreateIntArray(choices->numbers, (int)choices->count));
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

static const struct shape_row count_rows[] = {
    END("min", range.minimum, 1, has_minimum),
    END("max", range.maximum, 1, has_maximum),
    END("every", range.every, 1, has_every),
};

const struct shape range_shape = {SHAPE_ROWS(range_rows), .least = 1, .schema = "Range"};
static const struct shape count_shape = {SHAPE_ROWS(count_rows), .least = 1};

static bool parse_range(struct reader *reader, void *at, const struct shape_row *row,
                        const cJSON *value)
{
    int64_t only;
    struct range *out = at;
    struct range_reading reading = {.range = {true, (uint64_t)row->minimum, UINT64_MAX, 0}};
    if (cJSON_IsNumber(value)) {
        if (!read_whole(&only, value, row->minimum, row->maximum))
            return reader_complain(reader,
                                   "found %.16g, expected a whole number from %lld to %lld, or a "
                                   "range",
                                   value->valuedouble, (long long)row->minimum,
                                   (long long)row->maximum);
        *out = (struct range){true, (uint64_t)only, (uint64_t)only, 0};
        return true;
    }
    if (!shape_read_rows(reader, &reading, row->of.other->shape, value))
        return false;
    if (reading.has_every && !reading.has_minimum)
        reading.range.minimum = reading.range.every; /* "every 3" means 3, 6, 9 … */
    if (!reading.has_minimum && !reading.has_maximum && !reading.has_every)
        return reader_complain(reader, "found an empty range, expected min, max or both");
    *out = reading.range;
    return out->minimum <= out->maximum ||
           reader_complain(reader, "found the range %llu to %llu, expected max not below min",
                           (unsigned long long)out->minimum, (unsigned long long)out->maximum);
}

static void print_range(struct tree *tree, cJSON *object, const char *name, const void *at)
{
    const struct range *range = at;
    if (!range->given)
        return;
    if (range->minimum == range->maximum && !range->every) {
        tree_number(tree, object, name, (double)range->minimum);
        return;
    }
    cJSON *item = tree_object(tree, object, name);
    tree_number(tree, item, "min", (double)range->minimum);
    if (range->maximum != UINT64_MAX)
        tree_number(tree, item, "max", (double)range->maximum);
    if (range->every)
        tree_number(tree, item, "every", (double)range->every);
}

#define CHOICES "1 to " TEXT_OF(SCENARIO_CHOICES_MAX) " in an array"
#define WHOLE_SCHEMA(least) "{'type':'integer','minimum':" least "}"

static const struct shape_other choices_field = {
    parse_choices, print_choices, "a whole number from 0 to " TEXT_OF(CHOICE_MAX) ", or " CHOICES,
    "{'anyOf':[" WHOLE_SCHEMA("0") ",{'type':'array','items':" WHOLE_SCHEMA(
        "0") ",'minItems':1,"
             "'maxItems':" TEXT_OF(SCENARIO_CHOICES_MAX) "}]}",
    NULL};
static const struct shape_other sha256_field = {
    parse_sha256, print_text_field, "64 hexadecimal digits",
    "{'type':'string','pattern':'^[0-9a-fA-F]{64}$'}", NULL};
static const struct shape_other range_field = {parse_range, print_range,
                                               "a whole number or {\"min\": …, \"max\": …}",
                                               WHOLE_SCHEMA("0"), &range_shape};
static const struct shape_other count_field = {
    parse_range, print_range, "a whole number or {\"min\": …, \"max\": …, \"every\": …}",
    WHOLE_SCHEMA("1"), &count_shape};

#define MATCH(member) SHAPE_AT(struct scenario_match, member)
#define OTHER(member, field) SHAPE_OTHER, 0, MATCH(member), .of.other = &(field)
#define RANGE(member, field, least) OTHER(member, field), .minimum = (least), .maximum = WHOLE_MAX
#define PATTERN(member, flags)                                                                     \
    SHAPE_TEXT, flags, MATCH(member),                                                              \
        .minimum = 1, .maximum = SCENARIO_PATTERN_MAX, .of.noun = "a pattern",                     \
        .note = "a pattern: * is any run, ? any one character, everything else itself; "           \
                "in a query of the journal an API key is a whole one or *"

#define ROW_CHOICES(name) OTHER(name, choices_field), .maximum = CHOICE_MAX
#define ROW_PATTERN(name) PATTERN(name, 0)
#define ROW_KEY(name) PATTERN(name, SHAPE_SECRET)
#define ROW_FORMAT(name)                                                                           \
    SHAPE_WORD, 0, MATCH(name), .minimum = IMAGE_JPEG, .maximum = IMAGE_PNG,                       \
                                .of.words = format_words
#define ROW_RANGE(name) RANGE(name, range_field, 0)
#define ROW_SIDE(name) RANGE(name, range_field, 0)
#define ROW_COUNT(name) RANGE(name, count_field, 1)
#define ROW_DIGEST(name) OTHER(name, sha256_field)
#define ROW_HEADERS(name) OTHER(name, header_patterns_field)

static const struct shape_row match_rows[CRITERIA] = {
#define MOCK_CRITERION(name, kind) {#name, ROW_##kind(name)},
#include "scenarios/criteria.def"
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

static void print_name(struct tree *tree, cJSON *object, const char *name, const void *at)
{
    tree_text(tree, object, name, at);
}

#define NAME_LENGTH "1 to " TEXT_OF(SCENARIO_NAME_MAX)

static const struct shape_other name_field = {
    parse_name, print_name, "a name of " NAME_LENGTH " of A-Z a-z 0-9 . _ -",
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
