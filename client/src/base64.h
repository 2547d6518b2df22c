/* Strict Base64, decoded while it arrives: standard alphabet, padded, no white space, no unused
 * bits set. Pure but for the memory of the result. */
#ifndef AILAB_CLIENT_BASE64_H
#define AILAB_CLIENT_BASE64_H

#include <stdbool.h>
#include <stddef.h>

enum ai_base64_state { BASE64_GOING = 0, BASE64_PADDED, BASE64_BAD, BASE64_NO_MEMORY };

/* Starts as all zeros. */
struct ai_base64 {
    unsigned char *data; /* what is decoded so far; owned */
    size_t size;
    size_t capacity;
    size_t expected; /* a hint for the first allocation, 0 for none */
    char carry[4];   /* the beginning of a group of four */
    size_t carried;
    size_t position; /* characters taken */
    enum ai_base64_state state;
    bool portable; /* without the processor's vector instructions; the outcome is the same */
    char why[96];  /* when BASE64_BAD: what is wrong and where */
};

/* Decodes more text; once the state is BAD or NO_MEMORY it does nothing. */
void ai_base64_feed(struct ai_base64 *decoder, const char *text, size_t size);

/* The text has ended: true when it was whole and sound, an empty text included. */
bool ai_base64_finish(struct ai_base64 *decoder);

void ai_base64_clear(struct ai_base64 *decoder);

#endif
