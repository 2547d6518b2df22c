/* Whether bytes are one JSON text, and where they stop being one. Stricter than cJSON, which
 * forgives much. Pure. */
#ifndef AILAB_MOCKSERVER_BASE_JSON_SYNTAX_H
#define AILAB_MOCKSERVER_BASE_JSON_SYNTAX_H

#include "base/slice.h"

#define DOCUMENT_BYTES_MAX 4194304 /* 4 MiB */

struct document_error {
    /* JSON pointer (RFC 6901) of the place, "" for the whole document and for what is no JSON.
     * Control characters stand as '?', a long one ends in "...", and of an API key a quarter, at
     * most four characters, is shown: /accounts/SECR.../credits. */
    char pointer[256];
    char message[256]; /* what was found and what was expected; UTF-8, one line, no API key */
    bool no_memory;    /* memory ran out: the document may be right */
};

/* False with a complaint; *error is only written then. */
bool syntax_check(struct slice json, struct document_error *error);

#endif
