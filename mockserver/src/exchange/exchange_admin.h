/* Requests to the admin API, which is no part of the mocked contract: no envelope, no rules, no
 * journal. Internal to exchange*.c. */
#ifndef AILAB_MOCKSERVER_EXCHANGE_EXCHANGE_ADMIN_H
#define AILAB_MOCKSERVER_EXCHANGE_EXCHANGE_ADMIN_H

#include "exchange/exchange.h"

/* Whether the request is the admin API's. Then the exchange is under way, and its reply is ready
 * where the request is refused; otherwise exchange_admin_answer() makes it. */
bool exchange_admin_begin(struct exchange *exchange, struct mock *mock, struct exchange_time time);

/* For a method that the transport does not know. False when the request is not the admin API's. */
bool exchange_admin_refuse_method(struct exchange *exchange, struct mock *mock,
                                  struct exchange_time time);

/* Answers once the body has been read. */
void exchange_admin_answer(struct exchange *exchange);

#endif
