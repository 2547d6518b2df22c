/* Walks over the segments of a JPEG or the chunks of a PNG. That tells a picture from an error page
 * and a whole file from half of one, and gives the dimensions. It does not find damage inside the
 * compressed data. */
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

static void look_at_png(struct ai_picture *picture, const unsigned char *bytes, size_t size)
{
    bool data = false;
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
        data = data || (!memcmp(type, "IDAT", 4) && length > 0);
        if (!memcmp(type, "IEND", 4)) {
            picture->whole = data;
            if (!data)
                refuse(picture, "PNG without image data (IDAT)");
            return;
        }
        at += 12 + (size_t)length;
    }
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

static bool take_frame(struct ai_picture *picture, const unsigned char *bytes, size_t length,
                       size_t at)
{
    if (length < 8) {
        refuse(picture, "JPEG with a frame header of %zu bytes at byte %zu", length, at + 1);
        return false;
    }
    return take_sides(picture, big_endian(bytes + at + 7, 2), big_endian(bytes + at + 5, 2));
}

static void look_at_jpeg(struct ai_picture *picture, const unsigned char *bytes, size_t size)
{
    bool data = false;
    size_t at = 2;
    for (;;) {
        size_t end = next_segment(bytes, at, size);
        if (end == size && at < size && bytes[at] != 0xFF) {
            refuse(picture, "JPEG without a marker at byte %zu", at + 1);
            return;
        }
        size_t length = size - end >= 4 ? big_endian(bytes + end + 2, 2) : 0;
        unsigned char marker = size - end >= 2 ? bytes[end + 1] : 0;
        at = end;
        if (marker == 0xD9) {
            picture->whole = data;
            if (!data)
                refuse(picture, "JPEG without image data");
            return;
        }
        if (length < 2 || length > size - at - 2)
            break;
        if (is_frame_header(marker) && !take_frame(picture, bytes, length, at))
            return;
        at += 2 + length;
        if (marker != 0xDA)
            continue;
        if (picture->width == 0) {
            refuse(picture, "JPEG with image data before a frame header");
            return;
        }
        end = end_of_scan(bytes, at, size);
        data = data || end > at;
        at = end;
    }
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
