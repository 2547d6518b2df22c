/* Foreign bytes made fit to show: bounded, valid UTF-8, without control characters. Pure. */
#ifndef CLIENT_SRC_TEXT_H
#define CLIENT_SRC_TEXT_H

#include <stddef.h>

/* Copies at most capacity - 1 bytes and a NUL. It cuts between characters, and a text that was cut
 * ends in an ellipsis where the capacity is 4 or more. White-space controls
 * become a space; other controls, line separators and marks that turn the direction of writing
 * become '?'; a byte that is not UTF-8 becomes U+FFFD. capacity > 0. */
void ai_text_copy(char *out, size_t capacity, const char *bytes, size_t size);

/* Replaces every occurrence of secret by "***"; so too a beginning of it: eight characters or
 * longer anywhere, for a text that was cut may stand in a sentence; four or longer at the end.
 * A secret of three characters or fewer stays. */
void ai_text_redact(char *text, const char *secret);

#endif
