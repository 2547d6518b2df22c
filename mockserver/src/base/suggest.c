/* Edit distance without regard to case, '_' and '-' being the same, two swapped neighbours being
 * one change. */
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

/* Three rows at a time: a swap looks two rows back. */
static unsigned distance(const char *a, const char *b)
{
    unsigned rows[3][LENGTH_MAX + 1];
    const unsigned length = (unsigned)strlen(b);
    unsigned i = 1;
    if (length > LENGTH_MAX)
        return UINT_MAX;
    for (unsigned j = 0; j <= length; j++)
        rows[0][j] = j;
    for (; a[i - 1]; i++) {
        unsigned *row = rows[i % 3];
        const unsigned *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (unsigned j = 1; j <= length; j++) {
            bool same = fold(a[i - 1]) == fold(b[j - 1]);
            row[j] = least(above[j - 1] + !same, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) &&
                fold(a[i - 2]) == fold(b[j - 1]))
                row[j] = least(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[(i - 1) % 3][length];
}

static bool abbreviates(const char *wanted, const char *name)
{
    while (*wanted && fold(*wanted) == fold(*name))
        wanted++, name++;
    return !*wanted && *name;
}

void suggestions_consider(struct suggestions *suggestions, const char *name)
{
    unsigned far = distance(suggestions->wanted, name);
    size_t at = SUGGESTIONS_MAX;
    if (!suggestions->abbreviated && abbreviates(suggestions->wanted, name))
        suggestions->abbreviated = name;
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

const char *suggestions_meant(const struct suggestions *suggestions)
{
    const size_t wanted = strlen(suggestions->wanted);
    const char *nearest = suggestions->names[0];
    if (wanted < 2 || !nearest)
        return NULL;
    if (suggestions->abbreviated)
        return suggestions->abbreviated;
    const size_t length = strlen(nearest), most = length < 6 ? 2 : length / 3;
    const unsigned far = suggestions->distances[0];
    return far <= most && far < wanted ? nearest : NULL;
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
