/* Building a JSON tree without looking at every step: a tree remembers that one step failed, and
 * its maker looks once, at the end. Texts may be any bytes; what is no UTF-8 becomes '?'. */
#ifndef AILAB_MOCKSERVER_BASE_JSON_TREE_H
#define AILAB_MOCKSERVER_BASE_JSON_TREE_H

#include "base/slice.h"
#include <cjson/cJSON.h>

struct tree {
    cJSON *root;
    bool failed; /* memory ran out */
};

/* An empty object as root. */
void tree_start(struct tree *tree);

/* Each adds to parent, which may be NULL after a failure: under name to an object, at the end of
 * an array with name NULL. What is returned is borrowed, NULL after a failure. */
cJSON *tree_object(struct tree *tree, cJSON *parent, const char *name);
cJSON *tree_array(struct tree *tree, cJSON *parent, const char *name);
void tree_text(struct tree *tree, cJSON *parent, const char *name, const char *text);
void tree_slice(struct tree *tree, cJSON *parent, const char *name, struct slice text);
/* NULL and "" become null. */
void tree_optional(struct tree *tree, cJSON *parent, const char *name, const char *text);
void tree_number(struct tree *tree, cJSON *parent, const char *name, double number);
void tree_flag(struct tree *tree, cJSON *parent, const char *name, bool flag);
void tree_null(struct tree *tree, cJSON *parent, const char *name);
/* item is consumed, also on failure; NULL is a failure. */
void tree_item(struct tree *tree, cJSON *parent, const char *name, cJSON *item);

/* The printed tree, to be freed with free(), or NULL when memory ran out; the tree is gone. */
char *tree_print(struct tree *tree);

#endif
