/* See ask.h. */
#include "engine/ask.h"
#include "base/clock.h"
#include "engine/spend.h"
#include <stdio.h>
#include <string.h>

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
    snprintf(out->why, sizeof out->why, "printed");
    return true;
}

void ask_over(struct exchange *out, struct session *session, struct connection *connection,
              const struct request *request, double deadline_ms)
{
    struct rendered rendered;
    struct http_answer http = {0};
    bool sent = false;
    double start = clock_ms();
    *out = (struct exchange){.result = WIRE_SYSTEM, .why = "out of memory"};
    if (!rendered_make(&rendered, request, session->endpoint.url.prefix) ||
        is_printed(out, session, &rendered) || !spend_admit(out, &session->budget, request))
        goto out;
    transcript_request(&out->text, request, &rendered.head, &session->secrets);
    out->result = exchange_bytes(&http, &sent, &session->endpoint, connection, request, &rendered,
                                 deadline_ms, out->why);
    out->ms = clock_ms() - start;
    if (out->result == WIRE_OK) {
        answer_parse(&out->answer, &http);
        out->answer.from_editor = strcmp(request->path, REQUEST_EDITOR) == 0;
    }
    spend_settle(out, &session->budget, request, sent);
    transcript_answer(&out->text, out, &session->secrets);
out:
    rendered_clear(&rendered);
}

void ask_once(struct exchange *out, struct session *session, const struct request *request,
              double deadline_ms)
{
    ask_over(out, session, NULL, request, deadline_ms);
}
