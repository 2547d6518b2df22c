/* Draws a legible banner onto a picture and encodes it again: same format, same dimensions, same
 * colour model (grayscale stays grayscale, CMYK stays CMYK, alpha and EXIF orientation and the
 * colour profile are kept). The banner reads upright for a viewer that honours EXIF orientation.
 *
 * Not kept: progressive JPEG and interlaced PNG become sequential; palettes become colour, a
 * transparent key colour becomes alpha; of an animated PNG only the still picture is left. Kept of
 * the metadata is what tells how to show the picture: EXIF, colour profile, gamma, density.
 *
 * Pure but for memory. Call only for pictures that image_decode() found sound. */
#ifndef AILAB_MOCKSERVER_IMAGES_BANNER_H
#define AILAB_MOCKSERVER_IMAGES_BANNER_H

#include "images/image.h"

/* On success *out holds *out_size bytes, to be freed with free(). title is large, subtitle small;
 * both borrowed, may be NULL, and ASCII (other characters show as '?'); text that does not fit is
 * made smaller down to what can still be read, then cut. A picture too small for any text gets a
 * coloured stripe. Returns false when memory ran out or the codec refused; then *out is NULL.
 * Takes memory for the result, the band and a few rows; for the whole picture when it is
 * progressive or interlaced. Deterministic: the same input gives the same bytes. Thread-safe. */
bool banner_draw(unsigned char **out, size_t *out_size, struct slice bytes,
                 const struct image_facts *facts, const char *title, const char *subtitle);

#endif
