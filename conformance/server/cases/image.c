/* image_target: type by its bytes, size, sides and decoding, on both sides of each boundary. */
#include "cases/changes.h"
#include "cases/suites.h"

#define PICTURE_CASE(slug_, clauses_, picture_, expect_)                                           \
    {                                                                                              \
        .slug = "image/" slug_, .clauses = clauses_, .picture = PICTURE_##picture_,                \
        .expect = EXPECT_##expect_                                                                 \
    }

static void misnamed(struct request *request, const struct case_def *def)
{
    struct part *part = request_part(request, "image_target");
    part->file_name = def->text;
    part->type = "application/x-something";
}

static void chunked(struct request *request, const struct case_def *def)
{
    (void)def;
    request->framing = FRAMING_CHUNKED;
    request->chunk_bytes = 65536;
}

static void address(struct request *request, const struct case_def *def)
{
    struct part *part = request_part(request, "image_target");
    (void)def;
    part->file_name = NULL;
    part->type = NULL;
    part->body = "https://example.com/portrait.jpg";
    part->body_len = 32;
}

static const struct case_def cases[] = {
    PICTURE_CASE("type/jpeg", "image_jpeg", JPEG, SUCCESS),
    PICTURE_CASE("type/jpeg-progressive", "image_jpeg", JPEG_PROGRESSIVE, ACCEPTED),
    PICTURE_CASE("type/jpeg-gray", "image_jpeg", JPEG_GRAY, ACCEPTED),
    PICTURE_CASE("type/png", "image_png", PNG, SUCCESS),
    PICTURE_CASE("type/png-alpha", "image_png", PNG_ALPHA, ACCEPTED),
    PICTURE_CASE("type/png-palette", "image_png", PNG_PALETTE, ACCEPTED),
    PICTURE_CASE("type/png-interlaced", "image_png", PNG_INTERLACED, ACCEPTED),
    PICTURE_CASE("type/gif", "error_file_type", GIF, TYPE),
    PICTURE_CASE("type/bmp", "error_file_type", BMP, TYPE),
    PICTURE_CASE("type/webp", "error_file_type", WEBP, TYPE),
    PICTURE_CASE("type/tiff", "error_file_type", TIFF, TYPE),
    PICTURE_CASE("type/heic", "error_file_type", HEIC, TYPE),
    PICTURE_CASE("type/svg", "error_file_type", SVG, TYPE),
    PICTURE_CASE("type/pdf", "error_file_type", PDF, TYPE),
    PICTURE_CASE("type/text", "error_file_type", TEXT, TYPE),
    PICTURE_CASE("type/one-byte", "error_file_type", ONE_BYTE, TYPE),
    PICTURE_CASE("type/zeros", "error_file_type", ZEROS, TYPE),
    PICTURE_CASE("type/base64", "error_file_type", BASE64, TYPE),
    PICTURE_CASE("type/space-before", "error_file_type type_by_bytes", SPACE_JPEG, TYPE),
    {.slug = "image/type/address",
     .clauses = "error_file_type type_by_bytes",
     .title = "a URL instead of a file",
     .change = address,
     .expect = EXPECT_TYPE},
    {.slug = "image/type/gif-named-jpg",
     .clauses = "type_by_bytes error_file_type",
     .title = "a GIF called portrait.jpg",
     .picture = PICTURE_GIF,
     .change = change_file_name,
     .text = "portrait.jpg",
     .expect = EXPECT_TYPE},
    {.slug = "image/type/png-named-jpg",
     .clauses = "type_by_bytes",
     .title = "a PNG called portrait.jpg",
     .picture = PICTURE_PNG,
     .change = misnamed,
     .text = "portrait.jpg"},
    {.slug = "image/type/jpeg-named-png",
     .clauses = "type_by_bytes",
     .title = "a JPEG called portrait.png",
     .change = misnamed,
     .text = "portrait.png"},
    {.slug = "image/type/jpeg-named-gif",
     .clauses = "type_by_bytes",
     .title = "a JPEG called portrait.gif",
     .change = misnamed,
     .text = "portrait.gif"},
    {.slug = "image/type/jpeg-declared-text",
     .clauses = "type_by_bytes",
     .title = "a JPEG declared as text/plain",
     .change = change_file_type,
     .text = "text/plain"},

    PICTURE_CASE("size/5-mb", "image_size_within", JPEG_5_MB, SUCCESS),
    PICTURE_CASE("size/5-mib", "boundary_size image_size_within", JPEG_5_MIB, SUCCESS),
    PICTURE_CASE("size/5-mib-png", "boundary_size image_size_within", PNG_5_MIB, SUCCESS),
    PICTURE_CASE("size/over-5-mib", "boundary_size error_file_size", JPEG_OVER_5_MIB, SIZE),
    PICTURE_CASE("size/over-5-mib-png", "boundary_size error_file_size", PNG_OVER_5_MIB, SIZE),
    PICTURE_CASE("size/over", "error_file_size image_size_over", JPEG_OVER, SIZE),
    PICTURE_CASE("size/over-png", "error_file_size image_size_over", PNG_OVER, SIZE),
    PICTURE_CASE("size/far-over", "image_size_over error_file_size", JPEG_FAR_OVER, SIZE_OR_BODY),

    {.slug = "image/size/far-over-chunked",
     .clauses = "image_size_over error_file_size",
     .title = "a JPEG of 12 MiB, its length not announced",
     .picture = PICTURE_JPEG_FAR_OVER,
     .change = chunked,
     .expect = EXPECT_SIZE_OR_BODY},

    PICTURE_CASE("sides/4095-wide", "image_sides_within", JPEG_4095_WIDE, ACCEPTED),
    PICTURE_CASE("sides/4095-high", "image_sides_within", JPEG_4095_HIGH, ACCEPTED),
    PICTURE_CASE("sides/4095-both", "image_sides_within", JPEG_4095_BOTH, ACCEPTED),
    PICTURE_CASE("sides/4095-both-png", "image_sides_within", PNG_4095_BOTH, ACCEPTED),
    PICTURE_CASE("sides/4096-wide", "boundary_sides error_file_resolution", JPEG_4096_WIDE,
                 RESOLUTION),
    PICTURE_CASE("sides/4096-high", "boundary_sides error_file_resolution", JPEG_4096_HIGH,
                 RESOLUTION),
    PICTURE_CASE("sides/4096-wide-png", "boundary_sides error_file_resolution", PNG_4096_WIDE,
                 RESOLUTION),
    PICTURE_CASE("sides/4096-high-png", "boundary_sides error_file_resolution", PNG_4096_HIGH,
                 RESOLUTION),
    PICTURE_CASE("sides/4096-both", "error_file_resolution image_sides_over", JPEG_4096_BOTH,
                 RESOLUTION),
    PICTURE_CASE("sides/4096-both-png", "error_file_resolution image_sides_over", PNG_4096_BOTH,
                 RESOLUTION),
    PICTURE_CASE("sides/20000-wide-png", "error_file_resolution image_sides_over", PNG_20000_WIDE,
                 RESOLUTION),

    PICTURE_CASE("decode/jpeg-half", "error_file_decoding", JPEG_HALF, DECODING),
    PICTURE_CASE("decode/jpeg-then-text", "error_file_decoding", JPEG_THEN_TEXT, DECODING),
    PICTURE_CASE("decode/jpeg-no-scan", "error_file_decoding", JPEG_NO_SCAN, DECODING),
    PICTURE_CASE("decode/jpeg-bad-huffman", "error_file_decoding", JPEG_BAD_HUFFMAN, DECODING),
    PICTURE_CASE("decode/jpeg-no-width", "error_file_decoding", JPEG_NO_WIDTH, DECODING),
    PICTURE_CASE("decode/png-half", "error_file_decoding", PNG_HALF, DECODING),
    PICTURE_CASE("decode/png-signature", "error_file_decoding", PNG_SIGNATURE, DECODING),
    PICTURE_CASE("decode/png-bad-checksum", "error_file_decoding", PNG_BAD_CHECKSUM, DECODING),
    PICTURE_CASE("decode/png-bad-deflate", "error_file_decoding", PNG_BAD_DEFLATE, DECODING),
    PICTURE_CASE("decode/png-no-data", "error_file_decoding", PNG_NO_DATA, DECODING),
};

const struct suite suite_image = {"image", "image_target", cases, COUNT_OF(cases), false};
