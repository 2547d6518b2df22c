/* See invariants.h. */
#include "engine/invariants.h"
#include <assert.h>
#include <pthread.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECKS_MAX 40

struct invariants {
    pthread_mutex_t lock;
    enum revision revision;
    struct observation checks[CHECKS_MAX];
    char *actuals[CHECKS_MAX], *exchanges[CHECKS_MAX]; /* owned */
    void *ids; /* owned: a tree of the request ids so far, see tsearch() */
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
    tdestroy(invariants->ids, free);
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

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void remember_id(struct invariants *invariants, const char *id, const char *slug,
                        const char *exchange)
{
    struct buf actual = {0};
    bool found = tfind(id, &invariants->ids, by_text) != NULL;
    if (found)
        buf_printf(&actual, "request_id \"%s\" came twice", id);
    note(invariants, unique_slot(), !found, slug, buf_str(&actual), exchange);
    buf_clear(&actual);
    char *copy = found ? NULL : strdup(id);
    if (copy && !tsearch(copy, &invariants->ids, by_text))
        free(copy);
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
