/* Oddities: what is unusual about an input that is taken all the same. A table names them, a mask
 * says which were found: bit n stands for row n. Pure. */
#ifndef AILAB_MOCKSERVER_BASE_ODDITY_H
#define AILAB_MOCKSERVER_BASE_ODDITY_H

#include <stddef.h>

#define ODDITIES_MAX 32 /* rows of a table */

struct oddity {
    const char *word; /* in journal and log */
    const char *note; /* what it means, for people */
};

struct oddity_table {
    const struct oddity *rows;
    size_t count;
};

/* The words of those that were found, in the order of the table; returns how many. Static storage.
 */
static inline size_t oddity_words(const char *out[ODDITIES_MAX], const struct oddity_table *table,
                                  unsigned found)
{
    size_t count = 0;
    for (size_t i = 0; i < table->count; i++)
        if (found >> i & 1)
            out[count++] = table->rows[i].word;
    return count;
}

#endif
