/* What a case says of answers that are right, and of answers that are wrong in one thing: the
 * verdict, the clause and the words, and how many requests it took. */
#include "answers.h"
#include "cases/suites.h"
#include "stand.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define ANSWERS_MAX 4

static const struct row {
    const char *before;   /* NULL, or a case that the same run asks first */
    const char *expected; /* NULL: whatever it says */
    enum revision revision;
    const char *why, *slug;
    unsigned requests;
    const char *said;
    const char *answers[ANSWERS_MAX + 1]; /* NULL behind the last */
} rows[] = {
#define VERDICT(...) VERDICT_ROW(NULL, NULL, REVISION_DEFAULT, __VA_ARGS__)
#define VERDICT_AFTER(before, ...) VERDICT_ROW(before, NULL, REVISION_DEFAULT, __VA_ARGS__)
#define VERDICT_EXPECTS(expected, ...) VERDICT_ROW(NULL, expected, REVISION_DEFAULT, __VA_ARGS__)
#define VERDICT_AT(revision, ...) VERDICT_ROW(NULL, NULL, REVISION_##revision, __VA_ARGS__)
#define VERDICT_ROW(before, expected, revision, why, slug, requests, said, ...)                    \
    {before, expected, revision, why, slug, requests, said, {__VA_ARGS__}},
#include "verdicts.def"
};

/* Of the case itself, after the one before it. */
static void run(struct result *out, struct session *session, const struct row *row,
                const struct catalogue *catalogue)
{
    const char *const slugs[] = {row->before, row->slug};
    for (size_t i = 0; i < COUNT_OF(slugs); i++)
        if (slugs[i]) {
            result_clear(out);
            stand_run(out, session, catalogue, slugs[i]);
        }
}

static bool is_judged(const struct row *row, const struct catalogue *catalogue)
{
    char said[VERDICT_SIZE];
    const char *const *answers = row->answers;
    struct session session;
    struct result result = {0};
    struct scripted *server = stand_serve(&answers);
    stand_open(&session, server->url);
    session.revision = row->revision;
    run(&result, &session, row, catalogue);
    stand_said(said, &result);
    scripted_stop(server);
    const bool shown = result.verdict != VERDICT_FAIL || result.exchange;
    const bool expects =
        !row->expected || (result.expected && strcmp(result.expected, row->expected) == 0);
    const bool right = strcmp(said, row->said) == 0 && server->requests == row->requests;
    if (!right || !shown || !expects)
        print_error("%s, %s: \"%s\" after %u requests%s; %s was expected\n", row->slug, row->why,
                    said, server->requests, shown ? "" : ", of which none is shown",
                    result.expected);
    result_clear(&result);
    session_clear(&session);
    scripted_free(server);
    return right && shown && expects;
}

static void verdicts_follow_from_the_answers(void **state)
{
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        wrong += !is_judged(&rows[i], *state);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts_follow_from_the_answers),
    };
    return cmocka_run_group_tests(tests, stand_catalogue, stand_catalogue_free);
}
