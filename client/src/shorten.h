/* Cuts texts between characters and says so by an ellipsis. Pure; for the library and the programs,
 * which link no code of its inside. */
#ifndef CLIENT_SRC_SHORTEN_H
#define CLIENT_SRC_SHORTEN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define ELLIPSIS "\xE2\x80\xA6"
#define ELLIPSIS_SIZE (sizeof ELLIPSIS - 1)

/* Whether a byte of UTF-8 belongs to the character before it. */
static inline bool continues_character(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* Copies a path or URL that may be too long: then it takes the middle out and puts an ellipsis
 * there, so that the rest does not read like another path. capacity > 4. */
static inline void ai_text_shorten(char *out, size_t capacity, const char *text)
{
    size_t size = strlen(text), room = capacity - 1 - ELLIPSIS_SIZE;
    if (size < capacity) {
        memcpy(out, text, size + 1);
        return;
    }
    size_t head = room / 2, tail = size - (room - head);
    while (head > 0 && continues_character(text[head]))
        head--;
    while (continues_character(text[tail]))
        tail++;
    memcpy(out, text, head);
    memcpy(out + head, ELLIPSIS, ELLIPSIS_SIZE);
    memcpy(out + head + ELLIPSIS_SIZE, text + tail, size - tail + 1);
}

#endif
