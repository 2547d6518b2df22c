/* Base64, strictly: standard alphabet, padded, nothing else. An own decoder, because a lenient one
 * would hide the mistakes that the suite looks for. */
#ifndef CONFORMANCE_SERVER_JUDGE_BASE64_H
#define CONFORMANCE_SERVER_JUDGE_BASE64_H

#include "base/buf.h"

/* Appends the decoded bytes to out. Returns NULL, or the mistake in one phrase. */
const char *base64_decode(struct buf *out, const char *text, size_t len);

#endif
