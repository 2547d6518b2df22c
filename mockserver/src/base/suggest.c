/* Edit distance without regard to case, '_' and '-' being the same. */
#include "base/suggest.h"
#include <limits.h>
#include <stdio.h>

#define LENGTH_MAX 64

void suggestions_init(struct suggestions *out, struct slice wanted)
{
    memset(out, 0, sizeof *out);
    snprintf(out->wanted, sizeof out->wanted, "%.*s",
             (int)(wanted.len < LENGTH_MAX ? wanted.len : LENGTH_MAX),
             wanted.len ? wanted.ptr : "");
    for (size_t i = 0; i < SUGGESTIONS_MAX; i++)
        out->distances[i] = UINT_MAX;
}

static unsigned char fold(char c)
{
    return c == '-' ? '_' : slice_lower(c);
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Levenshtein, one row at a time. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[LENGTH_MAX + 1];
    size_t length = strlen(b);
    if (length > LENGTH_MAX)
        return UINT_MAX;
    for (unsigned j = 0; j <= length; j++)
        row[j] = j;
    for (unsigned i = 1; *a; a++, i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= length; j++) {
            unsigned replaced = diagonal + (fold(*a) != fold(b[j - 1]));
            diagonal = row[j];
            row[j] = least(replaced, least(row[j], row[j - 1]) + 1);
        }
    }
    return row[length];
}

void suggestions_consider(struct suggestions *suggestions, const char *name)
{
    unsigned far = distance(suggestions->wanted, name);
    size_t at = SUGGESTIONS_MAX;
    while (at > 0 && far < suggestions->distances[at - 1])
        at--;
    for (size_t i = SUGGESTIONS_MAX; i > at + 1; i--) {
        suggestions->names[i - 1] = suggestions->names[i - 2];
        suggestions->distances[i - 1] = suggestions->distances[i - 2];
    }
    if (at < SUGGESTIONS_MAX) {
        suggestions->names[at] = name;
        suggestions->distances[at] = far;
    }
}

const char *suggestions_nearest(const struct suggestions *suggestions, unsigned changes_max)
{
    return suggestions->distances[0] <= changes_max ? suggestions->names[0] : NULL;
}

const char *suggestions_print(const struct suggestions *suggestions, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < SUGGESTIONS_MAX && suggestions->names[i] && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "",
                                 suggestions->names[i]);
    return out;
}
