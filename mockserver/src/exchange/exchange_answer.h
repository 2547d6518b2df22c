/* The answers of an exchange: each makes its reply, at worst an empty 500 when memory ran out.
 * Internal to exchange*.c. */
#ifndef AILAB_MOCK_EXCHANGE_ANSWER_H
#define AILAB_MOCK_EXCHANGE_ANSWER_H

#include "exchange/exchange.h"

/* As the verdict says; data, which may be NULL, is consumed. */
void exchange_answer(struct exchange *exchange, struct cJSON *data);
/* With this code instead of the verdict's; message may be NULL. */
void exchange_fail(struct exchange *exchange, enum error_code code, const char *message);
/* As the verdict and the chosen step say. */
void exchange_answer_chosen(struct exchange *exchange);
/* 413, whatever error the chosen step has; the rest of the step holds. */
void exchange_answer_early_413(struct exchange *exchange);
/* The balance of the visit's account. */
void exchange_answer_credits(struct exchange *exchange);
/* What may be sent, with or without a browser's preflight headers; no key is needed. */
void exchange_answer_options(struct exchange *exchange);

#endif
