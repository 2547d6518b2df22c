/* The contract's tables as one JSON document, one array a table, in the order of the rows. It adds
 * nothing and leaves nothing out; rules and options of the mock are not contract. */
#include "api/contract_document.h"
#include "api/contract.h"
#include "base/json_tree.h"
#include <string.h>

static void add_endpoints(struct tree *tree, cJSON *root)
{
    cJSON *rows = tree_array(tree, root, "endpoints");
    for (enum endpoint_id id = ENDPOINT_UNKNOWN + 1; id < ENDPOINT_COUNT; id++) {
        const struct endpoint *endpoint = endpoint_info(id);
        cJSON *row = tree_object(tree, rows, NULL);
        tree_text(tree, row, "method", endpoint->method);
        tree_text(tree, row, "path", endpoint->path);
        tree_text(tree, row, "summary", endpoint->summary);
    }
}

static void add_accepted_choices(struct tree *tree, cJSON *row, const struct revision *revision)
{
    size_t count = 0;
    const struct expression *table = expression_table(&count);
    cJSON *numbers = tree_array(tree, row, "service_choice");
    for (size_t i = 0; i < count; i++)
        if (expression_find(table[i].number, revision))
            tree_number(tree, numbers, NULL, table[i].number);
}

static void add_revisions(struct tree *tree, cJSON *root)
{
    static const char *const envelopes[] = {
        [ENVELOPE_A] = "A", [ENVELOPE_B] = "B", [ENVELOPE_C] = "C"};
    cJSON *rows = tree_array(tree, root, "revisions");
    for (enum revision_id id = 0; id < REVISION_COUNT; id++) {
        const struct revision *revision = revision_info(id);
        cJSON *row = tree_object(tree, rows, NULL);
        tree_text(tree, row, "name", revision->name);
        tree_flag(tree, row, "default", revision == revision_default());
        tree_text(tree, row, "summary", revision->summary);
        tree_text(tree, row, "envelope", envelopes[revision->envelope]);
        tree_text(tree, row, "statuses",
                  revision->statuses == STATUSES_S2025_09 ? "status_2025_09" : "status_2026_01");
        tree_flag(tree, row, "service_choice_required", revision->choice == CHOICE_REQUIRED);
        add_accepted_choices(tree, row, revision);
    }
}

static void add_expressions(struct tree *tree, cJSON *root)
{
    size_t count = 0;
    const struct expression *table = expression_table(&count);
    cJSON *rows = tree_array(tree, root, "expressions");
    for (size_t i = 0; i < count; i++) {
        cJSON *row = tree_object(tree, rows, NULL);
        tree_number(tree, row, "number", table[i].number);
        tree_text(tree, row, "slug", table[i].slug);
        tree_text(tree, row, "label", table[i].label);
        enum revision_id first = 0, last = REVISION_COUNT - 1;
        while (!(table[i].revisions >> first & 1))
            first++;
        while (!(table[i].revisions >> last & 1))
            last--;
        tree_text(tree, row, "first_revision", revision_info(first)->name);
        tree_text(tree, row, "last_revision", revision_info(last)->name);
    }
}

static void add_limits(struct tree *tree, cJSON *root)
{
    size_t count = 0;
    const struct limit_info *table = limit_table(&count);
    cJSON *rows = tree_array(tree, root, "limits");
    for (size_t i = 0; i < count; i++) {
        cJSON *row = tree_object(tree, rows, NULL);
        tree_text(tree, row, "name", table[i].name);
        tree_number(tree, row, "value", (double)table[i].value);
        tree_text(tree, row, "unit", table[i].unit);
        tree_text(tree, row, "summary", table[i].summary);
    }
}

/* "a,b" -> ["a", "b"]. */
static void add_list(struct tree *tree, cJSON *row, const char *name, const char *list)
{
    cJSON *array = tree_array(tree, row, name);
    while (*list) {
        size_t length = strcspn(list, ",");
        tree_slice(tree, array, NULL, slice_make(list, length));
        list += length + (list[length] == ',');
    }
}

static void add_errors(struct tree *tree, cJSON *root)
{
    static const char *const relevance[] = {
        [ENDPOINT_YES] = "yes", [ENDPOINT_MAYBE] = "maybe", [ENDPOINT_NO] = "no"};
    cJSON *rows = tree_array(tree, root, "errors");
    for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++) {
        const struct error_info *info = error_info(code);
        cJSON *row = tree_object(tree, rows, NULL);
        tree_text(tree, row, "name", info->name);
        tree_number(tree, row, "status_2025_09", info->status_2025_09);
        tree_number(tree, row, "status_2026_01", info->status_2026_01);
        tree_text(tree, row, "description", info->description);
        tree_text(tree, row, "endpoint", relevance[info->relevance]);
        add_list(tree, row, "seen", info->seen);
    }
}

static void add_clauses(struct tree *tree, cJSON *root)
{
    cJSON *rows = tree_array(tree, root, "clauses");
    for (enum clause_id id = 0; id < CLAUSE_COUNT; id++) {
        const struct clause *clause = clause_info(id);
        cJSON *row = tree_object(tree, rows, NULL);
        tree_text(tree, row, "id", clause->id);
        tree_text(tree, row, "level", clause->level);
        tree_text(tree, row, "subject", clause->subject);
        tree_text(tree, row, "mark", clause->mark);
        tree_text(tree, row, "section", clause->section);
        tree_text(tree, row, "hash", clause->hash);
        tree_text(tree, row, "text", clause->text);
    }
}

cJSON *contract_document(void)
{
    struct tree made, *tree = &made;
    tree_start(tree);
    cJSON *root = tree->root;
    tree_text(tree, root, "name", "ailab-mock");
    tree_text(tree, root, "version", AILAB_VERSION_STRING);
    tree_text(
        tree, root, "notice",
        "Unofficial: not made, endorsed or supported by AILabTools. What each mark, level and "
        "column means is said at the top of the files in fixtures/contract.");
    add_endpoints(tree, root);
    add_revisions(tree, root);
    add_expressions(tree, root);
    add_limits(tree, root);
    add_errors(tree, root);
    add_clauses(tree, root);
    if (!tree->failed)
        return root;
    cJSON_Delete(root);
    return NULL;
}
