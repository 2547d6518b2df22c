/* The document as a whole: its top level, the accounts, and the ways in from JSON text. Nothing of
 * a refused document is kept. */
#include "documents/document.h"
#include "documents/fields.h"
#include <stdio.h>
#include <stdlib.h>

#define KEY_MAX 255

/* Accounts. null means that there is no limit. */

static bool parse_credits(struct reader *reader, void *at, const struct field *field,
                          const cJSON *value)
{
    struct account_setting *setting = at;
    (void)reader;
    setting->has_credits = true;
    setting->credits = -1;
    return cJSON_IsNull(value) ||
           read_whole(&setting->credits, value, field->minimum, field->maximum);
}

static bool parse_locked(struct reader *reader, void *at, const struct field *field,
                         const cJSON *value)
{
    struct account_setting *setting = at;
    setting->has_locked = true;
    return field_bool(reader, &setting->locked, field, value);
}

static const struct field rate_fields[] = {
    {"requests", field_u32, offsetof(struct account_setting, rate_requests), NULL, 1, 1000000,
     FIELD_REQUIRED},
    {"window_ms", field_u32, offsetof(struct account_setting, rate_window_ms), NULL, 1, 86400000,
     FIELD_REQUIRED},
};

static bool parse_rate(struct reader *reader, void *at, const struct field *field,
                       const cJSON *value)
{
    struct account_setting *setting = at;
    (void)field;
    setting->has_rate = true;
    return cJSON_IsNull(value) ||
           read_object(reader, setting, value, rate_fields, FIELDS_COUNT(rate_fields));
}

static bool parse_concurrency(struct reader *reader, void *at, const struct field *field,
                              const cJSON *value)
{
    struct account_setting *setting = at;
    setting->has_concurrency = true;
    return cJSON_IsNull(value) || field_u32(reader, &setting->concurrency, field, value);
}

static const struct field account_fields[] = {
    {"credits", parse_credits, 0, "a whole number from 0 to 1000000000000, or null (unlimited)", 0,
     1000000000000, 0},
    {"locked", parse_locked, 0, "true or false", 0, 0, 0},
    {"rate", parse_rate, 0, "{\"requests\": …, \"window_ms\": …}, or null (no limit)", 0, 0, 0},
    {"concurrency", parse_concurrency, 0, "a whole number from 1 to 10000, or null (no limit)", 1,
     10000, 0},
};

static bool read_account(struct reader *reader, struct account_setting *out, const cJSON *value)
{
    return read_object(reader, out, value, account_fields, FIELDS_COUNT(account_fields)) ||
           reader_refuse(reader, value, "an account: an object");
}

/* An API key does not get into a complaint: at most a quarter of it, four characters. */
static size_t enter_account(struct reader *reader, const char *key)
{
    char shown[16];
    size_t len = strlen(key) / 4;
    if (strcmp(key, "*") == 0)
        return reader_enter(reader, key);
    snprintf(shown, sizeof shown, "%.*s...", (int)(len < 4 ? len : 4), key);
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

static bool parse_accounts(struct reader *reader, void *at, const struct field *field,
                           const cJSON *value)
{
    struct document *document = at;
    int count = cJSON_GetArraySize(value);
    (void)field;
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
        reader->account = document->account_count + 1;
        if (!is_account_key(member->string))
            return reader_complain(reader,
                                   "found no API key, expected \"*\" or 1 to %d visible "
                                   "ASCII characters",
                                   KEY_MAX);
        if (is_known_account(document, member->string))
            return reader_complain(reader, "found the same key twice, expected it once");
        struct account_setting *setting = &document->accounts[document->account_count++];
        setting->api_key = read_copy(reader, slice_of(member->string));
        if (!setting->api_key || !read_account(reader, setting, member))
            return false;
        reader->account = 0;
        reader_leave(reader, mark);
    }
    return true;
}

/* The top level */

static bool parse_seed(struct reader *reader, void *at, const struct field *field,
                       const cJSON *value)
{
    struct document *document = at;
    document->has_seed = true;
    return field_u64(reader, &document->seed, field, value);
}

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

static bool parse_scenarios(struct reader *reader, void *at, const struct field *field,
                            const cJSON *value)
{
    struct document *document = at;
    int count = cJSON_GetArraySize(value);
    (void)field;
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
        if (!read_scenario(reader, &document->scenarios[document->scenario_count++], item) ||
            !check_name(reader, document))
            return false;
        reader_leave(reader, mark);
    }
    return true;
}

static const struct field fields[] = {
    {"seed", parse_seed, 0, NULL, 0, DOCUMENT_NUMBER_MAX, 0},
    {"accounts", parse_accounts, 0, "an object of accounts by API key", 0, 0, 0},
    {"scenarios", parse_scenarios, 0, "an array of scenarios", 0, 0, 0},
};

/* The ways in */

/* A tree to be deleted; NULL with a complaint. */
static cJSON *parse_json(struct reader *reader, struct slice json)
{
    *reader->error = (struct document_error){"", ""};
    if (!syntax_check(json, reader->error))
        return NULL;
    cJSON *root = cJSON_ParseWithLength(json.ptr, json.len);
    if (!root)
        reader_no_memory(reader);
    return root;
}

/* Ends the reading of root: the place is only kept beside a complaint. */
static bool finish(struct reader *reader, cJSON *root, bool done)
{
    cJSON_Delete(root);
    if (done)
        reader_leave(reader, 0);
    return done;
}

bool document_parse(struct document *out, struct slice json, struct document_error *error)
{
    struct reader reader = {error, 0};
    *out = (struct document){0};
    cJSON *root = parse_json(&reader, json);
    bool done = root && (read_object(&reader, out, root, fields, FIELDS_COUNT(fields)) ||
                         reader_refuse(&reader, root, "a document: an object"));
    if (!done)
        document_clear(out);
    return finish(&reader, root, done);
}

bool document_parse_scenario(struct scenario *out, struct slice json, struct document_error *error)
{
    struct reader reader = {error, 0};
    *out = (struct scenario){0};
    cJSON *root = parse_json(&reader, json);
    bool done = root && read_scenario(&reader, out, root);
    if (!done)
        scenario_clear(out);
    return finish(&reader, root, done);
}

bool document_parse_step(struct scenario_step *out, struct slice json, struct document_error *error)
{
    struct reader reader = {error, 0};
    *out = (struct scenario_step){0};
    cJSON *root = parse_json(&reader, json);
    bool done = root && read_step(&reader, out, root);
    if (!done)
        scenario_step_clear(out);
    return finish(&reader, root, done);
}

bool document_parse_account(struct account_setting *out, struct slice json,
                            struct document_error *error)
{
    struct reader reader = {error, 0};
    *out = (struct account_setting){0};
    cJSON *root = parse_json(&reader, json);
    bool done = root && read_account(&reader, out, root);
    if (!done)
        account_setting_clear(out);
    return finish(&reader, root, done);
}

void account_setting_clear(struct account_setting *setting)
{
    free(setting->api_key);
    *setting = (struct account_setting){0};
}

void document_clear(struct document *document)
{
    for (size_t i = 0; i < document->scenario_count; i++)
        scenario_clear(&document->scenarios[i]);
    for (size_t i = 0; i < document->account_count; i++)
        account_setting_clear(&document->accounts[i]);
    free(document->scenarios);
    free(document->accounts);
    *document = (struct document){0};
}
