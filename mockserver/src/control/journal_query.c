/* One table of criteria, used for accepting and for comparing. A match is judged by the engine's
 * own function, a criterion at a time, so that the journal and the scenarios cannot disagree. */
#include "control/journal_query.h"
#include "control/document_read.h"
#include <fnmatch.h>
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

/* Comparing */

static const char *range_text(char *out, const struct range *range)
{
    if (range->minimum == range->maximum)
        snprintf(out, QUERY_TEXT_SIZE, "%llu", (unsigned long long)range->minimum);
    else if (range->maximum == UINT64_MAX)
        snprintf(out, QUERY_TEXT_SIZE, "at least %llu", (unsigned long long)range->minimum);
    else
        snprintf(out, QUERY_TEXT_SIZE, "%llu to %llu", (unsigned long long)range->minimum,
                 (unsigned long long)range->maximum);
    return out;
}

static const char *choices_text(char *out, const struct scenario_match *match)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < match->choice_count && used < QUERY_TEXT_SIZE; i++)
        used += (size_t)snprintf(out + used, QUERY_TEXT_SIZE - used, "%s%d", i ? ", " : "",
                                 match->choices[i]);
    return out;
}

static const char *nth_text(char *out, const struct scenario_match *match)
{
    range_text(out, &match->nth);
    size_t used = match->nth.given ? strlen(out) : 0;
    if (match->nth_every)
        snprintf(out + used, QUERY_TEXT_SIZE - used, "%severy %llu", used ? ", " : "",
                 (unsigned long long)match->nth_every);
    return out;
}

static const char *format_text(enum image_format format)
{
    return format == IMAGE_JPEG ? "jpeg" : format == IMAGE_PNG ? "png" : "other";
}

struct comparison {
    struct query_field *fields; /* NULL: only counting */
    size_t count, matched;
};

static void compare(struct comparison *c, const char *name, bool matched, const char *expected,
                    const char *actual)
{
    if (c->fields) {
        struct query_field *field = &c->fields[c->count];
        field->name = name;
        field->matched = matched;
        snprintf(field->expected, sizeof field->expected, "%s", expected);
        snprintf(field->actual, sizeof field->actual, "%s", actual);
    }
    c->count++;
    c->matched += matched;
}

static void compare_number(struct comparison *c, const char *name, bool matched,
                           const char *expected, uint64_t actual)
{
    char text[24];
    snprintf(text, sizeof text, "%llu", (unsigned long long)actual);
    compare(c, name, matched, expected, text);
}

static void compare_key(struct comparison *c, const struct journal_query *query,
                        const struct journal_entry *entry)
{
    char expected[ACCOUNT_LABEL_SIZE], actual[ACCOUNT_LABEL_SIZE] = "";
    if (!query->has_key)
        return;
    if (entry->has_key)
        account_label(actual, &entry->key);
    compare(c, "match.api_key",
            entry->has_key && memcmp(&query->key, &entry->key, sizeof query->key) == 0,
            account_label(expected, &query->key), actual);
}

/* A match of one criterion, for the engine to judge. */
#define ONLY(...) match_accepts(&(struct scenario_match){__VA_ARGS__}, facts, NULL)

static void compare_picture(struct comparison *c, const struct scenario_match *match,
                            const struct request_facts *facts)
{
    char text[QUERY_TEXT_SIZE];
    if (match->format != IMAGE_OTHER)
        compare(c, "match.format", ONLY(.format = match->format), format_text(match->format),
                format_text(facts->format));
    if (match->size.given)
        compare_number(c, "match.size", ONLY(.size = match->size), range_text(text, &match->size),
                       facts->image_size);
    if (match->width.given)
        compare_number(c, "match.width", ONLY(.width = match->width),
                       range_text(text, &match->width), facts->width);
    if (match->height.given)
        compare_number(c, "match.height", ONLY(.height = match->height),
                       range_text(text, &match->height), facts->height);
    if (match->sha256)
        compare(c, "match.sha256", ONLY(.sha256 = match->sha256), match->sha256, facts->sha256);
}

static void compare_match(struct comparison *c, const struct scenario_match *match,
                          const struct request_facts *facts)
{
    char text[QUERY_TEXT_SIZE], actual[24] = "";
    if (match->choice_count) {
        struct scenario_match only = {.choice_count = match->choice_count};
        memcpy(only.choices, match->choices, sizeof only.choices);
        if (facts->service_choice >= 0)
            snprintf(actual, sizeof actual, "%d", facts->service_choice);
        compare(c, "match.service_choice", match_accepts(&only, facts, NULL),
                choices_text(text, match), actual);
    }
    if (match->file_name) {
        snprintf(text, sizeof text, "%.*s", (int)facts->file_name.len,
                 facts->file_name.ptr ? facts->file_name.ptr : "");
        compare(c, "match.file_name", ONLY(.file_name = match->file_name), match->file_name, text);
    }
    compare_picture(c, match, facts);
    if (match->nth.given || match->nth_every)
        compare_number(c, "match.request", ONLY(.nth = match->nth, .nth_every = match->nth_every),
                       nth_text(text, match), facts->nth);
}

static void compare_text(struct comparison *c, const char *name, const char *expected,
                         const char *actual)
{
    if (expected)
        compare(c, name, strcmp(expected, actual) == 0, expected, actual);
}

static void compare_outcome(struct comparison *c, const struct journal_query *query,
                            const struct journal_entry *entry)
{
    char text[24];
    const struct rule_info *rule = rule_info(entry->rule);
    compare_text(c, "method", query->method, entry->method);
    if (query->path)
        compare(c, "path", fnmatch(query->path, entry->path, 0) == 0, query->path, entry->path);
    if (query->status) {
        snprintf(text, sizeof text, "%d", query->status);
        compare_number(c, "status", query->status == entry->status, text, (uint64_t)entry->status);
    }
    compare_text(c, "code", query->code, entry->code);
    compare_text(c, "rule", query->rule, rule ? rule->name : "");
    compare_text(c, "scenario", query->scenario, entry->scenario);
    if (query->has_unexpected)
        compare(c, "unexpected", query->unexpected == entry->unexpected,
                query->unexpected ? "true" : "false", entry->unexpected ? "true" : "false");
}

static void compare_all(struct comparison *c, const struct journal_query *query,
                        const struct journal_entry *entry)
{
    struct request_facts facts = journal_facts(entry);
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
