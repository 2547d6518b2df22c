/* See invariants.h. */
#include "engine/invariants.h"
#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECKS_MAX 40

struct invariants {
    pthread_mutex_t lock;
    enum revision revision;
    struct observation checks[CHECKS_MAX];
    char *actuals[CHECKS_MAX], *exchanges[CHECKS_MAX]; /* owned */
    char **ids;                                        /* owned, request ids so far, sorted */
    size_t id_count, id_cap;
};

static size_t unique_slot(void)
{
    size_t count = 0;
    envelope_checks(&count);
    assert(count < CHECKS_MAX);
    return count;
}

struct invariants *invariants_new(enum revision revision)
{
    struct invariants *invariants = calloc(1, sizeof *invariants);
    if (invariants && pthread_mutex_init(&invariants->lock, NULL) != 0) {
        free(invariants);
        return NULL;
    }
    if (invariants)
        invariants->revision = revision;
    return invariants;
}

void invariants_free(struct invariants *invariants)
{
    if (!invariants)
        return;
    for (size_t i = 0; i < CHECKS_MAX; i++) {
        free(invariants->actuals[i]);
        free(invariants->exchanges[i]);
    }
    for (size_t i = 0; i < invariants->id_count; i++)
        free(invariants->ids[i]);
    free(invariants->ids);
    pthread_mutex_destroy(&invariants->lock);
    free(invariants);
}

static void note(struct invariants *invariants, size_t slot, bool holds, const char *slug,
                 const char *actual, const char *exchange)
{
    struct observation *seen = &invariants->checks[slot];
    seen->seen++;
    if (holds)
        return;
    if (seen->violated++ > 0)
        return;
    snprintf(seen->first, sizeof seen->first, "%s", slug);
    invariants->actuals[slot] = strdup(actual);
    seen->actual = invariants->actuals[slot] ? invariants->actuals[slot] : "out of memory";
    invariants->exchanges[slot] = exchange ? strdup(exchange) : NULL;
    seen->exchange = invariants->exchanges[slot];
}

/* Where the id belongs in the sorted list; *found says whether it is there already. */
static size_t id_place(const struct invariants *invariants, const char *id, bool *found)
{
    size_t low = 0, high = invariants->id_count;
    *found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(invariants->ids[middle], id);
        if (order == 0)
            *found = true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void remember_id(struct invariants *invariants, const char *id, const char *slug,
                        const char *exchange)
{
    bool found = false;
    struct buf actual = {0};
    size_t at = id_place(invariants, id, &found);
    if (found)
        buf_printf(&actual, "request_id \"%s\" came twice", id);
    note(invariants, unique_slot(), !found, slug, buf_str(&actual), exchange);
    buf_clear(&actual);
    if (found)
        return;
    if (invariants->id_count == invariants->id_cap) {
        size_t cap = invariants->id_cap ? invariants->id_cap * 2 : 64;
        char **ids = realloc(invariants->ids, cap * sizeof *ids);
        if (!ids)
            return;
        invariants->ids = ids;
        invariants->id_cap = cap;
    }
    char *copy = strdup(id);
    if (!copy)
        return;
    memmove(invariants->ids + at + 1, invariants->ids + at,
            (invariants->id_count - at) * sizeof *invariants->ids);
    invariants->ids[at] = copy;
    invariants->id_count++;
}

void invariants_see(struct invariants *invariants, const char *slug, const struct answer *answer,
                    const char *exchange)
{
    size_t count = 0;
    const struct envelope_check *checks = envelope_checks(&count);
    for (size_t i = 0; i < count; i++) {
        struct buf actual = {0};
        if (!envelope_owes(&checks[i], answer, invariants->revision))
            continue;
        bool holds = envelope_holds(&checks[i], &actual, answer, invariants->revision);
        pthread_mutex_lock(&invariants->lock);
        note(invariants, i, holds, slug, buf_str(&actual), exchange);
        pthread_mutex_unlock(&invariants->lock);
        buf_clear(&actual);
    }
    const char *id = cJSON_GetStringValue(answer_field(answer->json, "request_id"));
    if (!id)
        return;
    pthread_mutex_lock(&invariants->lock);
    remember_id(invariants, id, slug, exchange);
    pthread_mutex_unlock(&invariants->lock);
}

struct observation invariants_ask(struct invariants *invariants, const struct envelope_check *check)
{
    size_t count = 0;
    const struct envelope_check *checks = envelope_checks(&count);
    pthread_mutex_lock(&invariants->lock);
    struct observation seen = invariants->checks[check ? (size_t)(check - checks) : count];
    pthread_mutex_unlock(&invariants->lock);
    return seen;
}
