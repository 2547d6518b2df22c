/* Reads a query. query_compare.c holds it against entries. */
#include "journal/query.h"
#include <stdlib.h>

#define QUERY(member) SHAPE_AT(struct journal_query, member)

#define ROW_EQUAL(name) SHAPE_TEXT, 0, QUERY(name)
#define ROW_PATTERN(name) SHAPE_TEXT, 0, QUERY(name), .of.noun = "a pattern"
#define ROW_WHOLE(name) SHAPE_WHOLE, 0, QUERY(name)
#define ROW_FLAG(name)                                                                             \
    SHAPE_FLAG, 0, QUERY(name.value), SHAPE_GIVEN(struct journal_query, name.given)

static const struct shape_row own_rows[] = {
    {"match", SHAPE_OBJECT, 0, QUERY(holder.match), .of.shape = &match_shape},
#define MOCK_ASKED(asked, value, asks, least, most, remark)                                        \
    {#asked, ROW_##asks(asked), .minimum = (least), .maximum = (most), .note = (remark)},
#include "journal/facts.def"
};

#define OWN_FIELDS COUNT_OF(own_rows)
#define FIELDS (OWN_FIELDS + CRITERIA)

/* The query's own rows, and behind them those of a match, which fill in the match of the query. */
static struct shape query_shape(struct shape_row rows[FIELDS])
{
    memcpy(rows, own_rows, sizeof own_rows);
    for (size_t i = 0; i < CRITERIA; i++) {
        rows[OWN_FIELDS + i] = match_shape.rows[i];
        rows[OWN_FIELDS + i].offset += offsetof(struct journal_query, holder.match);
    }
    return (struct shape){.what = "a query: an object", .rows = rows, .count = FIELDS};
}

void journal_query_describe(struct tree *tree, cJSON *parent, const char *name)
{
    struct shape_row rows[FIELDS];
    const struct shape shape = query_shape(rows);
    shape_describe(tree, parent, name, &shape);
    tree_text(tree, cJSON_GetObjectItemCaseSensitive(parent, name), "description",
              "what may stand in match may stand beside it as well, but in one of the two places "
              "only");
}

static bool read_query(struct reader *reader, struct journal_query *out, const cJSON *root)
{
    struct shape_row rows[FIELDS];
    const struct shape shape = query_shape(rows);
    return shape_read(reader, out, &shape, root);
}

/* Notes which criteria of a match stand beside "match"; one in both places is refused. */
static bool find_flat(struct reader *reader, struct journal_query *out, const cJSON *root)
{
    const cJSON *match = cJSON_GetObjectItemCaseSensitive(root, "match");
    for (enum criterion i = 0; i < CRITERIA; i++) {
        const char *name = criterion_name(i);
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
    if (!query->is_flat[CRITERION_api_key])
        reader_enter(reader, "match");
    reader_enter(reader, "api_key");
    return reader_complain(reader, "found a pattern, expected a whole key or \"*\": the journal "
                                   "keeps digests of keys");
}

bool journal_query_parse(struct journal_query *out, struct slice json, struct document_error *error)
{
    struct reader reader = {.error = error};
    *out = (struct journal_query){0};
    *error = (struct document_error){.message = ""};
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
#define MOCK_ASKED(name, value, asks, least, most, note)                                           \
    free(_Generic(query->name, char * : query->name, default : NULL));
#include "journal/facts.def"
    *query = (struct journal_query){0};
}
