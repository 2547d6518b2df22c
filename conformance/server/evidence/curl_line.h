/* A shell line that repeats a request, for people who want to see a failure with their own eyes.
 * Whatever the wire carries that curl would not send by itself stands in it. */
#ifndef CONFORMANCE_REPEAT_H
#define CONFORMANCE_REPEAT_H

#include "engine/session.h"
#include "wire/request.h"

/* slug and step say where the body comes from; raw_framing: curl cannot send it. A key of the run
 * appears as the environment variable that holds it. */
void repeat_line(struct buf *out, const struct run *run, const struct request *request,
                 const char *slug, unsigned step, bool raw_framing);
/* The program as it was called, quoted for a POSIX shell where that is needed. */
void repeat_program(struct buf *out, const struct run *run);

#endif
