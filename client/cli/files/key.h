/* The API key: from a file or the environment, never from the command line, never printed. */
#ifndef AILAB_CLI_KEY_H
#define AILAB_CLI_KEY_H

#include "program.h"
#include <stdbool.h>
#include <stddef.h>

#define KEY_SIZE 513 /* the library's most, and a NUL */

struct key {
    char text[KEY_SIZE + 3]; /* and a byte order mark while it is read */
    const char *origin;      /* borrowed: where it came from, for messages */
    bool open_to_everybody;  /* the file can be read by every user */
};

/* From the first line of the file, or from AILAB_API_KEY when file is NULL. False: why tells,
 * without a byte of the key. Wipe with key_clear() either way. */
bool key_read(struct key *out, char why[WHY_SIZE], const char *file);

void key_clear(struct key *key);

#endif
