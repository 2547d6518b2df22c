/* Judges a picture by its bytes: its format and dimensions by the headers, and whether the file is
 * whole. It has no codec and looks at no pixels. Pure. */
#ifndef CLIENT_SRC_PICTURE_H
#define CLIENT_SRC_PICTURE_H

#include "ailab.h"

struct ai_picture {
    enum ailab_format format; /* by the first bytes; NONE when neither JPEG nor PNG */
    unsigned width, height;   /* pixels; 0 until a header told them */
    bool whole;               /* well formed from the first byte to the end marker */
    char why[96];             /* when not whole: the fault and its place */
};

/* By the first bytes alone; NONE when they are neither a JPEG's nor a PNG's. */
enum ailab_format ai_picture_format(const void *bytes, size_t size);

/* Linear in size; bytes after the end marker are allowed. */
void ai_picture_look(struct ai_picture *out, const void *bytes, size_t size);

#endif
