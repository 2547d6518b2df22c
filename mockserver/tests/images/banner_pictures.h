/* Pictures for the banner's tests: made, encoded in every flavour, decoded again and turned. The
 * codecs are used plainly here, independently of the code under test. */
#ifndef AILAB_MOCK_TESTS_BANNER_PICTURES_H
#define AILAB_MOCK_TESTS_BANNER_PICTURES_H

#include "images/image.h"

struct banner_picture {
    uint32_t width, height;
    unsigned channels, depth; /* depth 8 or 16 */
    uint16_t *samples;        /* row by row, channels next to each other */
};

/* A smooth picture in which all channels differ; the caller frees samples. */
struct banner_picture banner_gradient(uint32_t width, uint32_t height, unsigned channels,
                                      unsigned depth);

/* The picture as a viewer shows it that honours orientation, and the way back: the picture to
 * store so that it looks like this. The caller frees samples. */
struct banner_picture banner_turn(const struct banner_picture *stored, unsigned orientation);
struct banner_picture banner_unturn(const struct banner_picture *upright, unsigned orientation);

static inline const uint16_t *banner_at(const struct banner_picture *picture, uint32_t x,
                                        uint32_t y)
{
    return picture->samples + ((size_t)y * picture->width + x) * picture->channels;
}

struct banner_jpeg_flavour {
    int space;   /* J_COLOR_SPACE as stored; 0: by the channels */
    int h, v;    /* sampling factors of the first (and of K) component; 0: 1 */
    int quality; /* 0: 90 */
    bool progressive, restarts, optimised;
    bool separate;          /* each component in a scan of its own */
    bool plain_cmyk;        /* without Adobe's marker */
    struct slice exif, icc; /* whole bodies of APP1 and APP2 */
};

struct banner_png_flavour {
    int bits; /* 1, 2 or 4: gray or palette; 0: the picture's depth */
    bool interlaced;
    bool palette;     /* of a picture with one channel */
    bool transparent; /* a tRNS chunk: a key, or the palette's alpha */
    struct slice early_type, early, late_type, late; /* a chunk before and one after the image */
};

/* Encoded bytes; the caller frees ptr with banner_free(). */
struct slice banner_encode_jpeg(const struct banner_picture *picture,
                                const struct banner_jpeg_flavour *flavour);
struct slice banner_encode_png(const struct banner_picture *picture,
                               const struct banner_png_flavour *flavour);
void banner_free(struct slice bytes);

/* Gray, RGB or CMYK as stored from a JPEG; PNG expanded to at least 8 bits. Fails the test when the
 * codec so much as warns. */
struct banner_picture banner_decode(struct slice bytes);

/* Facts filled in by hand, not by the module that inspects pictures. */
struct image_facts banner_facts(struct slice bytes, uint32_t width, uint32_t height,
                                unsigned orientation);

/* banner_draw(); fails the test when it refuses. The caller frees with banner_free(). */
struct slice banner_apply(struct slice bytes, uint32_t width, uint32_t height, unsigned orientation,
                          const char *title, const char *subtitle);

/* The largest difference of a sample in the rows above end. */
unsigned banner_worst_above(const struct banner_picture *before, const struct banner_picture *after,
                            uint32_t end);

/* Fails the test unless dimensions, channels and depth are the same. */
void banner_assert_same_shape(const char *why, const struct banner_picture *before,
                              const struct banner_picture *after);

#endif
