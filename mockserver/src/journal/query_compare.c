/* Holds a query against entries, criterion by criterion. Nothing is printed when the caller wants
 * only the distance. */
#include "base/pattern.h"
#include "journal/query.h"
#include <stdio.h>

struct comparison {
    const struct journal_query *query;
    const struct journal_entry *entry;
    struct query_field *fields; /* NULL: only counting */
    size_t count, matched;
};

/* Counts a criterion. Returns the field to print into; NULL when only counting. */
static struct query_field *compare(struct comparison *c, const char *name, bool matched)
{
    struct query_field *field = c->fields ? &c->fields[c->count] : NULL;
    if (field) {
        *field = (struct query_field){.matched = matched};
        snprintf(field->name, sizeof field->name, "%s", name);
    }
    c->count++;
    c->matched += matched;
    return field;
}

static struct query_field *compare_criterion(struct comparison *c, enum criterion criterion,
                                             bool matched)
{
    struct query_field *field = compare(c, "", matched);
    if (field)
        snprintf(field->name, sizeof field->name, "%s%s",
                 c->query->is_flat[criterion] ? "" : "match.", criterion_name(criterion));
    return field;
}

/* The match */

static void compare_key(struct comparison *c)
{
    const struct key_digest *wanted = &c->query->key, *key = &c->entry->key;
    bool matched = c->entry->has_key && memcmp(wanted, key, sizeof *wanted) == 0;
    struct query_field *field = compare_criterion(c, CRITERION_api_key, matched);
    if (!field)
        return;
    key_label(field->expected, wanted);
    if (c->entry->has_key)
        key_label(field->actual, key);
}

/* Nothing tells whether a pattern fits the key of a digest, so it counts as not met. A request
 * without a key is known as such. */
static void compare_key_pattern(struct comparison *c)
{
    char label[KEY_LABEL_SIZE];
    const char *pattern = c->query->key_pattern;
    bool matched = !c->entry->has_key && pattern_accepts(pattern, slice_of(""));
    struct query_field *field = compare_criterion(c, CRITERION_api_key, matched);
    if (!field)
        return;
    snprintf(field->expected, sizeof field->expected, "%s", pattern);
    if (c->entry->has_key)
        snprintf(field->actual, sizeof field->actual,
                 "%s: of a key only the hash is kept, so whether the pattern fits is not known",
                 key_label(label, &c->entry->key));
}

static void compare_match(struct comparison *c, const struct scenario_match *match)
{
    const struct request_facts facts = journal_facts(c->entry);
    for (enum criterion i = 0; i < CRITERIA; i++) {
        if (i == CRITERION_api_key || !match_has(match, i))
            continue;
        struct query_field *field = compare_criterion(c, i, match_fulfils(match, &facts, i));
        if (!field)
            continue;
        match_print(field->expected, match, i);
        match_print_fact(field->actual, match, &facts, i);
    }
}

/* What a query asks of the answer */

static void compare_text(struct comparison *c, const char *name, bool matched, const char *expected,
                         const char *actual)
{
    struct query_field *field = compare(c, name, matched);
    if (!field)
        return;
    snprintf(field->expected, sizeof field->expected, "%s", expected);
    snprintf(field->actual, sizeof field->actual, "%s", actual);
}

static void compare_equal(struct comparison *c, const char *name, const char *wanted,
                          const char *text)
{
    if (wanted)
        compare_text(c, name, strcmp(wanted, text) == 0, wanted, text);
}

static void compare_pattern(struct comparison *c, const char *name, const char *wanted,
                            const char *text)
{
    if (wanted)
        compare_text(c, name, pattern_accepts(wanted, slice_of(text)), wanted, text);
}

static void compare_whole(struct comparison *c, const char *name, int wanted, int number)
{
    struct query_field *field = wanted ? compare(c, name, wanted == number) : NULL;
    if (!field)
        return;
    snprintf(field->expected, sizeof field->expected, "%d", wanted);
    snprintf(field->actual, sizeof field->actual, "%d", number);
}

static void compare_flag(struct comparison *c, const char *name, struct query_flag wanted,
                         bool flag)
{
    if (wanted.given)
        compare_text(c, name, wanted.value == flag, wanted.value ? "true" : "false",
                     flag ? "true" : "false");
}

#define COMPARE_EQUAL compare_equal
#define COMPARE_PATTERN compare_pattern
#define COMPARE_WHOLE compare_whole
#define COMPARE_FLAG compare_flag

static void compare_all(struct comparison *c)
{
    const struct journal_query *query = c->query;
    const struct journal_entry *entry = c->entry;
    if (query->has_key)
        compare_key(c);
    if (query->key_pattern)
        compare_key_pattern(c);
    if (query->match)
        compare_match(c, query->match);
    if (query->used_up)
        compare_text(c, "steps", false, "one left for this key", "used up");
#define MOCK_ASKED(name, value, asks, least, most, note)                                           \
    COMPARE_##asks(c, #name, query->name, value);
#include "journal/facts.def"
}

bool journal_query_accepts(const struct journal_query *query, const struct journal_entry *entry)
{
    return journal_query_distance(query, entry) <= 0;
}

size_t journal_query_compare(struct query_field out[QUERY_FIELDS_MAX],
                             const struct journal_query *query, const struct journal_entry *entry)
{
    struct comparison c = {.query = query, .entry = entry, .fields = out};
    compare_all(&c);
    return c.count;
}

double journal_query_distance(const struct journal_query *query, const struct journal_entry *entry)
{
    struct comparison c = {.query = query, .entry = entry};
    compare_all(&c);
    return c.count ? (double)(c.count - c.matched) / (double)c.count : 0;
}
