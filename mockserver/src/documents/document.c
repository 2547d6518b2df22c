/* The document as a whole: its top level, the accounts, and the ways in from JSON text. Nothing of
 * a refused document is kept. */
#include "documents/document.h"
#include "documents/shapes.h"
#include <stdio.h>
#include <stdlib.h>

#define KEY_MAX 255

/* Accounts. null means that there is no limit. */

#define ACCOUNT(member) SHAPE_AT(struct account_setting, member)
#define ACCOUNT_GIVEN(member) SHAPE_GIVEN(struct account_setting, member)

static const struct shape_row rate_rows[] = {
    {"requests", SHAPE_WHOLE, SHAPE_REQUIRED, ACCOUNT(rate_requests), .minimum = 1,
     .maximum = 1000000},
    {"window_ms", SHAPE_WHOLE, SHAPE_REQUIRED, ACCOUNT(rate_window_ms), .minimum = 1,
     .maximum = 86400000},
};

static const struct shape rate_shape = {"{\"requests\": …, \"window_ms\": …}, or null (no limit)",
                                        SHAPE_ROWS(rate_rows)};

static const struct shape_row account_rows[] = {
    {"credits", SHAPE_WHOLE, SHAPE_NULL, ACCOUNT(credits), .maximum = 1000000000000,
     .of.noun = "unlimited", ACCOUNT_GIVEN(has_credits), .note = "null: unlimited"},
    {"locked", SHAPE_FLAG, 0, ACCOUNT(locked), ACCOUNT_GIVEN(has_locked)},
    {"rate", SHAPE_OBJECT, SHAPE_NULL, .of.shape = &rate_shape, ACCOUNT_GIVEN(has_rate)},
    {"concurrency", SHAPE_WHOLE, SHAPE_NULL, ACCOUNT(concurrency), .minimum = 1, .maximum = 10000,
     .of.noun = "no limit", ACCOUNT_GIVEN(has_concurrency), .note = "null: no limit"},
};

const struct shape account_shape = {"an account: an object", SHAPE_ROWS(account_rows),
                                    .size = sizeof(struct account_setting),
                                    .schema = "AccountSetting"};

/* An API key does not get into a complaint: at most a quarter of it, four characters. */
static size_t enter_account(struct reader *reader, const char *key)
{
    char shown[16];
    size_t len = strlen(key) / 4;
    if (strcmp(key, "*") == 0)
        return reader_enter(reader, key);
    len = utf8_length(slice_make(key, len < 4 ? len : 4)); /* nothing half at the cut */
    snprintf(shown, sizeof shown, "%.*s...", (int)len, key);
    return reader_enter(reader, shown);
}

static bool is_account_key(const char *key)
{
    size_t len = strlen(key);
    for (size_t i = 0; i < len; i++)
        if (key[i] < '!' || key[i] > '~')
            return false;
    return len >= 1 && len <= KEY_MAX;
}

static bool is_known_account(const struct document *document, const char *key)
{
    for (size_t i = 0; i < document->account_count; i++)
        if (document->accounts[i].api_key && strcmp(document->accounts[i].api_key, key) == 0)
            return true;
    return false;
}

static bool parse_accounts(struct reader *reader, void *at, const struct shape_row *row,
                           const cJSON *value)
{
    struct document *document = at;
    int count = cJSON_GetArraySize(value);
    (void)row;
    if (!cJSON_IsObject(value))
        return false;
    if (count > DOCUMENT_ACCOUNTS_MAX)
        return reader_complain(reader, "found %d accounts, expected at most %d", count,
                               DOCUMENT_ACCOUNTS_MAX);
    document->accounts = calloc((size_t)count + 1, sizeof *document->accounts);
    if (!document->accounts)
        return reader_no_memory(reader);
    for (const cJSON *member = value->child; member; member = member->next) {
        size_t mark = enter_account(reader, member->string);
        reader->thing = "account";
        reader->number = document->account_count + 1;
        if (!is_account_key(member->string))
            return reader_complain(reader,
                                   "found no API key, expected \"*\" or 1 to %d visible "
                                   "ASCII characters",
                                   KEY_MAX);
        if (is_known_account(document, member->string))
            return reader_complain(reader, "found the same key twice, expected it once");
        struct account_setting *setting = &document->accounts[document->account_count++];
        if (!shape_read(reader, setting, &account_shape, member) ||
            !(setting->api_key = read_copy(reader, slice_of(member->string))))
            return false;
        reader->number = 0;
        reader_leave(reader, mark);
    }
    return true;
}

/* The top level */

static bool check_name(struct reader *reader, const struct document *document)
{
    const char *name = document->scenarios[document->scenario_count - 1].name;
    for (size_t i = 0; i + 1 < document->scenario_count; i++)
        if (strcmp(document->scenarios[i].name, name) == 0) {
            reader_enter(reader, "name");
            return reader_complain(reader, "found the name \"%s\" twice, expected it once", name);
        }
    return true;
}

static bool parse_scenarios(struct reader *reader, void *at, const struct shape_row *row,
                            const cJSON *value)
{
    struct document *document = at;
    int count = cJSON_GetArraySize(value);
    (void)row;
    if (!cJSON_IsArray(value))
        return false;
    if (count > DOCUMENT_SCENARIOS_MAX)
        return reader_complain(reader, "found %d scenarios, expected at most %d", count,
                               DOCUMENT_SCENARIOS_MAX);
    document->scenarios = calloc((size_t)count + 1, sizeof *document->scenarios);
    if (!document->scenarios)
        return reader_no_memory(reader);
    for (const cJSON *item = value->child; item; item = item->next) {
        size_t mark = reader_enter_at(reader, document->scenario_count);
        if (!shape_read(reader, &document->scenarios[document->scenario_count++], &scenario_shape,
                        item) ||
            !check_name(reader, document))
            return false;
        reader_leave(reader, mark);
    }
    return true;
}

static const struct shape_other accounts_field = {
    parse_accounts, NULL, "an object of accounts by API key",
    "{'type':'object','description':'by API key; * for every key without a setting of its own',"
    "'additionalProperties':{'$ref':'#/components/schemas/AccountSetting'}}",
    NULL};
static const struct shape_other scenarios_field = {
    parse_scenarios, NULL, "an array of scenarios",
    "{'type':'array','items':{'$ref':'#/components/schemas/Scenario'},"
    "'maxItems':" TEXT_OF(DOCUMENT_SCENARIOS_MAX) "}",
    NULL};

static const struct shape_row document_rows[] = {
    {"seed", SHAPE_WHOLE, 0, SHAPE_AT(struct document, seed), .maximum = WHOLE_MAX,
     SHAPE_GIVEN(struct document, has_seed)},
    {"accounts", SHAPE_OTHER, .of.other = &accounts_field},
    {"scenarios", SHAPE_OTHER, .of.other = &scenarios_field},
    // NOLINTNEXTLINE(bugprone-sizeof-expression): the size of the pointer is meant
    {"tls", SHAPE_LIST, 0, SHAPE_AT(struct document, tls), .maximum = TLS_ARMINGS_MAX,
     .of.shape = &tls_shape, SHAPE_GIVEN(struct document, tls_count)},
};

const struct shape document_shape = {"a document: an object", SHAPE_ROWS(document_rows),
                                     .size = sizeof(struct document), .schema = "ScenarioDocument"};

/* The ways in */

bool document_parse(struct document *out, struct slice json, struct document_error *error)
{
    bool done = shape_parse(out, &document_shape, json, error);
    if (!done)
        document_clear(out);
    return done;
}

bool document_parse_scenario(struct scenario *out, struct slice json, struct document_error *error)
{
    bool done = shape_parse(out, &scenario_shape, json, error);
    if (!done)
        scenario_clear(out);
    return done;
}

bool document_parse_tls(struct tls_arming *out, struct slice json, struct document_error *error)
{
    return shape_parse(out, &tls_shape, json, error);
}

cJSON *document_print_scenario(const struct scenario *scenario)
{
    struct tree tree;
    tree_start(&tree);
    shape_print(&tree, tree.root, &scenario_shape, scenario);
    if (!tree.failed)
        return tree.root;
    cJSON_Delete(tree.root);
    return NULL;
}

void document_clear(struct document *document)
{
    for (size_t i = 0; i < document->scenario_count; i++)
        scenario_clear(&document->scenarios[i]);
    for (size_t i = 0; i < document->account_count; i++)
        account_setting_clear(&document->accounts[i]);
    free(document->scenarios);
    free(document->accounts);
    free(document->tls);
    *document = (struct document){0};
}
