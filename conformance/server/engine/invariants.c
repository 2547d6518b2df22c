/* See observer.h. */
#include "engine/invariants.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECKS_MAX 40

struct observer {
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
    return count;
}

struct observer *observer_new(enum revision revision)
{
    struct observer *observer = calloc(1, sizeof *observer);
    if (observer && pthread_mutex_init(&observer->lock, NULL) != 0) {
        free(observer);
        return NULL;
    }
    if (observer)
        observer->revision = revision;
    return observer;
}

void observer_free(struct observer *observer)
{
    if (!observer)
        return;
    for (size_t i = 0; i < CHECKS_MAX; i++) {
        free(observer->actuals[i]);
        free(observer->exchanges[i]);
    }
    for (size_t i = 0; i < observer->id_count; i++)
        free(observer->ids[i]);
    free(observer->ids);
    pthread_mutex_destroy(&observer->lock);
    free(observer);
}

static void note(struct observer *observer, size_t slot, bool holds, const char *slug,
                 const char *actual, const char *exchange)
{
    struct observation *seen = &observer->checks[slot];
    seen->seen++;
    if (holds)
        return;
    if (seen->violated++ > 0)
        return;
    snprintf(seen->first, sizeof seen->first, "%s", slug);
    observer->actuals[slot] = strdup(actual);
    seen->actual = observer->actuals[slot] ? observer->actuals[slot] : "out of memory";
    observer->exchanges[slot] = exchange ? strdup(exchange) : NULL;
    seen->exchange = observer->exchanges[slot];
}

/* Where the id belongs in the sorted list; *found says whether it is there already. */
static size_t id_place(const struct observer *observer, const char *id, bool *found)
{
    size_t low = 0, high = observer->id_count;
    *found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(observer->ids[middle], id);
        if (order == 0)
            *found = true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void remember_id(struct observer *observer, const char *id, const char *slug,
                        const char *exchange)
{
    bool found = false;
    struct buf actual = {0};
    size_t at = id_place(observer, id, &found);
    if (found)
        buf_printf(&actual, "request_id \"%s\" came twice", id);
    note(observer, unique_slot(), !found, slug, buf_str(&actual), exchange);
    buf_clear(&actual);
    if (found)
        return;
    if (observer->id_count == observer->id_cap) {
        size_t cap = observer->id_cap ? observer->id_cap * 2 : 64;
        char **ids = realloc(observer->ids, cap * sizeof *ids);
        if (!ids)
            return;
        observer->ids = ids;
        observer->id_cap = cap;
    }
    char *copy = strdup(id);
    if (!copy)
        return;
    memmove(observer->ids + at + 1, observer->ids + at,
            (observer->id_count - at) * sizeof *observer->ids);
    observer->ids[at] = copy;
    observer->id_count++;
}

void observer_see(struct observer *observer, const char *slug, const struct answer *answer,
                  const char *exchange)
{
    size_t count = 0;
    const struct envelope_check *checks = envelope_checks(&count);
    for (size_t i = 0; i < count && i < CHECKS_MAX - 1; i++) {
        struct buf actual = {0};
        if (!envelope_owes(&checks[i], answer, observer->revision))
            continue;
        bool holds = checks[i].holds(&actual, answer, observer->revision);
        pthread_mutex_lock(&observer->lock);
        note(observer, i, holds, slug, buf_str(&actual), exchange);
        pthread_mutex_unlock(&observer->lock);
        buf_clear(&actual);
    }
    const char *id = cJSON_GetStringValue(answer_field(answer->json, "request_id"));
    if (!id)
        return;
    pthread_mutex_lock(&observer->lock);
    remember_id(observer, id, slug, exchange);
    pthread_mutex_unlock(&observer->lock);
}

bool observer_ask(struct observation *out, struct observer *observer, const char *name)
{
    size_t count = 0, slot = unique_slot();
    const struct envelope_check *checks = envelope_checks(&count);
    if (strcmp(name, "request-id-unique") != 0)
        for (slot = 0; slot < count && strcmp(checks[slot].name, name) != 0;)
            slot++;
    if (slot > unique_slot() || (slot == count && strcmp(name, "request-id-unique") != 0))
        return false;
    pthread_mutex_lock(&observer->lock);
    *out = observer->checks[slot];
    pthread_mutex_unlock(&observer->lock);
    return true;
}
