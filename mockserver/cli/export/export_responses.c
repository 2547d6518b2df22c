/* The responses of the OpenAPI document, with examples made by the same functions that answer
 * requests: an example cannot differ from what is sent. */
#include "api/envelope.h"
#include "api/reply.h"
#include "api/rules.h"
#include "export_openapi.h"

/* The value of an example; data is consumed. */
static void add_example(struct builder *b, cJSON *example, enum revision_id revision,
                        enum error_code code, int status, cJSON *data)
{
    struct verdict verdict;
    struct answer_ids ids;
    verdict_make(&verdict, revision_info(revision), code, status, NULL);
    answer_ids_make(&ids, UINT64_C(0x2b1f5f2b7c0f4c6a) ^ (uint64_t)code,
                    UINT64_C(0x9d5a1e77b3c80f24));
    add_item(b, example, "value", envelope_make(revision_info(revision), &verdict, &ids, data));
}

/* Successes */

/* One example for each envelope: those of the default, an older and a newer revision. */
static void add_success_examples(struct builder *b, cJSON *examples, const char *data)
{
    static const struct {
        const char *name, *summary;
        enum revision_id revision;
    } rows[] = {
        {"success", "Envelope B", REVISION_R2026_01},
        {"success_envelope_a", "Envelope A, of an older revision", REVISION_R1_0_1},
        {"success_envelope_c", "Envelope C, of a newer revision", REVISION_R2026_05},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cJSON *example = add_object(b, examples, rows[i].name), *value = cJSON_Parse(data);
        b->failed |= !value;
        add_text(b, example, "summary", rows[i].summary);
        add_example(b, example, rows[i].revision, ERROR_NONE, 0, value);
    }
}

void openapi_add_image_examples(struct builder *b, cJSON *parent)
{
    /* A grey PNG of one pixel. */
    add_success_examples(b, parent,
                         "{\"image\":\"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42m"
                         "NoAAAAggCB2kUIOwAAAABJRU5ErkJggg==\"}");
}

void openapi_add_credits_examples(struct builder *b, cJSON *parent)
{
#define POOL(sign, name, balance)                                                                  \
    "{\"unique_sign\":\"" sign "\",\"name\":\"" name "\",\"balance\":" balance                     \
    ",\"total\":" balance ",\"last_recharge_balance\":" balance                                    \
    ",\"balance_warning\":0,\"first_buy_time\":0,\"last_update_time\":0}"
    add_success_examples(b, parent,
                         "[" POOL("portrait_expression_editing", "Change facial expressions",
                                  "1200") "," POOL("common", "Universal", "0") "]");
#undef POOL
}

/* Errors */

/* Whether the code belongs to the status: by the table, or because a rule answers it so. */
static bool code_has_status(enum error_code code, int status)
{
    if (error_status(code, revision_default()) == status)
        return true;
    for (enum rule_id id = RULE_NONE + 1; id < RULE_COUNT; id++)
        if (rule_info(id)->error == code && rule_info(id)->status == status)
            return true;
    return false;
}

static bool status_is_used(int status)
{
    for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++)
        if (code_has_status(code, status))
            return true;
    return false;
}

/* The next status above that has a code; 0 at the end. */
static int next_status(int status)
{
    for (status = status < 400 ? 400 : status + 1; status < 600; status++)
        if (status_is_used(status))
            return status;
    return 0;
}

static void add_ref(struct builder *b, cJSON *parent, const char *member, const char *kind,
                    const char *name)
{
    struct words target = {0};
    words_add(&target, "#/components/%s/%s", kind, name);
    add_words(b, add_object(b, parent, member), "$ref", &target);
}

void openapi_add_error_references(struct builder *b, cJSON *parent)
{
    for (int status = next_status(0); status; status = next_status(status)) {
        struct words number = {0}, name = {0};
        words_add(&number, "%d", status);
        words_add(&name, "Error%d", status);
        add_ref(b, parent, number.text, "responses", name.text);
    }
}

static bool fits_endpoint(enum error_code code)
{
    return error_info(code)->relevance != ENDPOINT_NO;
}

/* Whether this endpoint can meet the status at all. */
static bool meets_status(int status)
{
    for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++)
        if (code_has_status(code, status) && fits_endpoint(code))
            return true;
    return false;
}

/* When the mock answers the code by itself: the clauses of the rules that do. */
static void add_occasion(struct builder *b, cJSON *example, enum error_code code, int status)
{
    struct words words = {0};
    const struct clause *last = NULL;
    for (enum rule_id id = RULE_NONE + 1; id < RULE_COUNT; id++) {
        const struct rule_info *rule = rule_info(id);
        int answered = rule->status ? rule->status : error_status(rule->error, revision_default());
        const struct clause *clause = clause_info(rule->clause);
        if (rule->error != code || answered != status || clause == last)
            continue;
        words_add(&words, "%s%s", last ? " " : "", clause->text);
        last = clause;
    }
    if (last)
        add_words(b, example, "description", &words);
}

static void add_error_example(struct builder *b, cJSON *examples, enum error_code code, int status)
{
    const struct error_info *info = error_info(code);
    cJSON *example = add_object(b, examples, info->name);
    add_text(b, example, "summary", info->description);
    add_occasion(b, example, code, status);
    add_example(b, example, revision_default()->id, code, status, NULL);
}

/* The one error whose envelopes A and B are documented with an example. */
static void add_other_envelopes(struct builder *b, cJSON *examples)
{
    cJSON *example = add_object(b, examples, "envelope_a");
    add_text(b, example, "summary", "The same in envelope A, of an older revision.");
    add_example(b, example, REVISION_R1_0_1, CODE_ERROR_NO_FACE_IN_FILE, 0, NULL);
    example = add_object(b, examples, "envelope_c");
    add_text(b, example, "summary", "The same in envelope C, of a newer revision.");
    add_example(b, example, REVISION_R2026_05, CODE_ERROR_NO_FACE_IN_FILE, 0, NULL);
}

static void add_examples(struct builder *b, cJSON *media, int status)
{
    cJSON *examples = add_object(b, media, "examples");
    for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++) {
        if (!code_has_status(code, status) || !fits_endpoint(code))
            continue;
        add_error_example(b, examples, code, status);
        if (code == CODE_ERROR_NO_FACE_IN_FILE)
            add_other_envelopes(b, examples);
    }
}

/* "Not Found" and the codes: those of this endpoint with their meaning, others by name. */
static void describe_status(struct words *words, int status)
{
    const char *before = "\n\nOther endpoints of the platform: ";
    words_add(words, "%s. %s", reply_reason(status),
              meets_status(status) ? "Codes that this endpoint meets, or may meet:\n"
                                   : "In the platform's table; not to be expected here.");
    for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++) {
        const struct error_info *info = error_info(code);
        if (!code_has_status(code, status) || !fits_endpoint(code))
            continue;
        words_add(words, "\n- `%s`%s: %s", info->name,
                  info->relevance == ENDPOINT_MAYBE ? " (perhaps)" : "", info->description);
        if (info->status_2026_01 != status)
            words_add(words, " (in the table %d, and %d before 2026-01-08)", info->status_2026_01,
                      info->status_2025_09);
        else if (info->status_2025_09 != status)
            words_add(words, " (%d before 2026-01-08)", info->status_2025_09);
    }
    for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++) {
        if (!code_has_status(code, status) || fits_endpoint(code))
            continue;
        words_add(words, "%s`%s`", before, error_info(code)->name);
        before = ", ";
    }
}

/* An error of exactly this status, with one of its codes. */
static void add_status_schema(struct builder *b, cJSON *media, int status)
{
    cJSON *all = add_array(b, add_object(b, media, "schema"), "allOf");
    cJSON *properties = NULL, *detail = NULL, *codes = NULL;
    add_ref(b, all, NULL, "schemas", "Error");
    properties = add_object(b, add_object(b, all, NULL), "properties");
    add_number(b, add_object(b, properties, "error_code"), "const", status);
    detail = add_object(b, add_object(b, properties, "error_detail"), "properties");
    add_number(b, add_object(b, detail, "status_code"), "const", status);
    codes = add_array(b, add_object(b, detail, "code"), "enum");
    for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++)
        if (code_has_status(code, status))
            add_text(b, codes, NULL, error_info(code)->name);
}

static void add_status_headers(struct builder *b, cJSON *response, int status)
{
    cJSON *header = NULL, *schema = NULL, *examples = NULL;
    if (status == 405) {
        header = add_object(b, add_object(b, response, "headers"), "Allow");
        add_text(b, header, "description", "The methods that the path takes.");
        schema = add_object(b, header, "schema");
        add_text(b, schema, "type", "string");
        examples = add_array(b, schema, "examples");
        for (enum endpoint_id id = ENDPOINT_UNKNOWN + 1; id < ENDPOINT_COUNT; id++)
            add_text(b, examples, NULL, endpoint_allowed_methods(id));
    }
    if (status == 429) {
        header = add_object(b, add_object(b, response, "headers"), "Retry-After");
        add_text(b, header, "description",
                 "Seconds to wait. Not documented by the vendor; to be respected where supplied.");
        schema = add_object(b, header, "schema");
        add_text(b, schema, "type", "integer");
        add_number(b, schema, "minimum", 0);
    }
}

static void add_status(struct builder *b, cJSON *responses, int status)
{
    struct words name = {0}, words = {0};
    words_add(&name, "Error%d", status);
    describe_status(&words, status);
    cJSON *response = add_object(b, responses, name.text);
    add_words(b, response, "description", &words);
    cJSON *media = add_object(b, add_object(b, response, "content"), "application/json");
    add_status_headers(b, response, status);
    add_status_schema(b, media, status);
    if (meets_status(status))
        add_examples(b, media, status);
}

void openapi_add_error_responses(struct builder *b, cJSON *parent)
{
    for (int status = next_status(0); status; status = next_status(status))
        add_status(b, parent, status);
}
