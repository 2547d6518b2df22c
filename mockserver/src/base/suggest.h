/* "Did you mean …": the names nearest to one that nobody knows. Pure. */
#ifndef AILAB_MOCKSERVER_BASE_SUGGEST_H
#define AILAB_MOCKSERVER_BASE_SUGGEST_H

#include "base/slice.h"

#define SUGGESTIONS_MAX 3

struct suggestions {
    char wanted[65];
    const char *names[SUGGESTIONS_MAX]; /* borrowed, nearest first */
    unsigned distances[SUGGESTIONS_MAX];
};

void suggestions_init(struct suggestions *out, struct slice wanted);
void suggestions_consider(struct suggestions *suggestions, const char *name);
/* The nearest name, or NULL when it is further than that many changed characters. */
const char *suggestions_nearest(const struct suggestions *suggestions, unsigned changes_max);
/* "A, B, C". Returns out. */
const char *suggestions_print(const struct suggestions *suggestions, char *out, size_t size);

#endif
