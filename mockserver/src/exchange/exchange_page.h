/* What a person sees who opens a mock without a console in a browser. Internal to exchange*.c. */
#ifndef AILAB_MOCKSERVER_EXCHANGE_EXCHANGE_PAGE_H
#define AILAB_MOCKSERVER_EXCHANGE_EXCHANGE_PAGE_H

#include "exchange/exchange.h"

/* A browser asks for "/": the method is GET or HEAD, and Accept lists text/html. */
bool exchange_wants_page(const struct request_head *head);

/* A page that says what this is and how to call it. */
void exchange_answer_page(struct exchange *exchange);

#endif
