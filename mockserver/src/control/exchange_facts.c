/* Copies facts out of an exchange; decides nothing. */
#include "control/exchange_facts.h"
#include <nettle/sha2.h>
#include <stdio.h>

static void hash_image(char out[65], struct slice image)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256_ctx hash;
    sha256_init(&hash);
    sha256_update(&hash, image.len, (const uint8_t *)image.ptr);
    sha256_digest(&hash, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

struct request_facts exchange_facts(struct exchange *exchange)
{
    const struct request *request = &exchange->request;
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
        hash_image(exchange->sha256, request->image->body);
    memcpy(facts.sha256, exchange->sha256, sizeof facts.sha256);
    return facts;
}

static void describe_step(struct journal_entry *out, const struct scenario_step *step)
{
    if (!step)
        return;
    out->fault = step->fault;
    if (step->deviation)
        snprintf(out->deviation, sizeof out->deviation, "%s", step->deviation);
    if (step->answer == ANSWER_ERROR && step->code_text)
        snprintf(out->code, sizeof out->code, "%.63s", step->code_text);
}

void exchange_describe(struct journal_entry *out, const struct exchange *exchange,
                       const struct exchange_figures *figures)
{
    *out = (struct journal_entry){0};
    journal_describe(out, &exchange->request, &exchange->verdict, exchange->sha256);
    describe_step(out, exchange->choice.step);
    snprintf(out->scenario, sizeof out->scenario, "%s", exchange->choice.scenario);
    memcpy(out->request_id, exchange->ids.request_id, sizeof out->request_id);
    out->time_ms = exchange->time.wall_ms;
    out->status = figures->bytes_out ? exchange->reply.status : 0;
    out->bytes_in = figures->bytes_in;
    out->bytes_out = figures->bytes_out;
    out->duration_ms = figures->duration_ms;
}
