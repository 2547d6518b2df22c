/* A picture read whole into memory, from a file or standard input, never more than a bound. */
#ifndef AILAB_CLI_INPUT_H
#define AILAB_CLI_INPUT_H

#include "program.h"
#include <stdbool.h>
#include <stddef.h>

/* Far above what the service takes, so that a refusal can be provoked; far below all memory. */
#define INPUT_BYTES_MAX ((size_t)64 * 1024 * 1024)

struct input {
    unsigned char *data; /* owned, never NULL after input_read() succeeded */
    size_t size;
};

/* path may be "-". False: why tells; out is empty. End with input_clear() either way. */
bool input_read(struct input *out, char why[WHY_SIZE], const char *path);

void input_clear(struct input *input);

#endif
