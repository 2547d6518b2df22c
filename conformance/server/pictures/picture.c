/* See picture.h. Each picture is derived from a sound one by one change, so that it is wrong in
 * exactly one way. */
#include "pictures/picture.h"
#include "base/buf.h"
#include "base/count_of.h"
#include "pictures/picture_codec.h"
#include "pictures/picture_data.h"
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define MIB ((size_t)1024 * 1024)
#define PNG_HEAD 33 /* signature and IHDR */

struct pictures {
    pthread_mutex_t lock;
    struct buf made[PICTURE_COUNT];
    bool ready[PICTURE_COUNT];
};

static struct picture_bytes jpeg_bytes(void)
{
    /* Both labels are in one object, which the assembler made. */
    /* cppcheck-suppress comparePointers */
    size_t size = (size_t)(conformance_jpeg_end - conformance_jpeg_begin);
    return (struct picture_bytes){conformance_jpeg_begin, size};
}

static struct picture_bytes png_bytes(void)
{
    /* cppcheck-suppress comparePointers */
    size_t size = (size_t)(conformance_png_end - conformance_png_begin);
    return (struct picture_bytes){conformance_png_begin, size};
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
    struct picture_bytes jpeg = jpeg_bytes();
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
    struct picture_bytes png = png_bytes();
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

static bool break_jpeg(struct buf *out, enum picture which)
{
    struct picture_bytes jpeg = jpeg_bytes();
    size_t at = 0;
    switch (which) {
    case PICTURE_JPEG_HALF:
        buf_add(out, jpeg.data, jpeg.size / 2);
        return true;
    case PICTURE_JPEG_THEN_TEXT:
        buf_add(out, jpeg.data, 4);
        buf_text(out, "This is not the picture that it seemed to be.\n");
        return true;
    case PICTURE_JPEG_NO_SCAN:
        buf_add(out, jpeg.data, jpeg_segment(jpeg, 0xda));
        buf_add(out, "\xff\xd9", 2);
        return true;
    case PICTURE_JPEG_BAD_HUFFMAN: /* the counts of the table say more than the segment holds */
        at = jpeg_segment(jpeg, 0xc4);
        buf_add(out, jpeg.data, jpeg.size);
        if (!out->failed && at + 21 < jpeg.size)
            memset(out->ptr + at + 5, 0xff, 16);
        return at < jpeg.size;
    case PICTURE_JPEG_NO_WIDTH:
        at = jpeg_segment(jpeg, 0xc0);
        buf_add(out, jpeg.data, jpeg.size);
        if (!out->failed && at + 9 < jpeg.size)
            memset(out->ptr + at + 7, 0, 2);
        return at < jpeg.size;
    default:
        return false;
    }
}

static bool break_png(struct buf *out, enum picture which)
{
    struct picture_bytes png = png_bytes();
    static const char noise[] = "these bytes are not what deflate makes";
    switch (which) {
    case PICTURE_PNG_HALF:
        buf_add(out, png.data, png.size / 2);
        return true;
    case PICTURE_PNG_SIGNATURE:
        buf_add(out, png.data, 8);
        return true;
    case PICTURE_PNG_BAD_CHECKSUM: /* the first data chunk, wherever it is */
        buf_add(out, png.data, png.size);
        for (size_t at = 8; !out->failed && at + 12 <= png.size;
             at += 12 + get_be(png.data + at, 4))
            if (memcmp(png.data + at + 4, "IDAT", 4) == 0) {
                out->ptr[at + 8 + get_be(png.data + at, 4)] ^= 0x55;
                return true;
            }
        return false;
    case PICTURE_PNG_BAD_DEFLATE:
        buf_add(out, png.data, PNG_HEAD);
        png_chunk(out, "IDAT", noise, sizeof noise - 1);
        png_chunk(out, "IEND", NULL, 0);
        return true;
    case PICTURE_PNG_NO_DATA:
        buf_add(out, png.data, PNG_HEAD);
        png_chunk(out, "IEND", NULL, 0);
        return true;
    default:
        return false;
    }
}

/* Pictures and files of other types: as much of each as makes its type plain. */
static bool foreign(struct buf *out, enum picture which)
{
    static const struct {
        enum picture which;
        const char *bytes;
        size_t size;
    } files[] = {
#define FILE_OF(id, text) {PICTURE_##id, text, sizeof text - 1}
        FILE_OF(GIF,
                "GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\4\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D"
                "\1\0;"),
        FILE_OF(BMP,
                "BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\1\0\0\0\1\0\0\0\1\0\x18\0\0\0\0\0\4\0"
                "\0\0\x13\x0b\0\0\x13\x0b\0\0\0\0\0\0\0\0\0\0\x40\x80\xc0\0"),
        FILE_OF(WEBP,
                "RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07"
                "\0"),
        FILE_OF(TIFF, "II*\0\x08\0\0\0\0\0\0\0\0\0"),
        FILE_OF(HEIC, "\0\0\0\x18"
                      "ftypheic\0\0\0\0mif1heic"),
        FILE_OF(SVG, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"8\" height=\"8\"/>\n"),
        FILE_OF(PDF, "%PDF-1.4\n%%EOF\n"),
        FILE_OF(TEXT, "A portrait, in words.\n"),
        FILE_OF(ONE_BYTE, "A"),
        FILE_OF(BASE64, "/9j/4AAQSkZJRgABAQEAdgB2AAD//gAlRmlsZQ=="),
#undef FILE_OF
    };
    for (size_t i = 0; i < COUNT_OF(files); i++)
        if (files[i].which == which) {
            buf_add(out, files[i].bytes, files[i].size);
            return true;
        }
    return false;
}

static bool drawn(struct buf *out, enum picture which)
{
    static const struct {
        enum picture which;
        bool png;
        struct draw draw;
    } rows[] = {
        {PICTURE_JPEG_PROGRESSIVE, false, {320, 240, DRAW_COLOUR, true}},
        {PICTURE_JPEG_GRAY, false, {320, 240, DRAW_GRAY, false}},
        {PICTURE_PNG_ALPHA, true, {320, 240, DRAW_ALPHA, false}},
        {PICTURE_PNG_PALETTE, true, {320, 240, DRAW_PALETTE, false}},
        {PICTURE_PNG_INTERLACED, true, {320, 240, DRAW_COLOUR, true}},
        {PICTURE_JPEG_4095_WIDE, false, {4095, 64, DRAW_COLOUR, false}},
        {PICTURE_JPEG_4095_HIGH, false, {64, 4095, DRAW_COLOUR, false}},
        {PICTURE_JPEG_4096_WIDE, false, {4096, 64, DRAW_COLOUR, false}},
        {PICTURE_JPEG_4096_HIGH, false, {64, 4096, DRAW_COLOUR, false}},
        {PICTURE_JPEG_4095_BOTH, false, {4095, 4095, DRAW_GRAY, false}},
        {PICTURE_JPEG_4096_BOTH, false, {4096, 4096, DRAW_GRAY, false}},
        {PICTURE_PNG_4095_BOTH, true, {4095, 4095, DRAW_GRAY, false}},
        {PICTURE_PNG_4096_WIDE, true, {4096, 64, DRAW_COLOUR, false}},
        {PICTURE_PNG_4096_HIGH, true, {64, 4096, DRAW_COLOUR, false}},
        {PICTURE_PNG_4096_BOTH, true, {4096, 4096, DRAW_GRAY, false}},
        {PICTURE_PNG_20000_WIDE, true, {20000, 16, DRAW_GRAY, false}},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].which == which)
            return rows[i].png ? draw_png(out, &rows[i].draw) : draw_jpeg(out, &rows[i].draw);
    return false;
}

static bool padded(struct buf *out, enum picture which)
{
    static const struct {
        enum picture which;
        bool png;
        size_t total;
    } rows[] = {
        {PICTURE_JPEG_LARGE, false, 3 * MIB / 2}, {PICTURE_JPEG_5_MB, false, 5000000},
        {PICTURE_JPEG_5_MIB, false, 5 * MIB},     {PICTURE_JPEG_OVER_5_MIB, false, 5 * MIB + 1},
        {PICTURE_JPEG_OVER, false, 11 * MIB / 2}, {PICTURE_JPEG_FAR_OVER, false, 12 * MIB},
        {PICTURE_PNG_5_MIB, true, 5 * MIB},       {PICTURE_PNG_OVER_5_MIB, true, 5 * MIB + 1},
        {PICTURE_PNG_OVER, true, 11 * MIB / 2},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].which == which) {
            if (rows[i].png)
                pad_png(out, rows[i].total);
            else
                pad_jpeg(out, rows[i].total);
            return true;
        }
    return false;
}

static void zeros(struct buf *out, size_t count)
{
    char *room = buf_room(out, count);
    if (!room)
        return;
    memset(room, 0, count + 1);
    out->len += count;
}

static bool make(struct buf *out, enum picture which)
{
    static const struct draw wide = {4096, 64, DRAW_COLOUR, false};
    struct picture_bytes jpeg = jpeg_bytes(), png = png_bytes();
    switch (which) {
    case PICTURE_JPEG:
        buf_add(out, jpeg.data, jpeg.size);
        return true;
    case PICTURE_PNG:
        buf_add(out, png.data, png.size);
        return true;
    case PICTURE_EMPTY:
        buf_text(out, "");
        return true;
    case PICTURE_ZEROS:
        zeros(out, 1024);
        return true;
    case PICTURE_ZEROS_OVER:
        zeros(out, 11 * MIB / 2);
        return true;
    case PICTURE_PNG_4096_HALF:
        if (!draw_png(out, &wide))
            return false;
        out->len /= 2;
        return true;
    case PICTURE_SPACE_JPEG:
        buf_text(out, " ");
        buf_add(out, jpeg.data, jpeg.size);
        return true;
    default:
        return foreign(out, which) || padded(out, which) || break_jpeg(out, which) ||
               break_png(out, which) || drawn(out, which);
    }
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

bool pictures_get(struct picture_bytes *out, struct pictures *pictures, enum picture which)
{
    pthread_mutex_lock(&pictures->lock);
    struct buf *made = &pictures->made[which];
    if (!pictures->ready[which] && !made->failed) {
        pictures->ready[which] = make(made, which) && !made->failed;
        made->failed = !pictures->ready[which];
    }
    bool ready = pictures->ready[which];
    *out = (struct picture_bytes){buf_str(made), made->len};
    pthread_mutex_unlock(&pictures->lock);
    return ready;
}

const char *picture_name(enum picture which)
{
    static const char *const names[] = {
#define PICTURE_NAME(id, name, what) name,
        PICTURES(PICTURE_NAME)
#undef PICTURE_NAME
    };
    return names[which];
}

const char *picture_title(enum picture which)
{
    static const char *const titles[] = {
#define PICTURE_TITLE(id, name, what) what,
        PICTURES(PICTURE_TITLE)
#undef PICTURE_TITLE
    };
    return titles[which];
}
