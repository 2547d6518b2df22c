/* Makes a text that came from a target, or was sent to it, fit to be seen. Every such text goes
 * through here before it is cut, printed or stored: the keys of the run are masked, and a terminal
 * or a report of lines gets no control characters. It does not escape for HTML, XML or YAML: the
 * reports do that afterwards. */
#ifndef CONFORMANCE_SERVER_EVIDENCE_REDACT_H
#define CONFORMANCE_SERVER_EVIDENCE_REDACT_H

#include "base/buf.h"
#include "evidence/secrets.h"

#define REDACT_TEXT_MAX 600 /* bytes of one finding: more would hide the rest */

enum redact_as {
    REDACT_LINE,   /* printable ASCII, anything else as \xNN */
    REDACT_LINES,  /* the same, and line ends stay */
    REDACT_RECORD, /* text stays text in any language; control characters as \xNN */
};

/* Appends the text, masked: at most max bytes of the result. If it is cut, its whole length
 * follows. Returns how many bytes of the text were read.
 *
 * A key is found in any case of its letters, and as JSON, a URL or HTML would write it. One of
 * fewer than four characters is masked as a word of its own only: it would tear others apart. */
size_t redact_add(struct buf *out, const struct secrets *secrets, const char *text, size_t len,
                  size_t max, enum redact_as how);
/* Makes one line of the text in raw, and clears raw. The caller frees it; NULL when out of memory.
 */
char *redact_line(struct buf *raw, const struct secrets *secrets);
/* Whether the text holds a key of the run. */
bool redact_finds_key(const struct secrets *secrets, const char *text);

#endif
