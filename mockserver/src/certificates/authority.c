/* The authority that is kept, and the contexts of servers by name and fault, remembered. */
#include "certificates/authority.h"
#include "base/clock.h"
#include "certificates/keeper.h"
#include "certificates/names.h"
#include "certificates/served.h"
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOCK_WAIT_MS 10000u
/* A program that is started gets a new authority this long before the old one ends ... */
#define RENEW_AT_START_S (30 * DAY_S)
/* ... and one that runs on, whose clients know the old one, when it must. */
#define RENEW_RUNNING_S (2 * DAY_S)
/* A certificate of a server is made again this long before it ends. */
#define RENEW_SERVER_S DAY_S

struct remembered {
    SSL_CTX *context; /* NULL: this place is free */
    char name[NAME_SIZE];
    enum tls_fault fault;
    int64_t from_s, until_s; /* when it may be given out */
    uint64_t asked;          /* the number of the last question for it */
};

struct authority {
    int64_t (*now_ms)(void *context);
    void *context;
    char news[AILAB_MOCK_ERROR_SIZE];
    pthread_mutex_t mutex; /* guards the rest, but for the paths of the keeper */
    struct keeper keeper;
    struct remembered remembered[AUTHORITY_CONTEXTS_MAX];
    uint64_t questions;
};

static int64_t wall_ms(void *context)
{
    (void)context;
    return clock_wall_ms();
}

static int64_t now_s(const struct authority *authority)
{
    return authority->now_ms(authority->context) / 1000;
}

enum ailab_mock_error authority_open_at(struct authority **out, const char *directory,
                                        int64_t (*now_ms)(void *context), void *context,
                                        char why[AILAB_MOCK_ERROR_SIZE])
{
    struct authority *made = calloc(1, sizeof *made);
    *out = NULL;
    if (!made) {
        snprintf(why, AILAB_MOCK_ERROR_SIZE, "out of memory");
        return AILAB_MOCK_NO_MEMORY;
    }
    made->now_ms = now_ms;
    made->context = context;
    enum ailab_mock_error error = keeper_init(&made->keeper, directory, why);
    if (error == AILAB_MOCK_OK)
        error = keeper_refresh(&made->keeper, now_s(made), RENEW_AT_START_S, LOCK_WAIT_MS, why);
    if (error != AILAB_MOCK_OK) {
        keeper_clear(&made->keeper);
        free(made);
        return error;
    }
    pthread_mutex_init(&made->mutex, NULL);
    memcpy(made->news, made->keeper.news, sizeof made->news);
    *out = made;
    return AILAB_MOCK_OK;
}

enum ailab_mock_error authority_open(struct authority **out, const char *directory,
                                     char why[AILAB_MOCK_ERROR_SIZE])
{
    return authority_open_at(out, directory, wall_ms, NULL, why);
}

static void forget(struct remembered *place)
{
    SSL_CTX_free(place->context);
    *place = (struct remembered){0};
}

void authority_close(struct authority *authority)
{
    if (!authority)
        return;
    for (size_t i = 0; i < AUTHORITY_CONTEXTS_MAX; i++)
        forget(&authority->remembered[i]);
    keeper_clear(&authority->keeper);
    pthread_mutex_destroy(&authority->mutex);
    free(authority);
}

const char *authority_ca_file(const struct authority *authority)
{
    return authority->keeper.files.ca;
}

const char *authority_bundle_file(const struct authority *authority)
{
    return authority->keeper.files.bundle;
}

const char *authority_java_file(const struct authority *authority)
{
    return authority->keeper.files.java;
}

const char *authority_news(const struct authority *authority)
{
    return authority->news;
}

/* The place of this context, whether it is good or not, else a free one, else the one that was
 * asked for longest ago. */
static struct remembered *place_of(struct authority *authority, const char *name,
                                   enum tls_fault fault)
{
    struct remembered *places = authority->remembered, *oldest = places;
    for (size_t i = 0; i < AUTHORITY_CONTEXTS_MAX; i++) {
        if (places[i].context && places[i].fault == fault && strcmp(places[i].name, name) == 0)
            return &places[i];
        if (places[i].asked < oldest->asked) /* a free one was never asked for */
            oldest = &places[i];
    }
    return oldest;
}

static bool is_for(const struct remembered *place, const char *name, enum tls_fault fault,
                   int64_t at_s)
{
    return place->context && place->fault == fault && strcmp(place->name, name) == 0 &&
           place->from_s <= at_s && at_s < place->until_s;
}

/* A program that runs for years renews its authority too. When that fails the old one is the best
 * there is. */
static void renew_authority(struct authority *authority, int64_t at_s)
{
    char why[AILAB_MOCK_ERROR_SIZE];
    if (!keeper_lasts(&authority->keeper, at_s, RENEW_RUNNING_S))
        (void)keeper_refresh(&authority->keeper, at_s, RENEW_RUNNING_S, 0, why);
}

/* False: out of memory; the place is free then. */
static bool make(struct authority *authority, struct remembered *place, const char *name,
                 enum tls_fault fault, int64_t at_s)
{
    struct served served;
    forget(place);
    renew_authority(authority, at_s);
    if (!served_make(&served, &authority->keeper.kept.hierarchy, name, fault, at_s))
        return false;
    place->context = served_context(&served);
    place->fault = fault;
    snprintf(place->name, sizeof place->name, "%s", name);
    /* An expired one is good for as long as others made now would be. */
    place->from_s = at_s - BACKDATED_S;
    place->until_s = fault == TLS_FAULT_expired
                         ? at_s + (SERVER_DAYS_MAX - 2) * DAY_S
                         : certificate_until_s(served.identity.certificate) - RENEW_SERVER_S;
    served_clear(&served);
    return place->context != NULL;
}

SSL_CTX *authority_context(struct authority *authority, const char *name, enum tls_fault fault)
{
    char wanted[NAME_SIZE];
    SSL_CTX *context = NULL;
    int64_t at_s = now_s(authority);
    name_beside_usual(wanted, name);
    fault = served_fault(fault);
    pthread_mutex_lock(&authority->mutex);
    struct remembered *place = place_of(authority, wanted, fault);
    if (is_for(place, wanted, fault, at_s) || make(authority, place, wanted, fault, at_s)) {
        place->asked = ++authority->questions;
        context = place->context;
        SSL_CTX_up_ref(context);
    }
    pthread_mutex_unlock(&authority->mutex);
    return context;
}
