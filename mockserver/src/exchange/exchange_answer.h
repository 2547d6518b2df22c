/* The answers of an exchange. Each makes the reply, at worst an empty 500 when memory ran out.
 * Internal to exchange*.c. */
#ifndef AILAB_MOCKSERVER_EXCHANGE_EXCHANGE_ANSWER_H
#define AILAB_MOCKSERVER_EXCHANGE_EXCHANGE_ANSWER_H

#include "exchange/exchange.h"

/* As the verdict says; data, which may be NULL, is consumed. */
void exchange_answer(struct exchange *exchange, struct cJSON *data);
/* With this code instead of the verdict's; message may be NULL. */
void exchange_fail(struct exchange *exchange, enum error_code code, const char *message);
/* As the verdict and the chosen step say. */
void exchange_answer_chosen(struct exchange *exchange);
/* 413 in place of the chosen step's own answer; its headers, deviation and delay still hold. */
void exchange_answer_early_413(struct exchange *exchange);
/* The balance of the visit's account. */
void exchange_answer_credits(struct exchange *exchange);
/* The methods that are allowed, and what a browser's preflight asks for; no key is needed. */
void exchange_answer_options(struct exchange *exchange);
/* The empty 500, in place of a reply that was begun. */
void exchange_answer_last_resort(struct exchange *exchange);

/* Whether the connection can take another request: this one was read to its end. */
bool exchange_keeps_alive(const struct exchange *exchange);

#endif
