/* image_target: type by its bytes, size, sides and decoding, on both sides of each boundary. */
#include "cases/changes.h"
#include "cases/suites.h"

CHANGE(misnamed)
{
    struct part *part = request_part(request, "image_target");
    part->file_name = def->argument.text;
    part->type = "application/x-something";
}

CHANGE(chunked)
{
    request->framing = FRAMING_CHUNKED;
    request->chunk_bytes = 65536;
}

CHANGE(address)
{
    struct part *part = request_part(request, "image_target");
    part->file_name = NULL;
    part->type = NULL;
    part->body = "https://example.com/portrait.jpg";
    part->body_len = 32;
}

static const struct case_def cases[] = {
    CLAUSE(image_jpeg, "image_target may be a JPEG."),
    CASE("image/type/jpeg", NULL, UPLOADS(JPEG)),
    CASE("image/type/jpeg-progressive", NULL, UPLOADS(JPEG_PROGRESSIVE), EXPECTS(ACCEPTED)),
    CASE("image/type/jpeg-gray", NULL, UPLOADS(JPEG_GRAY), EXPECTS(ACCEPTED)),
    CLAUSE(image_png, "image_target may be a PNG."),
    CASE("image/type/png", NULL, UPLOADS(PNG)),
    CASE("image/type/png-alpha", NULL, UPLOADS(PNG_ALPHA), EXPECTS(ACCEPTED)),
    CASE("image/type/png-palette", NULL, UPLOADS(PNG_PALETTE), EXPECTS(ACCEPTED)),
    CASE("image/type/png-interlaced", NULL, UPLOADS(PNG_INTERLACED), EXPECTS(ACCEPTED)),
    CLAUSE(error_file_type, "A file that is neither JPEG nor PNG is 415 UNSUPPORTED_FILE_TYPES."),
    CASE("image/type/gif", NULL, UPLOADS(GIF), EXPECTS(TYPE)),
    CASE("image/type/bmp", NULL, UPLOADS(BMP), EXPECTS(TYPE)),
    CASE("image/type/webp", NULL, UPLOADS(WEBP), EXPECTS(TYPE)),
    CASE("image/type/tiff", NULL, UPLOADS(TIFF), EXPECTS(TYPE)),
    CASE("image/type/heic", NULL, UPLOADS(HEIC), EXPECTS(TYPE)),
    CASE("image/type/svg", NULL, UPLOADS(SVG), EXPECTS(TYPE)),
    CASE("image/type/pdf", NULL, UPLOADS(PDF), EXPECTS(TYPE)),
    CASE("image/type/text", NULL, UPLOADS(TEXT), EXPECTS(TYPE)),
    CASE("image/type/one-byte", NULL, UPLOADS(ONE_BYTE), EXPECTS(TYPE)),
    CASE("image/type/zeros", NULL, UPLOADS(ZEROS), EXPECTS(TYPE)),
    CASE("image/type/base64", NULL, UPLOADS(BASE64), EXPECTS(TYPE)),
    CASE("image/type/space-before", NULL, UPLOADS(SPACE_JPEG), EXPECTS(TYPE), ALSO(type_by_bytes)),
    CASE("image/type/address", "a URL instead of a file", .change = address, EXPECTS(TYPE),
         ALSO(type_by_bytes)),
    CLAUSE(
        type_by_bytes,
        "The type of the image is judged by its bytes, never by file name or part Content-Type."),
    CASE("image/type/gif-named-jpg", "a GIF called portrait.jpg",
         TEXT(change_file_name, "portrait.jpg"), UPLOADS(GIF), EXPECTS(TYPE),
         ALSO(error_file_type)),
    CASE("image/type/png-named-jpg", "a PNG called portrait.jpg", TEXT(misnamed, "portrait.jpg"),
         UPLOADS(PNG)),
    CASE("image/type/jpeg-named-png", "a JPEG called portrait.png", TEXT(misnamed, "portrait.png")),
    CASE("image/type/jpeg-named-gif", "a JPEG called portrait.gif", TEXT(misnamed, "portrait.gif")),
    CASE("image/type/jpeg-declared-text", "a JPEG declared as text/plain",
         TEXT(change_file_type, "text/plain")),
    CLAUSE(image_size_within, "An image of no more than 5 MB is accepted."),
    CASE("image/size/5-mb", NULL, UPLOADS(JPEG_5_MB)),
    CLAUSE(boundary_size, "No more than 5 MB means at most 5 x 1024 x 1024 bytes."),
    CASE("image/size/5-mib", NULL, UPLOADS(JPEG_5_MIB), ALSO(image_size_within)),
    CASE("image/size/5-mib-png", NULL, UPLOADS(PNG_5_MIB), ALSO(image_size_within)),
    CASE("image/size/over-5-mib", NULL, UPLOADS(JPEG_OVER_5_MIB), EXPECTS(SIZE),
         ALSO(error_file_size)),
    CASE("image/size/over-5-mib-png", NULL, UPLOADS(PNG_OVER_5_MIB), EXPECTS(SIZE),
         ALSO(error_file_size)),
    CLAUSE(error_file_size, "An image over 5 MB is 413 FILE_SIZE_EXCEEDS_LIMIT."),
    CASE("image/size/over", NULL, UPLOADS(JPEG_OVER), EXPECTS(SIZE), ALSO(image_size_over)),
    CASE("image/size/over-png", NULL, UPLOADS(PNG_OVER), EXPECTS(SIZE), ALSO(image_size_over)),
    CLAUSE(image_size_over, "An image of more than 5 MB is refused."),
    CASE("image/size/far-over", NULL, UPLOADS(JPEG_FAR_OVER), EXPECTS(SIZE_OR_BODY),
         ALSO(error_file_size)),
    CASE("image/size/far-over-chunked", "a JPEG of 12 MiB, its length not announced",
         .change = chunked, UPLOADS(JPEG_FAR_OVER), EXPECTS(SIZE_OR_BODY), ALSO(error_file_size)),
    CLAUSE(image_sides_within, "An image of less than 4096x4096 px is accepted."),
    CASE("image/sides/4095-wide", NULL, UPLOADS(JPEG_4095_WIDE), EXPECTS(ACCEPTED)),
    CASE("image/sides/4095-high", NULL, UPLOADS(JPEG_4095_HIGH), EXPECTS(ACCEPTED)),
    CASE("image/sides/4095-both", NULL, UPLOADS(JPEG_4095_BOTH), EXPECTS(ACCEPTED)),
    CASE("image/sides/4095-both-png", NULL, UPLOADS(PNG_4095_BOTH), EXPECTS(ACCEPTED)),
    CLAUSE(boundary_sides, "Less than 4096x4096 means each side at most 4095 px."),
    CASE("image/sides/4096-wide", NULL, UPLOADS(JPEG_4096_WIDE), EXPECTS(RESOLUTION),
         ALSO(error_file_resolution)),
    CASE("image/sides/4096-high", NULL, UPLOADS(JPEG_4096_HIGH), EXPECTS(RESOLUTION),
         ALSO(error_file_resolution)),
    CASE("image/sides/4096-wide-png", NULL, UPLOADS(PNG_4096_WIDE), EXPECTS(RESOLUTION),
         ALSO(error_file_resolution)),
    CASE("image/sides/4096-high-png", NULL, UPLOADS(PNG_4096_HIGH), EXPECTS(RESOLUTION),
         ALSO(error_file_resolution)),
    CLAUSE(error_file_resolution, "A side of 4096 px or more is FILE_RESOLUTION_EXCEEDS_LIMITS."),
    CASE("image/sides/4096-both", NULL, UPLOADS(JPEG_4096_BOTH), EXPECTS(RESOLUTION),
         ALSO(image_sides_over)),
    CASE("image/sides/4096-both-png", NULL, UPLOADS(PNG_4096_BOTH), EXPECTS(RESOLUTION),
         ALSO(image_sides_over)),
    CASE("image/sides/20000-wide-png", NULL, UPLOADS(PNG_20000_WIDE), EXPECTS(RESOLUTION),
         ALSO(image_sides_over)),
    CLAUSE(error_file_decoding, "A JPEG or PNG that does not decode is FILE_DECODING_FAILURE."),
    CASE("image/decode/jpeg-half", NULL, UPLOADS(JPEG_HALF), EXPECTS(DECODING)),
    CASE("image/decode/jpeg-then-text", NULL, UPLOADS(JPEG_THEN_TEXT), EXPECTS(DECODING)),
    CASE("image/decode/jpeg-no-scan", NULL, UPLOADS(JPEG_NO_SCAN), EXPECTS(DECODING)),
    CASE("image/decode/jpeg-bad-huffman", NULL, UPLOADS(JPEG_BAD_HUFFMAN), EXPECTS(DECODING)),
    CASE("image/decode/jpeg-no-width", NULL, UPLOADS(JPEG_NO_WIDTH), EXPECTS(DECODING)),
    CASE("image/decode/png-half", NULL, UPLOADS(PNG_HALF), EXPECTS(DECODING)),
    CASE("image/decode/png-signature", NULL, UPLOADS(PNG_SIGNATURE), EXPECTS(DECODING)),
    CASE("image/decode/png-bad-checksum", NULL, UPLOADS(PNG_BAD_CHECKSUM), EXPECTS(DECODING)),
    CASE("image/decode/png-bad-deflate", NULL, UPLOADS(PNG_BAD_DEFLATE), EXPECTS(DECODING)),
    CASE("image/decode/png-no-data", NULL, UPLOADS(PNG_NO_DATA), EXPECTS(DECODING)),
};

SUITE(image, "image_target");
