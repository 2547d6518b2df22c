/* The pictures that cases upload: two real portraits, and everything else made from them or drawn
 * when it is first wanted. Also the judge of pictures that come back: a full decode by libjpeg or
 * libpng. */
#ifndef CONFORMANCE_SERVER_PICTURES_PICTURE_H
#define CONFORMANCE_SERVER_PICTURES_PICTURE_H

#include <stdbool.h>
#include <stddef.h>

/* PICTURE(id, name, what it is) */
#define PICTURES(PICTURE)                                                                          \
    PICTURE(JPEG, "portrait.jpg", "a portrait, JPEG 512x512")                                      \
    PICTURE(PNG, "portrait.png", "a portrait, PNG 512x512")                                        \
    PICTURE(JPEG_PROGRESSIVE, "progressive.jpg", "a progressive JPEG")                             \
    PICTURE(JPEG_GRAY, "gray.jpg", "a grayscale JPEG")                                             \
    PICTURE(PNG_ALPHA, "alpha.png", "a PNG with an alpha channel")                                 \
    PICTURE(PNG_PALETTE, "palette.png", "a PNG with a palette")                                    \
    PICTURE(PNG_INTERLACED, "interlaced.png", "an interlaced PNG")                                 \
    PICTURE(JPEG_LARGE, "large.jpg", "a JPEG of 1.5 MiB")                                          \
    PICTURE(JPEG_5_MB, "5-mb.jpg", "a JPEG of 5,000,000 bytes")                                    \
    PICTURE(JPEG_5_MIB, "5-mib.jpg", "a JPEG of 5,242,880 bytes")                                  \
    PICTURE(JPEG_OVER_5_MIB, "over-5-mib.jpg", "a JPEG of 5,242,881 bytes")                        \
    PICTURE(JPEG_OVER, "over.jpg", "a JPEG of 5.5 MiB")                                            \
    PICTURE(JPEG_FAR_OVER, "far-over.jpg", "a JPEG of 12 MiB")                                     \
    PICTURE(PNG_5_MIB, "5-mib.png", "a PNG of 5,242,880 bytes")                                    \
    PICTURE(PNG_OVER_5_MIB, "over-5-mib.png", "a PNG of 5,242,881 bytes")                          \
    PICTURE(PNG_OVER, "over.png", "a PNG of 5.5 MiB")                                              \
    PICTURE(JPEG_4095_WIDE, "4095-wide.jpg", "a JPEG of 4095x64 px")                               \
    PICTURE(JPEG_4095_HIGH, "4095-high.jpg", "a JPEG of 64x4095 px")                               \
    PICTURE(JPEG_4096_WIDE, "4096-wide.jpg", "a JPEG of 4096x64 px")                               \
    PICTURE(JPEG_4096_HIGH, "4096-high.jpg", "a JPEG of 64x4096 px")                               \
    PICTURE(JPEG_4095_BOTH, "4095-both.jpg", "a JPEG of 4095x4095 px")                             \
    PICTURE(JPEG_4096_BOTH, "4096-both.jpg", "a JPEG of 4096x4096 px")                             \
    PICTURE(PNG_4095_BOTH, "4095-both.png", "a PNG of 4095x4095 px")                               \
    PICTURE(PNG_4096_WIDE, "4096-wide.png", "a PNG of 4096x64 px")                                 \
    PICTURE(PNG_4096_HIGH, "4096-high.png", "a PNG of 64x4096 px")                                 \
    PICTURE(PNG_4096_BOTH, "4096-both.png", "a PNG of 4096x4096 px")                               \
    PICTURE(PNG_20000_WIDE, "20000-wide.png", "a PNG of 20000x16 px")                              \
    PICTURE(JPEG_HALF, "half.jpg", "the first half of a JPEG")                                     \
    PICTURE(JPEG_THEN_TEXT, "then-text.jpg", "the first bytes of a JPEG and then text")            \
    PICTURE(JPEG_NO_SCAN, "no-scan.jpg", "a JPEG without image data")                              \
    PICTURE(JPEG_BAD_HUFFMAN, "bad-huffman.jpg", "a JPEG with a broken Huffman table")             \
    PICTURE(JPEG_NO_WIDTH, "no-width.jpg", "a JPEG that says it is 0 px wide")                     \
    PICTURE(PNG_HALF, "half.png", "the first half of a PNG")                                       \
    PICTURE(PNG_SIGNATURE, "signature.png", "the signature of a PNG alone")                        \
    PICTURE(PNG_BAD_CHECKSUM, "bad-checksum.png", "a PNG with a wrong checksum in its data")       \
    PICTURE(PNG_BAD_DEFLATE, "bad-deflate.png", "a PNG whose data do not inflate")                 \
    PICTURE(PNG_NO_DATA, "no-data.png", "a PNG without image data")                                \
    PICTURE(GIF, "picture.gif", "a GIF")                                                           \
    PICTURE(BMP, "picture.bmp", "a BMP")                                                           \
    PICTURE(WEBP, "picture.webp", "a WebP")                                                        \
    PICTURE(TIFF, "picture.tif", "a TIFF")                                                         \
    PICTURE(HEIC, "picture.heic", "a HEIC")                                                        \
    PICTURE(SVG, "picture.svg", "an SVG")                                                          \
    PICTURE(PDF, "document.pdf", "a PDF")                                                          \
    PICTURE(TEXT, "text.txt", "text")                                                              \
    PICTURE(ONE_BYTE, "one-byte.bin", "a single byte")                                             \
    PICTURE(ZEROS, "zeros.bin", "a kilobyte of zeros")                                             \
    PICTURE(BASE64, "base64.txt", "a JPEG in Base64")                                              \
    PICTURE(SPACE_JPEG, "space.jpg", "a space and then a JPEG")                                    \
    PICTURE(ZEROS_OVER, "zeros-over.bin", "5.5 MiB of zeros")                                      \
    PICTURE(PNG_4096_HALF, "4096-half.png", "the first half of a PNG of 4096x64 px")               \
    PICTURE(EMPTY, "empty.jpg", "no bytes at all")

enum picture {
#define PICTURE_ID(id, name, what) PICTURE_##id,
    PICTURES(PICTURE_ID)
#undef PICTURE_ID
        PICTURE_COUNT
};

struct picture_bytes {
    const char *data; /* borrowed, valid until picture_set_free() */
    size_t size;
};

struct pictures; /* those made so far; any thread */

/* NULL when out of memory. */
struct pictures *picture_set_new(void);
void picture_set_free(struct pictures *pictures);
/* Makes the picture when it is wanted for the first time. False when that failed. */
bool pictures_get(struct picture_bytes *out, struct pictures *pictures, enum picture which);

/* Its file name; what it is, in words. Static storage. */
const char *picture_name(enum picture which);
const char *picture_title(enum picture which);

enum picture_format { PICTURE_FORMAT_NONE, PICTURE_FORMAT_JPEG, PICTURE_FORMAT_PNG };

struct picture_facts {
    enum picture_format format;
    unsigned width, height;
};

/* Decodes every row. False when the bytes are not a JPEG or PNG that decodes without damage; then
 * facts hold what could be learnt. */
bool picture_decodes(struct picture_facts *out, const void *data, size_t size);

#endif
