/* Compares a request with a match, and prints both for people. A kind of criterion is told apart by
 * the type of its member where that is enough. */
#include "scenarios/match.h"
#include "base/pattern.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

const char *const format_words[] = {"other", "jpeg", "png"};

const char *criterion_name(enum criterion criterion)
{
    static const char *const names[] = {
#define MOCK_CRITERION(name, kind) #name,
#include "scenarios/criteria.def"
    };
    return names[criterion];
}

/* Comparing. A criterion that a match does not have is fulfilled. */

static bool is_one_of(const struct choices *choices, int number)
{
    for (size_t i = 0; i < choices->count; i++)
        if (choices->numbers[i] == number)
            return true;
    return choices->count == 0;
}

static bool is_format(enum image_format wanted, enum image_format format)
{
    return wanted == IMAGE_OTHER || wanted == format;
}

static bool is_in(const struct range *range, uint64_t number)
{
    return !range->given || (number >= range->minimum && number <= range->maximum &&
                             (range->every == 0 || (number - range->minimum) % range->every == 0));
}

static bool is_known_and_in(const struct range *range, uint64_t side)
{
    return !range->given || (side > 0 && is_in(range, side));
}

static bool is_same(const char *wanted, struct slice digest)
{
    return !wanted || slice_equal(slice_of(wanted), digest);
}

static bool header_fits(const struct header_pattern *wanted, const struct request_headers *headers)
{
    struct header_field field;
    for (size_t at = 0; request_headers_next(&field, headers, &at);)
        if (slice_equal_nocase(field.name, slice_of(wanted->name)) &&
            (!wanted->value || pattern_accepts(wanted->value, field.value)))
            return wanted->value != NULL;
    return !wanted->value && !headers->cut; /* else it may be among those that are not kept */
}

static bool headers_fit(const struct header_patterns *wanted, const struct request_headers *headers)
{
    for (size_t i = 0; i < wanted->count; i++)
        if (!header_fits(&wanted->items[i], headers))
            return false;
    return true;
}

#define FULFILS_CHOICES(wanted, fact) is_one_of(&(wanted), fact)
#define FULFILS_PATTERN(wanted, fact) pattern_accepts(wanted, fact)
#define FULFILS_KEY(wanted, fact) pattern_accepts(wanted, fact)
#define FULFILS_FORMAT(wanted, fact) is_format(wanted, fact)
#define FULFILS_RANGE(wanted, fact) is_in(&(wanted), fact)
#define FULFILS_SIDE(wanted, fact) is_known_and_in(&(wanted), fact)
#define FULFILS_COUNT(wanted, fact) is_in(&(wanted), fact)
#define FULFILS_DIGEST(wanted, fact) is_same(wanted, fact)
#define FULFILS_HEADERS(wanted, fact) headers_fit(&(wanted), &(fact))

bool match_accepts(const struct scenario_match *match, const struct request_facts *facts)
{
#define MOCK_CRITERION(name, kind)                                                                 \
    if (!FULFILS_##kind(match->name, FACT_##kind(facts, name)))                                    \
        return false;
#include "scenarios/criteria.def"
    return true;
}

bool match_fulfils(const struct scenario_match *match, const struct request_facts *facts,
                   enum criterion criterion)
{
    switch (criterion) {
#define MOCK_CRITERION(name, kind)                                                                 \
    case CRITERION_##name:                                                                         \
        return FULFILS_##kind(match->name, FACT_##kind(facts, name));
#include "scenarios/criteria.def"
    case CRITERIA:
        break;
    }
    return true;
}

/* Having */

static bool has_choices(struct choices choices)
{
    return choices.count > 0;
}

static bool has_text(const char *text)
{
    return text != NULL;
}

static bool has_format(enum image_format format)
{
    return format != IMAGE_OTHER;
}

static bool has_range(struct range range)
{
    return range.given;
}

static bool has_headers(struct header_patterns headers)
{
    return headers.count > 0;
}

bool match_has(const struct scenario_match *match, enum criterion criterion)
{
    switch (criterion) {
#define MOCK_CRITERION(name, kind)                                                                 \
    case CRITERION_##name:                                                                         \
        return BY_TYPE(match->name, has)(match->name);
#include "scenarios/criteria.def"
    case CRITERIA:
        break;
    }
    return false;
}

/* Printing */

__attribute__((format(printf, 2, 3))) static void append(char out[CRITERION_TEXT_SIZE],
                                                         const char *format, ...)
{
    size_t used = strlen(out);
    va_list args;
    va_start(args, format);
    vsnprintf(out + used, CRITERION_TEXT_SIZE - used, format, args);
    va_end(args);
}

static void print_choices(char *out, struct choices choices)
{
    for (size_t i = 0; i < choices.count; i++)
        append(out, "%s%d", i ? ", " : "", choices.numbers[i]);
}

static void print_text(char *out, const char *text)
{
    append(out, "%s", text ? text : "");
}

static void print_format(char *out, enum image_format format)
{
    print_text(out, format_words[format]);
}

static void print_range(char *out, struct range range)
{
    if (range.minimum == range.maximum)
        append(out, "%" PRIu64, range.minimum);
    else if (range.maximum == UINT64_MAX)
        append(out, "at least %" PRIu64, range.minimum);
    else
        append(out, "%" PRIu64 " to %" PRIu64, range.minimum, range.maximum);
    if (range.every)
        append(out, ", every %" PRIu64, range.every);
}

static void print_header(char *out, const char *name, struct slice value)
{
    append(out, "%s%s: %.*s", out[0] ? ", " : "", name, (int)value.len, value.ptr);
}

static void print_headers(char *out, struct header_patterns headers)
{
    for (size_t i = 0; i < headers.count; i++)
        print_header(out, headers.items[i].name,
                     slice_of(headers.items[i].value ? headers.items[i].value : "(none)"));
}

void match_print(char out[CRITERION_TEXT_SIZE], const struct scenario_match *match,
                 enum criterion criterion)
{
    out[0] = '\0';
    switch (criterion) {
#define MOCK_CRITERION(name, kind)                                                                 \
    case CRITERION_##name:                                                                         \
        BY_TYPE(match->name, print)(out, match->name);                                             \
        break;
#include "scenarios/criteria.def"
    case CRITERIA:
        break;
    }
}

static void print_choice(char *out, int number)
{
    if (number >= 0)
        append(out, "%d", number);
}

static void print_whole(char *out, uint64_t number)
{
    append(out, "%" PRIu64, number);
}

static void print_slice(char *out, struct slice text)
{
    append(out, "%.*s", (int)text.len, text.len ? text.ptr : "");
}

static void print_wanted(char *out, const struct header_pattern *wanted,
                         const struct request_headers *headers)
{
    struct header_field field;
    bool found = false;
    for (size_t at = 0; request_headers_next(&field, headers, &at);)
        if (slice_equal_nocase(field.name, slice_of(wanted->name))) {
            print_header(out, wanted->name, field.value);
            found = true;
        }
    if (!found)
        print_header(out, wanted->name, slice_of(headers->cut ? "(not kept)" : "(none)"));
}

static void print_those_wanted(char *out, const struct header_patterns *wanted,
                               const struct request_headers *headers)
{
    for (size_t i = 0; i < wanted->count; i++)
        print_wanted(out, &wanted->items[i], headers);
}

#define SHOW_CHOICES(wanted, fact) print_choice(out, fact)
#define SHOW_PATTERN(wanted, fact) print_slice(out, fact)
#define SHOW_KEY(wanted, fact) print_slice(out, fact)
#define SHOW_FORMAT(wanted, fact) print_format(out, fact)
#define SHOW_RANGE(wanted, fact) print_whole(out, fact)
#define SHOW_SIDE(wanted, fact) print_whole(out, fact)
#define SHOW_COUNT(wanted, fact) print_whole(out, fact)
#define SHOW_DIGEST(wanted, fact) print_slice(out, fact)
#define SHOW_HEADERS(wanted, fact) print_those_wanted(out, &(wanted), &(fact))

void match_print_fact(char out[CRITERION_TEXT_SIZE], const struct scenario_match *match,
                      const struct request_facts *facts, enum criterion criterion)
{
    out[0] = '\0';
    switch (criterion) {
#define MOCK_CRITERION(name, kind)                                                                 \
    case CRITERION_##name:                                                                         \
        SHOW_##kind(match->name, FACT_##kind(facts, name));                                        \
        break;
#include "scenarios/criteria.def"
    case CRITERIA:
        break;
    }
}
