/* Makes pictures for tests in memory, with libjpeg and libpng themselves, from the portrait of
 * fixtures/images: every flavour is written by the library that defines it, none is stored. */
#ifndef AILAB_TESTING_IMAGE_MAKE_H
#define AILAB_TESTING_IMAGE_MAKE_H

#include "base/slice.h"
#include <stdint.h>

#define IMAGE_MAKE_SIDE 512 /* of the portrait */

struct image_file {
    unsigned char *data; /* from malloc() */
    size_t len;
};

/* Zero means the encoder's own choice. */
struct image_jpeg_recipe {
    const char *why;
    unsigned width, height; /* the portrait's when 0; repeated when larger */
    int components;         /* 1 gray, 3 colour (the default), 4 CMYK */
    unsigned h, v;          /* sampling of the first component; 1x1 means 4:4:4 */
    bool rgb, ycck;         /* stored as RGB; as YCCK */
    bool progressive, arithmetic, optimised, flat;
    bool separate_scans; /* baseline, one scan for each component */
    int restart_mcus;
    int quality;
};

struct image_png_recipe {
    const char *why;
    unsigned width, height;
    int colour, depth; /* as in IHDR */
    bool interlaced, transparent, flat;
    bool extras; /* gAMA, pHYs, tIME, tEXt, zTXt */
    size_t idat_size;
    int filters; /* PNG_FILTER_... */
};

/* All end the test program when something fails. Free .data with free(). */
struct image_file image_make_read(const char *name); /* of fixtures/images */
struct image_file image_make_jpeg(const struct image_jpeg_recipe *recipe);
struct image_file image_make_png(const struct image_png_recipe *recipe);
struct image_file image_make_copy(struct slice bytes);
void image_make_insert(struct image_file *file, size_t at, const void *bytes, size_t len);
/* A whole JPEG segment with marker and length; a whole PNG chunk with length and CRC. */
void image_make_segment(struct image_file *file, size_t at, unsigned marker, struct slice body);
void image_make_chunk(struct image_file *file, size_t at, const char *type, struct slice body);
/* EXIF's body: a TIFF header and one directory that states the orientation. */
size_t image_make_exif(unsigned char out[26], bool little, unsigned orientation);

/* Where the image data of a JPEG's first scan begins; where PNG chunk `type` begins. */
size_t image_make_scan_at(const struct image_file *file);
size_t image_make_chunk_at(const struct image_file *file, const char *type);

/* A JPEG of 64x64 as the state of a group of tests: a struct image_file. */
int image_make_state(void **state);
int image_free_state(void **state);

static inline struct slice image_make_slice(const struct image_file *file)
{
    return slice_make(file->data, file->len);
}

#endif
