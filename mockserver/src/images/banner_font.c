/* The banner's letters, scaled from a sheet of glyphs that is part of the library
 * (font/README.md). Smaller text averages the area under each pixel; larger text is interpolated
 * and its edges made steep again. Integer arithmetic only: the same everywhere. */
#include "images/banner_font.h"

#include "images/font/metrics.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

#ifndef AILAB_FONT_FILE
#error "AILAB_FONT_FILE must name font/glyphs.png, quoted"
#endif

/* The assembler takes the file as it is; a C array of it would cost seconds to compile. */
__asm__(".pushsection .rodata\n"
        ".balign 8\n"
        ".globl banner_font_png\n"
        ".hidden banner_font_png\n"
        "banner_font_png:\n"
        ".incbin \"" AILAB_FONT_FILE "\"\n"
        "1:\n"
        ".balign 8\n"
        ".globl banner_font_png_size\n"
        ".hidden banner_font_png_size\n"
        "banner_font_png_size:\n"
        ".long 1b - banner_font_png\n"
        ".popsection\n");

__attribute__((visibility("hidden"))) extern const unsigned char banner_font_png[];
__attribute__((visibility("hidden"))) extern const uint32_t banner_font_png_size;

enum {
    SHEET_WIDTH = GLYPH_COLUMNS * GLYPH_CELL_WIDTH,
    SHEET_HEIGHT = GLYPH_ROWS * GLYPH_CELL_HEIGHT,
    ONE = 1 << 16, /* one cell column or row in the 16.16 arithmetic below */
};

bool banner_font_init(struct banner_font *font)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    font->sheet = malloc((size_t)SHEET_WIDTH * SHEET_HEIGHT);
    if (font->sheet == NULL)
        return false;

    bool fine = png_image_begin_read_from_memory(&image, banner_font_png, banner_font_png_size) &&
                image.width == SHEET_WIDTH && image.height == SHEET_HEIGHT;
    image.format = PNG_FORMAT_GRAY;
    fine = fine && png_image_finish_read(&image, NULL, font->sheet, SHEET_WIDTH, NULL);
    png_image_free(&image);
    if (!fine)
        banner_font_clear(font);
    return fine;
}

void banner_font_clear(struct banner_font *font)
{
    free(font->sheet);
    font->sheet = NULL;
}

uint32_t banner_font_width(struct slice text, uint32_t cap)
{
    uint64_t columns = 0;
    for (size_t i = 0; i < text.len; i++)
        columns += glyph_advance[text.ptr[i] - GLYPH_FIRST];
    const uint64_t unit = 64 * GLYPH_CAP;
    return (uint32_t)((columns * cap + unit - 1) / unit);
}

/* The part of a cell's side that one pixel of the canvas averages, in 1/256 of a column or row. */
struct window {
    int64_t low, high;
};

/* The columns under a pixel, but at least one: then neighbouring pixels share columns, which is
 * linear interpolation. Much enlarged, two: slanted edges lose their steps. */
static struct window window_at(int64_t left, uint32_t step)
{
    const int64_t middle = left + step / 2;
    const int64_t half = step > ONE ? step / 2 : step > ONE / 2 ? ONE / 2 : ONE;
    return (struct window){(middle - half) >> 8, (middle + half) >> 8};
}

static uint32_t overlap(struct window window, int64_t cell)
{
    const int64_t low = window.low > cell * 256 ? window.low : cell * 256;
    const int64_t high = window.high < cell * 256 + 256 ? window.high : cell * 256 + 256;
    return high > low ? (uint32_t)(high - low) : 0;
}

static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

/* Mean coverage, 0 to 255, of the windows' rectangle in the cell that starts at *cell. */
static uint32_t average(const unsigned char *cell, struct window across, struct window down)
{
    const int64_t first_column = clamp(across.low / 256, 0, GLYPH_CELL_WIDTH);
    const int64_t last_column = clamp((across.high + 255) / 256, 0, GLYPH_CELL_WIDTH);
    const int64_t first_row = clamp(down.low / 256, 0, GLYPH_CELL_HEIGHT);
    const int64_t last_row = clamp((down.high + 255) / 256, 0, GLYPH_CELL_HEIGHT);
    uint64_t sum = 0;
    for (int64_t row = first_row; row < last_row; row++) {
        uint64_t line = 0;
        for (int64_t column = first_column; column < last_column; column++)
            line += cell[row * SHEET_WIDTH + column] * overlap(across, column);
        sum += line * overlap(down, row);
    }
    const uint64_t area = (uint64_t)(across.high - across.low) * (uint64_t)(down.high - down.low);
    return (uint32_t)((sum + area / 2) / area);
}

/* Interpolation makes an edge as wide as the enlargement; this makes it one pixel wide again. */
static uint32_t steepen(uint32_t coverage, uint32_t cap)
{
    if (cap <= GLYPH_CAP)
        return coverage;
    const int64_t steep = 128 + ((int64_t)coverage - 128) * (int64_t)cap / GLYPH_CAP;
    return (uint32_t)clamp(steep, 0, 255);
}

static const unsigned char *cell_of(const struct banner_font *font, char character)
{
    const unsigned glyph = (unsigned)(character - GLYPH_FIRST);
    return font->sheet + (size_t)(glyph / GLYPH_COLUMNS) * GLYPH_CELL_HEIGHT * SHEET_WIDTH +
           (size_t)(glyph % GLYPH_COLUMNS) * GLYPH_CELL_WIDTH;
}

/* Columns between a glyph's origin and its leftmost mark, so that lines of different size start
 * below each other to the eye. */
static int64_t indent(const unsigned char *cell)
{
    for (int64_t column = 0; column < GLYPH_CELL_WIDTH; column++)
        for (int64_t row = 0; row < GLYPH_CELL_HEIGHT; row++)
            if (cell[row * SHEET_WIDTH + column] >= 128)
                return column - GLYPH_ORIGIN;
    return 0;
}

/* pen: where the glyph's origin lies, in 16.16 cell columns from the canvas' left edge. */
static void draw_glyph(const unsigned char *cell, struct banner_canvas *canvas, int64_t pen,
                       uint32_t baseline, uint32_t cap, unsigned char full)
{
    const uint32_t step = (uint32_t)GLYPH_CAP * ONE / cap;
    const int64_t left = pen - (int64_t)GLYPH_ORIGIN * ONE;
    const int64_t top = (int64_t)baseline * step - (int64_t)GLYPH_BASELINE * ONE;
    const int64_t x0 = clamp(left / step - 1, 0, canvas->width);
    const int64_t x1 = clamp((left + (int64_t)GLYPH_CELL_WIDTH * ONE) / step + 2, 0, canvas->width);
    const int64_t y0 = clamp(top / step - 1, 0, canvas->height);
    const int64_t y1 =
        clamp((top + (int64_t)GLYPH_CELL_HEIGHT * ONE) / step + 2, 0, canvas->height);

    for (int64_t y = y0; y < y1; y++) {
        const struct window down = window_at(y * step - top, step);
        for (int64_t x = x0; x < x1; x++) {
            const struct window across = window_at(x * step - left, step);
            const uint32_t coverage = steepen(average(cell, across, down), cap);
            unsigned char *pixel = &canvas->pixels[(size_t)y * canvas->width + (size_t)x];
            const unsigned char mark = (unsigned char)((coverage * full + 127) / 255);
            if (mark > *pixel)
                *pixel = mark;
        }
    }
}

void banner_font_draw(const struct banner_font *font, struct banner_canvas *canvas,
                      struct slice text, uint32_t x, uint32_t baseline, uint32_t cap,
                      unsigned char full)
{
    const uint32_t step = (uint32_t)GLYPH_CAP * ONE / cap;
    int64_t pen = (int64_t)x * step;
    if (text.len > 0)
        pen -= indent(cell_of(font, text.ptr[0])) * ONE;
    for (size_t i = 0; i < text.len; i++) {
        draw_glyph(cell_of(font, text.ptr[i]), canvas, pen, baseline, cap, full);
        pen += (int64_t)glyph_advance[text.ptr[i] - GLYPH_FIRST] * (ONE / 64);
    }
}
