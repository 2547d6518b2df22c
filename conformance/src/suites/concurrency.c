/* Many calls at once: every caller gets the answer to its own question. */
#include "suites/changes.h"
#include "suites/suites.h"
#include "trial.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define CALLERS 12
#define CALLS_EACH 6

struct question {
    enum expect expect;
    const char *without; /* a part that is left out */
    const char *choice;  /* NULL: the good one */
    bool no_key;
    enum picture picture;
};

struct caller {
    struct run *run;
    const struct request *requests; /* one per question */
    const struct question *questions;
    size_t question_count;
    double deadline_ms;
    size_t number;
    bool wrong;
    enum expect expected;
    struct request request;   /* the one that went wrong */
    struct exchange exchange; /* then; owned */
};

static void *call_often(void *argument)
{
    struct caller *caller = argument;
    for (size_t i = 0; i < CALLS_EACH && !caller->wrong; i++) {
        size_t which = (caller->number + i) % caller->question_count;
        struct buf note = {0};
        struct exchange exchange = {0};
        exchange_once(&exchange, caller->run, &caller->requests[which], caller->deadline_ms);
        bool right = exchange.result == WIRE_OK &&
                     outcome_match(&exchange.answer, caller->questions[which].expect,
                                   caller->run->revision, &note) != MATCH_NONE;
        buf_clear(&note);
        if (right) {
            exchange_clear(&exchange);
            continue;
        }
        caller->wrong = true;
        caller->expected = caller->questions[which].expect;
        caller->request = caller->requests[which];
        caller->exchange = exchange;
    }
    return NULL;
}

static bool ask_as(struct request *out, struct trial *trial, const struct question *question)
{
    struct picture_bytes picture = {0};
    if (!trial_good(out, trial) || !pictures_get(&picture, trial->run->pictures, question->picture))
        return false;
    struct part *image = request_part(out, "image_target");
    image->body = picture.data;
    image->body_len = picture.size;
    if (question->choice) {
        struct part *choice = request_part(out, "service_choice");
        choice->body = question->choice;
        choice->body_len = strlen(question->choice);
    }
    if (question->without)
        request_drop_part(out, question->without);
    if (question->no_key)
        out->key = NULL;
    return true;
}

static void report(struct trial *trial, const struct caller *caller)
{
    struct buf expected = {0}, actual = {0};
    outcome_describe(&expected, caller->expected, trial->run->revision);
    if (caller->exchange.result == WIRE_OK)
        answer_describe(&actual, &caller->exchange.answer);
    else
        buf_text(&actual, caller->exchange.why);
    trial_note_exchange(trial, &caller->request, &caller->exchange);
    if (caller->exchange.result == WIRE_CANCELLED)
        trial_skip(trial, "interrupted");
    trial_fail(trial, NULL, buf_str(&expected), "%s, with %d callers at once", buf_str(&actual),
               CALLERS);
    buf_clear(&expected);
    buf_clear(&actual);
}

static void run_together(struct trial *trial, const struct question *questions, size_t count)
{
    struct request requests[6];
    struct caller callers[CALLERS];
    pthread_t threads[CALLERS];
    size_t started = 0;
    for (size_t i = 0; i < count; i++)
        if (!ask_as(&requests[i], trial, &questions[i]))
            return;
    for (; started < CALLERS; started++) {
        callers[started] = (struct caller){.run = trial->run,
                                           .requests = requests,
                                           .questions = questions,
                                           .question_count = count,
                                           .deadline_ms = trial->deadline_ms,
                                           .number = started};
        if (pthread_create(&threads[started], NULL, call_often, &callers[started]) != 0)
            break;
    }
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    if (started < CALLERS)
        trial_error(trial, "a thread could not be started");
    for (size_t i = 0; i < started; i++) {
        if (callers[i].wrong && !trial->decided)
            report(trial, &callers[i]);
        exchange_clear(&callers[i].exchange);
    }
}

static void run_errors(struct trial *trial, const struct case_def *def)
{
    (void)def;
    static const struct question questions[] = {
        {EXPECT_MISSING, "image_target", NULL, false, PICTURE_JPEG},
        {EXPECT_INVALID, NULL, "17", false, PICTURE_JPEG},
        {EXPECT_KEY, NULL, NULL, true, PICTURE_JPEG},
        {EXPECT_TYPE, NULL, NULL, false, PICTURE_GIF},
        {EXPECT_EMPTY, NULL, NULL, false, PICTURE_EMPTY},
    };
    run_together(trial, questions, COUNT_OF(questions));
}

static void run_mixed(struct trial *trial, const struct case_def *def)
{
    (void)def;
    static const struct question questions[] = {
        {EXPECT_SUCCESS, NULL, NULL, false, PICTURE_JPEG},
        {EXPECT_INVALID, NULL, "17", false, PICTURE_JPEG},
        {EXPECT_DECODING, NULL, NULL, false, PICTURE_JPEG_HALF},
    };
    run_together(trial, questions, COUNT_OF(questions));
}

static const struct case_def cases[] = {
    {.slug = "concurrency/errors",
     .clauses = "wire_concurrency",
     .title = "12 callers with five different mistakes",
     .run = run_errors},
    {.slug = "concurrency/mixed",
     .clauses = "wire_concurrency",
     .title = "12 callers, good calls and mistakes",
     .run = run_mixed,
     .credits = 12 * CALLERS * CALLS_EACH / 3},
};

const struct suite suite_concurrency = {"concurrency", "Concurrent calls", cases, COUNT_OF(cases),
                                        false};
