/* Requests to the admin API, which is no part of the mocked contract: no envelope, no rules, no
 * journal. */
#ifndef AILAB_MOCK_EXCHANGE_ADMIN_H
#define AILAB_MOCK_EXCHANGE_ADMIN_H

#include "exchange/exchange.h"

/* Whether the request is the admin API's; then it is taken, and the reply is ready when the request
 * has no body or was refused. */
bool exchange_admin_begin(struct exchange *exchange, struct core *core, struct exchange_time time);

/* For a method that the transport does not know. False when the request is not the admin API's. */
bool exchange_admin_refuse_method(struct exchange *exchange, struct core *core,
                                  struct exchange_time time);

/* Answers once the body is there. */
void exchange_admin_answer(struct exchange *exchange);

#endif
