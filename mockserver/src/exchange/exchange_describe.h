/* What an exchange tells of its request: to scenarios that wait for matches, and to the journal. */
#ifndef AILAB_MOCK_EXCHANGE_FACTS_H
#define AILAB_MOCK_EXCHANGE_FACTS_H

#include "exchange/exchange.h"

/* Borrows from the exchange. Hashes the picture when a scenario asks for it. */
struct request_facts exchange_facts(struct exchange *exchange);

/* The error code that was answered, be it one of a scenario's own; "" for a success. Borrowed. */
const char *exchange_code(const struct exchange *exchange);

/* Fills an entry for the journal once the answer has been sent. */
void exchange_describe(struct journal_entry *out, const struct exchange *exchange,
                       const struct exchange_figures *figures);

#endif
