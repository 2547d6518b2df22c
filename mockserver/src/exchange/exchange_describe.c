/* Hands the journal what an exchange knows; decides nothing. */
#include "exchange/exchange_describe.h"

void exchange_describe(struct exchange *exchange, const struct exchange_figures *figures)
{
    const struct journal_source source = {
        .request = &exchange->request,
        .verdict = &exchange->verdict,
        .choice = &exchange->choice,
        .request_id = exchange->ids.request_id,
        .nth = exchange->visit.nth,
        .time_ms = exchange->time.wall_ms,
        .status = figures->bytes_out ? exchange->reply.status : 0,
        .bytes_in = figures->bytes_in,
        .bytes_out = figures->bytes_out,
        .duration_ms = figures->duration_ms,
    };
    journal_describe(&exchange->entry, &source);
}
