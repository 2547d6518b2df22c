/* Many calls at once: every caller gets the answer to its own question. */
#include "base/thread.h"
#include "cases/changes.h"
#include "cases/suites.h"
#include "engine/ask.h"
#include "engine/test.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CALLERS 12
#define CALLS_EACH 6
#define QUESTIONS_MAX 6

/* The answer to a question that succeeds, asked while no other call runs. */
struct alone {
    char *image; /* owned; NULL for a question that is refused */
    struct picture_facts facts;
};

struct caller {
    struct session *session;
    const struct request *requests; /* one per question */
    const struct case_def *questions;
    const struct alone *alone; /* one per question */
    size_t question_count;
    double deadline_ms;
    unsigned credits; /* that its calls cost */
    size_t number;
    bool wrong;
    size_t which;             /* the question that went wrong */
    bool mixed_up;            /* … with the picture of another upload */
    struct exchange exchange; /* then; owned */
};

static bool same_facts(const struct picture_facts *a, const struct picture_facts *b)
{
    return a->format == b->format && a->width == b->width && a->height == b->height;
}

/* Whether the picture is the result of another upload, and not of this one. A target with one
 * result for all cannot mix them up. If a target never gives the same result twice, the format and
 * the sides of the pictures tell them apart. */
static bool is_of_another(const struct caller *caller, size_t which, const struct answer *answer)
{
    struct picture_facts facts = {0};
    const struct alone *own = &caller->alone[which];
    if (!own->image || !answer->image || strcmp(answer->image, own->image) == 0)
        return false;
    bool decoded = answer_image(&facts, answer) == NULL;
    for (size_t i = 0; i < caller->question_count; i++) {
        const struct alone *other = &caller->alone[i];
        if (!other->image || strcmp(other->image, own->image) == 0)
            continue;
        if (strcmp(other->image, answer->image) == 0 ||
            (decoded && same_facts(&facts, &other->facts) && !same_facts(&facts, &own->facts)))
            return true;
    }
    return false;
}

static void *call_often(void *argument)
{
    struct caller *caller = argument;
    for (size_t i = 0; i < CALLS_EACH && !caller->wrong; i++) {
        size_t which = (caller->number + i) % caller->question_count;
        struct exchange exchange;
        ask_once(&exchange, caller->session, &caller->requests[which], caller->deadline_ms);
        caller->credits += exchange.credits;
        bool right = exchange.result == WIRE_OK &&
                     expect_match(&exchange.answer, caller->questions[which].expect,
                                  caller->session->revision, NULL) != MATCH_NONE;
        caller->mixed_up = right && is_of_another(caller, which, &exchange.answer);
        if (right && !caller->mixed_up) {
            exchange_clear(&exchange);
            continue;
        }
        caller->wrong = true;
        caller->which = which;
        caller->exchange = exchange;
    }
    return NULL;
}

static void report(struct test *test, const struct caller *caller)
{
    struct buf expected = {0}, actual = {0};
    if (caller->mixed_up)
        buf_text(&expected, "the picture that this upload is given alone");
    else
        expect_describe(&expected, caller->questions[caller->which].expect,
                        test->session->revision);
    if (caller->mixed_up)
        buf_text(&actual, "the picture that another upload is given");
    else if (caller->exchange.result == WIRE_OK)
        answer_describe(&actual, &caller->exchange.answer);
    else
        buf_text(&actual, caller->exchange.why);
    test->step = (unsigned)caller->which; /* the next line adds one: the number of the question */
    test_note_exchange(test, &caller->requests[caller->which], &caller->exchange);
    if (caller->exchange.result == WIRE_CANCELLED)
        test_skip(test, "interrupted");
    test_fail(test, buf_str(&expected), "%s, with %d callers at once", buf_str(&actual), CALLERS);
    buf_clear(&expected);
    buf_clear(&actual);
}

/* Asks each good question twice and keeps the second answer: a target that answers with the picture
 * of the call before shows it then. */
static bool ask_alone(struct test *test, struct alone *alone, const struct request *requests,
                      const struct case_def *questions, size_t count)
{
    for (size_t i = 0; i < 2 * count && !test->decided; i++) {
        struct exchange exchange = {0};
        struct alone *own = &alone[i / 2];
        if (questions[i / 2].expect != EXPECT_SUCCESS)
            continue;
        test->step = (unsigned)(i / 2);
        if (test_ask(&exchange, test, &requests[i / 2]) &&
            test_expect(test, &exchange.answer, EXPECT_SUCCESS)) {
            free(own->image);
            own->image = strdup(exchange.answer.image);
            answer_image(&own->facts, &exchange.answer);
        }
        exchange_clear(&exchange);
    }
    return !test->decided;
}

static void call_together(struct test *test, const struct caller *model)
{
    struct caller callers[CALLERS];
    pthread_t threads[CALLERS];
    size_t started = 0;
    for (; started < CALLERS; started++) {
        callers[started] = *model;
        callers[started].number = started;
        if (!thread_start(&threads[started], call_often, &callers[started]))
            break;
    }
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    if (started < CALLERS)
        test_error(test, "a thread could not be started");
    for (size_t i = 0; i < started; i++) {
        test->result->credits += callers[i].credits;
        if (callers[i].wrong && !test->decided)
            report(test, &callers[i]);
        exchange_clear(&callers[i].exchange);
    }
}

/* Step k of these cases is question k; many callers ask it. */
static void print_one(struct session *session, const struct request *requests, size_t count)
{
    struct exchange exchange;
    size_t which = session->dry_step - 1;
    if (which >= count)
        return;
    session->dry_step = 1;
    ask_once(&exchange, session, &requests[which], 0);
    exchange_clear(&exchange);
}

static void run_together(struct test *test, const struct case_def *questions, size_t count)
{
    struct request requests[QUESTIONS_MAX];
    struct alone alone[QUESTIONS_MAX] = {{0}};
    for (size_t i = 0; i < count; i++)
        if (!test_request(&requests[i], test, &questions[i]))
            return;
    const struct caller model = {.session = test->session,
                                 .requests = requests,
                                 .questions = questions,
                                 .alone = alone,
                                 .question_count = count,
                                 .deadline_ms = test->deadline_ms};
    if (test->session->dry)
        print_one(test->session, requests, count);
    else if (ask_alone(test, alone, requests, questions, count))
        call_together(test, &model);
    for (size_t i = 0; i < count; i++)
        free(alone[i].image);
}

RUN(run_errors)
{
    static const struct case_def questions[] = {
        {EXPECTS(MISSING), TEXT(change_without, "image_target")},
        {EXPECTS(INVALID), TEXT(change_choice, "17")},
        {EXPECTS(KEY), .change = change_no_key},
        {EXPECTS(TYPE), UPLOADS(GIF)},
        {EXPECTS(EMPTY), UPLOADS(EMPTY)},
    };
    run_together(test, questions, COUNT_OF(questions));
}

RUN(run_mixed)
{
    static const struct case_def questions[] = {
        {EXPECTS(SUCCESS), UPLOADS(JPEG)},
        {EXPECTS(INVALID), TEXT(change_choice, "17")},
        {EXPECTS(SUCCESS), UPLOADS(PNG)},
        {EXPECTS(DECODING), UPLOADS(JPEG_HALF)},
    };
    run_together(test, questions, COUNT_OF(questions));
}

static const struct case_def cases[] = {
    CLAUSE(wire_concurrency, "Answers to concurrent calls are not mixed up."),
    CASE("concurrency/errors", "12 callers with five different mistakes", .run = run_errors,
         .at_once = CALLERS),
    CASE("concurrency/mixed", "12 callers, two pictures and two mistakes", .run = run_mixed,
         .at_once = CALLERS,
         /* alone twice, then half of the calls */ .credits =
             12 * (2 * 2 + CALLERS * CALLS_EACH / 2)),
};

SUITE(concurrency, "Concurrent calls");
