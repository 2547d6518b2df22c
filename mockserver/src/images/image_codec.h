/* What image.c and the two codecs behind it share: how damage is reported, how numbers are read,
 * and one entry for each format. Private to the judging of pictures; everybody else includes
 * image.h. */
#ifndef AILAB_MOCKSERVER_IMAGES_IMAGE_CODEC_H
#define AILAB_MOCKSERVER_IMAGES_IMAGE_CODEC_H

#include "images/image.h"

enum image_depth {
    IMAGE_HEADERS,   /* up to the image data */
    IMAGE_STRUCTURE, /* to the end */
};

/* The walks of image_identify() and image_inspect(). facts come zeroed but for format, state
 * SOUND, orientation 1 and data_end at the end. */
void image_jpeg_inspect(struct image_facts *facts, struct slice bytes, enum image_depth depth);
void image_png_inspect(struct image_facts *facts, struct slice bytes, enum image_depth depth);

/* The decodes of image_decode(); same contract. */
bool image_jpeg_decode(struct image_facts *facts, struct slice bytes);
bool image_png_decode(struct image_facts *facts, struct slice bytes);

/* Sets state DAMAGED and why. Always false, so that a check can end with `return`. */
__attribute__((format(printf, 2, 3))) bool image_damaged(struct image_facts *facts,
                                                         const char *format, ...);

void image_odd(struct image_facts *facts, enum image_oddity oddity);

/* For damage behind the last row: the picture is SOUND after all, in its first data_end bytes. */
void image_forgive(struct image_facts *facts, size_t data_end);

/* The orientation, 1 to 8, that a TIFF structure (the body of EXIF) states in its first directory;
 * 0 when it states none. Every offset in it is checked. */
unsigned image_exif_orientation(struct slice tiff);

static inline const uint8_t *image_data(struct slice bytes)
{
    return (const uint8_t *)bytes.ptr;
}

static inline uint32_t image_be16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

static inline uint32_t image_be32(const uint8_t *at)
{
    return image_be16(at) << 16 | image_be16(at + 2);
}

#endif
