/* cJSON with its results looked at. */
#include "base/json_tree.h"
#include "base/utf8.h"
#include <stdio.h>
#include <stdlib.h>

void tree_start(struct tree *tree)
{
    tree->root = cJSON_CreateObject();
    tree->failed = tree->root == NULL;
}

static cJSON *add(struct tree *tree, cJSON *parent, const char *name, cJSON *item)
{
    cJSON_bool added = item && parent ? (name ? cJSON_AddItemToObject(parent, name, item)
                                              : cJSON_AddItemToArray(parent, item))
                                      : false;
    if (added)
        return item;
    cJSON_Delete(item);
    tree->failed = true;
    return NULL;
}

cJSON *tree_object(struct tree *tree, cJSON *parent, const char *name)
{
    return add(tree, parent, name, cJSON_CreateObject());
}

cJSON *tree_array(struct tree *tree, cJSON *parent, const char *name)
{
    return add(tree, parent, name, cJSON_CreateArray());
}

void tree_slice(struct tree *tree, cJSON *parent, const char *name, struct slice text)
{
    char *copy = malloc(text.len + 1);
    if (!copy) {
        tree->failed = true;
        return;
    }
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    for (size_t at = 0; (at += utf8_length(slice_make(copy + at, text.len - at))) < text.len;)
        copy[at] = '?';
    add(tree, parent, name, cJSON_CreateString(copy));
    free(copy);
}

void tree_text(struct tree *tree, cJSON *parent, const char *name, const char *text)
{
    tree_slice(tree, parent, name, slice_of(text));
}

void tree_optional(struct tree *tree, cJSON *parent, const char *name, const char *text)
{
    if (text && text[0])
        tree_text(tree, parent, name, text);
    else
        tree_null(tree, parent, name);
}

/* cJSON prints 15 digits where it holds 2^53 - 1 to be the same number. */
void tree_number(struct tree *tree, cJSON *parent, const char *name, double number)
{
    char text[32];
    if (number < 1e15 || number >= 1e20) {
        add(tree, parent, name, cJSON_CreateNumber(number));
        return;
    }
    snprintf(text, sizeof text, "%.0f", number);
    add(tree, parent, name, cJSON_CreateRaw(text));
}

void tree_flag(struct tree *tree, cJSON *parent, const char *name, bool flag)
{
    add(tree, parent, name, cJSON_CreateBool(flag));
}

void tree_null(struct tree *tree, cJSON *parent, const char *name)
{
    add(tree, parent, name, cJSON_CreateNull());
}

void tree_item(struct tree *tree, cJSON *parent, const char *name, cJSON *item)
{
    add(tree, parent, name, item);
}

/* cJSON may have been given an allocator of its own, so what it printed is copied. */
char *tree_print(struct tree *tree)
{
    char *text = tree->failed ? NULL : cJSON_PrintUnformatted(tree->root);
    char *copy = text ? strdup(text) : NULL;
    cJSON_free(text);
    cJSON_Delete(tree->root);
    tree->root = NULL;
    return copy;
}
