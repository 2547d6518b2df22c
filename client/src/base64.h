/* Strict Base64: standard alphabet, padded, no white space, no unused bits set. Pure. */
#ifndef CLIENT_SRC_BASE64_H
#define CLIENT_SRC_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#define BASE64_WHY_SIZE 96

/* Decodes a whole text; out needs room for three bytes of every four characters and may begin at
 * the text itself or before it in the same buffer. When false, out holds nothing of use and why
 * names the fault and its position. An empty text is sound. */
bool ai_base64_decode(void *out, size_t *size_out, const char *text, size_t size,
                      char why[BASE64_WHY_SIZE]);

#endif
