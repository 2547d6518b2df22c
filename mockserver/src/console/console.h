/* The files of the console, the page at /__admin/, as they are part of the program: gzipped. Which
 * there are is in files.def. Pure but for memory. */
#ifndef AILAB_MOCKSERVER_CONSOLE_CONSOLE_H
#define AILAB_MOCKSERVER_CONSOLE_CONSOLE_H

#include "base/slice.h"

struct console_file {
    const char *path;       /* of the request */
    const char *media_type; /* with its charset */
    struct slice gzip;
};

/* The page itself. All that a file points to is static storage. */
struct console_file console_page(void);
/* The file of a request's path, without its query. False when there is none. */
bool console_find(struct console_file *out, struct slice path);

#define CONSOLE_ETAG_SIZE 40
/* The validator of the file as it is sent, plain or gzipped, in quotes. Returns out. */
const char *console_etag(char out[CONSOLE_ETAG_SIZE], const struct console_file *file, bool plain);

/* The file itself, to be freed; NULL when memory ran out. */
char *console_inflate(const struct console_file *file, size_t *size_out);

/* How many bytes all files have, gzipped. */
size_t console_size(void);

#endif
