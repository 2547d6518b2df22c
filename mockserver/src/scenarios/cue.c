/* Finds cues, and writes the one that a picture carries. The picture is walked as a list of
 * segments or chunks and never decoded: image_inspect() has already judged its structure, but
 * nothing here relies on that. */
#include "scenarios/cue.h"
#include <stdlib.h>
#include <zlib.h>

static struct slice skip(struct slice text, size_t count)
{
    return slice_make(text.ptr + count, text.len - count);
}

static bool starts_with(struct slice text, const char *prefix)
{
    size_t len = strlen(prefix);
    return text.len >= len && memcmp(text.ptr, prefix, len) == 0;
}

/* "mock:" or "mock!" before a name that is not empty. separator is what stands for the colon. */
static bool take_mark(struct cue *out, enum cue_source source, struct slice text, char separator)
{
    if (!starts_with(text, "mock") || text.len < 6)
        return false;
    char mark = text.ptr[4];
    if (mark != separator && mark != '!')
        return false;
    *out = (struct cue){.source = source, .name = skip(text, 5), .always = mark == '!'};
    return true;
}

bool cue_from_key(struct cue *out, struct slice key)
{
    if (!take_mark(out, CUE_KEY, key, ':'))
        return false;
    const char *at = memchr(out->name.ptr, '@', out->name.len);
    out->key = key;
    if (at) {
        size_t len = (size_t)(at - out->name.ptr);
        out->key = skip(out->name, len + 1);
        out->name.len = len;
    }
    return out->name.len > 0;
}

bool cue_from_header(struct cue *out, struct slice value)
{
    bool always = starts_with(value, "!");
    if (always)
        value = skip(value, 1);
    if (value.len > 0)
        *out = (struct cue){.source = CUE_HEADER, .name = value, .always = always};
    return value.len > 0;
}

bool cue_from_file_name(struct cue *out, struct slice file_name)
{
    for (size_t i = file_name.len; i > 0; i--)
        if (file_name.ptr[i - 1] == '/' || file_name.ptr[i - 1] == '\\') {
            file_name = skip(file_name, i);
            break;
        }
    for (size_t i = file_name.len; i > 0; i--)
        if (file_name.ptr[i - 1] == '.') {
            file_name.len = i - 1;
            break;
        }
    return take_mark(out, CUE_FILE_NAME, file_name, '-');
}

static uint32_t big_endian(const char *bytes, unsigned count)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < count; i++)
        value = value << 8 | (unsigned char)bytes[i];
    return value;
}

/* One segment of a JPEG head or one chunk of a PNG. */
struct block {
    size_t start, end; /* in the picture, framing included, and stray bytes before it */
    size_t marker;     /* where it begins without those */
    struct slice text; /* what a comment says; ptr NULL for any other block */
    bool leads;        /* nothing may be put before it: JFIF's and EXIF's APPn, IHDR */
};

enum jpeg_marker {
    JPEG_TEM = 0x01,
    JPEG_SOF0 = 0xc0,
    JPEG_RST0 = 0xd0,
    JPEG_RST7 = 0xd7,
    JPEG_EOI = 0xd9,
    JPEG_SOS = 0xda,
    JPEG_DNL = 0xdc,
    JPEG_APP0 = 0xe0,
    JPEG_APP15 = 0xef,
    JPEG_COM = 0xfe,
};

/* The place behind the next marker that a segment can follow, which *marker gets; 0 when there is
 * none. The image reader takes what may stand before it: stray bytes, stuffing, markers that stand
 * alone. */
static size_t behind_next_marker(unsigned char *marker, struct slice bytes, size_t at)
{
    while (at < bytes.len) {
        const char *found = memchr(bytes.ptr + at, 0xff, bytes.len - at);
        at = found ? (size_t)(found - bytes.ptr) : bytes.len;
        while (at < bytes.len && (unsigned char)bytes.ptr[at] == 0xff)
            at++;
        *marker = at < bytes.len ? (unsigned char)bytes.ptr[at++] : JPEG_EOI;
        if (*marker >= JPEG_SOF0 && (*marker < JPEG_RST0 || *marker > JPEG_RST7))
            return *marker <= JPEG_SOS && *marker > JPEG_RST7 ? 0 : at;
        if (*marker > JPEG_TEM && *marker < JPEG_SOF0)
            return 0;
    }
    return 0;
}

/* Decoders pass over these, whatever their length says. */
static bool is_skippable(unsigned char marker)
{
    return (marker >= JPEG_APP0 && marker <= JPEG_APP15) || marker == JPEG_COM ||
           marker == JPEG_DNL;
}

/* The next segment before the image data, with what stands before it. False at its end, or when
 * the image reader would see damage there. */
static bool next_segment(struct block *out, struct slice bytes, size_t start)
{
    unsigned char marker;
    size_t at = behind_next_marker(&marker, bytes, start);
    if (at == 0 || bytes.len - at < 2)
        return false;
    size_t length = big_endian(bytes.ptr + at, 2);
    if (length < 2 && is_skippable(marker))
        length = 2;
    if (length < 2 || length > bytes.len - at)
        return false;
    *out = (struct block){start, at + length, at - 2, {NULL, 0}, false};
    out->leads = marker >= JPEG_APP0 && marker <= JPEG_APP15;
    if (marker == JPEG_COM)
        out->text = slice_make(bytes.ptr + at + 2, length - 2);
    return true;
}

static bool next_chunk(struct block *out, struct slice bytes, size_t at)
{
    if (at > bytes.len || bytes.len - at < 12)
        return false;
    size_t length = big_endian(bytes.ptr + at, 4);
    if (length > bytes.len - at - 12 || memcmp(bytes.ptr + at + 4, "IEND", 4) == 0)
        return false;
    *out = (struct block){at, at + 12 + length, at, {NULL, 0}, false};
    out->leads = memcmp(bytes.ptr + at + 4, "IHDR", 4) == 0;
    const char *data = bytes.ptr + at + 8;
    const char *keyword_end = length ? memchr(data, '\0', length) : NULL;
    if (memcmp(bytes.ptr + at + 4, "tEXt", 4) == 0 && keyword_end)
        out->text = slice_make(keyword_end + 1, length - (size_t)(keyword_end + 1 - data));
    return true;
}

struct walk {
    bool (*next)(struct block *, struct slice, size_t);
    size_t first; /* where blocks begin */
};

static bool choose_walk(struct walk *out, struct slice bytes)
{
    if (starts_with(bytes, "\xff\xd8\xff")) {
        *out = (struct walk){next_segment, 2};
        return true;
    }
    if (starts_with(bytes, "\x89PNG\r\n\x1a\n")) {
        *out = (struct walk){next_chunk, 8};
        return true;
    }
    return false;
}

static bool block_is_cue(struct cue *out, const struct block *block)
{
    struct slice text = block->text;
    while (text.len && (text.ptr[text.len - 1] == '\0' || text.ptr[text.len - 1] == '\n'))
        text.len--;
    return text.ptr && take_mark(out, CUE_PICTURE, text, ':');
}

bool cue_from_picture(struct cue *out, struct slice bytes)
{
    struct walk walk;
    struct block block;
    if (!choose_walk(&walk, bytes))
        return false;
    for (size_t at = walk.first; walk.next(&block, bytes, at); at = block.end)
        if (block_is_cue(out, &block))
            return true;
    return false;
}

static void put_big_endian(unsigned char *out, uint32_t value, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        out[i] = (unsigned char)(value >> 8 * (count - 1 - i));
}

/* A comment segment or chunk around text; returns its size. out has room for 32 bytes more. */
static size_t put_comment(unsigned char *out, bool png, const char *text, size_t len)
{
    static const char keyword[] = "Comment"; /* and its NUL */
    if (!png) {
        out[0] = 0xff;
        out[1] = JPEG_COM;
        put_big_endian(out + 2, (uint32_t)len + 2, 2);
        memcpy(out + 4, text, len);
        return len + 4;
    }
    size_t data = sizeof keyword + len;
    put_big_endian(out, (uint32_t)data, 4);
    memcpy(out + 4, "tEXt", 4);
    memcpy(out + 8, keyword, sizeof keyword);
    memcpy(out + 8 + sizeof keyword, text, len);
    put_big_endian(out + 8 + data, (uint32_t)crc32(0, out + 4, (unsigned)data + 4), 4);
    return data + 12;
}

bool cue_write(unsigned char **out, size_t *out_size, struct slice bytes, struct slice name,
               bool always)
{
    struct walk walk;
    struct cue old;
    char text[CUE_NAME_BYTES_MAX + 8] = "mock:";
    *out = NULL;
    if (!choose_walk(&walk, bytes) || name.len == 0 || name.len > CUE_NAME_BYTES_MAX)
        return false;
    text[4] = always ? '!' : ':';
    memcpy(text + 5, name.ptr, name.len);
    unsigned char *made = malloc(bytes.len + name.len + 64);
    if (!made)
        return false;

    size_t used = walk.first, at = walk.first;
    struct block block;
    bool put = false, removed = false;
    memcpy(made, bytes.ptr, used);
    for (; walk.next(&block, bytes, at); at = block.end) {
        if (block_is_cue(&old, &block)) {
            removed = true;
            continue;
        }
        if (!put && !block.leads) {
            used += put_comment(made + used, walk.next == next_chunk, text, name.len + 5);
            put = true;
        }
        /* Stray bytes behind an old cue go with it: right behind SOI they would make it no JPEG. */
        const size_t from = removed ? block.marker : block.start;
        memcpy(made + used, bytes.ptr + from, block.end - from);
        used += block.end - from;
        removed = false;
    }
    if (!put)
        used += put_comment(made + used, walk.next == next_chunk, text, name.len + 5);
    memcpy(made + used, bytes.ptr + at, bytes.len - at);
    *out = made;
    *out_size = used + (bytes.len - at);
    return true;
}
