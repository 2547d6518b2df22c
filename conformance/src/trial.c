/* See trial.h. */
#include "trial.h"
#include "catalogue.h"
#include "clock.h"
#include "recorder.h"
#include <stdlib.h>
#include <string.h>

/* What a server said may hold anything: a terminal gets no control characters from it. */
__attribute__((format(printf, 1, 0))) static char *text_of(const char *format, va_list args,
                                                           const struct run *run)
{
    struct buf raw = {0}, text = {0};
    buf_vprintf(&raw, format, args);
    redact(&raw, run);
    for (const char *c = buf_str(&raw); *c; c++) {
        if ((unsigned char)*c >= ' ' && (unsigned char)*c < 0x7f)
            buf_add(&text, c, 1);
        else
            buf_printf(&text, "\\x%02x", (unsigned char)*c);
    }
    buf_clear(&raw);
    return buf_take(&text);
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

static void book(struct trial *trial, const struct answer *answer)
{
    if (!answer->from_editor || !answer_is_success(answer))
        return;
    trial->result->credits += 12;
    if (trial->reserved >= 12)
        trial->reserved -= 12;
    else
        run_book(trial->run, 12);
}

void trial_note_exchange(struct trial *trial, const struct request *request,
                         const struct exchange *exchange)
{
    struct buf curl = {0};
    struct run *run = trial->run;
    trial->step++;
    exchange_curl(&curl, run, request, trial->def->slug, trial->step,
                  trial->def->needs & RAW_FRAMING);
    redact(&curl, run);
    free(trial->result->exchange);
    free(trial->result->curl);
    trial->result->exchange = strdup(buf_str(&exchange->text));
    trial->result->curl = buf_take(&curl);
    if (run->recorder)
        recorder_add(run->recorder, trial->recorded_as ? trial->recorded_as : trial->def->slug,
                     trial->step, request, exchange, run);
    if (exchange->result != WIRE_OK)
        return;
    book(trial, &exchange->answer);
    if (run->observer && !trial->unseen)
        observer_see(run->observer, trial->def->slug, &exchange->answer, buf_str(&exchange->text));
}

static bool answered(struct trial *trial, const struct request *request,
                     const struct exchange *exchange)
{
    trial_note_exchange(trial, request, exchange);
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

/* Asks it, with the lock held. */
static struct exchange *ask_shared(struct trial *trial, size_t slot, const struct request *request)
{
    struct run *run = trial->run;
    unsigned credits = slot == 0 ? 12 : 0;
    if (!run_reserve(run, credits)) {
        trial_skip(trial, "it needs a successful call, and the budget of %ld credits is spent",
                   run->max_credits);
        return NULL;
    }
    trial->reserved += credits;
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
    struct buf curl = {0};
    exchange_curl(&curl, trial->run, request, trial->def->slug, ++trial->step, false);
    redact(&curl, trial->run);
    free(trial->result->exchange);
    free(trial->result->curl);
    trial->result->exchange = strdup(buf_str(&asked->text));
    trial->result->curl = buf_take(&curl);
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
static const char *blamed_instead(const struct answer *answer)
{
    if (!answer->json)
        return "answer_json";
    if (!answer->detail)
        return "answer_detail";
    if (!answer->code)
        return "answer_detail_code";
    if (answer->http.status == 200 && answer->code[0])
        return "answer_success_200";
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
        trial_fail(trial, trial->unseen ? NULL : blamed_instead(answer), buf_str(&expected), "%s",
                   buf_str(&actual));
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
    unsigned credits = trial->def->needs & SHARES_GOOD ? 0 : case_credits(trial->def);
    if ((trial->def->needs & NEEDS_KNOWN_KEY) && !run->key_known) {
        trial_skip(trial, "no key is given in AILAB_API_KEY, so the target may take any");
        return false;
    }
    if ((trial->def->needs & NEEDS_ARMING) && !run->arm) {
        trial_skip(trial, "the target cannot be armed (see --arm)");
        return false;
    }
    if (credits > 0 && !run_reserve(trial->run, credits)) {
        trial_skip(trial, "it costs %u credits, and the budget of %ld does not hold them", credits,
                   run->max_credits);
        return false;
    }
    trial->reserved = credits;
    return true;
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
    if (trial.reserved > 0)
        run_release(run, trial.reserved);
    result->ms = clock_ms() - start;
}
