/* "Did you mean …": the names nearest to an unknown one. Pure. */
#ifndef AILAB_MOCKSERVER_BASE_SUGGEST_H
#define AILAB_MOCKSERVER_BASE_SUGGEST_H

#include "base/slice.h"

#define SUGGESTIONS_MAX 3

struct suggestions {
    char wanted[65];
    const char *names[SUGGESTIONS_MAX]; /* borrowed, nearest first */
    unsigned distances[SUGGESTIONS_MAX];
    const char *abbreviated; /* the first of which the wanted name is the beginning, or NULL */
};

void suggestions_init(struct suggestions *out, struct slice wanted);
void suggestions_consider(struct suggestions *suggestions, const char *name);
/* The one name that was meant: the first that the wanted one abbreviates, else the nearest if it is
 * near enough. NULL when there is none. */
const char *suggestions_meant(const struct suggestions *suggestions);
/* "A, B, C". Returns out. */
const char *suggestions_print(const struct suggestions *suggestions, char *out, size_t size);

#endif
