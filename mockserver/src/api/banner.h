/* Draws a legible banner onto a picture and encodes it again: same format, same dimensions, same
 * colour model (grayscale stays grayscale, CMYK stays CMYK, alpha and EXIF orientation and the
 * colour profile are kept). The banner reads upright for a viewer that honours EXIF orientation.
 *
 * Pure but for memory. Call only for pictures that image_decode() found sound. */
#ifndef AILAB_MOCK_BANNER_H
#define AILAB_MOCK_BANNER_H

#include "api/image.h"

/* On success *out holds *out_size bytes, to be freed with free(). title is large, subtitle small;
 * both ASCII (other characters show as '?'); text that does not fit is made smaller down to what
 * can still be read, then cut. A picture too small for any text gets a coloured stripe. Returns
 * false when memory ran out or the codec refused; then *out is NULL. Deterministic: the same input
 * gives the same bytes. Thread-safe. */
bool banner_draw(unsigned char **out, size_t *out_size, struct slice bytes,
                 const struct image_facts *facts, const char *title, const char *subtitle);

#endif
