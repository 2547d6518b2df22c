/* The calls that a program made, as the journal of its mock has them, in the order in which they
 * came. */
#ifndef CONFORMANCE_CALLER_STAGE_CALLS_H
#define CONFORMANCE_CALLER_STAGE_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CALLS_MAX 200 /* of more, the first ones are kept */

struct call {
    double came_ms;  /* since the epoch */
    double ended_ms; /* of its answer */
    bool endpoint;   /* a POST to the endpoint; anything else is no call for a picture */
    char method[16], path[80];
    int status; /* 0: none was sent */
    char code[64];
    char message[200]; /* of a refusal by the rules of the mock */
    char fault[40];
    int choice;       /* service_choice; -1: none */
    bool refused;     /* by the rules of the mock: the request itself was wrong */
    bool key_besides; /* a header that carries secrets stands beside the key's */
    bool key_in_body;
};

struct calls {
    struct call items[CALLS_MAX];
    size_t kept;
    size_t count; /* those to the endpoint, those that were not kept included */
};

struct ailab_mock;

/* Reads the journal once no request is in flight any more. Looks for the key in the bodies that the
 * journal kept. False when the mock does not answer as expected. */
bool calls_read(struct calls *out, struct ailab_mock *mock, const char *key);
/* How many connections met a fault of TLS. */
size_t calls_tls_faults(struct ailab_mock *mock);
/* How many requests of any kind the mock got. */
size_t calls_total(struct ailab_mock *mock);

#endif
