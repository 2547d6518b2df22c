/* Drawing plain pictures with libjpeg and libpng, for picture.c. A sketch of a face: nothing that a
 * detector would be fooled by. */
#ifndef CONFORMANCE_SERVER_PICTURES_PICTURE_CODEC_H
#define CONFORMANCE_SERVER_PICTURES_PICTURE_CODEC_H

#include "base/buf.h"

enum draw_kind { DRAW_GRAY, DRAW_COLOUR, DRAW_ALPHA, DRAW_PALETTE };

struct draw {
    unsigned width, height;
    enum draw_kind kind;
    bool progressive; /* JPEG progressive, PNG interlaced */
};

/* Append to out; false when the codec refused or memory ran out. */
bool draw_jpeg(struct buf *out, const struct draw *draw);
bool draw_png(struct buf *out, const struct draw *draw);

#endif
