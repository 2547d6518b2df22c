/* One line a request on stderr, for people or for machines. */
#ifndef AILAB_MOCK_LOG_H
#define AILAB_MOCK_LOG_H

#include "ailab_mock.h"

/* "2026-01-31T12:00:00.123Z POST /api/… 422 ERROR_… in=84520 out=310 3.2ms <request_id>" */
void log_text(void *unused, const struct ailab_mock_log_entry *entry);
/* One JSON object a line: ts, level, msg, method, path, status, code, message, bytes_in,
 * bytes_out, ms, request_id, remote. */
void log_json(void *unused, const struct ailab_mock_log_entry *entry);

#endif
