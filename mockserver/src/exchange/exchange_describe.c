/* Copies facts out of an exchange; decides nothing. */
#include "exchange/exchange_describe.h"
#include "base/sha256.h"
#include <stdio.h>

static void print_hash(char out[SHA256_TEXT_SIZE], const struct image_facts *facts)
{
    out[0] = '\0';
    if (facts->hashed)
        sha256_print(out, facts->sha256);
}

struct request_facts exchange_facts(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    struct request_facts facts = {
        .api_key = request->head.key,
        .service_choice = journal_choice_of(request),
        .nth = exchange->visit.nth,
    };
    if (!request->image)
        return facts;
    facts.file_name = request->image->file_name;
    facts.image_size = request->image->body.len;
    if (request->inspected) {
        facts.format = request->facts.format;
        facts.width = request->facts.width;
        facts.height = request->facts.height;
    }
    if (exchange->visit.wants_sha256)
        pictures_hash(&request->facts, request->image->body);
    print_hash(facts.sha256, &request->facts);
    return facts;
}

const char *exchange_code(const struct exchange *exchange)
{
    const struct scenario_step *step = exchange->choice.step;
    const struct error_info *error = error_info(exchange->verdict.code);
    if (step && step->answer == ANSWER_ERROR && step->code_text)
        return step->code_text;
    return error ? error->name : "";
}

static void describe_step(struct journal_entry *out, const struct scenario_step *step)
{
    if (!step)
        return;
    out->fault = step->fault;
    if (step->deviation)
        snprintf(out->deviation, sizeof out->deviation, "%s", step->deviation);
}

void exchange_describe(struct journal_entry *out, const struct exchange *exchange,
                       const struct exchange_figures *figures)
{
    char sha256[65];
    *out = (struct journal_entry){0};
    print_hash(sha256, &exchange->request.facts);
    journal_describe(out, &exchange->request, &exchange->verdict, sha256);
    describe_step(out, exchange->choice.step);
    if (exchange->choice.step) /* the code may be its own */
        snprintf(out->code, sizeof out->code, "%s", exchange_code(exchange));
    _Static_assert(sizeof out->scenario == sizeof exchange->choice.scenario, "the same names");
    memcpy(out->scenario, exchange->choice.scenario, sizeof out->scenario);
    memcpy(out->request_id, exchange->ids.request_id, sizeof out->request_id);
    out->time_ms = exchange->time.wall_ms;
    out->status = figures->bytes_out ? exchange->reply.status : 0;
    out->bytes_in = figures->bytes_in;
    out->bytes_out = figures->bytes_out;
    out->duration_ms = figures->duration_ms;
}
