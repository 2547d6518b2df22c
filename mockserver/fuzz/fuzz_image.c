/* Judges any bytes as a picture, and holds the codec libraries to the verdict: what was found
 * sound, libjpeg and libpng must decode to the last row, as the banner will have them do. Small
 * pictures only, so that most of the time goes into new inputs. */
#include "images/image.h"
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>
#include <png.h>
#include <zlib.h>

#define SIDE_MAX 512

/* libFuzzer's; missing where the corpus is only replayed. */
__attribute__((weak)) size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static _Noreturn void jpeg_refuses(j_common_ptr jpeg)
{
    jpeg->err->output_message(jpeg);
    abort();
}

static void say_nothing(j_common_ptr jpeg, int level)
{
    (void)jpeg;
    (void)level;
}

static void decode_jpeg(struct slice bytes)
{
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    jpeg.err = jpeg_std_error(&errors);
    errors.error_exit = jpeg_refuses;
    errors.emit_message = say_nothing;
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, (const unsigned char *)bytes.ptr, bytes.len);
    jpeg_read_header(&jpeg, TRUE);
    jpeg_start_decompress(&jpeg);
    JSAMPARRAY row = jpeg.mem->alloc_sarray(
        (j_common_ptr)&jpeg, JPOOL_IMAGE, jpeg.output_width * (unsigned)jpeg.output_components, 1);
    while (jpeg.output_scanline < jpeg.output_height)
        jpeg_read_scanlines(&jpeg, row, 1);
    jpeg_destroy_decompress(&jpeg);
}

static void read_bytes(png_structp png, png_bytep out, size_t len)
{
    struct slice *left = png_get_io_ptr(png);
    if (len > left->len)
        png_error(png, "it wants more bytes than there are");
    memcpy(out, left->ptr, len);
    *left = slice_make(left->ptr + len, left->len - len);
}

static _Noreturn void png_refuses(png_structp png, png_const_charp text)
{
    (void)png;
    fprintf(stderr, "libpng refuses: %s\n", text);
    abort();
}

static void png_warns(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text;
}

static void decode_png(struct slice bytes)
{
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, png_refuses, png_warns);
    png_infop info = png_create_info_struct(png);
    png_set_read_fn(png, &bytes, read_bytes);
    png_read_info(png, info);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    unsigned char *row = calloc(1, png_get_rowbytes(png, info));
    for (int pass = 0; row && pass < passes; pass++)
        for (unsigned y = 0; y < png_get_image_height(png, info); y++)
            png_read_row(png, row, NULL);
    free(row);
    png_destroy_read_struct(&png, &info, NULL);
}

/* Makes the CRC of every chunk right, or nothing but CRCs would ever be tested. */
static void mend_png(uint8_t *data, size_t size)
{
    size_t at = 8, length;
    for (; size >= 12 && at <= size - 12; at += length + 12) {
        length = (size_t)data[at] << 24 | (size_t)data[at + 1] << 16 | (size_t)data[at + 2] << 8 |
                 data[at + 3];
        if (length > size - 12 - at)
            return;
        uLong crc = crc32(0, data + at + 4, (uInt)length + 4);
        for (unsigned i = 0; i < 4; i++)
            data[at + 8 + length + i] = (uint8_t)(crc >> (24 - 8 * i));
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    if (LLVMFuzzerMutate)
        size = LLVMFuzzerMutate(data, size, max_size);
    if (seed % 4 && size > 8 && data[0] == 0x89)
        mend_png(data, size);
    return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice bytes = slice_make(data, size);
    struct image_facts facts;
    image_inspect(&facts, bytes);
    if ((facts.state == IMAGE_SOUND) != (facts.why[0] == '\0') ||
        (facts.state == IMAGE_FOREIGN) != (facts.format == IMAGE_OTHER))
        abort();
    if (facts.state != IMAGE_SOUND || facts.width > SIDE_MAX || facts.height > SIDE_MAX)
        return 0;
    if (!image_decode(&facts, bytes) || facts.state != IMAGE_SOUND)
        return 0;
    if (facts.data_end > size || facts.oddities >> IMAGE_ODDITIES)
        abort();
    bytes.len = facts.data_end;
    if (facts.format == IMAGE_JPEG)
        decode_jpeg(bytes);
    else
        decode_png(bytes);
    return 0;
}
