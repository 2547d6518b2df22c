/* See ask.h. */
#include "engine/ask.h"
#include "base/clock.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Whether this is the exchange that is to be printed instead of sent, for --body and --wire. */
static bool is_printed(struct exchange *out, struct session *session,
                       const struct rendered *rendered)
{
    if (!session->dry || session->dry_step == 0)
        return session->dry != NULL;
    if (--session->dry_step > 0)
        return false;
    if (session->dry_wire)
        fwrite(rendered->head.ptr, 1, rendered->head.len, session->dry);
    const struct buf *rest = session->dry_wire ? &rendered->sent : &rendered->body;
    fwrite(buf_str(rest), 1, rest->len, session->dry);
    out->result = WIRE_CANCELLED;
    return true;
}

/* Whether a target could charge for it: the one call that is known to be free asks for credits. */
static bool may_cost(const struct request *request)
{
    return strcmp(request->path, REQUEST_CREDITS) != 0;
}

/* False, with the exchange as held and why, when the bound does not hold the request. */
static bool admit(struct exchange *out, struct budget *budget, const struct request *request)
{
    if (!may_cost(request) || budget_admit(budget))
        return true;
    out->result = WIRE_HELD;
    snprintf(out->why, sizeof out->why,
             "the bound of %ld credits does not hold the %d that it could cost", budget->bound,
             CALL_CREDITS);
    return false;
}

/* A picture that is handed out is a success wherever it was asked for. */
static bool is_charged(const struct exchange *exchange, const struct request *request)
{
    const struct answer *answer = &exchange->answer;
    return exchange->result == WIRE_OK && answer_is_success(answer) &&
           (answer->image || (answer->from_editor && strcmp(request->method, "POST") == 0));
}

/* Books an admitted request. sent: the target may have got it. */
static void settle(struct exchange *out, struct budget *budget, const struct request *request,
                   bool sent)
{
    enum charge charge = is_charged(out, request)         ? CHARGE_MADE
                         : sent && out->result != WIRE_OK ? CHARGE_UNSURE
                                                          : CHARGE_NONE;
    if (may_cost(request))
        out->credits = budget_settle(budget, charge, &out->unplanned);
}

void ask_over(struct exchange *out, struct session *session, struct connection *connection,
              const struct request *request, double deadline_ms)
{
    struct rendered rendered;
    struct http_answer http = {0};
    bool sent = false;
    double start = clock_ms();
    const time_t asked = time(NULL);
    *out = (struct exchange){.result = WIRE_SYSTEM, .why = "out of memory"};
    if (!rendered_make(&rendered, request, session->endpoint.url.prefix) ||
        is_printed(out, session, &rendered) || !admit(out, &session->budget, request))
        goto out;
    transcript_request(&out->text, request, &rendered.head, &session->secrets);
    out->result = exchange_bytes(&http, &sent, &session->endpoint, connection, request, &rendered,
                                 deadline_ms, out->why);
    out->ms = clock_ms() - start;
    if (out->result == WIRE_OK) {
        answer_parse(&out->answer, &http);
        out->answer.asked_s = asked;
        out->answer.answered_s = time(NULL);
        out->answer.from_editor = strcmp(request->path, REQUEST_EDITOR) == 0;
    }
    session_note_request(session, out->result, out->why);
    settle(out, &session->budget, request, sent);
    transcript_answer(&out->text, out, &session->secrets);
out:
    rendered_clear(&rendered);
}

void ask_once(struct exchange *out, struct session *session, const struct request *request,
              double deadline_ms)
{
    ask_over(out, session, NULL, request, deadline_ms);
}
