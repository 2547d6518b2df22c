/* The files of the console. Reading them needs no token: all that they show, they ask the admin API
 * for. Internal to exchange*.c. */
#ifndef AILAB_MOCKSERVER_EXCHANGE_EXCHANGE_CONSOLE_H
#define AILAB_MOCKSERVER_EXCHANGE_EXCHANGE_CONSOLE_H

#include "exchange/exchange.h"

/* Whether the request is answered with a file of the console; then the reply is ready, and no
 * account or journal is concerned. Never while the admin API is switched off. */
bool exchange_console_begin(struct exchange *exchange, struct mock *mock,
                            struct exchange_time time);

#endif
