/* A shell line that repeats a request, for people who want to see a failure themselves. It names
 * each byte that curl would not send by itself. */
#ifndef CONFORMANCE_SERVER_EVIDENCE_CURL_LINE_H
#define CONFORMANCE_SERVER_EVIDENCE_CURL_LINE_H

#include "evidence/origin.h"
#include "wire/request.h"

/* slug and step say where the body comes from; raw_framing: curl cannot send it. A key of the run
 * appears as the environment variable that holds it. */
void curl_line(struct buf *out, const struct origin *origin, const struct request *request,
               const char *slug, unsigned step, bool raw_framing);

#endif
