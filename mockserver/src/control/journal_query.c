/* One table of criteria, used for accepting and for comparing. A match is judged by the engine's
 * own function, a criterion at a time, so that the journal and the scenarios cannot disagree. */
#include "control/journal_query.h"
#include "control/document_read.h"
#include "control/glob.h"
#include <stdio.h>
#include <stdlib.h>

/* Reading */

static bool parse_status(struct reader *reader, void *at, const struct field *field,
                         const cJSON *value)
{
    return field_int(reader, at, field, value);
}

static bool parse_unexpected(struct reader *reader, void *at, const struct field *field,
                             const cJSON *value)
{
    struct journal_query *query = at;
    query->has_unexpected = true;
    return field_bool(reader, &query->unexpected, field, value);
}

static const struct field fields[] = {
    {"match", read_match, offsetof(struct journal_query, holder),
     "an object of what a request must be like", 0, 0, 0},
    {"method", field_text, offsetof(struct journal_query, method), "a text of 1 to 23 bytes", 1, 23,
     0},
    {"path", field_text, offsetof(struct journal_query, path), "a pattern of 1 to 255 bytes", 1,
     255, 0},
    {"status", parse_status, offsetof(struct journal_query, status), NULL, 100, 599, 0},
    {"code", field_text, offsetof(struct journal_query, code), "a text of at most 63 bytes", 0, 63,
     0},
    {"rule", field_text, offsetof(struct journal_query, rule), "a text of at most 63 bytes", 0, 63,
     0},
    {"scenario", field_text, offsetof(struct journal_query, scenario), "a text of at most 64 bytes",
     0, 64, 0},
    {"unexpected", parse_unexpected, 0, "true or false", 0, 0, 0},
};

/* Whole keys only: there is nothing to hold a pattern against. */
static bool take_key(struct journal_query *query, const char *key, bool *comparable)
{
    *comparable = strpbrk(key, "*?[\\") == NULL;
    if (!*comparable)
        return strcmp(key, "*") == 0;
    query->has_key = true;
    account_digest_of(&query->key, slice_of(key));
    return true;
}

static bool finish_query(struct journal_query *query, struct document_error *error)
{
    bool comparable;
    query->match = &query->holder.match;
    if (!query->match->api_key || take_key(query, query->match->api_key, &comparable))
        return true;
    snprintf(error->pointer, sizeof error->pointer, "/match/api_key");
    snprintf(error->message, sizeof error->message,
             "found a pattern, expected a whole key or \"*\": the journal keeps digests of keys");
    return false;
}

bool journal_query_parse(struct journal_query *out, struct slice json, struct document_error *error)
{
    struct reader reader = {error, 0};
    *out = (struct journal_query){0};
    *error = (struct document_error){"", ""};
    if (!json.len)
        return finish_query(out, error);
    if (!syntax_check(json, error))
        return false;
    cJSON *root = cJSON_ParseWithLength(json.ptr, json.len);
    bool done = root ? read_object(&reader, out, root, fields, FIELDS_COUNT(fields)) ||
                           reader_refuse(&reader, root, "a query: an object")
                     : reader_no_memory(&reader);
    cJSON_Delete(root);
    if (done && finish_query(out, error))
        return true;
    journal_query_clear(out);
    return false;
}

void journal_query_of_match(struct journal_query *out, const struct scenario_match *match)
{
    bool comparable;
    *out = (struct journal_query){.match = match};
    if (match->api_key)
        take_key(out, match->api_key, &comparable);
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
    struct query_field *fields; /* NULL: only counting */
    size_t count, matched;
};

/* The row to print into; NULL when only counting. */
static struct query_field *compare(struct comparison *c, const char *name, bool matched)
{
    struct query_field *field = c->fields ? &c->fields[c->count] : NULL;
    if (field)
        *field = (struct query_field){.name = name, .matched = matched};
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
    account_label(field->expected, &query->key);
    if (entry->has_key)
        account_label(field->actual, &entry->key);
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
    if (query->match)
        compare_match(c, query->match, &facts);
    compare_outcome(c, query, entry);
}

bool journal_query_accepts(const struct journal_query *query, const struct journal_entry *entry)
{
    return journal_query_distance(query, entry) <= 0;
}

size_t journal_query_compare(struct query_field out[QUERY_FIELDS_MAX],
                             const struct journal_query *query, const struct journal_entry *entry)
{
    struct comparison c = {.fields = out};
    compare_all(&c, query, entry);
    return c.count;
}

double journal_query_distance(const struct journal_query *query, const struct journal_entry *entry)
{
    struct comparison c = {0};
    compare_all(&c, query, entry);
    return c.count ? (double)(c.count - c.matched) / (double)c.count : 0;
}
