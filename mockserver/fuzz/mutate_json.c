/* Edits a tree of cJSON. What fields there are, of which kind and within which bounds, stands in
 * the shapes' tables alone. */
#include "api/deviation.h"
#include "documents/shapes.h"
#include "mutate.h"
#include <stdlib.h>

#define ROWS_MAX 256
#define EDITS_MAX 4
#define TEXT_MAX 600

struct rows {
    const struct shape_row *rows[ROWS_MAX];
    size_t count;
};

struct editing {
    struct chance chance;
    const struct rows *rows;
};

/* Rows of all shapes of a document */

static bool has_row(const struct rows *rows, const struct shape_row *row)
{
    for (size_t i = 0; i < rows->count; i++)
        if (rows->rows[i] == row)
            return true;
    return false;
}

static void add_rows(struct rows *out, const struct shape *shape)
{
    for (size_t i = 0; shape && i < shape->count && out->count < ROWS_MAX; i++) {
        const struct shape_row *row = &shape->rows[i];
        if (has_row(out, row))
            continue;
        out->rows[out->count++] = row;
        if (row->kind == SHAPE_OBJECT || row->kind == SHAPE_LIST)
            add_rows(out, row->of.shape);
        else if (row->kind == SHAPE_OTHER)
            add_rows(out, row->of.other->shape);
    }
}

static const struct rows *rows_of_documents(void)
{
    static const struct shape *const roots[] = {&document_shape, &account_shape, &step_shape,
                                                &scenario_shape, &match_shape,   &tls_shape,
                                                &range_shape};
    static struct rows rows;
    if (!rows.count)
        for (size_t i = 0; i < COUNT_OF(roots); i++)
            add_rows(&rows, roots[i]);
    return &rows;
}

static uint32_t below(struct editing *editing, size_t count)
{
    return chance_below(&editing->chance, (uint32_t)count);
}

static const struct shape_row *any_row(struct editing *editing)
{
    return editing->rows->rows[below(editing, editing->rows->count)];
}

static const struct shape_row *row_named(const struct rows *rows, const char *name)
{
    for (size_t i = 0; name && i < rows->count; i++)
        if (strcmp(rows->rows[i]->name, name) == 0)
            return rows->rows[i];
    return NULL;
}

/* Values */

/* A name of one of the tables, or a text that a reader may trip over. */
static const char *any_word(struct editing *editing)
{
    static const char *const words[] = {
        "success",    "normal",   "repeat-last",  "restart",
        "jpeg",       "*",        "?*",           "Retry-After",
        "a\tb",       "\xc3\xa9", "iVBORw0KGgo=", "A_CODE_OF_TOMORROW",
        "mock:stall", ""};
    size_t deviations;
    const struct deviation *table = deviation_table(&deviations);
    switch (below(editing, 5)) {
    case 0:
        return fault_info((enum fault_id)(1 + below(editing, FAULT_COUNT - 1)))->name;
    case 1:
        return table[below(editing, deviations)].name;
    case 2:
        return error_info((enum error_code)(1 + below(editing, ERROR_COUNT - 1)))->name;
    case 3:
        return any_row(editing)->name;
    default:
        return CHANCE_OF_ROWS(&editing->chance, words);
    }
}

/* The ends of a row's bounds, one beyond, and numbers that no row allows. */
static cJSON *number_for(struct editing *editing, const struct shape_row *row)
{
    static const double odd[] = {0, -1, 0.5, 1e308, 9007199254740993.0, 4294967296.0, 1e-9};
    const double low = (double)row->minimum, high = (double)row->maximum;
    const double ends[] = {low - 1, low, low + 1, high - 1, high, high + 1};
    return cJSON_CreateNumber(below(editing, 4) ? CHANCE_OF_ROWS(&editing->chance, ends)
                                                : CHANCE_OF_ROWS(&editing->chance, odd));
}

/* A text of a row's bounds, or one byte beyond. */
static cJSON *text_for(struct editing *editing, const struct shape_row *row)
{
    char text[TEXT_MAX];
    const int64_t lengths[] = {row->minimum - 1, row->minimum, row->maximum, row->maximum + 1};
    int64_t length = CHANCE_OF_ROWS(&editing->chance, lengths);
    if (below(editing, 2) || length < 0 || length >= (int64_t)sizeof text)
        return cJSON_CreateString(any_word(editing));
    memset(text, 'x', (size_t)length);
    text[length] = '\0';
    return cJSON_CreateString(text);
}

static cJSON *value_for(struct editing *editing, const struct shape_row *row, unsigned depth);

/* Some of a shape's fields, those that are required nearly always. */
static cJSON *object_for(struct editing *editing, const struct shape *shape, unsigned depth)
{
    cJSON *object = cJSON_CreateObject();
    for (size_t i = 0; shape && depth && i < shape->count; i++) {
        const bool required = (shape->rows[i].flags & SHAPE_REQUIRED) != 0;
        if (below(editing, 8) < (required ? 7 : 2))
            cJSON_AddItemToObject(object, shape->rows[i].name,
                                  value_for(editing, &shape->rows[i], depth - 1));
    }
    return object;
}

static cJSON *any_value(struct editing *editing)
{
    cJSON *list;
    switch (below(editing, 7)) {
    case 0:
        return cJSON_CreateNull();
    case 1:
        return cJSON_CreateBool(below(editing, 2) == 1);
    case 2:
        return number_for(editing, any_row(editing));
    case 3:
        return cJSON_CreateObject();
    case 4:
        list = cJSON_CreateArray();
        for (uint32_t i = below(editing, 3); i; i--)
            cJSON_AddItemToArray(list, number_for(editing, any_row(editing)));
        return list;
    default:
        return cJSON_CreateString(any_word(editing));
    }
}

static cJSON *list_for(struct editing *editing, const struct shape_row *row, unsigned depth)
{
    cJSON *list = cJSON_CreateArray();
    for (uint32_t i = below(editing, 4); i; i--)
        cJSON_AddItemToArray(list, object_for(editing, row->of.shape, depth));
    return list;
}

/* A value that the row may accept. */
static cJSON *value_for(struct editing *editing, const struct shape_row *row, unsigned depth)
{
    const char *word;
    if ((row->flags & SHAPE_NULL) && below(editing, 4) == 0)
        return cJSON_CreateNull();
    switch (row->kind) {
    case SHAPE_WHOLE:
    case SHAPE_REAL:
        return number_for(editing, row);
    case SHAPE_FLAG:
        return cJSON_CreateBool(below(editing, 2) == 1);
    case SHAPE_TEXT:
        return text_for(editing, row);
    case SHAPE_WORD:
        word =
            row->of.words[row->minimum + below(editing, (size_t)(row->maximum - row->minimum) + 1)];
        return cJSON_CreateString(word ? word : any_word(editing));
    case SHAPE_OBJECT:
        return object_for(editing, row->of.shape, depth);
    case SHAPE_LIST:
        return list_for(editing, row, depth);
    case SHAPE_OTHER:
        break;
    }
    if (row->of.other->shape && below(editing, 2))
        return object_for(editing, row->of.other->shape, depth);
    return any_value(editing);
}

/* Edits of the tree */

/* The nth item below root, in the order of the text, with the one that holds it. */
static cJSON *nth_item(cJSON *parent, uint32_t *n, cJSON **parent_out)
{
    cJSON *item;
    cJSON_ArrayForEach(item, parent)
    {
        if ((*n)-- == 0) {
            *parent_out = parent;
            return item;
        }
        cJSON *found = nth_item(item, n, parent_out);
        if (found)
            return found;
    }
    return NULL;
}

static uint32_t count_items(const cJSON *parent)
{
    uint32_t count = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, parent) count += 1 + count_items(item);
    return count;
}

static void replace(cJSON *parent, cJSON *item, cJSON *value)
{
    if (item->string)
        value->string = strdup(item->string);
    cJSON_ReplaceItemViaPointer(parent, item, value);
}

static void rename_item(cJSON *item, const char *name)
{
    if (!item->string)
        return;
    cJSON_free(item->string);
    item->string = strdup(name);
}

/* A copy behind the others: in an object the same field twice. */
static void duplicate(cJSON *parent, const cJSON *item)
{
    cJSON *copy = cJSON_Duplicate(item, true);
    if (cJSON_IsArray(parent))
        cJSON_AddItemToArray(parent, copy);
    else
        cJSON_AddItemToObject(parent, item->string, copy);
}

static void add_field(struct editing *editing, cJSON *object)
{
    const struct shape_row *row = any_row(editing);
    if (cJSON_IsObject(object))
        cJSON_AddItemToObject(object, row->name, value_for(editing, row, 3));
}

static void wrap(struct editing *editing, cJSON *parent, cJSON *item)
{
    cJSON *list = cJSON_CreateArray();
    cJSON_AddItemToArray(list, cJSON_Duplicate(item, true));
    for (uint32_t more = below(editing, 4); more; more--)
        cJSON_AddItemToArray(list, cJSON_Duplicate(item, true));
    replace(parent, item, list);
}

/* A value as its field wants it, or nearly. */
static void revalue(struct editing *editing, cJSON *parent, cJSON *item)
{
    const struct shape_row *row = row_named(editing->rows, item->string);
    if (cJSON_IsNumber(item) && below(editing, 3) == 0)
        cJSON_SetNumberValue(item, item->valuedouble + (below(editing, 2) ? 1 : -1));
    else
        replace(parent, item, row ? value_for(editing, row, 3) : any_value(editing));
}

static void edit(struct editing *editing, cJSON *root)
{
    uint32_t n = below(editing, count_items(root) + 1);
    cJSON *parent = NULL, *item = n ? (n--, nth_item(root, &n, &parent)) : NULL;
    if (!item) {
        add_field(editing, root);
        return;
    }
    switch (below(editing, 8)) {
    case 0:
        cJSON_Delete(cJSON_DetachItemViaPointer(parent, item));
        return;
    case 1:
        duplicate(parent, item);
        return;
    case 2:
        rename_item(item, any_word(editing));
        return;
    case 3:
        wrap(editing, parent, item);
        return;
    case 4:
        replace(parent, item, any_value(editing));
        return;
    case 5:
        add_field(editing, cJSON_IsObject(item) ? item : parent);
        return;
    default:
        revalue(editing, parent, item);
        return;
    }
}

size_t mutate_json(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    struct editing editing = {chance_of(seed), rows_of_documents()};
    cJSON *root = cJSON_ParseWithLength((const char *)data, size);
    if (!root)
        return 0;
    for (uint32_t edits = 1 + below(&editing, EDITS_MAX); edits; edits--)
        edit(&editing, root);
    char *text = cJSON_PrintUnformatted(root);
    size_t made = text ? strlen(text) : 0;
    made = made <= max_size ? made : 0;
    if (made)
        memcpy(data, text, made);
    cJSON_free(text);
    cJSON_Delete(root);
    return made;
}
