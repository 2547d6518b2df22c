/* On which line of a JSON text a JSON pointer's place is, for people who look into the file. Pure.
 */
#ifndef AILAB_MOCK_JSON_LINE_H
#define AILAB_MOCK_JSON_LINE_H

#include <stddef.h>

/* From 1. Of a name that is there twice, the last. Where the pointer leads to nothing, such as to a
 * field that is missing, or is shortened ("/accounts/SECR..."), so that several places may be
 * meant: the line of the last step that is certain. The text may be any bytes up to its NUL. */
size_t json_line(const char *json, const char *pointer);

#endif
