/* See trial.h. */
#include "engine/test.h"
#include "base/clock.h"
#include "engine/catalogue.h"
#include "evidence/curl_line.h"
#include "evidence/record.h"
#include "evidence/redact.h"
#include <stdlib.h>
#include <string.h>

__attribute__((format(printf, 1, 0))) static char *text_of(const char *format, va_list args,
                                                           const struct run *run)
{
    struct buf raw = {0};
    buf_vprintf(&raw, format, args);
    return shown_line(&raw, run);
}

static bool decide(struct trial *trial, enum verdict verdict)
{
    if (trial->decided)
        return false;
    trial->decided = true;
    trial->result->verdict = verdict;
    return true;
}

void trial_fail(struct trial *trial, const char *clause, const char *expected, const char *actual,
                ...)
{
    if (!decide(trial, VERDICT_FAIL))
        return;
    const struct clause *blamed =
        clause ? clause_find(clause, strlen(clause)) : clause_first(trial->def->clauses);
    trial->result->blamed = blamed ? blamed->id : "";
    trial->result->expected = strdup(expected);
    va_list args;
    va_start(args, actual);
    trial->result->actual = text_of(actual, args, trial->run);
    va_end(args);
}

static void set_reason(struct trial *trial, char *reason)
{
    free(trial->result->reason);
    trial->result->reason = reason;
}

void trial_skip(struct trial *trial, const char *reason, ...)
{
    if (!decide(trial, VERDICT_SKIP))
        return;
    va_list args;
    va_start(args, reason);
    set_reason(trial, text_of(reason, args, trial->run));
    va_end(args);
}

void trial_error(struct trial *trial, const char *reason, ...)
{
    if (!decide(trial, VERDICT_ERROR))
        return;
    va_list args;
    va_start(args, reason);
    set_reason(trial, text_of(reason, args, trial->run));
    va_end(args);
}

void trial_note(struct trial *trial, const char *note)
{
    if (!trial->decided && note[0])
        set_reason(trial, strdup(note));
}

bool trial_good(struct request *out, struct trial *trial)
{
    struct picture_bytes picture = {0};
    if (!pictures_get(&picture, trial->run->pictures, PICTURE_JPEG)) {
        trial_error(trial, "the picture could not be made");
        return false;
    }
    const char *choice = trial->run->revision == REVISION_1_0_0 ? "100" : "12";
    request_good(out, trial->run->url.authority, trial->run->key, choice, picture);
    return true;
}

bool trial_request(struct request *out, struct trial *trial)
{
    const struct case_def *def = trial->def;
    if (!trial_good(out, trial))
        return false;
    if (def->picture != PICTURE_JPEG) {
        struct picture_bytes picture = {0};
        if (!pictures_get(&picture, trial->run->pictures, def->picture)) {
            trial_error(trial, "%s could not be made", picture_title(def->picture));
            return false;
        }
        struct part *part = request_part(out, "image_target");
        part->body = picture.data;
        part->body_len = picture.size;
        part->file_name = picture_name(def->picture);
        part->type = strstr(part->file_name, ".png") ? "image/png" : "image/jpeg";
    }
    if (def->change)
        def->change(out, def);
    return true;
}

/* With the line that repeats it. */
static void show_exchange(struct trial *trial, const struct request *request,
                          const struct exchange *exchange)
{
    struct buf curl = {0};
    repeat_line(&curl, trial->run, request, trial->def->slug, trial->step,
                trial->def->needs & RAW_FRAMING);
    free(trial->result->exchange);
    free(trial->result->curl);
    trial->result->exchange = strdup(buf_str(&exchange->text));
    trial->result->curl = buf_take(&curl);
}

void trial_note_exchange(struct trial *trial, const struct request *request,
                         const struct exchange *exchange)
{
    struct run *run = trial->run;
    trial->step++;
    if (!trial->overcharged) /* the exchange that was charged stays */
        show_exchange(trial, request, exchange);
    if (run->recorder)
        recorder_add(run->recorder, trial->recorded_as ? trial->recorded_as : trial->def->slug,
                     trial->step, request, exchange, run);
    if (exchange->result != WIRE_OK)
        return;
    if (run->observer && !trial->unseen)
        observer_see(run->observer, trial->def->slug, &exchange->answer, buf_str(&exchange->text));
}

static bool answered(struct trial *trial, const struct request *request,
                     const struct exchange *exchange)
{
    trial->heard = exchange->result;
    trial->result->credits += exchange->credits;
    if (exchange->result == WIRE_HELD) {
        if (!trial->overcharged) /* then that is what there is to say */
            trial_skip(trial, "%s", exchange->why);
        return false;
    }
    trial_note_exchange(trial, request, exchange);
    trial->overcharged = trial->overcharged || exchange->unplanned;
    switch (exchange->result) {
    case WIRE_OK:
        return true;
    case WIRE_CANCELLED:
        trial_skip(trial, "interrupted");
        break;
    case WIRE_SYSTEM:
        trial_error(trial, "%s", exchange->why);
        break;
    default:
        if (trial->silence_is_error)
            trial_error(trial, "%s: %s", wire_result_name(exchange->result), exchange->why);
        trial_fail(trial, NULL, "an answer", "%s: %s", wire_result_name(exchange->result),
                   exchange->why);
    }
    return false;
}

bool trial_ask(struct exchange *out, struct trial *trial, const struct request *request)
{
    exchange_once(out, trial->run, request, trial->deadline_ms);
    return answered(trial, request, out);
}

bool trial_ask_over(struct exchange *out, struct trial *trial, struct wire *wire,
                    const struct request *request)
{
    exchange_over(out, trial->run, wire, request, trial->deadline_ms);
    return answered(trial, request, out);
}

struct wire *trial_connect(struct trial *trial)
{
    char why[WIRE_WHY_SIZE] = "";
    struct wire *wire = NULL;
    const struct wire_options options = {&trial->run->url, trial->run->ca_file,
                                         trial->run->cancel_fd};
    if (trial->run->dry && trial->run->dry_step == 1)
        return wire_unconnected();
    enum wire_result result = wire_open(&wire, &options, trial->deadline_ms, why);
    if (result == WIRE_CANCELLED)
        trial_skip(trial, "interrupted");
    else if (result == WIRE_SYSTEM)
        trial_error(trial, "%s", why);
    else if (result != WIRE_OK)
        trial_fail(trial, NULL, "a connection", "%s", why);
    return wire;
}

/* Waiting as long again for each suite would tell nothing new, and where calls cost money none is
 * repeated that the target may have charged. */
void trial_note_silence(struct trial *trial, const char *why)
{
    bool missing =
        trial->heard == WIRE_LATE || trial->heard == WIRE_UNREACHABLE ||
        (trial->run->economy && (trial->heard == WIRE_CLOSED || trial->heard == WIRE_GARBLED));
    if (!missing)
        return;
    struct buf raw = {0};
    buf_text(&raw, why);
    char *line = shown_line(&raw, trial->run);
    if (line)
        run_note_silence(trial->run, line);
    free(line);
}

/* Asks it, with the lock held. */
static struct exchange *ask_shared(struct trial *trial, size_t slot, const struct request *request)
{
    struct run *run = trial->run;
    const char *silence = slot == 0 ? run_silence(run) : NULL;
    if (silence) {
        trial_error(trial, "the target does not answer: %s", silence);
        return NULL;
    }
    if (slot == 0 && !budget_reserve(&run->budget, CALL_CREDITS)) {
        trial_skip(trial,
                   "it needs a successful call, and what is left of the bound of %ld "
                   "credits does not hold it",
                   run->budget.bound);
        return NULL;
    }
    struct exchange *asked = calloc(1, sizeof *asked);
    if (!asked) {
        trial_error(trial, "out of memory");
        return NULL;
    }
    /* Which case asks first is chance; where it is recorded is not. */
    trial->recorded_as = slot == 0 ? "call/documented" : "envelope/json/errors";
    bool came = trial_ask(asked, trial, request);
    trial->recorded_as = NULL;
    if (!came) {
        if (slot == 0)
            trial_note_silence(trial, asked->why);
        exchange_clear(asked);
        free(asked);
        return NULL;
    }
    run->shared[slot] = asked;
    return asked;
}

/* Takes over the text of an exchange that another case made. */
static void cite_shared(struct trial *trial, const struct request *request,
                        const struct exchange *asked)
{
    trial->step++;
    show_exchange(trial, request, asked);
}

const struct answer *trial_shared(struct trial *trial, size_t slot, const struct request *request)
{
    struct run *run = trial->run;
    pthread_mutex_lock(&run->shared_lock);
    struct exchange *asked = run->shared[slot];
    if (asked)
        cite_shared(trial, request, asked);
    else
        asked = ask_shared(trial, slot, request);
    pthread_mutex_unlock(&run->shared_lock);
    return asked ? &asked->answer : NULL;
}

const struct answer *trial_good_answer(struct trial *trial)
{
    struct request request;
    return trial_good(&request, trial) ? trial_shared(trial, 0, &request) : NULL;
}

/* What is wrong below the level of the codes, so that the right clause is blamed. */
static const char *blamed_instead(const struct answer *answer, enum expect expect)
{
    if (!answer->json)
        return "answer_json";
    if (!answer->detail)
        return "answer_detail";
    if (!answer->code)
        return "answer_detail_code";
    if (answer->http.status == 200 && answer->code[0])
        return "answer_success_200";
    bool wanted = expect == EXPECT_SUCCESS || expect == EXPECT_ACCEPTED;
    if (wanted && answer->from_editor && answer_is_success(answer))
        return answer_image_clause(answer);
    return NULL;
}

bool trial_expect(struct trial *trial, const struct answer *answer, enum expect expect)
{
    struct buf note = {0}, expected = {0}, actual = {0};
    enum match match = outcome_match(answer, expect, trial->run->revision, &note);
    if (match == MATCH_ACCEPTED)
        trial_note(trial, buf_str(&note));
    if (match == MATCH_NONE) {
        outcome_describe(&expected, expect, trial->run->revision);
        answer_describe(&actual, answer);
        trial_fail(trial, trial->unseen ? NULL : blamed_instead(answer, expect), buf_str(&expected),
                   "%s", buf_str(&actual));
    }
    buf_clear(&note);
    buf_clear(&expected);
    buf_clear(&actual);
    return match != MATCH_NONE;
}

static void run_row(struct trial *trial)
{
    const struct case_def *def = trial->def;
    struct request request;
    struct exchange exchange = {0};
    if (!trial_request(&request, trial))
        return;
    if (trial_ask(&exchange, trial, &request) &&
        trial_expect(trial, &exchange.answer, def->expect) && def->check)
        def->check(trial, &exchange.answer);
    exchange_clear(&exchange);
}

/* A reason not to run the case at all; false when there is one. */
static bool may_run(struct trial *trial)
{
    const struct run *run = trial->run;
    /* Calls at the same time are more at risk than the one that a bound tolerates. */
    unsigned at_risk = trial->def->at_once * CALL_CREDITS;
    unsigned credits = trial->def->needs & SHARES_GOOD ? 0 : case_credits(trial->def);
    if ((trial->def->needs & NEEDS_KNOWN_KEY) && !run->key_known) {
        trial_skip(trial, "no key is given in AILAB_API_KEY, so the target may take any");
        return false;
    }
    if ((trial->def->needs & NEEDS_ARMING) && !run->arm) {
        trial_skip(trial, "the target cannot be armed (see --arm)");
        return false;
    }
    if (budget_reserve(&trial->run->budget, credits + at_risk))
        return true;
    trial_skip(trial, "%s %u credits, and what is left of the bound of %ld does not hold them",
               at_risk ? "it could cost" : "it costs", credits + at_risk, run->budget.bound);
    return false;
}

void trial_run(struct result *result, struct run *run, const struct case_def *def,
               double deadline_ms)
{
    double start = clock_ms();
    struct trial trial = {.run = run, .def = def, .result = result, .deadline_ms = deadline_ms};
    *result = (struct result){.slug = def->slug, .title = case_title(def), .clauses = def->clauses};
    if (may_run(&trial)) {
        if (def->run)
            def->run(&trial, def);
        else
            run_row(&trial);
    }
    if (trial.overcharged) /* also where the case looks at something else */
        trial_fail(&trial, "credits_failures_free", "a refusal, which costs nothing",
                   "a success, which costs %d credits", CALL_CREDITS);
    budget_release(&run->budget);
    result->ms = clock_ms() - start;
}
