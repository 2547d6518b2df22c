/* An entry as the admin API prints it, and the JSON Schema of that. */
#include "journal/print.h"
#include "base/clock.h"
#include "scenarios/match.h"
#include <modp_b64.h>
#include <stdlib.h>

static void print_date(struct tree *tree, cJSON *object, const char *name, int64_t time_ms)
{
    char text[CLOCK_TEXT_SIZE];
    tree_text(tree, object, name, clock_print(text, time_ms));
}

static void print_key(struct tree *tree, cJSON *object, const char *name,
                      const struct journal_entry *entry)
{
    char label[KEY_LABEL_SIZE];
    tree_optional(tree, object, name, entry->has_key ? key_label(label, &entry->key) : NULL);
}

static void print_choice(struct tree *tree, cJSON *object, const char *name, int choice)
{
    if (choice >= 0)
        tree_number(tree, object, name, choice);
    else
        tree_null(tree, object, name);
}

static void print_headers(struct tree *tree, cJSON *object, const char *name,
                          const struct journal_entry *entry)
{
    struct header_field field;
    const struct request_headers headers = {.kept = entry->headers};
    cJSON *array = tree_array(tree, object, name);
    for (size_t at = 0; request_headers_next(&field, &headers, &at);) {
        cJSON *header = tree_object(tree, array, NULL);
        tree_slice(tree, header, "name", field.name);
        tree_slice(tree, header, "value", field.value);
    }
}

static void add_part(struct tree *tree, cJSON *parts, const struct journal_part *part)
{
    cJSON *object = tree_object(tree, parts, NULL);
    tree_text(tree, object, "name", part->name);
    if (part->has_file_name)
        tree_text(tree, object, "file_name", part->file_name);
    if (part->content_type[0])
        tree_text(tree, object, "content_type", part->content_type);
    tree_number(tree, object, "size", (double)part->size);
    tree_optional(tree, object, "sha256", part->sha256);
}

static void print_parts(struct tree *tree, cJSON *object, const char *name,
                        const struct journal_entry *entry)
{
    cJSON *parts = tree_array(tree, object, name);
    for (size_t i = 0; i < entry->part_count && i < JOURNAL_PARTS_MAX; i++)
        add_part(tree, parts, &entry->parts[i]);
}

static void print_oddities(struct tree *tree, cJSON *object, const struct oddity_table *table,
                           unsigned found)
{
    const char *words[ODDITIES_MAX];
    const size_t count = oddity_words(words, table, found);
    cJSON *oddities = tree_array(tree, object, "oddities");
    for (size_t i = 0; i < count; i++)
        tree_text(tree, oddities, NULL, words[i]);
}

static void print_form(struct tree *tree, cJSON *object, const char *name, unsigned found)
{
    print_oddities(tree, tree_object(tree, object, name), &multipart_oddities, found);
}

static void print_image(struct tree *tree, cJSON *object, const char *name,
                        const struct journal_entry *entry)
{
    if (!entry->image_part) {
        tree_null(tree, object, name);
        return;
    }
    cJSON *image = tree_object(tree, object, name);
    tree_text(tree, image, "format", format_words[entry->number.format]);
    tree_number(tree, image, "width", (double)entry->number.width);
    tree_number(tree, image, "height", (double)entry->number.height);
    tree_number(tree, image, "size", (double)entry->number.size);
    tree_optional(tree, image, "sha256", entry->parts[entry->image_part - 1].sha256);
    print_oddities(tree, image, &image_oddities, entry->oddities);
}

/* Only of a body that the caller wants. */
static void print_body(struct tree *tree, cJSON *object, const char *name,
                       const struct shared_bytes *body)
{
    if (!body)
        return;
    char *text = malloc(modp_b64_encode_len(body->size));
    if (!text) {
        tree->failed = true;
        return;
    }
    size_t len = modp_b64_encode(text, (const char *)body->data, body->size);
    tree_slice(tree, object, name, slice_make(text, len));
    free(text);
}

static const char *clause_name(enum rule_id rule)
{
    return rule ? clause_info(rule_info(rule)->clause)->id : NULL;
}

static const char *fault_name(enum fault_id fault)
{
    return fault ? fault_info(fault)->name : NULL;
}

static const char *const choosers[] = {"",          "queue",   "header", "key",
                                       "file_name", "picture", "match"};

/* For each kind of fact, how it is printed and its schema. */
#define PRINT_WHOLE(tree, object, name, value) tree_number(tree, object, name, (double)(value))
#define PRINT_REAL tree_number
#define PRINT_FLAG tree_flag
#define PRINT_TEXT tree_text
#define PRINT_NAME tree_optional
#define PRINT_DATE print_date
#define PRINT_KEY print_key
#define PRINT_CHOICE print_choice
#define PRINT_HEADERS print_headers
#define PRINT_PARTS print_parts
#define PRINT_FORM print_form
#define PRINT_IMAGE print_image
#define PRINT_BODY(tree, object, name, body)                                                       \
    print_body(tree, object, name, with_body ? (body) : NULL)
#define PRINT_RULE(tree, object, name, rule) tree_optional(tree, object, name, journal_rule(entry))
#define PRINT_CLAUSE(tree, object, name, rule) tree_optional(tree, object, name, clause_name(rule))
#define PRINT_FAULT(tree, object, name, fault) tree_optional(tree, object, name, fault_name(fault))
#define PRINT_TLS_FAULT(tree, object, name, fault)                                                 \
    tree_optional(tree, object, name, journal_tls_fault(entry))
#define PRINT_CHOSEN_BY(tree, object, name, by) tree_optional(tree, object, name, choosers[by])

#define SCHEMA_WHOLE "{'type':'integer','minimum':0}"
#define SCHEMA_REAL "{'type':'number','minimum':0}"
#define SCHEMA_FLAG "{'type':'boolean'}"
#define SCHEMA_TEXT "{'type':'string'}"
#define SCHEMA_NAME "{'type':['string','null']}"
#define SCHEMA_DATE "{'type':'string','format':'date-time'}"
#define SCHEMA_KEY SCHEMA_NAME
#define SCHEMA_CHOICE "{'type':['integer','null']}"
#define SCHEMA_HEADERS                                                                             \
    "{'type':'array','items':{'type':'object','properties':{'name':" SCHEMA_TEXT                   \
    ",'value':" SCHEMA_TEXT "},'required':['name','value']}}"
#define SCHEMA_PARTS "{'type':'array','items':{'$ref':'#/components/schemas/Part'}}"
#define SCHEMA_FORM "{'$ref':'#/components/schemas/Form'}"
#define SCHEMA_IMAGE "{'$ref':'#/components/schemas/Image'}"
#define SCHEMA_BODY "{'type':'string','contentEncoding':'base64'}"
#define SCHEMA_RULE SCHEMA_NAME
#define SCHEMA_CLAUSE SCHEMA_NAME
#define SCHEMA_FAULT SCHEMA_NAME
#define SCHEMA_TLS_FAULT SCHEMA_NAME
#define SCHEMA_CHOSEN_BY "{'enum':['queue','header','key','file_name','picture','match',null]}"

cJSON *journal_print(struct tree *tree, cJSON *parent, const char *name,
                     const struct journal_entry *entry, bool with_body)
{
    cJSON *object = tree_object(tree, parent, name);
#define MOCK_NUMBER(type, name, source, kind, note) PRINT_##kind(tree, object, #name, entry->name);
#define MOCK_TEXT(name, most, source, kind, note) PRINT_##kind(tree, object, #name, entry->name);
#define MOCK_VIEW(name, value, kind, note) PRINT_##kind(tree, object, #name, value);
#include "journal/facts.def"
    return object;
}

static const struct {
    const char *name, *schema, *note;
} facts[] = {
#define MOCK_NUMBER(type, name, source, kind, note) {#name, SCHEMA_##kind, note},
#define MOCK_TEXT(name, most, source, kind, note) {#name, SCHEMA_##kind, note},
#define MOCK_VIEW(name, value, kind, note) {#name, SCHEMA_##kind, note},
#include "journal/facts.def"
};

void journal_describe_entry(struct tree *tree, cJSON *parent, const char *name)
{
    cJSON *schema = tree_object(tree, parent, name);
    tree_text(tree, schema, "type", "object");
    cJSON *properties = tree_object(tree, schema, "properties");
    cJSON *required = tree_array(tree, schema, "required");
    for (size_t i = 0; i < COUNT_OF(facts); i++) {
        tree_schema(tree, properties, facts[i].name, facts[i].schema);
        if (facts[i].note)
            tree_text(tree, cJSON_GetObjectItemCaseSensitive(properties, facts[i].name),
                      "description", facts[i].note);
        if (strcmp(facts[i].schema, SCHEMA_BODY) != 0)
            tree_text(tree, required, NULL, facts[i].name);
    }
}

static void describe_oddities(struct tree *tree, cJSON *schema, const struct oddity_table *table)
{
    cJSON *oddities =
        tree_object(tree, cJSON_GetObjectItemCaseSensitive(schema, "properties"), "oddities");
    tree_text(tree, oddities, "type", "array");
    cJSON *words = tree_array(tree, tree_object(tree, oddities, "items"), "oneOf");
    for (size_t i = 0; i < table->count; i++) {
        cJSON *row = tree_object(tree, words, NULL);
        tree_text(tree, row, "const", table->rows[i].word);
        tree_text(tree, row, "description", table->rows[i].note);
    }
}

void journal_describe_form(struct tree *tree, cJSON *parent, const char *name)
{
    tree_schema(tree, parent, name, "{'type':'object','properties':{}}");
    describe_oddities(tree, cJSON_GetObjectItemCaseSensitive(parent, name), &multipart_oddities);
}

void journal_describe_image(struct tree *tree, cJSON *parent, const char *name)
{
    tree_schema(tree, parent, name,
                "{'type':['object','null'],'properties':{'format':{'enum':['jpeg','png','other']},"
                "'width':" SCHEMA_WHOLE ",'height':" SCHEMA_WHOLE ",'size':" SCHEMA_WHOLE
                ",'sha256':" SCHEMA_NAME "}}");
    describe_oddities(tree, cJSON_GetObjectItemCaseSensitive(parent, name), &image_oddities);
}
