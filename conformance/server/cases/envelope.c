/* The envelope, clause by clause: of a success, of a set of different errors, and of every answer
 * that the whole run has seen. The cases follow from the table of envelope.h. */
#include "judge/envelope.h"
#include "cases/changes.h"
#include "cases/suites.h"
#include "engine/test.h"
#include <string.h>

#define VERSION_OF_ID 14 /* the places of these two digits */
#define VARIANT_OF_ID 19

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
    bool refused = false;
    test->silence_is_error = true;
    for (size_t which = 1; which < SESSION_SHARED_MAX && !test->decided; which++) {
        struct request request;
        if (!test_request(&request, test, &bad[which]))
            return;
        const struct answer *answer = test_shared(test, which, &request);
        if (!answer || answer->http.status == 200)
            continue;
        refused = true;
        judge(test, def->argument.check, answer);
    }
    if (!refused)
        test_fail(test, "an error to look at", "none of seven bad requests was refused");
}

RUN(run_every)
{
    const struct envelope_check *check = def->argument.check;
    const struct observation seen = invariants_ask(test->session->invariants, check);
    if (seen.seen == 0)
        test_skip(test, "no answer of this run owed it");
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

#define IDS 48
#define ID_LEN 36
#define DIGITS_OF_ID "0123456789ABCDEF-"

/* Which digits the place at had in the ids, as bits. */
static unsigned digits_at(char ids[IDS][ID_LEN + 1], size_t at)
{
    unsigned seen = 0;
    for (size_t i = 0; i < IDS; i++)
        seen |= 1U << (strchr(DIGITS_OF_ID, ids[i][at]) - DIGITS_OF_ID);
    return seen;
}

/* The request_id of an answer of its own; false, with a verdict, when it is no UUID of version 4.
 */
static bool next_id(char out[ID_LEN + 1], struct test *test, struct connection *connection,
                    const struct request *request)
{
    struct exchange exchange = {0};
    bool came = test_ask_over(&exchange, test, connection, request);
    const char *id =
        came ? cJSON_GetStringValue(answer_field(exchange.answer.json, "request_id")) : NULL;
    const bool random = id && strlen(id) == ID_LEN && strspn(id, DIGITS_OF_ID) == ID_LEN &&
                        id[VERSION_OF_ID] == '4';
    if (came && !random)
        test_skip(test, "request_id is no upper-case UUID of version 4");
    else if (came)
        memcpy(out, id, ID_LEN + 1);
    exchange_clear(&exchange);
    return random;
}

/* Of 16 digits, a place that is random has more than 8 among 48: otherwise once in 10^10 runs. */
RUN(run_id_digits)
{
    char ids[IDS][ID_LEN + 1];
    struct request request;
    struct connection *connection = test_connect(test);
    bool open = connection && test_request(&request, test, def);
    for (size_t i = 0; open && i < IDS; i++)
        open = next_id(ids[i], test, connection, &request);
    for (size_t at = 0; open && at < ID_LEN; at++) {
        const int count = __builtin_popcount(digits_at(ids, at));
        const bool fixed = at == VERSION_OF_ID || at == VARIANT_OF_ID || ids[0][at] == '-';
        if (!fixed && count <= 8)
            test_fail(test, "random digits at each place of request_id",
                      "%d different ones at place %zu of %d answers", count, at + 1, IDS);
    }
    connection_close(connection);
}

CHANGE(asks_nothing)
{
    request->method = "GET";
    request->key = NULL;
    request->path = REQUEST_CREDITS;
    request_no_body(request);
}

static const struct case_def cases[] = {
    CLAUSE(answer_request_id_version,
           "request_id has the version and the variant of a UUID of RFC 9562, and random digits if "
           "that is 4."),
    CASE("envelope/request-id-digits", "the digits of a random request_id differ",
         .change = asks_nothing, .run = run_id_digits),
};

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

const struct suite suite_envelope = {"envelope", "The envelope",  true,
                                     cases,      COUNT_OF(cases), make_envelope};
const struct suite suite_every_answer = {"every-answer", "Every answer of this run", true, NULL, 0,
                                         make_every};
