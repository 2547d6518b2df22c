/* Finds a key in a stream of text, and masks it in what is shown of that stream. A key is found as
 * it is, in capitals, in hexadecimal, in Base64 wherever it begins, and with other characters
 * between its own, such as line ends. */
#ifndef CONFORMANCE_CALLER_PROCESS_LEAK_H
#define CONFORMANCE_CALLER_PROCESS_LEAK_H

#include "base/buf.h"

#define LEAK_KEY_MAX 128
#define LEAK_FORMS 6
#define LEAK_FORM_SIZE (2 * LEAK_KEY_MAX + 1)
#define LEAK_PIECE 8 /* so many characters of a form in a row are masked */

struct leak_stream {
    char carry[LEAK_FORM_SIZE]; /* the end of what was fed: a form may begin in it */
    size_t carried;
};

struct leak {
    char forms[LEAK_FORMS][LEAK_FORM_SIZE]; /* the first is the key */
    size_t form_count;
    struct leak_stream whole, squeezed;
    bool found;    /* one of the forms was there */
    bool in_parts; /* the key was there with other characters between its own */
};

/* A key longer than LEAK_KEY_MAX is cut; one shorter than LEAK_PIECE is not looked for. */
void leak_init(struct leak *leak, const char *key);
void leak_feed(struct leak *leak, const char *text, size_t len);
/* Appends the text with every piece of a form as "***". */
void leak_mask(struct buf *out, const struct leak *leak, const char *text, size_t len);

#endif
