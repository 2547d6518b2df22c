/* What people may see of a text that came from a target, or was sent to it. Every such text goes
 * through here before it is cut, printed or stored: the keys of the run are masked, and a terminal
 * or a report of lines gets no control characters. Not an escaper for HTML, XML or YAML: the
 * reports do that to what is left. */
#ifndef CONFORMANCE_SHOWN_H
#define CONFORMANCE_SHOWN_H

#include "base/buf.h"
#include "engine/session.h"

#define SHOWN_TEXT_MAX 600 /* bytes of one finding: nobody reads more */

enum shown {
    SHOWN_LINE,   /* printable ASCII, anything else as \xNN */
    SHOWN_LINES,  /* the same, and line ends stay */
    SHOWN_RECORD, /* text stays text in any language; control characters as \xNN */
};

/* Appends the text; of what it has become at most max bytes, and then how long it was. Returns how
 * many bytes of the text that used up.
 *
 * A key is found in any case of its letters, and as JSON, a URL or HTML would write it. One of
 * fewer than four characters is masked as a word of its own only: it would tear others apart. */
size_t shown_add(struct buf *out, const struct run *run, const char *text, size_t len, size_t max,
                 enum shown how);
/* Makes a text of one line of what is in raw, and clears raw. To be freed; NULL when out of
 * memory. */
char *shown_line(struct buf *raw, const struct run *run);
/* Whether the text holds a key of the run. */
bool shown_has_key(const struct run *run, const char *text);

#endif
