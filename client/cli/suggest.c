/* Edit distance (with swapped neighbours counted once) over names of bounded length. A name that
 * the wrong one abbreviates is taken before one that merely looks alike. */
#include "suggest.h"
#include <string.h>

#define NAME_MAX_LENGTH 32

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][NAME_MAX_LENGTH + 1];
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = smaller(above[j - 1] + cost, smaller(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = smaller(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}

const char *suggest(const char *name, size_t length, const char *const *candidates, size_t count)
{
    const char *best = NULL;
    size_t best_distance = 0;
    if (length < 2 || length > NAME_MAX_LENGTH)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t candidate_length = strlen(candidates[i]);
        if (candidate_length > NAME_MAX_LENGTH)
            continue;
        if (candidate_length > length && memcmp(candidates[i], name, length) == 0)
            return candidates[i];
        size_t steps = distance(name, length, candidates[i], candidate_length);
        size_t most = candidate_length < 6 ? 2 : candidate_length / 3;
        if (steps <= most && steps < length && (!best || steps < best_distance)) {
            best = candidates[i];
            best_distance = steps;
        }
    }
    return best;
}
