/* Makes the pictures of image_cases.def. */
#include "testing/image_cases.h"

#include <stdlib.h>
#include <zlib.h>

/* What the edits name: markers and chunks of the pictures. */
enum {
    SOF0 = 0xC0,
    SOF2 = 0xC2,
    DHT = 0xC4,
    RST1 = 0xD1,
    RST3 = 0xD3,
    EOI = 0xD9,
    SOS = 0xDA,
    DQT = 0xDB,
    APP0 = 0xE0,
};

/* At a place, bytes go and others come. */
struct edit {
    int marker;        /* the place: the first such marker of a JPEG */
    const char *chunk; /* or the first PNG chunk of this type */
    int offset;        /* the place is so many bytes behind it */
    size_t cut;        /* bytes that go */
    int until;         /* or all up to this marker */
    const char *until_chunk;
    const char *bytes; /* that come */
    size_t len, times;
    bool noise; /* len bytes of noise come instead */
    bool mend;  /* the CRC of the chunk at the place is made right */
};

#define TEXT(text) .bytes = (text), .len = sizeof(text) - 1, .times = 1
#define BEFORE(place, text)                                                                        \
    {                                                                                              \
        .marker = (place), TEXT(text)                                                              \
    }
#define REPEATED(place, text, n)                                                                   \
    {                                                                                              \
        .marker = (place), .bytes = (text), .len = sizeof(text) - 1, .times = (n)                  \
    }
#define NOISE(place, count)                                                                        \
    {                                                                                              \
        .marker = (place), .len = (count), .noise = true                                           \
    }
#define CUT(place, at, count, text)                                                                \
    {                                                                                              \
        .marker = (place), .offset = (at), .cut = (count), TEXT(text)                              \
    }
#define CHANGED(place, at, text) CUT(place, at, sizeof(text) - 1, text)
#define LOST(from, to)                                                                             \
    {                                                                                              \
        .marker = (from), .until = (to)                                                            \
    }
#define BEFORE_CHUNK(type, text)                                                                   \
    {                                                                                              \
        .chunk = #type, TEXT(text)                                                                 \
    }
#define MENDED_CHUNK(type, text)                                                                   \
    {                                                                                              \
        .chunk = #type, TEXT(text), .mend = true                                                   \
    }
#define CHUNK_NOISE(type, count)                                                                   \
    {                                                                                              \
        .chunk = #type, .len = (count), .noise = true                                              \
    }
#define CUT_CHUNK(type, at, count, text)                                                           \
    {                                                                                              \
        .chunk = #type, .offset = (at), .cut = (count), TEXT(text)                                 \
    }
#define CHANGED_CHUNK(type, at, text) CUT_CHUNK(type, at, sizeof(text) - 1, text)
#define MENDED(type, at, text)                                                                     \
    {                                                                                              \
        .chunk = #type, .offset = (at), .cut = sizeof(text) - 1, TEXT(text), .mend = true          \
    }
#define LOST_CHUNKS(from, to)                                                                      \
    {                                                                                              \
        .chunk = #from, .until_chunk = #to                                                         \
    }

enum base {
    BASELINE,
    GRAY,
    RESTARTS,
    PROGRESSIVE,
    SEPARATE,
    ARITHMETIC,
    COLOUR,
    PALETTE,
    INTERLACED
};

#define SIDE .width = 96, .height = 96

static const struct image_jpeg_recipe jpegs[] = {
    [BASELINE] = {SIDE},
    [GRAY] = {SIDE, .components = 1},
    [RESTARTS] = {SIDE, .restart_mcus = 6},
    [PROGRESSIVE] = {SIDE, .progressive = true},
    [SEPARATE] = {SIDE, .separate_scans = true},
    [ARITHMETIC] = {SIDE, .arithmetic = true},
};

static const struct image_png_recipe pngs[] = {
    [COLOUR] = {SIDE, .colour = 2, .depth = 8},
    [PALETTE] = {SIDE, .colour = 3, .depth = 8},
    [INTERLACED] = {SIDE, .colour = 2, .depth = 8, .interlaced = true},
};

static const struct {
    struct image_case told;
    enum base base;
    struct edit edit;
} rows[] = {
#define IMAGE_CASE(name, base, edit, verdict, oddities)                                            \
    {{name, IMAGE_CASE_##verdict, oddities}, base, edit},
#include "testing/image_cases.def"
};

static size_t marker_at(const struct image_file *file, int marker, size_t from)
{
    const char code[] = {'\xff', (char)marker};
    const unsigned char *found = memmem(file->data + from, file->len - from, code, sizeof code);
    if (!found)
        abort(); /* the base has no such marker */
    return (size_t)(found - file->data);
}

/* Bytes in which anything may look like a marker, the same ones each time; but for the end marker,
 * which would end the picture. */
static void put_noise(struct image_file *file, size_t at, size_t len)
{
    unsigned char bytes[1024] = {'n', 0xFF, 0x02};
    unsigned state = 1;
    for (size_t i = 3; i < len; i++) {
        state = state * 1103515245u + 12345u;
        bytes[i] = (unsigned char)(state >> 16);
        if (bytes[i] == EOI)
            bytes[i] = 0xFF;
    }
    image_make_insert(file, at, bytes, len);
}

static void mend(struct image_file *file, size_t chunk)
{
    unsigned char *d = file->data + chunk;
    const size_t len = (size_t)d[2] << 8 | d[3];
    const uLong crc = crc32(0, d + 4, (uInt)len + 4);
    for (unsigned i = 0; i < 4; i++)
        d[8 + len + i] = (unsigned char)(crc >> (24 - 8 * i));
}

static void change(struct image_file *file, const struct edit *edit)
{
    const size_t place =
        edit->chunk ? image_make_chunk_at(file, edit->chunk) : marker_at(file, edit->marker, 0);
    const size_t at = (size_t)((long)place + edit->offset);
    size_t cut = edit->cut;
    if (edit->until)
        cut = marker_at(file, edit->until, at) - at;
    if (edit->until_chunk)
        cut = image_make_chunk_at(file, edit->until_chunk) - at;
    memmove(file->data + at, file->data + at + cut, file->len - at - cut);
    file->len -= cut;
    for (size_t i = 0; i < edit->times; i++)
        image_make_insert(file, at, edit->bytes, edit->len);
    if (edit->noise)
        put_noise(file, at, edit->len);
    if (edit->mend)
        mend(file, place);
}

size_t image_case_count(void)
{
    return sizeof rows / sizeof *rows;
}

const struct image_case *image_case_make(struct image_file *file, size_t i)
{
    const enum base base = rows[i].base;
    *file = base < COLOUR ? image_make_jpeg(&jpegs[base]) : image_make_png(&pngs[base]);
    change(file, &rows[i].edit);
    return &rows[i].told;
}
