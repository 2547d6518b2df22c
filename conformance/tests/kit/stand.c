/* See stand.h. */
#include "stand.h"
#include "base/clock.h"
#include "cases/suites.h"
#include "engine/test.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

void stand_open(struct session *out, const char *url)
{
    static const char *const keys[ACCOUNT_COUNT] = {"key-of-a-good-account", "key-of-a-locked-one",
                                                    "key-of-an-empty-one", "key-of-a-limited-one"};
    char why[URL_WHY_SIZE] = "";
    assert_true(session_init(out));
    assert_true(url_parse(&out->endpoint.url, url, why));
    for (size_t i = 0; i < ACCOUNT_COUNT; i++)
        out->secrets.keys[i] = keys[i];
    out->key_known = out->arm = true;
    out->timeout_ms = STAND_PATIENCE_MS;
    out->invariants = invariants_new(out->revision);
    assert_non_null(out->invariants);
}

void stand_run(struct result *out, struct session *session, const struct catalogue *catalogue,
               const char *slug)
{
    const struct case_def *def = catalogue_find(catalogue, slug);
    assert_non_null(def);
    test_run(out, session, def, clock_ms() + STAND_PATIENCE_MS);
}

static const char *answer(void *context, const char *request, size_t size)
{
    const char *const **answers = context;
    (void)request, (void)size;
    return (*answers)[1] ? *(*answers)++ : **answers;
}

struct scripted *stand_serve(const char *const **answers)
{
    struct scripted *server =
        **answers ? scripted_start_choosing(answer, answers) : scripted_start_silent();
    assert_non_null(server);
    return server;
}

void stand_said(char out[VERDICT_SIZE], const struct result *result)
{
    const char *const words[] = {result->blamed ? result->blamed->id : NULL, result->actual,
                                 result->reason};
    int used = snprintf(out, VERDICT_SIZE, "%s", verdict_name(result->verdict));
    for (size_t i = 0; i < sizeof words / sizeof words[0] && used < VERDICT_SIZE; i++)
        if (words[i])
            used += snprintf(out + used, (size_t)(VERDICT_SIZE - used), " | %s", words[i]);
}

int stand_catalogue(void **state)
{
    *state = catalogue_of_all();
    return *state ? 0 : -1;
}

int stand_catalogue_free(void **state)
{
    catalogue_free(*state);
    return 0;
}
