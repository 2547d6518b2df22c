/* One line a request on stderr, for people or for machines, and the program's own remarks between
 * them. Saying something never waits; see line_writer.h for a log that no program reads. */
#ifndef AILAB_MOCK_LOG_H
#define AILAB_MOCK_LOG_H

#include "ailab_mock.h"
#include "line_writer.h"

/* What the writer of a log says of dropped lines: as text, or as a JSON object. */
size_t log_dropped_text(char line[LINE_BYTES_MAX], uint64_t dropped);
size_t log_dropped_json(char line[LINE_BYTES_MAX], uint64_t dropped);

/* For ailab_mock_options.log; writer is a struct line_writer.
 * "2026-01-31T12:00:00.123Z POST /api/… 422 ERROR_… in=84520 out=310 3.2ms <request_id>" */
void log_text(void *writer, const struct ailab_mock_log_entry *entry);
/* One JSON object a line: ts, level, msg, method, path, status, code, message, scenario, bytes_in,
 * bytes_out, ms, request_id, remote, tls, proxied. */
void log_json(void *writer, const struct ailab_mock_log_entry *entry);

/* "ailab-mock: " and the text, cut where it is longer than a line may be. */
__attribute__((format(printf, 2, 3))) void log_say(struct line_writer *writer, const char *format,
                                                   ...);

#endif
