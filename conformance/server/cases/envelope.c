/* The envelope, clause by clause: of a success, of a set of different errors, and of every answer
 * that the whole run has seen. The cases follow from the table of envelope.h. */
#include "judge/envelope.h"
#include "cases/changes.h"
#include "cases/suites.h"
#include "engine/test.h"
#include <string.h>

static void judge(struct test *test, const struct envelope_check *check,
                  const struct answer *answer)
{
    struct buf actual = {0};
    if (!envelope_owes(check, answer, test->session->revision)) {
        answer_describe(&actual, answer);
        test_blame(test, answer->json ? CLAUSE_NONE : CLAUSE_answer_json, check->expected, "%s",
                   buf_str(&actual));
    } else if (!envelope_holds(check, &actual, answer, test->session->revision)) {
        test_fail(test, check->expected, "%s", buf_str(&actual));
    }
    buf_clear(&actual);
}

RUN(run_success)
{
    test->silence_is_error = true;
    const struct answer *answer = test_good_answer(test);
    if (answer)
        judge(test, def->argument.check, answer);
}

/* Requests that are refused for different reasons; the whole run asks each once. Slot 0 is the good
 * one. */
static const struct case_def bad[SESSION_SHARED_MAX] = {
    [1] = {.change = change_no_key},
    [2] = {TEXT(change_path, "/api/no-such-group")},
    [3] = {TEXT(change_choice, "17")},
    [4] = {UPLOADS(EMPTY)},
    [5] = {TEXT(change_without, "image_target")},
    [6] = {UPLOADS(TEXT)},
    [7] = {UPLOADS(JPEG_HALF)},
};

/* Another suite judges that a bad request is refused; this one fails only when none is. */
RUN(run_errors)
{
    size_t refused = 0;
    test->silence_is_error = true;
    for (size_t which = 1; which < SESSION_SHARED_MAX && !test->decided; which++) {
        struct request request;
        if (!test_request(&request, test, &bad[which]))
            return;
        const struct answer *answer = test_shared(test, which, &request);
        if (!answer || answer->http.status == 200)
            continue;
        refused++;
        judge(test, def->argument.check, answer);
    }
    if (refused == 0)
        test_fail(test, "an error to look at", "none of seven bad requests was refused");
}

RUN(run_every)
{
    const struct envelope_check *check = def->argument.check;
    const struct observation seen = invariants_ask(test->session->invariants, check);
    if (seen.seen == 0) {
        test_skip(test, "no answer of this run owed it");
        return;
    }
    struct buf note = {0};
    buf_printf(&note, "%zu answers", seen.seen);
    test_note(test, buf_str(&note));
    buf_clear(&note);
    if (seen.violated == 0)
        return;
    test->result->exchange = seen.exchange ? strdup(seen.exchange) : NULL;
    test_fail(test, check ? check->expected : "a request_id that no other answer has",
              "%s, first met by %s; %zu of %zu answers", seen.actual, seen.first, seen.violated,
              seen.seen);
}

static void make_envelope(struct catalogue *out)
{
    size_t count = 0;
    const struct envelope_check *checks = envelope_checks(&count);
    for (size_t i = 0; i < count * 2; i++) {
        const struct envelope_check *check = &checks[i / 2];
        bool error = i % 2;
        if (!(check->on & (error ? ON_ERROR : ON_SUCCESS)))
            continue;
        const char *on = error ? "errors" : "success";
        catalogue_add(
            out, &(struct case_def){.slug = catalogue_text(out, "envelope/%s/%s", check->name, on),
                                    .title = catalogue_text(out, "%s, on %s", check->expected, on),
                                    .clauses = {check->clause},
                                    .argument.check = check,
                                    .run = error ? run_errors : run_success,
                                    .flags = error ? 0 : SHARES_GOOD,
                                    .revisions = revisions_with(check->envelopes)});
    }
}

static void make_every(struct catalogue *out)
{
    size_t count = 0;
    const struct envelope_check *checks = envelope_checks(&count);
    for (size_t i = 0; i < count; i++)
        catalogue_add(
            out, &(struct case_def){.slug = catalogue_text(out, "every-answer/%s", checks[i].name),
                                    .title = checks[i].expected,
                                    .clauses = {checks[i].clause},
                                    .argument.check = &checks[i],
                                    .run = run_every,
                                    .flags = NEEDS_QUIET,
                                    .revisions = revisions_with(checks[i].envelopes)});
    catalogue_add(out, &(struct case_def){.slug = "every-answer/request-id-unique",
                                          .title = "no two answers have the same request_id",
                                          .clauses = {CLAUSE_answer_request_id_unique},
                                          .run = run_every,
                                          .flags = NEEDS_QUIET});
}

const struct suite suite_envelope = {"envelope", "The envelope", true, NULL, 0, make_envelope};
const struct suite suite_every_answer = {"every-answer", "Every answer of this run", true, NULL, 0,
                                         make_every};
