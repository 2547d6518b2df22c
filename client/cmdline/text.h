/* Text of foreign origin (file names, what a server said) made fit to be shown. */
#ifndef AILAB_CMDLINE_TEXT_H
#define AILAB_CMDLINE_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

/* Replaces in place, each byte by '?': what is not UTF-8. JSON must not carry it. */
void text_make_utf8(char *text);

/* The same, and control characters too: a message must not move the cursor of a terminal. */
void text_make_plain(char *text);

/* As snprintf(), but a text that does not fit ends in an ellipsis. capacity is 4 or more, and so in
 * the functions below, which return out. */
__attribute__((format(printf, 3, 4))) void text_print(char *out, size_t capacity,
                                                      const char *format, ...);
__attribute__((format(printf, 3, 0))) void text_print_list(char *out, size_t capacity,
                                                           const char *format, va_list list);

/* The first `length` bytes of a text; one that does not fit ends in an ellipsis. */
const char *text_start(char *out, size_t capacity, const char *text, size_t length);

/* A path or URL; one that does not fit loses its middle to an ellipsis, so that it does not read
 * like another path. */
const char *text_shorten(char *out, size_t capacity, const char *text);

/* The same for an argument of printf(): the copy lives until the end of the block. */
#define TEXT_START(text, room) text_start((char[(room) + 1]){""}, (room) + 1, text, strlen(text))
#define TEXT_PATH(path) text_shorten((char[201]){""}, 201, path)

#endif
