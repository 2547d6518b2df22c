/* The banner's letters: ASCII text drawn into an 8-bit coverage map at any size. Not a text
 * engine: one face, one line, no kerning, no shaping.
 *
 * Sizes are the height of a capital letter in px, so that a capital fills whole rows. */
#ifndef AILAB_MOCKSERVER_IMAGES_BANNER_FONT_H
#define AILAB_MOCKSERVER_IMAGES_BANNER_FONT_H

#include "base/slice.h"
#include <stdint.h>

/* Below this a capital cannot be read. */
#define BANNER_FONT_MIN_CAP 7

struct banner_font {
    unsigned char *sheet; /* coverage, all cells of font/glyphs.png */
};

struct banner_canvas {
    unsigned char *pixels; /* width x height, zeros to begin with */
    uint32_t width, height;
};

/* false: out of memory. Otherwise to be given back with banner_font_clear(). */
bool banner_font_init(struct banner_font *font);
void banner_font_clear(struct banner_font *font);

/* How far the text reaches, px, rounded up. text: characters 32 to 126 only. */
uint32_t banner_font_width(struct slice text, uint32_t cap);

/* Draws text with its first mark at column x and its baseline under row baseline - 1; what lies
 * outside of the canvas is cut off. A pixel that a letter covers wholly becomes full. text as
 * above, cap not 0. */
void banner_font_draw(const struct banner_font *font, struct banner_canvas *canvas,
                      struct slice text, uint32_t x, uint32_t baseline, uint32_t cap,
                      unsigned char full);

#endif
