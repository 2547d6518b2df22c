/* Refuses faults of a JSON text that cJSON forgives. Pure. */
#ifndef CLIENT_SRC_STRICT_H
#define CLIENT_SRC_STRICT_H

#include <stdbool.h>
#include <stddef.h>

#define STRICT_MARK '\x01' /* no string that cJSON reads afterwards contains it */

struct ai_strict {
    size_t plain_at, plain_size; /* the longest string without escapes: the text between quotes */
    bool whole;                  /* every bracket that was opened has been closed */
    char why[96];                /* when refused: the fault and its place */
};

/* Checks the words of a JSON text: strings, numbers, white space, the depth of brackets. cJSON then
 * checks their order. True when nothing is wrong.
 *
 * It changes the text where cJSON would misread it, but never its length: a code
 * unit \u0000 or \u0001 becomes \u0002, half a surrogate pair becomes \ufffd, and a number that is
 * not an integer of at most 15 digits becomes 0.5. */
bool ai_strict_read(struct ai_strict *out, char *text, size_t size);

#endif
