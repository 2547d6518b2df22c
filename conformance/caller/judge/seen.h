/* Everything that was seen of one run in one situation: the judge looks at this and at nothing
 * else. */
#ifndef CONFORMANCE_CALLER_JUDGE_SEEN_H
#define CONFORMANCE_CALLER_JUDGE_SEEN_H

#include "caller/process/run.h"
#include "caller/situations/situation.h"
#include "caller/stage/calls.h"

struct seen_file {
    bool exists;
    size_t bytes;
    bool is_picture; /* a JPEG or PNG whose every row decodes */
};

struct seen {
    const struct situation *situation;
    struct run run;
    struct calls calls;
    unsigned charged;
    size_t trapped;        /* requests that another host got */
    size_t tls_faults;     /* connections that met the fault of TLS */
    bool has_output;       /* the command names {output} */
    struct seen_file file; /* under that name */
    char left[64];         /* another file beside it; "" for none */
    int success_code;
    double patience_ms;
    const char *url; /* of the mock */
};

/* Whether the program ended, by itself, as a success. */
bool seen_success(const struct seen *seen);
/* The n-th call to the endpoint, from 0; NULL when there are not so many. */
const struct call *seen_call(const struct seen *seen, size_t n);
/* The runtime whose trace of a crash the output has; NULL for none. */
const char *seen_crash(const struct seen *seen);

#endif
