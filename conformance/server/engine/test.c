/* See test.h. */
#include "engine/test.h"
#include "base/clock.h"
#include "engine/ask.h"
#include "evidence/curl_line.h"
#include "evidence/record.h"
#include "evidence/redact.h"
#include <stdlib.h>
#include <string.h>

__attribute__((format(printf, 1, 0))) static char *text_of(const char *format, va_list args,
                                                           const struct secrets *secrets)
{
    struct buf raw = {0};
    buf_vprintf(&raw, format, args);
    return redact_line(&raw, secrets);
}

static bool decide(struct test *test, enum verdict verdict)
{
    if (test->decided)
        return false;
    test->decided = true;
    test->result->verdict = verdict;
    return true;
}

__attribute__((format(printf, 4, 0))) static void fail(struct test *test, enum clause_id clause,
                                                       const char *expected, const char *actual,
                                                       va_list args)
{
    if (!decide(test, VERDICT_FAIL))
        return;
    test->result->blamed = clause_of(clause ? clause : test->def->clauses[0]);
    test->result->expected = strdup(expected);
    test->result->actual = text_of(actual, args, &test->session->secrets);
}

void test_fail(struct test *test, const char *expected, const char *actual, ...)
{
    va_list args;
    va_start(args, actual);
    fail(test, CLAUSE_NONE, expected, actual, args);
    va_end(args);
}

void test_blame(struct test *test, enum clause_id clause, const char *expected, const char *actual,
                ...)
{
    va_list args;
    va_start(args, actual);
    fail(test, clause, expected, actual, args);
    va_end(args);
}

static void set_reason(struct test *test, char *reason)
{
    free(test->result->reason);
    test->result->reason = reason;
}

__attribute__((format(printf, 3, 0))) static void end(struct test *test, enum verdict verdict,
                                                      const char *reason, va_list args)
{
    if (decide(test, verdict))
        set_reason(test, text_of(reason, args, &test->session->secrets));
}

void test_skip(struct test *test, const char *reason, ...)
{
    va_list args;
    va_start(args, reason);
    end(test, VERDICT_SKIP, reason, args);
    va_end(args);
}

void test_error(struct test *test, const char *reason, ...)
{
    va_list args;
    va_start(args, reason);
    end(test, VERDICT_ERROR, reason, args);
    va_end(args);
}

void test_note(struct test *test, const char *note)
{
    if (!test->decided)
        set_reason(test, strdup(note));
}

bool test_good(struct request *out, struct test *test)
{
    static const struct case_def good = {.slug = NULL};
    return test_request(out, test, &good);
}

bool test_request(struct request *out, struct test *test, const struct case_def *def)
{
    struct session *session = test->session;
    struct picture_bytes picture = {0};
    if (!pictures_get(&picture, session->pictures, def->picture)) {
        test_error(test, "%s could not be made", picture_title(def->picture));
        return false;
    }
    const char *choice = revision_is_in(session->revision, SINCE(1_0_1)) ? "12" : "100";
    request_good(out, session->endpoint.url.authority, session->secrets.keys[def->account], choice,
                 picture);
    struct part *part = request_part(out, "image_target");
    part->file_name = picture_name(def->picture);
    part->type = strstr(part->file_name, ".png") ? "image/png" : "image/jpeg";
    if (def->change)
        def->change(out, def);
    if (def->then)
        def->then(out, def);
    return true;
}

/* With the line that repeats it. */
static void show_exchange(struct test *test, const struct request *request,
                          const struct exchange *exchange)
{
    struct buf curl = {0};
    const struct origin origin = session_origin(test->session);
    curl_line(&curl, &origin, request, test->def->slug, test->step, test->def->flags & RAW_FRAMING);
    free(test->result->exchange);
    free(test->result->curl);
    test->result->exchange = strdup(buf_str(&exchange->text));
    test->result->curl = buf_take(&curl);
}

void test_note_exchange(struct test *test, const struct request *request,
                        const struct exchange *exchange)
{
    struct session *session = test->session;
    test->step++;
    if (!test->overcharged) /* the exchange that was charged stays */
        show_exchange(test, request, exchange);
    if (session->record)
        record_add(session->record, test->recorded_as ? test->recorded_as : test->def->slug,
                   test->step, request, exchange, &session->secrets);
    if (exchange->result != WIRE_OK)
        return;
    if (session->invariants && !test->unseen)
        invariants_see(session->invariants, test->def->slug, &exchange->answer,
                       buf_str(&exchange->text));
}

static bool answered(struct test *test, const struct request *request,
                     const struct exchange *exchange)
{
    test->heard = exchange->result;
    test->result->credits += exchange->credits;
    if (exchange->result == WIRE_HELD) {
        if (!test->overcharged) /* then that is what there is to say */
            test_skip(test, "%s", exchange->why);
        return false;
    }
    test_note_exchange(test, request, exchange);
    test->overcharged = test->overcharged || exchange->unplanned;
    switch (exchange->result) {
    case WIRE_OK:
        return true;
    case WIRE_CANCELLED:
        test_skip(test, "interrupted");
        break;
    case WIRE_SYSTEM:
        test_error(test, "%s", exchange->why);
        break;
    default:
        if (test->silence_is_error)
            test_error(test, "%s: %s", wire_result_name(exchange->result), exchange->why);
        test_fail(test, "an answer", "%s: %s", wire_result_name(exchange->result), exchange->why);
    }
    return false;
}

bool test_ask(struct exchange *out, struct test *test, const struct request *request)
{
    ask_once(out, test->session, request, test->deadline_ms);
    return answered(test, request, out);
}

bool test_ask_over(struct exchange *out, struct test *test, struct connection *connection,
                   const struct request *request)
{
    ask_over(out, test->session, connection, request, test->deadline_ms);
    return answered(test, request, out);
}

struct connection *test_connect(struct test *test)
{
    char why[WIRE_WHY_SIZE] = "";
    struct connection *connection = NULL;
    if (test->session->dry && test->session->dry_step == 1)
        return connection_unconnected();
    enum wire_result result =
        connection_open(&connection, &test->session->endpoint, test->deadline_ms, why);
    if (result != WIRE_OK)
        session_note_request(test->session, result, why);
    if (result == WIRE_CANCELLED)
        test_skip(test, "interrupted");
    else if (result == WIRE_SYSTEM)
        test_error(test, "%s", why);
    else if (result != WIRE_OK)
        test_fail(test, "a connection", "%s", why);
    return connection;
}

/* Waiting as long again for each suite would tell nothing new, and where calls cost money none is
 * repeated that the target may have charged. */
void test_note_silence(struct test *test, const char *why)
{
    bool missing =
        test->heard == WIRE_LATE || test->heard == WIRE_UNREACHABLE ||
        (test->session->economy && (test->heard == WIRE_CLOSED || test->heard == WIRE_GARBLED));
    if (!missing)
        return;
    struct buf raw = {0};
    buf_text(&raw, why);
    char *line = redact_line(&raw, &test->session->secrets);
    if (line)
        session_note_silence(test->session, line);
    free(line);
}

/* Asks it, with the lock held. */
static struct exchange *ask_shared(struct test *test, size_t slot, const struct request *request)
{
    struct session *session = test->session;
    const char *silence = slot == 0 ? session_silence(session) : NULL;
    if (silence) {
        test_error(test, "the target does not answer: %s", silence);
        return NULL;
    }
    if (slot == 0 && !budget_reserve(&session->budget, CALL_CREDITS)) {
        test_skip(test,
                  "it needs a successful call, and what is left of the bound of %ld "
                  "credits does not hold it",
                  session->budget.bound);
        return NULL;
    }
    struct exchange *asked = calloc(1, sizeof *asked);
    if (!asked) {
        test_error(test, "out of memory");
        return NULL;
    }
    /* Which case asks first is chance; where it is recorded is not. */
    test->recorded_as = slot == 0 ? "call/documented" : "envelope/json/errors";
    bool came = test_ask(asked, test, request);
    test->recorded_as = NULL;
    if (!came) {
        if (slot == 0)
            test_note_silence(test, asked->why);
        exchange_clear(asked);
        free(asked);
        return NULL;
    }
    session->shared[slot] = asked;
    return asked;
}

/* Takes over the text of an exchange that another case made. */
static void cite_shared(struct test *test, const struct request *request,
                        const struct exchange *asked)
{
    test->step++;
    show_exchange(test, request, asked);
}

const struct answer *test_shared(struct test *test, size_t slot, const struct request *request)
{
    struct session *session = test->session;
    pthread_mutex_lock(&session->shared_lock);
    struct exchange *asked = session->shared[slot];
    if (asked)
        cite_shared(test, request, asked);
    else
        asked = ask_shared(test, slot, request);
    pthread_mutex_unlock(&session->shared_lock);
    return asked ? &asked->answer : NULL;
}

const struct answer *test_good_answer(struct test *test)
{
    struct request request;
    return test_good(&request, test) ? test_shared(test, 0, &request) : NULL;
}

/* The clause that is broken below the level of the codes; CLAUSE_NONE when none is. */
static enum clause_id blamed_instead(const struct answer *answer, enum expect expect)
{
    if (!answer->json)
        return CLAUSE_answer_json;
    if (!answer->detail)
        return CLAUSE_answer_detail;
    if (!answer->code)
        return CLAUSE_answer_detail_code;
    if (answer->http.status == 200 && answer->code[0])
        return CLAUSE_answer_success_200;
    if (expect_credits(expect) > 0 && answer->from_editor && answer_is_success(answer))
        return answer_image_clause(answer);
    return CLAUSE_NONE;
}

bool test_expect(struct test *test, const struct answer *answer, enum expect expect)
{
    struct buf note = {0}, expected = {0}, actual = {0};
    enum match match = expect_match(answer, expect, test->session->revision, &note);
    if (match == MATCH_ACCEPTED)
        test_note(test, buf_str(&note));
    if (match == MATCH_NONE) {
        expect_describe(&expected, expect, test->session->revision);
        answer_describe(&actual, answer);
        test_blame(test, test->unseen ? CLAUSE_NONE : blamed_instead(answer, expect),
                   buf_str(&expected), "%s", buf_str(&actual));
    }
    buf_clear(&note);
    buf_clear(&expected);
    buf_clear(&actual);
    return match != MATCH_NONE;
}

/* The caller may have set the variable for the client, and judges a target that takes any key. */
static const char any_key_advice[] =
    "AILAB_API_KEY is set, so the target has to know that key and no other. Start it so "
    "(ailab-mock "
    "--api-key \"$AILAB_API_KEY\"), or leave AILAB_API_KEY unset for a target that takes any key.";

static void run_row(struct test *test)
{
    const struct case_def *def = test->def;
    struct request request;
    struct exchange exchange = {0};
    if (!test_request(&request, test, def))
        return;
    const bool came = test_ask(&exchange, test, &request);
    if (came && test_expect(test, &exchange.answer, def->expect)) {
        if (def->check)
            def->check(test, &exchange.answer);
    } else if (came && (def->flags & NEEDS_KNOWN_KEY) && answer_is_success(&exchange.answer)) {
        test->result->advice = any_key_advice;
    }
    exchange_clear(&exchange);
}

/* A reason not to run the case at all; false when there is one. */
static bool may_run(struct test *test)
{
    const struct session *session = test->session;
    /* Calls at the same time are more at risk than the one that a bound tolerates. */
    unsigned at_risk = test->def->at_once * CALL_CREDITS;
    unsigned credits = test->def->flags & SHARES_GOOD ? 0 : case_credits(test->def);
    if ((test->def->flags & NEEDS_KNOWN_KEY) && !session->key_known) {
        test_skip(test, "no key is given in AILAB_API_KEY, so the target may take any");
        return false;
    }
    if ((test->def->flags & NEEDS_ARMING) && !session->arm) {
        test_skip(test, "the target cannot be armed (see --arm)");
        return false;
    }
    if (!session->secrets.keys[test->def->account]) {
        test_skip(test, "no key of such an account is given in %s",
                  secrets_variable(test->def->account));
        return false;
    }
    if (budget_reserve(&test->session->budget, credits + at_risk))
        return true;
    test_skip(test, "%s %u credits, and what is left of the bound of %ld does not hold them",
              at_risk ? "it could cost" : "it costs", credits + at_risk, session->budget.bound);
    return false;
}

void test_run(struct result *result, struct session *session, const struct case_def *def,
              double deadline_ms)
{
    double start = clock_ms();
    struct test test = {
        .session = session, .def = def, .result = result, .deadline_ms = deadline_ms};
    *result = case_result(def);
    if (may_run(&test)) {
        if (def->run)
            def->run(&test, def);
        else
            run_row(&test);
    }
    if (test.overcharged) /* also where the case looks at something else */
        test_blame(&test, CLAUSE_credits_failures_free, "a refusal, which costs nothing",
                   "a success, which costs %d credits", CALL_CREDITS);
    budget_release(&session->budget);
    result->ms = clock_ms() - start;
}
