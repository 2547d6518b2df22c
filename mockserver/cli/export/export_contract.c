/* The contract's tables as one JSON document, one array a table, in the order of the rows. It adds
 * nothing and leaves nothing out; rules and options of the mock are not contract. */
#include "api/contract.h"
#include "export.h"
#include "export_build.h"
#include <string.h>

static void add_endpoints(struct builder *b, cJSON *root)
{
    cJSON *rows = add_array(b, root, "endpoints");
    for (enum endpoint_id id = ENDPOINT_UNKNOWN + 1; id < ENDPOINT_COUNT; id++) {
        const struct endpoint *endpoint = endpoint_info(id);
        cJSON *row = add_object(b, rows, NULL);
        add_text(b, row, "method", endpoint->method);
        add_text(b, row, "path", endpoint->path);
        add_text(b, row, "summary", endpoint->summary);
    }
}

static void add_accepted_choices(struct builder *b, cJSON *row, const struct revision *revision)
{
    size_t count = 0;
    const struct expression *table = expression_table(&count);
    cJSON *numbers = add_array(b, row, "service_choice");
    for (size_t i = 0; i < count; i++)
        if (expression_find(table[i].number, revision))
            add_number(b, numbers, NULL, table[i].number);
}

static void add_revisions(struct builder *b, cJSON *root)
{
    static const char *const envelopes[] = {
        [ENVELOPE_A] = "A", [ENVELOPE_B] = "B", [ENVELOPE_C] = "C"};
    cJSON *rows = add_array(b, root, "revisions");
    for (enum revision_id id = 0; id < REVISION_COUNT; id++) {
        const struct revision *revision = revision_info(id);
        cJSON *row = add_object(b, rows, NULL);
        add_text(b, row, "name", revision->name);
        add_flag(b, row, "default", revision == revision_default());
        add_text(b, row, "summary", revision->summary);
        add_text(b, row, "envelope", envelopes[revision->envelope]);
        add_text(b, row, "statuses",
                 revision->statuses == STATUSES_S2025_09 ? "status_2025_09" : "status_2026_01");
        add_flag(b, row, "service_choice_required", revision->choice == CHOICE_REQUIRED);
        add_accepted_choices(b, row, revision);
    }
}

static void add_expressions(struct builder *b, cJSON *root)
{
    size_t count = 0;
    const struct expression *table = expression_table(&count);
    cJSON *rows = add_array(b, root, "expressions");
    for (size_t i = 0; i < count; i++) {
        cJSON *row = add_object(b, rows, NULL);
        add_number(b, row, "number", table[i].number);
        add_text(b, row, "slug", table[i].slug);
        add_text(b, row, "label", table[i].label);
        enum revision_id first = 0, last = REVISION_COUNT - 1;
        while (!(table[i].revisions >> first & 1))
            first++;
        while (!(table[i].revisions >> last & 1))
            last--;
        add_text(b, row, "first_revision", revision_info(first)->name);
        add_text(b, row, "last_revision", revision_info(last)->name);
    }
}

static void add_limits(struct builder *b, cJSON *root)
{
    size_t count = 0;
    const struct limit_info *table = limit_table(&count);
    cJSON *rows = add_array(b, root, "limits");
    for (size_t i = 0; i < count; i++) {
        cJSON *row = add_object(b, rows, NULL);
        add_text(b, row, "name", table[i].name);
        add_number(b, row, "value", (double)table[i].value);
        add_text(b, row, "unit", table[i].unit);
        add_text(b, row, "summary", table[i].summary);
    }
}

/* "a,b" -> ["a", "b"]. */
static void add_list(struct builder *b, cJSON *row, const char *name, const char *list)
{
    struct words word;
    cJSON *array = add_array(b, row, name);
    while (*list) {
        size_t length = strcspn(list, ",");
        word.used = 0;
        words_add(&word, "%.*s", (int)length, list);
        add_words(b, array, NULL, &word);
        list += length + (list[length] == ',');
    }
}

static void add_errors(struct builder *b, cJSON *root)
{
    static const char *const relevance[] = {
        [ENDPOINT_YES] = "yes", [ENDPOINT_MAYBE] = "maybe", [ENDPOINT_NO] = "no"};
    cJSON *rows = add_array(b, root, "errors");
    for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++) {
        const struct error_info *info = error_info(code);
        cJSON *row = add_object(b, rows, NULL);
        add_text(b, row, "name", info->name);
        add_number(b, row, "status_2025_09", info->status_2025_09);
        add_number(b, row, "status_2026_01", info->status_2026_01);
        add_text(b, row, "description", info->description);
        add_text(b, row, "endpoint", relevance[info->relevance]);
        add_list(b, row, "seen", info->seen);
    }
}

static void add_clauses(struct builder *b, cJSON *root)
{
    cJSON *rows = add_array(b, root, "clauses");
    for (enum clause_id id = 0; id < CLAUSE_COUNT; id++) {
        const struct clause *clause = clause_info(id);
        cJSON *row = add_object(b, rows, NULL);
        add_text(b, row, "id", clause->id);
        add_text(b, row, "level", clause->level);
        add_text(b, row, "subject", clause->subject);
        add_text(b, row, "mark", clause->mark);
        add_text(b, row, "section", clause->section);
        add_text(b, row, "hash", clause->hash);
        add_text(b, row, "text", clause->text);
    }
}

cJSON *export_contract(void)
{
    struct builder b = {false};
    cJSON *root = cJSON_CreateObject();
    add_text(&b, root, "name", "ailab-mock");
    add_text(&b, root, "version", AILAB_VERSION_STRING);
    add_text(&b, root, "notice",
             "Unofficial: not made, endorsed or supported by AILabTools. What each mark, level and "
             "column means is said at the top of the files in fixtures/contract.");
    add_endpoints(&b, root);
    add_revisions(&b, root);
    add_expressions(&b, root);
    add_limits(&b, root);
    add_errors(&b, root);
    add_clauses(&b, root);
    return build_end(&b, root);
}
