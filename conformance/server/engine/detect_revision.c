/* See detect_revision.h. A picture that does not decode is refused in every revision, with another
 * status since 2026-01-08; and a service_choice outside the scope is refused before the picture is
 * looked at, so the same picture tells which values a revision takes. */
#include "engine/detect_revision.h"
#include "base/clock.h"
#include "engine/ask.h"
#include "evidence/redact.h"
#include <string.h>

static bool ask(struct exchange *out, struct session *session, const char *choice)
{
    struct request request;
    struct picture_bytes picture = {0};
    *out = (struct exchange){0};
    if (!pictures_get(&picture, session->pictures, PICTURE_JPEG_HALF))
        return false;
    request_good(&request, session->endpoint.url.authority, session->secrets.keys[ACCOUNT_GOOD],
                 choice, picture);
    ask_once(out, session, &request, clock_ms() + (double)session->timeout_ms);
    return out->result == WIRE_OK;
}

static bool is_code(const struct exchange *exchange, const char *code)
{
    return exchange->result == WIRE_OK && exchange->answer.code &&
           strcmp(exchange->answer.code, code) == 0;
}

static bool takes(struct session *session, const char *choice)
{
    struct exchange exchange;
    bool taken = ask(&exchange, session, choice) && is_code(&exchange, "FILE_DECODING_FAILURE");
    exchange_clear(&exchange);
    return taken;
}

/* Those of the set that are among the others, or that are not. */
static unsigned keep(unsigned set, unsigned others, bool among)
{
    return among ? set & others : set & ~others;
}

static bool divides(unsigned others, unsigned set)
{
    return keep(set, others, true) != 0 && keep(set, others, false) != 0;
}

/* Asks no more than is needed to tell the revisions of the set apart; the newest that is left. */
static enum revision narrow(unsigned set, bool bare, struct session *session, struct buf *why)
{
    size_t count;
    const struct choice_row *choices = choice_table(&count);
    const unsigned bare_ones = revisions_with(ENVELOPE_C);
    int newest = REVISION_COUNT - 1;
    if (divides(bare_ones, set)) {
        buf_printf(why, " and error_code is %s", bare ? "absent" : "present");
        set = keep(set, bare_ones, bare);
    }
    for (size_t i = 0; i < count; i++)
        if (divides(choices[i].revisions, set)) {
            bool taken = takes(session, choices[i].text);
            buf_printf(why, ", service_choice %s is %s", choices[i].text,
                       taken ? "taken" : "refused");
            set = keep(set, choices[i].revisions, taken);
        }
    while (!revision_is_in((enum revision)newest, set)) /* one is always left */
        newest--;
    return (enum revision)newest;
}

bool detect_revision(enum revision *out, struct session *session, struct buf *why)
{
    struct exchange exchange;
    bool known = false;
    if (!ask(&exchange, session, "100")) {
        buf_printf(why, "half a JPEG was not answered: %s", exchange.why);
    } else if (!is_code(&exchange, "FILE_DECODING_FAILURE") ||
               (exchange.answer.http.status != 400 && exchange.answer.http.status != 422)) {
        struct buf said = {0};
        answer_describe(&said, &exchange.answer);
        buf_text(why, "half a JPEG should be 400 or 422 FILE_DECODING_FAILURE, but was ");
        redact_add(why, &session->secrets, buf_str(&said), said.len, REDACT_TEXT_MAX, REDACT_LINE);
        buf_clear(&said);
    } else {
        int status = exchange.answer.http.status;
        bool bare = !answer_field(exchange.answer.json, "error_code") &&
                    !answer_field(exchange.answer.detail, "status_code");
        known = true;
        buf_printf(why, "because half a JPEG is %d FILE_DECODING_FAILURE", status);
        *out = narrow(keep(EVERY_REVISION, revisions_with(NEW_STATUSES), status == 422), bare,
                      session, why);
    }
    exchange_clear(&exchange);
    return known;
}

bool detect_arming(struct session *session)
{
    struct request request;
    struct exchange exchange = {0};
    struct picture_bytes picture = {0};
    if (!pictures_get(&picture, session->pictures, PICTURE_JPEG))
        return false;
    request_good(&request, session->endpoint.url.authority, "mock!ERROR_BLURRY_FACE", "100",
                 picture);
    ask_once(&exchange, session, &request, clock_ms() + (double)session->timeout_ms);
    bool armed = is_code(&exchange, "ERROR_BLURRY_FACE");
    exchange_clear(&exchange);
    return armed;
}
