/* How runtimes are told to trust the mock's authority: the rows of recipes.def. Pure. */
#ifndef AILAB_MOCK_RECIPES_H
#define AILAB_MOCK_RECIPES_H

#include <stddef.h>
#include <stdio.h>

/* The files that a recipe names. Borrowed. */
struct recipe_files {
    const char *ca, *bundle, *java;
};

struct recipe {
    const char *name, *also, *about, *text;
};

/* The recipes, *count of them. Static storage. */
const struct recipe *recipes_all(size_t *count);

/* The recipe of this name, or of another word for it, in any case. NULL: there is none; *meant is
 * then the name that was probably meant, or NULL. */
const struct recipe *recipe_find(const char **meant, const char *name);

/* Its lines, ready to paste. */
void recipe_print(FILE *out, const struct recipe *recipe, const struct recipe_files *files);

#endif
