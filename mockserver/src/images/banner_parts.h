/* What the banner's own files share: the band as drawn, and the place for encoded bytes. No
 * other file includes this. */
#ifndef AILAB_MOCKSERVER_IMAGES_BANNER_PARTS_H
#define AILAB_MOCKSERVER_IMAGES_BANNER_PARTS_H

#include "images/image.h"

/* A rectangle of the picture *as stored*, and what each of its pixels becomes. Opaque, so that a
 * codec only replaces: from an ink it looks its own samples up. */
struct banner_band {
    uint32_t x, y, width, height;
    unsigned char *ink;      /* width x height: 0 ground to BANNER_TEXT text, or BANNER_ACCENT */
    unsigned char accent[3]; /* red, green, blue */
};

enum { BANNER_TEXT = 254, BANNER_ACCENT = 255, BANNER_INKS = 256 };

/* title, subtitle: characters 32 to 126 only. false: out of memory. Otherwise to be given back
 * with banner_band_clear(). */
bool banner_band_init(struct banner_band *band, const struct image_facts *facts, struct slice title,
                      struct slice subtitle);
void banner_band_clear(struct banner_band *band);

/* Red, green and blue of an ink. */
void banner_band_colour(const struct banner_band *band, unsigned ink, unsigned char rgb[3]);

/* Brightness as JPEG and television weigh it. */
unsigned char banner_luma(const unsigned char rgb[3]);

/* A growing buffer with an upper bound. Zeros to begin with; the owner frees data. */
struct banner_sink {
    unsigned char *data;
    size_t size, capacity;
};

/* Makes room for size + more bytes. false: out of memory or bounds; nothing changed then. */
bool banner_sink_reserve(struct banner_sink *sink, size_t more);

/* Decode bytes, put the band in, encode into sink. false: out of memory, or the codec refused. */
bool banner_jpeg(struct banner_sink *sink, struct slice bytes, const struct image_facts *facts,
                 const struct banner_band *band);
bool banner_png(struct banner_sink *sink, struct slice bytes, const struct image_facts *facts,
                const struct banner_band *band);

#endif
