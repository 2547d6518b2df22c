/* Prints a struct as the object that its shape reads, for listing. What a field has unless the
 * object names it is left out. */
#include "base/shape.h"

/* Whether the member is as it was before the reading. */
static bool is_initial(const struct shape *shape, const struct shape_row *row, const char *at)
{
    const char *initial = shape->initial ? (const char *)shape->initial + row->offset : NULL;
    for (size_t i = 0; i < row->size; i++)
        if (at[i] != (initial ? initial[i] : 0))
            return false;
    return row->size > 0;
}

static double number_at(const struct shape_row *row, const char *at)
{
    double real;
    uint32_t half;
    int64_t whole;
    if (row->kind == SHAPE_REAL || row->flags & SHAPE_DOUBLE) {
        memcpy(&real, at, sizeof real);
        return real;
    }
    memcpy(&half, at, sizeof half);
    if (row->size == sizeof half)
        return half;
    memcpy(&whole, at, sizeof whole);
    return (double)whole;
}

static void print_list(struct tree *tree, cJSON *parent, const struct shape_row *row,
                       const char *items, size_t count)
{
    cJSON *array = tree_array(tree, parent, row->name);
    for (size_t i = 0; items && i < count; i++)
        shape_print(tree, tree_object(tree, array, NULL), row->of.shape,
                    items + i * row->of.shape->size);
}

static void print_row(struct tree *tree, cJSON *parent, const struct shape_row *row, const char *in)
{
    const char *at = in + row->offset, *text = NULL;
    switch (row->kind) {
    case SHAPE_WHOLE:
    case SHAPE_REAL:
        tree_number(tree, parent, row->name, number_at(row, at));
        break;
    case SHAPE_FLAG:
        tree_flag(tree, parent, row->name, *(const bool *)at);
        break;
    case SHAPE_TEXT:
        memcpy(&text, at, sizeof text);
        tree_text(tree, parent, row->name, text);
        break;
    case SHAPE_WORD:
        tree_text(tree, parent, row->name, row->of.words[(size_t)number_at(row, at)]);
        break;
    case SHAPE_OBJECT:
        shape_print(tree, tree_object(tree, parent, row->name), row->of.shape, at);
        break;
    case SHAPE_LIST:
        memcpy(&text, at, sizeof text);
        print_list(tree, parent, row, text, *(const size_t *)(const void *)(in + row->given - 1));
        break;
    case SHAPE_OTHER:
        row->of.other->print(tree, parent, row->name, at);
        break;
    }
}

void shape_print(struct tree *tree, cJSON *object, const struct shape *shape, const void *in)
{
    for (size_t i = 0; i < shape->count; i++) {
        const struct shape_row *row = &shape->rows[i];
        const bool *given =
            row->given && row->kind != SHAPE_LIST ? (const bool *)in + (row->given - 1) : NULL;
        if (given ? *given : !is_initial(shape, row, (const char *)in + row->offset))
            print_row(tree, object, row, in);
    }
}
