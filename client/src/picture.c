/* Walks over the segments of a JPEG or the chunks of a PNG. That tells a picture from an error page
 * and a whole file from half of one, and gives the dimensions. It does not find damage inside the
 * compressed data, and it takes what decoders overlook: bytes between segments, wrong checksums,
 * anything between the image data and the end marker. */
#include "picture.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define SIDE_MAX 65535u /* JPEG's own limit, far beyond this API's */

__attribute__((format(printf, 2, 3))) static void refuse(struct ai_picture *picture,
                                                         const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(picture->why, sizeof picture->why, format, arguments);
    va_end(arguments);
}

static uint32_t big_endian(const unsigned char *bytes, size_t size)
{
    uint32_t value = 0;
    for (size_t i = 0; i < size; i++)
        value = value << 8 | bytes[i];
    return value;
}

static bool take_sides(struct ai_picture *picture, uint32_t width, uint32_t height)
{
    if (width == 0 || height == 0 || width > SIDE_MAX || height > SIDE_MAX) {
        refuse(picture, "its header says %ux%u pixels", (unsigned)width, (unsigned)height);
        return false;
    }
    picture->width = width;
    picture->height = height;
    return true;
}

/* Whether the end marker stands in the bytes from `at` on, behind whatever there is. */
static bool ends_after(const unsigned char *bytes, size_t at, size_t size, const char *marker,
                       size_t length)
{
    return memmem(bytes + at, size - at, marker, length) != NULL;
}

static void look_at_png(struct ai_picture *picture, const unsigned char *bytes, size_t size)
{
    static const char end[] = "\0\0\0\0IEND\xae\x42\x60\x82";
    size_t data = 0; /* where the first IDAT ends: what looks like one later may be none */
    size_t at = 8;
    while (size - at >= 12) {
        uint32_t length = big_endian(bytes + at, 4);
        const unsigned char *type = bytes + at + 4;
        if (length > size - at - 12)
            break;
        if (at == 8) {
            if (memcmp(type, "IHDR", 4) || length != 13) {
                refuse(picture, "PNG without a header chunk (IHDR) at byte 9");
                return;
            }
            if (!take_sides(picture, big_endian(type + 4, 4), big_endian(type + 8, 4)))
                return;
        }
        if (!memcmp(type, "IEND", 4)) {
            picture->whole = data > 0;
            if (!data)
                refuse(picture, "PNG without image data (IDAT)");
            return;
        }
        at += 12 + (size_t)length;
        if (!data && !memcmp(type, "IDAT", 4) && length > 0)
            data = at;
    }
    picture->whole = data > 0 && ends_after(bytes, data, size, end, sizeof end - 1);
    if (!picture->whole)
        refuse(picture, "PNG cut off in the chunk at byte %zu of %zu", at + 1, size);
}

static bool is_frame_header(unsigned char marker)
{
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

/* The next marker in entropy-coded data, its 0xFF; size when there is none. */
static size_t end_of_scan(const unsigned char *bytes, size_t at, size_t size)
{
    while (at < size) {
        const unsigned char *mark = memchr(bytes + at, 0xFF, size - at);
        if (!mark || (size_t)(mark - bytes) + 1 >= size)
            return size;
        at = (size_t)(mark - bytes);
        unsigned char next = bytes[at + 1];
        if (next == 0xFF)
            at++;
        else if (next == 0 || (next >= 0xD0 && next <= 0xD7))
            at += 2;
        else
            return at;
    }
    return size;
}

/* The FF of the next marker that a segment belongs to; size when there is none. Cameras and editors
 * leave fill bytes, zeros, stray bytes and markers that stand alone (TEM, RST) between segments,
 * and decoders skip them. */
static size_t next_segment(const unsigned char *bytes, size_t at, size_t size)
{
    for (; size - at >= 2; at++) {
        unsigned char marker = bytes[at + 1];
        if (bytes[at] == 0xFF && marker > 1 && marker != 0xFF && (marker < 0xD0 || marker > 0xD7))
            return at;
    }
    return size;
}

/* Decoders take no more of such a segment than its length says, and nothing if that is below 2. */
static bool is_skippable(unsigned char marker)
{
    return (marker >= 0xE0 && marker <= 0xEF) || marker == 0xFE || marker == 0xDC;
}

static bool take_frame(struct ai_picture *picture, const unsigned char *bytes, size_t length,
                       size_t at)
{
    if (length < 8) {
        refuse(picture, "JPEG with a frame header of %zu bytes at byte %zu", length, at + 1);
        return false;
    }
    return take_sides(picture, big_endian(bytes + at + 7, 2), big_endian(bytes + at + 5, 2));
}

/* Walks from the segment at *at to EOI. Sets *data to where the first image data ends. False when
 * that fails: with why when the picture is refused, else because *at makes no sense. */
static bool walk_jpeg(struct ai_picture *picture, const unsigned char *bytes, size_t size,
                      size_t *at, size_t *data)
{
    bool arithmetic = false;
    for (;;) {
        const size_t segment = next_segment(bytes, *at, size);
        if (size - segment < 2)
            return false;
        *at = segment;
        const unsigned char marker = bytes[*at + 1];
        if (marker == 0xD9)
            return true;
        size_t length = size - *at >= 4 ? big_endian(bytes + *at + 2, 2) : 0;
        if (length < 2 && is_skippable(marker))
            length = 2;
        if (length < 2 || length > size - *at - 2)
            return false;
        /* Arithmetic coding leaves trailing zeros out, and so perhaps all of a scan. */
        arithmetic = arithmetic || marker == 0xC9 || marker == 0xCA;
        const bool first_frame = is_frame_header(marker) && picture->width == 0;
        if (first_frame && !take_frame(picture, bytes, length, *at))
            return false;
        *at += 2 + length;
        if (marker != 0xDA)
            continue;
        if (picture->width == 0) {
            refuse(picture, "JPEG with image data before a frame header");
            return false;
        }
        const size_t begin = *at;
        *at = end_of_scan(bytes, begin, size);
        if (!*data && (*at > begin || arithmetic))
            *data = *at;
    }
}

static void look_at_jpeg(struct ai_picture *picture, const unsigned char *bytes, size_t size)
{
    size_t at = 2, data = 0;
    const bool ended = walk_jpeg(picture, bytes, size, &at, &data);
    picture->whole = data > 0 && (ended || ends_after(bytes, data, size, "\xFF\xD9", 2));
    if (picture->whole || *picture->why)
        return;
    if (ended)
        refuse(picture, "JPEG without image data");
    else if (at < size && bytes[at] != 0xFF)
        refuse(picture, "JPEG without a marker at byte %zu", at + 1);
    else
        refuse(picture, "JPEG cut off or broken at byte %zu of %zu", at + 1, size);
}

enum ailab_format ai_picture_format(const void *bytes, size_t size)
{
    if (size >= 8 && !memcmp(bytes, "\x89PNG\r\n\x1a\n", 8))
        return AILAB_FORMAT_PNG;
    return size >= 3 && !memcmp(bytes, "\xFF\xD8\xFF", 3) ? AILAB_FORMAT_JPEG : AILAB_FORMAT_NONE;
}

void ai_picture_look(struct ai_picture *out, const void *bytes, size_t size)
{
    memset(out, 0, sizeof *out);
    out->format = ai_picture_format(bytes, size);
    if (out->format == AILAB_FORMAT_PNG)
        look_at_png(out, bytes, size);
    else if (out->format == AILAB_FORMAT_JPEG)
        look_at_jpeg(out, bytes, size);
    else
        refuse(out, "neither JPEG nor PNG by its first bytes");
}
