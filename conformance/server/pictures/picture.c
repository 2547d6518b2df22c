/* See picture.h. Each picture is derived from a sound one by one change, so that it is wrong in
 * exactly one way. */
#include "pictures/picture.h"
#include "base/buf.h"
#include "base/count_of.h"
#include "base/embedded.h"
#include "pictures/picture_codec.h"
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define MIB ((size_t)1024 * 1024)
#define PNG_HEAD 33 /* signature and IHDR */

/* How a picture is made; each of the functions says what it looks at. */
struct recipe {
    const char *name, *title;
    bool (*make)(struct buf *out, const struct recipe *recipe);
    enum picture_format format; /* of the portrait, or of the drawing */
    struct draw draw;
    const char *bytes;
    size_t size;
    bool halved; /* only the first half of it */
};

struct pictures {
    pthread_mutex_t lock;
    struct buf made[PICTURE_COUNT];
    bool ready[PICTURE_COUNT];
    bool in_words;
};

static struct picture_bytes portrait(enum picture_format format)
{
    /* Both labels are in one object, which the assembler made. */
    /* cppcheck-suppress comparePointers */
    size_t jpeg = (size_t)(embedded_jpeg_end - embedded_jpeg);
    /* cppcheck-suppress comparePointers */
    size_t png = (size_t)(embedded_png_end - embedded_png);
    return format == PICTURE_FORMAT_JPEG ? (struct picture_bytes){embedded_jpeg, jpeg}
                                         : (struct picture_bytes){embedded_png, png};
}

static void put_be(unsigned char *out, uint32_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        out[i] = (unsigned char)(value >> (8 * (bytes - 1 - i)));
}

static size_t get_be(const char *from, unsigned bytes)
{
    size_t value = 0;
    for (unsigned i = 0; i < bytes; i++)
        value = value << 8 | (unsigned char)from[i];
    return value;
}

/* The portrait with comment segments behind its start marker, exactly total bytes long. */
static void pad_jpeg(struct buf *out, size_t total)
{
    static const char filling[65533] = {0};
    struct picture_bytes jpeg = portrait(PICTURE_FORMAT_JPEG);
    size_t left = total - jpeg.size;
    buf_add(out, jpeg.data, 2);
    while (left > 0) {
        size_t segment = left < 65537 ? left : 65537;
        if (left > segment && left - segment < 4)
            segment -= 4;
        unsigned char head[4] = {0xff, 0xfe, 0, 0};
        put_be(head + 2, (uint32_t)(segment - 2), 2);
        buf_add(out, head, 4);
        buf_add(out, filling, segment - 4);
        left -= segment;
    }
    buf_add(out, jpeg.data + 2, jpeg.size - 2);
}

static void png_chunk(struct buf *out, const char *type, const void *data, size_t size)
{
    unsigned char length[4], checksum[4];
    uLong crc = crc32(crc32(0, NULL, 0), (const Bytef *)type, 4);
    if (size > 0)
        crc = crc32(crc, data, (uInt)size);
    put_be(length, (uint32_t)size, 4);
    put_be(checksum, (uint32_t)crc, 4);
    buf_add(out, length, 4);
    buf_add(out, type, 4);
    buf_add(out, data, size);
    buf_add(out, checksum, 4);
}

/* The portrait with a private ancillary chunk behind its header, exactly total bytes long. */
static void pad_png(struct buf *out, size_t total)
{
    struct picture_bytes png = portrait(PICTURE_FORMAT_PNG);
    size_t size = total - png.size - 12;
    char *filling = calloc(1, size);
    buf_add(out, png.data, PNG_HEAD);
    if (filling)
        png_chunk(out, "paDd", filling, size);
    out->failed = out->failed || !filling;
    free(filling);
    buf_add(out, png.data + PNG_HEAD, png.size - PNG_HEAD);
}

/* Where the marker segment begins in the portrait; its size when it has none such. */
static size_t jpeg_segment(struct picture_bytes jpeg, unsigned char marker)
{
    size_t at = 2;
    while (at + 4 <= jpeg.size && (unsigned char)jpeg.data[at] == 0xff) {
        if ((unsigned char)jpeg.data[at + 1] == marker)
            return at;
        at += 2 + get_be(jpeg.data + at + 2, 2);
    }
    return jpeg.size;
}

static bool whole(struct buf *out, const struct recipe *recipe)
{
    struct picture_bytes from = portrait(recipe->format);
    buf_add(out, from.data, from.size);
    return true;
}

/* The first bytes of the portrait, then other ones. */
static bool beginning(struct buf *out, const struct recipe *recipe)
{
    buf_add(out, portrait(recipe->format).data, recipe->size);
    buf_text(out, recipe->bytes);
    return true;
}

static bool padded(struct buf *out, const struct recipe *recipe)
{
    if (recipe->format == PICTURE_FORMAT_PNG)
        pad_png(out, recipe->size);
    else
        pad_jpeg(out, recipe->size);
    return true;
}

static bool drawn(struct buf *out, const struct recipe *recipe)
{
    return recipe->format == PICTURE_FORMAT_PNG ? draw_png(out, &recipe->draw)
                                                : draw_jpeg(out, &recipe->draw);
}

static bool literal(struct buf *out, const struct recipe *recipe)
{
    buf_add(out, recipe->bytes, recipe->size);
    return true;
}

static bool zeros(struct buf *out, const struct recipe *recipe)
{
    char *room = buf_room(out, recipe->size);
    if (!room)
        return false;
    memset(room, 0, recipe->size + 1);
    out->len += recipe->size;
    return true;
}

static bool space_jpeg(struct buf *out, const struct recipe *recipe)
{
    (void)recipe;
    struct picture_bytes jpeg = portrait(PICTURE_FORMAT_JPEG);
    buf_text(out, " ");
    buf_add(out, jpeg.data, jpeg.size);
    return true;
}

static bool no_scan(struct buf *out, const struct recipe *recipe)
{
    (void)recipe;
    struct picture_bytes jpeg = portrait(PICTURE_FORMAT_JPEG);
    buf_add(out, jpeg.data, jpeg_segment(jpeg, 0xda));
    buf_add(out, "\xff\xd9", 2);
    return true;
}

/* The JPEG with count bytes of its segment replaced. */
static bool patch_jpeg(struct buf *out, unsigned char marker, size_t offset, int byte, size_t count)
{
    struct picture_bytes jpeg = portrait(PICTURE_FORMAT_JPEG);
    size_t at = jpeg_segment(jpeg, marker);
    buf_add(out, jpeg.data, jpeg.size);
    if (out->failed || at + offset + count >= jpeg.size)
        return false;
    memset(out->ptr + at + offset, byte, count);
    return true;
}

/* The counts of the table say more than the segment holds. */
static bool bad_huffman(struct buf *out, const struct recipe *recipe)
{
    (void)recipe;
    return patch_jpeg(out, 0xc4, 5, 0xff, 16);
}

static bool no_width(struct buf *out, const struct recipe *recipe)
{
    (void)recipe;
    return patch_jpeg(out, 0xc0, 7, 0, 2);
}

/* The first data chunk, wherever it is. */
static bool bad_checksum(struct buf *out, const struct recipe *recipe)
{
    (void)recipe;
    struct picture_bytes png = portrait(PICTURE_FORMAT_PNG);
    buf_add(out, png.data, png.size);
    for (size_t at = 8; !out->failed && at + 12 <= png.size; at += 12 + get_be(png.data + at, 4))
        if (memcmp(png.data + at + 4, "IDAT", 4) == 0) {
            out->ptr[at + 8 + get_be(png.data + at, 4)] ^= 0x55;
            return true;
        }
    return false;
}

/* The head of the PNG, the bytes as its data if there are any, and the end. */
static bool png_with(struct buf *out, const struct recipe *recipe)
{
    buf_add(out, portrait(PICTURE_FORMAT_PNG).data, PNG_HEAD);
    if (recipe->bytes[0])
        png_chunk(out, "IDAT", recipe->bytes, strlen(recipe->bytes));
    png_chunk(out, "IEND", NULL, 0);
    return true;
}

#define WHOLE(format_) .make = whole, .format = PICTURE_FORMAT_##format_
#define BEGINNING(format_, size_, then)                                                            \
    .make = beginning, .format = PICTURE_FORMAT_##format_, .size = size_, .bytes = then
#define PADDED(format_, total) .make = padded, .format = PICTURE_FORMAT_##format_, .size = total
#define DRAWN(format_, width, height, kind)                                                        \
    .make = drawn, .format = PICTURE_FORMAT_##format_, .draw = {width, height, DRAW_##kind, false}
#define DRAWN_IN_PASSES(format_)                                                                   \
    .make = drawn, .format = PICTURE_FORMAT_##format_, .draw = {320, 240, DRAW_COLOUR, true}
#define PNG_WITH(data) .make = png_with, .bytes = data
#define BYTES(text) .make = literal, .bytes = text, .size = sizeof text - 1
#define ZEROS_OF(count) .make = zeros, .size = count

static const struct recipe recipes[PICTURE_COUNT] = {
#define PICTURE(id, name_, title_, ...) {.name = name_, .title = title_, __VA_ARGS__},
#include "pictures/pictures.def"
};

static bool say_drawn(struct buf *out, const struct recipe *recipe)
{
    const struct draw *draw = &recipe->draw;
    buf_printf(out, "a drawing of format %d, %ux%u px, kind %d%s", (int)recipe->format, draw->width,
               draw->height, (int)draw->kind, draw->progressive ? ", in passes" : "");
    return true;
}

static bool make(struct buf *out, const struct recipe *recipe, bool in_words)
{
    bool (*made_by)(struct buf *, const struct recipe *) =
        in_words && recipe->make == drawn ? say_drawn : recipe->make;
    bool made = made_by(out, recipe) && !out->failed;
    if (made && recipe->halved)
        out->len /= 2;
    return made;
}

struct pictures *picture_set_new(void)
{
    struct pictures *pictures = calloc(1, sizeof *pictures);
    if (pictures && pthread_mutex_init(&pictures->lock, NULL) != 0) {
        free(pictures);
        return NULL;
    }
    return pictures;
}

void picture_set_free(struct pictures *pictures)
{
    if (!pictures)
        return;
    for (size_t i = 0; i < PICTURE_COUNT; i++)
        buf_clear(&pictures->made[i]);
    pthread_mutex_destroy(&pictures->lock);
    free(pictures);
}

void pictures_draw_in_words(struct pictures *pictures)
{
    pictures->in_words = true;
}

bool pictures_get(struct picture_bytes *out, struct pictures *pictures, enum picture which)
{
    pthread_mutex_lock(&pictures->lock);
    struct buf *made = &pictures->made[which];
    if (!pictures->ready[which] && !made->failed) {
        pictures->ready[which] = make(made, &recipes[which], pictures->in_words);
        made->failed = !pictures->ready[which];
    }
    bool ready = pictures->ready[which];
    *out = (struct picture_bytes){buf_str(made), made->len};
    pthread_mutex_unlock(&pictures->lock);
    return ready;
}

const char *picture_name(enum picture which)
{
    return recipes[which].name;
}

const char *picture_title(enum picture which)
{
    return recipes[which].title;
}
