/* JSON Schema from the rows of a shape. */
#include "base/shape.h"
#include <stdio.h>
#include <stdlib.h>

void tree_schema(struct tree *tree, cJSON *parent, const char *name, const char *schema)
{
    char *text = strdup(schema);
    for (char *c = text; c && *c; c++)
        if (*c == '\'')
            *c = '"';
    tree_item(tree, parent, name, text ? cJSON_Parse(text) : NULL);
    free(text);
}

static void add_type(struct tree *tree, cJSON *schema, const char *type, bool null)
{
    if (!null) {
        tree_text(tree, schema, "type", type);
        return;
    }
    cJSON *types = tree_array(tree, schema, "type");
    tree_text(tree, types, NULL, type);
    tree_text(tree, types, NULL, "null");
}

static void add_words(struct tree *tree, cJSON *schema, const struct shape_row *row)
{
    cJSON *words = tree_array(tree, schema, "enum");
    for (int64_t i = row->minimum; i <= row->maximum; i++)
        if (row->of.words[i])
            tree_text(tree, words, NULL, row->of.words[i]);
}

static void add_bounds(struct tree *tree, cJSON *schema, const char *least, const char *most,
                       const struct shape_row *row)
{
    tree_number(tree, schema, least, (double)row->minimum);
    tree_number(tree, schema, most, (double)row->maximum);
}

static void add_row(struct tree *tree, cJSON *parent, const struct shape_row *row);

static void add_object(struct tree *tree, cJSON *schema, const struct shape *shape, bool null)
{
    add_type(tree, schema, "object", null);
    tree_flag(tree, schema, "additionalProperties", false);
    if (shape->least)
        tree_number(tree, schema, "minProperties", shape->least);
    if (shape->most)
        tree_number(tree, schema, "maxProperties", shape->most);
    cJSON *properties = tree_object(tree, schema, "properties"), *required = NULL;
    for (size_t i = 0; i < shape->count; i++)
        add_row(tree, properties, &shape->rows[i]);
    for (size_t i = 0; i < shape->count; i++)
        if (shape->rows[i].flags & SHAPE_REQUIRED) {
            if (!required)
                required = tree_array(tree, schema, "required");
            tree_text(tree, required, NULL, shape->rows[i].name);
        }
}

void shape_describe(struct tree *tree, cJSON *parent, const char *name, const struct shape *shape)
{
    add_object(tree, tree_object(tree, parent, name), shape, false);
}

/* The schema where it stands, or a reference to it. */
static void add_shape(struct tree *tree, cJSON *parent, const char *name, const struct shape *shape,
                      bool null)
{
    char target[96];
    cJSON *schema = tree_object(tree, parent, name);
    if (!shape->schema) {
        add_object(tree, schema, shape, null);
        return;
    }
    snprintf(target, sizeof target, "#/components/schemas/%s", shape->schema);
    tree_text(tree, schema, "$ref", target);
}

static void add_other(struct tree *tree, cJSON *parent, const struct shape_row *row)
{
    const struct shape_other *other = row->of.other;
    if (!other->shape) {
        tree_schema(tree, parent, row->name, other->schema);
        return;
    }
    cJSON *forms = tree_array(tree, tree_object(tree, parent, row->name), "anyOf");
    tree_schema(tree, forms, NULL, other->schema);
    add_shape(tree, forms, NULL, other->shape, false);
}

static void add_simple(struct tree *tree, cJSON *schema, const struct shape_row *row)
{
    switch (row->kind) {
    case SHAPE_WHOLE:
        add_type(tree, schema, "integer", row->flags & SHAPE_NULL);
        add_bounds(tree, schema, "minimum", "maximum", row);
        break;
    case SHAPE_REAL:
        tree_text(tree, schema, "type", "number");
        add_bounds(tree, schema, "minimum", "maximum", row);
        break;
    case SHAPE_FLAG:
        tree_text(tree, schema, "type", "boolean");
        break;
    case SHAPE_TEXT:
        tree_text(tree, schema, "type", "string");
        add_bounds(tree, schema, "minLength", "maxLength", row);
        break;
    case SHAPE_WORD:
        add_words(tree, schema, row);
        break;
    case SHAPE_LIST:
        tree_text(tree, schema, "type", "array");
        add_bounds(tree, schema, "minItems", "maxItems", row);
        add_shape(tree, schema, "items", row->of.shape, false);
        break;
    case SHAPE_OBJECT:
    case SHAPE_OTHER:
        break;
    }
    if (row->note)
        tree_text(tree, schema, "description", row->note);
}

static void add_row(struct tree *tree, cJSON *parent, const struct shape_row *row)
{
    if (row->kind == SHAPE_OBJECT)
        add_shape(tree, parent, row->name, row->of.shape, row->flags & SHAPE_NULL);
    else if (row->kind == SHAPE_OTHER)
        add_other(tree, parent, row);
    else
        add_simple(tree, tree_object(tree, parent, row->name), row);
}
