/* The part of judging a picture that is the same for every format: what the first bytes say it is,
 * what a foreign file looks like instead. The walks and decodes themselves are in image_jpeg.c and
 * image_png.c. */
#include "images/image.h"
#include "images/image_codec.h"
#include <stdio.h>

#define TEXT_LOOKED_AT 512 /* bytes that decide whether a foreign file is text */

struct magic {
    size_t offset;
    const char *bytes;
    size_t len;
    const char *name;
};

#define MAGIC(offset, bytes, name)                                                                 \
    {                                                                                              \
        offset, bytes, sizeof(bytes) - 1, name                                                     \
    }

/* The first match wins: brands of an ISO file before the ISO file itself. */
static const struct magic foreign[] = {
    MAGIC(0, "GIF8", "GIF"),
    MAGIC(8, "WEBP", "WebP"),
    MAGIC(0, "II*\0", "TIFF or a camera's raw file"),
    MAGIC(0, "MM\0*", "TIFF or a camera's raw file"),
    MAGIC(4, "ftypavif", "AVIF"),
    MAGIC(4, "ftypavis", "AVIF"),
    MAGIC(4, "ftyphei", "HEIC"),
    MAGIC(4, "ftyphev", "HEIC"),
    MAGIC(4, "ftypmif1", "HEIC or AVIF"),
    MAGIC(4, "ftypmsf1", "HEIC or AVIF"),
    MAGIC(4, "ftyp", "MP4 or another ISO media file"),
    MAGIC(0, "%PDF", "PDF"),
    MAGIC(0, "PK\3\4", "ZIP"),
    MAGIC(0, "\x1f\x8b", "gzip"),
    MAGIC(0, "8BPS", "Photoshop"),
    MAGIC(0, "\0\0\1\0", "ICO"),
    MAGIC(4, "JXL \r\n\x87\n", "JPEG XL"),
    MAGIC(0, "\xff\x0a", "JPEG XL"),
    MAGIC(4, "jP  \r\n\x87\n", "JPEG 2000"),
    MAGIC(0, "BM", "BMP"),
    MAGIC(0, "\xef\xbf\xbdPNG", "PNG that was read as UTF-8 text, which destroys it"),
    MAGIC(0, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
          "JPEG or other binary file that was read as UTF-8 text, which destroys it"),
    MAGIC(0, "\x89PNG", "PNG with a wrong signature, as after a transfer in text mode"),
    MAGIC(0, "/9j/", "JPEG in Base64; the bytes themselves would be right"),
    MAGIC(0, "iVBORw0KGgo", "PNG in Base64; the bytes themselves would be right"),
    MAGIC(0, "data:image/", "data: URL; the bytes of the file themselves would be right"),
};

static bool starts_with_nocase(struct slice bytes, const char *text)
{
    size_t len = strlen(text);
    return bytes.len >= len && slice_equal_nocase(slice_make(bytes.ptr, len), slice_of(text));
}

/* UTF-8 without control characters; a character may be cut off at the end. */
static bool is_text(struct slice bytes)
{
    unsigned more = 0; /* continuation bytes that this character still needs */
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t byte = image_data(bytes)[i];
        if ((more > 0) != ((byte & 0xC0) == 0x80) || byte >= 0xF8)
            return false;
        if ((byte < 0x20 && !(byte >= '\t' && byte <= '\r')) || byte == 0x7F)
            return false;
        if (more)
            more--;
        else if (byte >= 0xC0)
            more = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : 1;
    }
    return true;
}

static const char *text_looks_like(struct slice bytes)
{
    size_t skip = bytes.len >= 3 && memcmp(bytes.ptr, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (skip < bytes.len && (bytes.ptr[skip] == ' ' || (uint8_t)(bytes.ptr[skip] - 9) < 5))
        skip++;
    struct slice rest = slice_make(bytes.ptr + skip, bytes.len - skip);
    if (!rest.len)
        return "white space";
    if (starts_with_nocase(rest, "<!doctype html") || starts_with_nocase(rest, "<html"))
        return "HTML";
    if (memmem(rest.ptr, rest.len, "<svg", 4))
        return "SVG";
    if (starts_with_nocase(rest, "<?xml"))
        return "XML";
    if (rest.ptr[0] == '{' || rest.ptr[0] == '[')
        return "JSON";
    return "text";
}

static void describe_foreign(struct image_facts *facts, struct slice bytes)
{
    facts->state = IMAGE_FOREIGN;
    if (!bytes.len) {
        snprintf(facts->why, sizeof facts->why, "is empty");
        return;
    }
    const char *name = NULL;
    for (size_t i = 0; !name && i < sizeof foreign / sizeof foreign[0]; i++) {
        const struct magic *magic = &foreign[i];
        if (bytes.len >= magic->offset + magic->len &&
            memcmp(bytes.ptr + magic->offset, magic->bytes, magic->len) == 0)
            name = magic->name;
    }
    struct slice head =
        slice_make(bytes.ptr, bytes.len < TEXT_LOOKED_AT ? bytes.len : TEXT_LOOKED_AT);
    if (!name && is_text(head))
        name = text_looks_like(head);
    if (name) {
        snprintf(facts->why, sizeof facts->why, "looks like %s", name);
        return;
    }
    const uint8_t *data = image_data(bytes);
    int used = snprintf(facts->why, sizeof facts->why, "is an unknown kind of file, starts with");
    for (size_t i = 0; i < bytes.len && i < 8; i++)
        used += snprintf(facts->why + used, sizeof facts->why - (size_t)used, " %02X", data[i]);
}

static void look(struct image_facts *out, struct slice bytes, enum image_depth depth)
{
    *out = (struct image_facts){.orientation = 1, .data_end = bytes.len};
    if (bytes.len >= 3 && memcmp(bytes.ptr, "\xff\xd8\xff", 3) == 0) {
        out->format = IMAGE_JPEG;
        image_jpeg_inspect(out, bytes, depth);
    } else if (bytes.len >= 8 && memcmp(bytes.ptr, "\x89PNG\r\n\x1a\n", 8) == 0) {
        out->format = IMAGE_PNG;
        image_png_inspect(out, bytes, depth);
    } else {
        describe_foreign(out, bytes);
    }
}

void image_identify(struct image_facts *out, struct slice bytes)
{
    look(out, bytes, IMAGE_HEADERS);
}

void image_inspect(struct image_facts *out, struct slice bytes)
{
    look(out, bytes, IMAGE_STRUCTURE);
}

bool image_decode(struct image_facts *facts, struct slice bytes)
{
    if (facts->state != IMAGE_SOUND)
        return true;
    return facts->format == IMAGE_JPEG ? image_jpeg_decode(facts, bytes)
                                       : image_png_decode(facts, bytes);
}

const char *image_format_name(enum image_format format)
{
    switch (format) {
    case IMAGE_JPEG:
        return "JPEG";
    case IMAGE_PNG:
        return "PNG";
    case IMAGE_OTHER:
        break;
    }
    return "neither JPEG nor PNG";
}
