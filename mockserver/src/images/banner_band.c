/* How the banner looks: a dark band along the bottom edge of the upright picture, a coloured line
 * on top of it, a large and a small line of text. Measures it, draws it, and turns it to lie in
 * the picture as stored. Knows no file format. */
#include "images/banner_font.h"
#include "images/banner_parts.h"

#include <stdlib.h>

/* Pictures smaller than this get the coloured line and no text. */
enum { TEXT_MIN_WIDTH = 40, TEXT_MIN_HEIGHT = 24 };

/* In rows: the lowest with one line of text, and with two. */
enum { LOWEST_BAND = 14, TWO_LINES_MIN_ROWS = 28 };

struct line {
    struct slice text;      /* cut to what fits; empty: not drawn */
    uint32_t cap, baseline; /* px; rows from the band's top */
    unsigned char ink;
};

struct layout {
    uint32_t rows, accent, margin;
    struct line title, subtitle;
};

static uint32_t at_least(uint32_t value, uint32_t least)
{
    return value < least ? least : value;
}

/* An eighth of the shorter side; more on small pictures, where one or two lines need it. */
static uint32_t band_rows(uint32_t width, uint32_t height)
{
    const uint32_t shorter = width < height ? width : height;
    if (shorter >= 160)
        return at_least(shorter / 8, TWO_LINES_MIN_ROWS);
    return at_least(shorter / 8, LOWEST_BAND);
}

/* As many characters as fit; whole words when that leaves more than half of them. */
static struct slice cut(struct slice text, uint32_t cap, uint32_t room)
{
    const size_t whole = text.len;
    while (text.len > 0 && banner_font_width(text, cap) > room)
        text.len--;
    size_t words = text.len;
    while (words > 0 && words < whole && text.ptr[words] != ' ')
        words--;
    if (words > text.len / 2)
        text.len = words;
    return text;
}

/* The largest size up to want at which the text is no wider than room; at the smallest that can be
 * read, its end goes. */
static struct line fit(struct slice text, uint32_t want, uint32_t room)
{
    uint32_t cap = at_least(want, BANNER_FONT_MIN_CAP);
    while (cap > BANNER_FONT_MIN_CAP && banner_font_width(text, cap) > room)
        cap--;
    return (struct line){.text = cut(text, cap, room), .cap = cap, .ink = BANNER_TEXT};
}

static struct layout lay_out(uint32_t width, uint32_t height, struct slice title,
                             struct slice subtitle)
{
    struct layout l = {0};
    if (width < TEXT_MIN_WIDTH || height < TEXT_MIN_HEIGHT) {
        l.rows = l.accent = height < 6 ? 1 : height < LOWEST_BAND * 6 ? height / 6 : LOWEST_BAND;
        return l;
    }
    l.rows = band_rows(width, height);
    l.accent = at_least(l.rows / 16, 1);
    l.margin = at_least(l.rows / 4, 4);
    const uint32_t body = l.rows - l.accent, room = width - 2 * l.margin;
    if (l.rows < TWO_LINES_MIN_ROWS || title.len == 0 || subtitle.len == 0) {
        l.title = fit(title.len > 0 ? title : subtitle, body * 50 / 100, room);
        l.title.baseline = l.accent + (body + l.title.cap) / 2;
        return l;
    }
    l.title = fit(title, body * 40 / 100, room);
    l.subtitle = fit(subtitle, body * 18 / 100, room);
    if (l.subtitle.cap >= 10) /* smaller letters need all the contrast */
        l.subtitle.ink = BANNER_TEXT * 4 / 5;
    const uint32_t gap = at_least(body * 16 / 100, 3);
    const uint32_t used = l.title.cap + gap + l.subtitle.cap;
    l.title.baseline = l.accent + (body - used) / 2 + l.title.cap;
    l.subtitle.baseline = l.title.baseline + gap + l.subtitle.cap;
    return l;
}

static bool draw_lines(struct banner_canvas *canvas, const struct layout *l)
{
    struct banner_font font;
    if (!banner_font_init(&font))
        return false;
    const struct line *lines[] = {&l->title, &l->subtitle};
    for (size_t i = 0; i < 2; i++)
        if (lines[i]->text.len > 0)
            banner_font_draw(&font, canvas, lines[i]->text, l->margin, lines[i]->baseline,
                             lines[i]->cap, lines[i]->ink);
    banner_font_clear(&font);
    return true;
}

static bool draw_upright(struct banner_canvas *canvas, const struct layout *l)
{
    canvas->pixels = calloc(canvas->width, canvas->height);
    if (canvas->pixels == NULL)
        return false;
    if ((l->title.text.len > 0 || l->subtitle.text.len > 0) && !draw_lines(canvas, l)) {
        free(canvas->pixels);
        return false;
    }
    memset(canvas->pixels, BANNER_ACCENT, (size_t)canvas->width * l->accent);
    return true;
}

/* Where the upright canvas' pixel for the band's stored pixel x, y is. Both lie at an edge of
 * their picture, so the orientation acts on the band as it does on the whole. */
static size_t upright_index(const struct banner_band *band, unsigned orientation, uint32_t x,
                            uint32_t y)
{
    const uint32_t right = band->width - 1 - x, below = band->height - 1 - y;
    const size_t w = band->width, h = band->height;
    switch (orientation) {
    case 2:
        return y * w + right;
    case 3:
        return below * w + right;
    case 4:
        return below * w + x;
    case 5:
        return x * h + y;
    case 6:
        return x * h + below;
    case 7:
        return right * h + below;
    case 8:
        return right * h + y;
    default:
        return y * w + x;
    }
}

/* The bottom of the upright picture is the bottom, top, right or left of the stored one. */
static void place(struct banner_band *band, const struct image_facts *facts, uint32_t rows)
{
    const unsigned o = facts->orientation;
    const bool sideways = o >= 5 && o <= 8;
    band->width = sideways ? rows : facts->width;
    band->height = sideways ? facts->height : rows;
    band->x = o == 5 || o == 6 ? facts->width - rows : 0;
    band->y = sideways || o == 3 || o == 4 ? 0 : facts->height - rows;
}

static bool turn(struct banner_band *band, unsigned orientation, const struct banner_canvas *canvas)
{
    band->ink = malloc((size_t)band->width * band->height);
    if (band->ink == NULL)
        return false;
    unsigned char *ink = band->ink;
    for (uint32_t y = 0; y < band->height; y++)
        for (uint32_t x = 0; x < band->width; x++)
            *ink++ = canvas->pixels[upright_index(band, orientation, x, y)];
    return true;
}

/* A colour of full strength from the title, so that two expressions differ even where no letter
 * has room. */
static void pick_accent(unsigned char rgb[3], struct slice title)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < title.len; i++)
        hash = (hash ^ (unsigned char)title.ptr[i]) * 16777619u;
    const uint32_t hue = (hash >> 8) % 1536, sixth = hue / 256;
    const unsigned char part = (unsigned char)(hue % 256), rest = (unsigned char)(255 - part);
    const unsigned char wheel[6][3] = {{255, part, 0}, {rest, 255, 0}, {0, 255, part},
                                       {0, rest, 255}, {part, 0, 255}, {255, 0, rest}};
    for (size_t i = 0; i < 3; i++)
        rgb[i] = (unsigned char)(64 + wheel[sixth][i] * 191 / 255);
}

void banner_band_colour(const struct banner_band *band, unsigned ink, unsigned char rgb[3])
{
    static const unsigned char ground[3] = {18, 22, 30}, text[3] = {255, 255, 255};
    for (size_t i = 0; i < 3; i++) {
        const unsigned mixed = ground[i] * (BANNER_TEXT - ink) + text[i] * ink + BANNER_TEXT / 2;
        rgb[i] = ink == BANNER_ACCENT ? band->accent[i] : (unsigned char)(mixed / BANNER_TEXT);
    }
}

bool banner_band_init(struct banner_band *band, const struct image_facts *facts, struct slice title,
                      struct slice subtitle)
{
    *band = (struct banner_band){0};
    const bool sideways = facts->orientation >= 5 && facts->orientation <= 8;
    const uint32_t width = sideways ? facts->height : facts->width;
    const uint32_t height = sideways ? facts->width : facts->height;
    const struct layout l = lay_out(width, height, title, subtitle);
    struct banner_canvas canvas = {.width = width, .height = l.rows};
    if (!draw_upright(&canvas, &l))
        return false;
    pick_accent(band->accent, title);
    place(band, facts, l.rows);
    const bool turned = turn(band, facts->orientation, &canvas);
    free(canvas.pixels);
    return turned;
}

void banner_band_clear(struct banner_band *band)
{
    free(band->ink);
    band->ink = NULL;
}
