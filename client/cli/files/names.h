/* What the name of a picture says about it, and the name an edited picture gets. Pure. */
#ifndef AILAB_CLI_NAMES_H
#define AILAB_CLI_NAMES_H

#include "ailab.h"

/* "jpeg", "png" or "unknown". Static storage. */
const char *names_format(enum ailab_format format);

/* What the file's extension promises; AILAB_FORMAT_NONE when nothing known. */
enum ailab_format names_promise(const char *path);

/* "dir/portrait.jpg", "big-grin": "dir/portrait.big-grin.jpg", or ".png" when that is the format.
 * The result is the caller's, NULL when there is no memory. */
char *names_edited(const char *path, const char *expression, enum ailab_format format);

/* What follows the last slash: borrowed from path. */
const char *names_base(const char *path);

#endif
