/* What a request may cost: it is admitted by the budget before it is sent, and what it came to is
 * booked when its answer is there. */
#ifndef CONFORMANCE_SERVER_ENGINE_SPEND_H
#define CONFORMANCE_SERVER_ENGINE_SPEND_H

#include "engine/budget.h"
#include "evidence/transcript.h"

/* False, with the exchange as held and why, when the bound does not hold the request. */
bool spend_admit(struct exchange *out, struct budget *budget, const struct request *request);
/* Books an admitted request. sent: the target may have got it. */
void spend_settle(struct exchange *out, struct budget *budget, const struct request *request,
                  bool sent);

#endif
