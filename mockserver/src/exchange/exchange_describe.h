/* The record of a request: an entry of the journal, of which the log prints a part. */
#ifndef AILAB_MOCKSERVER_EXCHANGE_EXCHANGE_DESCRIBE_H
#define AILAB_MOCKSERVER_EXCHANGE_EXCHANGE_DESCRIBE_H

#include "exchange/exchange.h"

/* Fills in exchange->entry, but for what state_leave() adds. */
void exchange_describe(struct exchange *exchange, const struct exchange_figures *figures);

#endif
