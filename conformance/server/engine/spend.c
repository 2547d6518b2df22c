/* See spend.h. */
#include "engine/spend.h"
#include <stdio.h>
#include <string.h>

/* Whether a target could charge for it: the one call that is known to be free asks for credits. */
static bool may_cost(const struct request *request)
{
    return strcmp(request->path, REQUEST_CREDITS) != 0;
}

bool spend_admit(struct exchange *out, struct budget *budget, const struct request *request)
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

void spend_settle(struct exchange *out, struct budget *budget, const struct request *request,
                  bool sent)
{
    enum charge charge = is_charged(out, request)         ? CHARGE_MADE
                         : sent && out->result != WIRE_OK ? CHARGE_UNSURE
                                                          : CHARGE_NONE;
    if (may_cost(request))
        out->credits = budget_settle(budget, charge, &out->unplanned);
}
