/* A responder of the domain name system on 127.0.0.1:53, in a thread of its own: it knows one
 * domain, and says of every other name that it does not exist. */
#ifndef AILAB_MOCK_RUN_DNS_H
#define AILAB_MOCK_RUN_DNS_H

#include "file.h"
#include <stdbool.h>

struct dns;

struct dns_options {
    const char *domain; /* leads here, and so do the names below it */
    /* Called from the thread for each question about another name. */
    void (*on_other)(void *context, const char *name);
    void *context;
};

/* False with one sentence in why. */
bool dns_start(struct dns **out, const struct dns_options *options, char why[FILE_WHY_SIZE]);
/* NULL is allowed. */
void dns_stop(struct dns *dns);

#endif
