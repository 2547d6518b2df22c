/* See picture_codec.h, and picture_decodes() of picture.h. The one file that knows libjpeg and
 * libpng; their errors come back by longjmp, so nothing that changes lives in a local variable
 * across it. */
#include "pictures/picture_codec.h"
#include "pictures/picture.h"
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#define PIXELS_MAX (64ull * 1024 * 1024)

struct jpeg_trap {
    struct jpeg_error_mgr manager; /* first: libjpeg hands back a pointer to it */
    jmp_buf jump;
};

static void jpeg_fatal(j_common_ptr common)
{
    struct jpeg_trap *trap = (struct jpeg_trap *)(void *)common->err;
    longjmp(trap->jump, 1);
}

static void jpeg_silent(j_common_ptr common)
{
    (void)common;
}

static void jpeg_warning(j_common_ptr common, int level)
{
    if (level < 0)
        common->err->num_warnings++;
}

static struct jpeg_error_mgr *jpeg_trap_init(struct jpeg_trap *trap)
{
    struct jpeg_error_mgr *manager = jpeg_std_error(&trap->manager);
    manager->error_exit = jpeg_fatal;
    manager->output_message = jpeg_silent;
    manager->emit_message = jpeg_warning;
    return manager;
}

/* One row: a soft gradient, so that the picture compresses well and is not one flat colour. */
static void paint(unsigned char *row, const struct draw *draw, unsigned y)
{
    unsigned shade = 64 + (y * 96) / (draw->height ? draw->height : 1);
    switch (draw->kind) {
    case DRAW_GRAY:
        memset(row, (int)shade, draw->width);
        break;
    case DRAW_PALETTE:
        memset(row, (int)(shade & 3), draw->width);
        break;
    case DRAW_COLOUR:
    case DRAW_ALPHA:
        for (unsigned x = 0; x < draw->width; x++) {
            unsigned char *pixel = row + (size_t)x * (draw->kind == DRAW_ALPHA ? 4 : 3);
            pixel[0] = (unsigned char)shade;
            pixel[1] = (unsigned char)(64 + (x * 96) / draw->width);
            pixel[2] = 128;
            if (draw->kind == DRAW_ALPHA)
                pixel[3] = 200;
        }
        break;
    }
}

bool draw_jpeg(struct buf *out, const struct draw *draw)
{
    struct jpeg_compress_struct *jpeg = calloc(1, sizeof *jpeg);
    struct jpeg_trap trap;
    unsigned char *row = malloc((size_t)draw->width * 4);
    unsigned char *volatile data = NULL;
    unsigned char *made = NULL;
    unsigned long size = 0;
    volatile bool done = false;
    if (!jpeg || !row)
        goto out;
    jpeg->err = jpeg_trap_init(&trap);
    if (setjmp(trap.jump))
        goto destroy;
    jpeg_create_compress(jpeg);
    jpeg_mem_dest(jpeg, &made, &size);
    jpeg->image_width = draw->width;
    jpeg->image_height = draw->height;
    jpeg->input_components = draw->kind == DRAW_GRAY ? 1 : 3;
    jpeg->in_color_space = draw->kind == DRAW_GRAY ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(jpeg);
    if (draw->progressive)
        jpeg_simple_progression(jpeg);
    jpeg_start_compress(jpeg, TRUE);
    while (jpeg->next_scanline < jpeg->image_height) {
        JSAMPROW rows[1] = {row};
        paint(row, draw, jpeg->next_scanline);
        jpeg_write_scanlines(jpeg, rows, 1);
    }
    jpeg_finish_compress(jpeg);
    data = made;
    buf_add(out, data, size);
    done = !out->failed;
destroy:
    jpeg_destroy_compress(jpeg);
    free(data);
out:
    free(row);
    free(jpeg);
    return done;
}

static void png_fatal(png_structp png, png_const_charp text)
{
    (void)text;
    png_longjmp(png, 1);
}

static void png_quiet(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text;
}

static void png_to_buf(png_structp png, png_bytep data, size_t size)
{
    buf_add(png_get_io_ptr(png), data, size);
}

static void png_no_flush(png_structp png)
{
    (void)png;
}

static int png_colour(enum draw_kind kind)
{
    switch (kind) {
    case DRAW_GRAY:
        return PNG_COLOR_TYPE_GRAY;
    case DRAW_ALPHA:
        return PNG_COLOR_TYPE_RGB_ALPHA;
    case DRAW_PALETTE:
        return PNG_COLOR_TYPE_PALETTE;
    case DRAW_COLOUR:
        break;
    }
    return PNG_COLOR_TYPE_RGB;
}

bool draw_png(struct buf *out, const struct draw *draw)
{
    static const png_color palette[4] = {
        {20, 30, 40}, {90, 60, 50}, {200, 160, 140}, {250, 240, 230}};
    volatile bool done = false;
    png_infop info = NULL;
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, png_fatal, png_quiet);
    unsigned char *row = malloc((size_t)draw->width * 4);
    if (png)
        info = png_create_info_struct(png);
    if (!png || !info || !row || setjmp(png_jmpbuf(png)))
        goto out;
    png_set_write_fn(png, out, png_to_buf, png_no_flush);
    png_set_compression_level(png, 1);
    png_set_IHDR(png, info, draw->width, draw->height, 8, png_colour(draw->kind),
                 draw->progressive ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (draw->kind == DRAW_PALETTE)
        png_set_PLTE(png, info, palette, 4);
    png_write_info(png, info);
    int passes = png_set_interlace_handling(png);
    for (int pass = 0; pass < passes; pass++)
        for (unsigned y = 0; y < draw->height; y++) {
            paint(row, draw, y);
            png_write_row(png, row);
        }
    png_write_end(png, info);
    done = !out->failed;
out:
    free(row);
    png_destroy_write_struct(&png, &info);
    return done;
}

/* A progressive picture is held whole while it is decoded, and a server may send any. */
static bool is_huge(const struct picture_facts *facts)
{
    return (unsigned long long)facts->width * facts->height > PIXELS_MAX;
}

static bool jpeg_decodes(struct picture_facts *out, const void *data, size_t size)
{
    struct jpeg_decompress_struct *jpeg = calloc(1, sizeof *jpeg);
    struct jpeg_trap trap;
    volatile bool sound = false;
    if (!jpeg)
        return false;
    jpeg->err = jpeg_trap_init(&trap);
    if (setjmp(trap.jump))
        goto out;
    jpeg_create_decompress(jpeg);
    jpeg_mem_src(jpeg, data, size);
    jpeg_read_header(jpeg, TRUE);
    out->width = jpeg->image_width;
    out->height = jpeg->image_height;
    if (is_huge(out))
        goto out;
    jpeg_start_decompress(jpeg);
    JSAMPARRAY rows =
        jpeg->mem->alloc_sarray((j_common_ptr)jpeg, JPOOL_IMAGE,
                                jpeg->output_width * (JDIMENSION)jpeg->output_components, 1);
    while (jpeg->output_scanline < jpeg->output_height)
        jpeg_read_scanlines(jpeg, rows, 1);
    jpeg_finish_decompress(jpeg);
    sound = jpeg->err->num_warnings == 0;
out:
    jpeg_destroy_decompress(jpeg);
    free(jpeg);
    return sound;
}

struct png_source {
    const char *data;
    size_t left;
};

static void png_from_memory(png_structp png, png_bytep data, size_t size)
{
    struct png_source *source = png_get_io_ptr(png);
    if (size > source->left)
        png_error(png, "the file ends early");
    memcpy(data, source->data, size);
    source->data += size;
    source->left -= size;
}

static bool png_decodes(struct picture_facts *out, const void *data, size_t size)
{
    volatile bool sound = false;
    struct png_source source = {data, size};
    unsigned char *volatile row = NULL;
    png_infop info = NULL;
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, png_fatal, png_quiet);
    if (png)
        info = png_create_info_struct(png);
    if (!png || !info || setjmp(png_jmpbuf(png)))
        goto out;
    png_set_read_fn(png, &source, png_from_memory);
    png_read_info(png, info);
    out->width = png_get_image_width(png, info);
    out->height = png_get_image_height(png, info);
    if (is_huge(out))
        goto out;
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    row = malloc(png_get_rowbytes(png, info));
    if (!row)
        goto out;
    for (int pass = 0; pass < passes; pass++)
        for (unsigned y = 0; y < out->height; y++)
            png_read_row(png, row, NULL);
    png_read_end(png, NULL);
    sound = true;
out:
    free(row);
    png_destroy_read_struct(&png, &info, NULL);
    return sound;
}

bool picture_decodes(struct picture_facts *out, const void *data, size_t size)
{
    *out = (struct picture_facts){0};
    if (size >= 8 && memcmp(data, "\x89PNG\r\n\x1a\n", 8) == 0) {
        out->format = PICTURE_FORMAT_PNG;
        return png_decodes(out, data, size);
    }
    if (size >= 3 && memcmp(data, "\xff\xd8\xff", 3) == 0) {
        out->format = PICTURE_FORMAT_JPEG;
        return jpeg_decodes(out, data, size);
    }
    return false;
}
