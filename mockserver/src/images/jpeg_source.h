/* Where libjpeg takes a JPEG's bytes from: the whole file in memory, then an end marker for ever.
 * Judge and banner read through the same source, so that they see the same rows. */
#ifndef AILAB_MOCKSERVER_IMAGES_JPEG_SOURCE_H
#define AILAB_MOCKSERVER_IMAGES_JPEG_SOURCE_H

#include "base/slice.h"
#include <stdio.h>

#include <jpeglib.h>

struct jpeg_source {
    struct jpeg_source_mgr manager;
    struct slice bytes;
    bool ended; /* libjpeg wanted more than there is */
};

/* source and bytes are borrowed as long as jpeg reads. */
void jpeg_source_open(struct jpeg_source *source, j_decompress_ptr jpeg, struct slice bytes);
/* How many bytes libjpeg has taken. */
size_t jpeg_source_at(const struct jpeg_source *source);

#endif
