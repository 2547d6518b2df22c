/* Made by ci/make-font together with glyphs.png: where each glyph lies and how far it advances. */
#ifndef AILAB_MOCKSERVER_IMAGES_FONT_METRICS_H
#define AILAB_MOCKSERVER_IMAGES_FONT_METRICS_H

#include <stdint.h>

/* clang-format off */
enum {
    GLYPH_FIRST = 32, GLYPH_LAST = 126,
    GLYPH_COLUMNS = 16, GLYPH_ROWS = 6,
    GLYPH_CELL_WIDTH = 64, GLYPH_CELL_HEIGHT = 56,
    GLYPH_ORIGIN = 4,    /* columns of a cell left of the pen */
    GLYPH_BASELINE = 42, /* rows of a cell above the baseline */
    GLYPH_CAP = 35,      /* height of a capital in rows */
};

/* In 1/64 of a column. */
static const uint16_t glyph_advance[] = {
    1072, 1400, 1600, 2576, 2136, 3080, 2680, 944, 1408, 1408, 1608, 2576, 1168, 1272,
    1168, 1120, 2136, 2136, 2136, 2136, 2136, 2136, 2136, 2136, 2136, 2136, 1232, 1232,
    2576, 2576, 2576, 1784, 3072, 2376, 2344, 2256, 2552, 2096, 2096, 2520, 2568, 1144,
    1144, 2384, 1960, 3056, 2568, 2608, 2248, 2608, 2368, 2216, 2096, 2496, 2376, 3392,
    2368, 2224, 2224, 1408, 1120, 1408, 2576, 1536, 1536, 2072, 2200, 1824, 2200, 2080,
    1336, 2200, 2184, 1056, 1056, 2040, 1056, 3200, 2184, 2112, 2200, 2200, 1512, 1832,
    1472, 2184, 2000, 2840, 1984, 2000, 1792, 2184, 1120, 2184, 2576,
};
/* clang-format on */

#endif
