/* One table of criteria, used for accepting and for comparing. A match is judged by the engine's
 * own function, a criterion at a time, so that the journal and the scenarios cannot disagree. */
#include "journal/query.h"
#include "base/pattern.h"
#include "scenarios/choose.h"
#include <stdio.h>
#include <stdlib.h>

/* Reading */

#define QUERY(member) SHAPE_AT(struct journal_query, member)

static const struct shape_row own_rows[] = {
    {"match", SHAPE_OBJECT, 0, QUERY(holder.match), .of.shape = &match_shape},
    {"method", SHAPE_TEXT, 0, QUERY(method), .minimum = 1, .maximum = 23},
    {"path", SHAPE_TEXT, 0, QUERY(path), .minimum = 1, .maximum = SCENARIO_PATTERN_MAX,
     .of.noun = "a pattern"},
    {"status", SHAPE_WHOLE, 0, QUERY(status), .minimum = 100, .maximum = 599},
    {"code", SHAPE_TEXT, 0, QUERY(code), .maximum = SCENARIO_CODE_MAX},
    {"rule", SHAPE_TEXT, 0, QUERY(rule), .maximum = 63},
    {"scenario", SHAPE_TEXT, 0, QUERY(scenario), .maximum = SCENARIO_NAME_MAX},
    {"unexpected", SHAPE_FLAG, 0, QUERY(unexpected),
     SHAPE_GIVEN(struct journal_query, has_unexpected)},
};

#define OWN_FIELDS COUNT_OF(own_rows)

/* The query's own rows, and behind them those of a match, filling in the match of the query. */
static bool read_query(struct reader *reader, struct journal_query *out, const cJSON *root)
{
    struct shape_row rows[OWN_FIELDS + MATCH_FIELDS];
    const struct shape shape = {"a query: an object", SHAPE_ROWS(rows)};
    memcpy(rows, own_rows, sizeof own_rows);
    for (size_t i = 0; i < MATCH_FIELDS; i++) {
        rows[OWN_FIELDS + i] = match_shape.rows[i];
        rows[OWN_FIELDS + i].offset += offsetof(struct journal_query, holder.match);
    }
    return shape_read(reader, out, &shape, root);
}

/* Notes which fields of a match stand beside "match"; one in both places is refused. */
static bool find_flat(struct reader *reader, struct journal_query *out, const cJSON *root)
{
    const cJSON *match = cJSON_GetObjectItemCaseSensitive(root, "match");
    for (size_t i = 0; i < MATCH_FIELDS; i++) {
        const char *name = match_shape.rows[i].name;
        out->is_flat[i] = cJSON_GetObjectItemCaseSensitive(root, name) != NULL;
        if (out->is_flat[i] && cJSON_GetObjectItemCaseSensitive(match, name)) {
            reader_enter(reader, name);
            return reader_complain(reader,
                                   "found the field \"%s\" both here and in \"match\", "
                                   "expected it in one place",
                                   name);
        }
    }
    return true;
}

/* Whether a field of this name, "match.width", stands beside "match". */
static bool is_flat(const struct journal_query *query, const char *name)
{
    for (size_t i = 0; i < MATCH_FIELDS; i++)
        if (strcmp(match_shape.rows[i].name, name + strlen("match.")) == 0)
            return query->is_flat[i];
    return false;
}

/* Whole keys only: there is nothing to hold a pattern against. */
static void take_key(struct journal_query *query, const char *key)
{
    if (strcmp(key, "*") == 0)
        return;
    query->has_key = !strpbrk(key, "*?");
    if (query->has_key)
        key_digest_of(&query->key, slice_of(key));
    else
        query->key_pattern = key;
}

static bool finish_query(struct reader *reader, struct journal_query *query)
{
    query->match = &query->holder.match;
    if (query->match->api_key)
        take_key(query, query->match->api_key);
    if (!query->key_pattern)
        return true;
    if (!is_flat(query, "match.api_key"))
        reader_enter(reader, "match");
    reader_enter(reader, "api_key");
    return reader_complain(reader, "found a pattern, expected a whole key or \"*\": the journal "
                                   "keeps digests of keys");
}

bool journal_query_parse(struct journal_query *out, struct slice json, struct document_error *error)
{
    struct reader reader = {.error = error};
    *out = (struct journal_query){0};
    *error = (struct document_error){"", ""};
    if (!json.len)
        return finish_query(&reader, out);
    cJSON *root = reader_parse(&reader, json);
    bool done = root && find_flat(&reader, out, root) && read_query(&reader, out, root);
    cJSON_Delete(root);
    if (done && finish_query(&reader, out))
        return true;
    journal_query_clear(out);
    return false;
}

void journal_query_of_match(struct journal_query *out, const struct scenario_match *match)
{
    *out = (struct journal_query){.match = match};
    if (match->api_key)
        take_key(out, match->api_key);
}

void journal_query_clear(struct journal_query *query)
{
    scenario_clear(&query->holder);
    free(query->method);
    free(query->path);
    free(query->code);
    free(query->rule);
    free(query->scenario);
    *query = (struct journal_query){0};
}

/* Comparing. Nothing is printed where only the distance is wanted. */

struct comparison {
    const struct journal_query *query;
    struct query_field *fields; /* NULL: only counting */
    size_t count, matched;
};

/* The row to print into; NULL when only counting. */
static struct query_field *compare(struct comparison *c, const char *name, bool matched)
{
    struct query_field *field = c->fields ? &c->fields[c->count] : NULL;
    if (field)
        *field = (struct query_field){.name = name, .matched = matched};
    if (field && strncmp(name, "match.", strlen("match.")) == 0 && is_flat(c->query, name))
        field->name += strlen("match.");
    c->count++;
    c->matched += matched;
    return field;
}

static void compare_text(struct comparison *c, const char *name, bool matched, const char *expected,
                         const char *actual)
{
    struct query_field *field = compare(c, name, matched);
    if (!field)
        return;
    snprintf(field->expected, sizeof field->expected, "%s", expected);
    snprintf(field->actual, sizeof field->actual, "%s", actual);
}

static void print_range(char out[QUERY_TEXT_SIZE], const struct range *range)
{
    unsigned long long minimum = range->minimum, maximum = range->maximum;
    if (minimum == maximum)
        snprintf(out, QUERY_TEXT_SIZE, "%llu", minimum);
    else if (range->maximum == UINT64_MAX)
        snprintf(out, QUERY_TEXT_SIZE, "at least %llu", minimum);
    else
        snprintf(out, QUERY_TEXT_SIZE, "%llu to %llu", minimum, maximum);
}

static void compare_range(struct comparison *c, const char *name, bool matched,
                          const struct range *range, uint64_t actual)
{
    struct query_field *field = compare(c, name, matched);
    if (!field)
        return;
    print_range(field->expected, range);
    snprintf(field->actual, sizeof field->actual, "%llu", (unsigned long long)actual);
}

static void compare_choice(struct comparison *c, const struct scenario_match *match,
                           const struct request_facts *facts)
{
    size_t used = 0;
    struct scenario_match only = {.choice_count = match->choice_count};
    memcpy(only.choices, match->choices, sizeof only.choices);
    struct query_field *field =
        compare(c, "match.service_choice", match_accepts(&only, facts, NULL));
    for (size_t i = 0; field && i < match->choice_count; i++)
        used += (size_t)snprintf(field->expected + used, sizeof field->expected - used, "%s%d",
                                 i ? ", " : "", match->choices[i]);
    if (field && facts->service_choice >= 0)
        snprintf(field->actual, sizeof field->actual, "%d", facts->service_choice);
}

static void compare_nth(struct comparison *c, const struct scenario_match *match, bool matched,
                        uint64_t nth)
{
    struct query_field *field = compare(c, "match.request", matched);
    if (!field)
        return;
    if (match->nth.given)
        print_range(field->expected, &match->nth);
    size_t used = strlen(field->expected);
    if (match->nth_every)
        snprintf(field->expected + used, sizeof field->expected - used, "%severy %llu",
                 used ? ", " : "", (unsigned long long)match->nth_every);
    snprintf(field->actual, sizeof field->actual, "%llu", (unsigned long long)nth);
}

static void compare_key(struct comparison *c, const struct journal_query *query,
                        const struct journal_entry *entry)
{
    struct query_field *field =
        compare(c, "match.api_key",
                entry->has_key && memcmp(&query->key, &entry->key, sizeof query->key) == 0);
    if (!field)
        return;
    key_label(field->expected, &query->key);
    if (entry->has_key)
        key_label(field->actual, &entry->key);
}

/* Whether a pattern fits cannot be told of a digest, so it counts as not met; but no key at all is
 * known as such. */
static void compare_key_pattern(struct comparison *c, const struct journal_query *query,
                                const struct journal_entry *entry)
{
    char label[KEY_LABEL_SIZE];
    bool matched = !entry->has_key && glob_accepts(query->key_pattern, slice_of(""));
    struct query_field *field = compare(c, "match.api_key", matched);
    if (!field)
        return;
    snprintf(field->expected, sizeof field->expected, "%s", query->key_pattern);
    if (entry->has_key)
        snprintf(field->actual, sizeof field->actual,
                 "%s: of a key only the hash is kept, so whether the pattern fits is not known",
                 key_label(label, &entry->key));
}

static const char *format_text(enum image_format format)
{
    return format == IMAGE_JPEG ? "jpeg" : format == IMAGE_PNG ? "png" : "other";
}

/* A match of one criterion, for the engine to judge. */
#define ONLY(...) match_accepts(&(struct scenario_match){__VA_ARGS__}, facts, NULL)

static void compare_picture(struct comparison *c, const struct scenario_match *match,
                            const struct request_facts *facts)
{
    if (match->format != IMAGE_OTHER)
        compare_text(c, "match.format", ONLY(.format = match->format), format_text(match->format),
                     format_text(facts->format));
    if (match->size.given)
        compare_range(c, "match.size", ONLY(.size = match->size), &match->size, facts->image_size);
    if (match->width.given)
        compare_range(c, "match.width", ONLY(.width = match->width), &match->width, facts->width);
    if (match->height.given)
        compare_range(c, "match.height", ONLY(.height = match->height), &match->height,
                      facts->height);
    if (match->sha256)
        compare_text(c, "match.sha256", ONLY(.sha256 = match->sha256), match->sha256,
                     facts->sha256);
}

/* facts of the journal: their texts end with NUL. */
static void compare_match(struct comparison *c, const struct scenario_match *match,
                          const struct request_facts *facts)
{
    if (match->choice_count)
        compare_choice(c, match, facts);
    if (match->file_name)
        compare_text(c, "match.file_name", ONLY(.file_name = match->file_name), match->file_name,
                     facts->file_name.ptr ? facts->file_name.ptr : "");
    compare_picture(c, match, facts);
    if (match->nth.given || match->nth_every)
        compare_nth(c, match, ONLY(.nth = match->nth, .nth_every = match->nth_every), facts->nth);
}

static void compare_equal(struct comparison *c, const char *name, const char *expected,
                          const char *actual)
{
    if (expected)
        compare_text(c, name, strcmp(expected, actual) == 0, expected, actual);
}

static void compare_outcome(struct comparison *c, const struct journal_query *query,
                            const struct journal_entry *entry)
{
    const struct rule_info *rule = rule_info(entry->rule);
    compare_equal(c, "method", query->method, entry->method);
    if (query->path)
        compare_text(c, "path", glob_accepts(query->path, slice_of(entry->path)), query->path,
                     entry->path);
    if (query->status) {
        struct range status = {true, (uint64_t)query->status, (uint64_t)query->status};
        compare_range(c, "status", query->status == entry->status, &status,
                      (uint64_t)entry->status);
    }
    compare_equal(c, "code", query->code, entry->code);
    compare_equal(c, "rule", query->rule, rule ? rule->name : "");
    compare_equal(c, "scenario", query->scenario, entry->scenario);
    if (query->has_unexpected)
        compare_text(c, "unexpected", query->unexpected == entry->unexpected,
                     query->unexpected ? "true" : "false", entry->unexpected ? "true" : "false");
}

static void compare_all(struct comparison *c, const struct journal_query *query,
                        const struct journal_entry *entry)
{
    struct request_facts facts = journal_facts(entry);
    if (query->has_key)
        compare_key(c, query, entry);
    if (query->key_pattern)
        compare_key_pattern(c, query, entry);
    if (query->match)
        compare_match(c, query->match, &facts);
    if (query->used_up)
        compare_text(c, "steps", false, "one left for this key", "used up");
    compare_outcome(c, query, entry);
}

bool journal_query_accepts(const struct journal_query *query, const struct journal_entry *entry)
{
    return journal_query_distance(query, entry) <= 0;
}

size_t journal_query_compare(struct query_field out[QUERY_FIELDS_MAX],
                             const struct journal_query *query, const struct journal_entry *entry)
{
    struct comparison c = {.query = query, .fields = out};
    compare_all(&c, query, entry);
    return c.count;
}

double journal_query_distance(const struct journal_query *query, const struct journal_entry *entry)
{
    struct comparison c = {.query = query};
    compare_all(&c, query, entry);
    return c.count ? (double)(c.count - c.matched) / (double)c.count : 0;
}
