/* Makes, encodes and decodes the pictures of the banner's tests; see banner_pictures.h. */
#include "banner_pictures.h"

#include "images/banner.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jpeglib.h>
#include <png.h>

static struct banner_picture blank(uint32_t width, uint32_t height, unsigned channels,
                                   unsigned depth)
{
    struct banner_picture p = {
        .width = width, .height = height, .channels = channels, .depth = depth};
    p.samples = calloc((size_t)width * height * channels, sizeof *p.samples);
    assert_non_null(p.samples);
    return p;
}

static uint16_t *at(struct banner_picture *picture, uint32_t x, uint32_t y)
{
    return picture->samples + ((size_t)y * picture->width + x) * picture->channels;
}

struct banner_picture banner_gradient(uint32_t width, uint32_t height, unsigned channels,
                                      unsigned depth)
{
    struct banner_picture p = blank(width, height, channels, depth);
    const unsigned top = depth == 16 ? 65535 : 255;
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            const unsigned across = x * top / (width > 1 ? width - 1 : 1);
            const unsigned down = y * top / (height > 1 ? height - 1 : 1);
            const unsigned values[4] = {across, (across + down) / 2, down, top - across};
            for (unsigned c = 0; c < channels; c++)
                at(&p, x, y)[c] = (uint16_t)values[c];
        }
    }
    return p;
}

/* EXIF tells where the stored row 0 and column 0 are in the picture as seen: 1 top left, 2 top
 * right, 3 bottom right, 4 bottom left, 5 left top, 6 right top, 7 right bottom, 8 left bottom. */
static void seen_at(unsigned orientation, uint32_t width, uint32_t height, uint32_t x, uint32_t y,
                    uint32_t *seen_x, uint32_t *seen_y)
{
    static const char row_0[] = " TTBBLRRL", column_0[] = " LRRLTTBB";
    const char row = row_0[orientation], column = column_0[orientation];
    *seen_x = column == 'L' ? x : column == 'R' ? width - 1 - x : row == 'L' ? y : height - 1 - y;
    *seen_y = row == 'T' ? y : row == 'B' ? height - 1 - y : column == 'T' ? x : width - 1 - x;
}

struct banner_picture banner_turn(const struct banner_picture *stored, unsigned orientation)
{
    const bool sideways = orientation >= 5;
    struct banner_picture seen =
        blank(sideways ? stored->height : stored->width, sideways ? stored->width : stored->height,
              stored->channels, stored->depth);
    for (uint32_t y = 0; y < stored->height; y++) {
        for (uint32_t x = 0; x < stored->width; x++) {
            uint32_t to_x, to_y;
            seen_at(orientation, stored->width, stored->height, x, y, &to_x, &to_y);
            memcpy(at(&seen, to_x, to_y), banner_at(stored, x, y),
                   stored->channels * sizeof *stored->samples);
        }
    }
    return seen;
}

struct banner_picture banner_unturn(const struct banner_picture *upright, unsigned orientation)
{
    /* Quarter turns are each other's inverse, everything else its own. */
    return banner_turn(upright, orientation == 6 ? 8 : orientation == 8 ? 6 : orientation);
}

static const jpeg_scan_info separate_scans[4] = {
    {1, {0}, 0, 63, 0, 0}, {1, {1}, 0, 63, 0, 0}, {1, {2}, 0, 63, 0, 0}, {1, {3}, 0, 63, 0, 0}};

static void start_jpeg(struct jpeg_compress_struct *c, const struct banner_picture *picture,
                       const struct banner_jpeg_flavour *flavour)
{
    static const J_COLOR_SPACE by_channels[] = {JCS_UNKNOWN, JCS_GRAYSCALE, JCS_UNKNOWN, JCS_RGB,
                                                JCS_CMYK};
    c->image_width = picture->width;
    c->image_height = picture->height;
    c->input_components = (int)picture->channels;
    c->in_color_space = by_channels[picture->channels];
    jpeg_set_defaults(c);
    if (flavour->space != 0)
        jpeg_set_colorspace(c, (J_COLOR_SPACE)flavour->space);
    jpeg_set_quality(c, flavour->quality ? flavour->quality : 90, TRUE);
    for (int i = 0; i < c->num_components; i += 3) {
        c->comp_info[i].h_samp_factor = flavour->h ? flavour->h : 1;
        c->comp_info[i].v_samp_factor = flavour->v ? flavour->v : 1;
    }
    if (flavour->progressive)
        jpeg_simple_progression(c);
    if (flavour->restarts)
        c->restart_interval = 3;
    if (flavour->plain_cmyk)
        c->write_Adobe_marker = FALSE;
    c->optimize_coding = flavour->optimised;
    if (flavour->separate) {
        c->scan_info = separate_scans;
        c->num_scans = c->num_components;
    }
    jpeg_start_compress(c, TRUE);
    if (flavour->exif.len > 0)
        jpeg_write_marker(c, JPEG_APP0 + 1, (const JOCTET *)flavour->exif.ptr,
                          (unsigned)flavour->exif.len);
    if (flavour->icc.len > 0)
        jpeg_write_marker(c, JPEG_APP0 + 2, (const JOCTET *)flavour->icc.ptr,
                          (unsigned)flavour->icc.len);
}

struct slice banner_encode_jpeg(const struct banner_picture *picture,
                                const struct banner_jpeg_flavour *flavour)
{
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr errors;
    unsigned char *data = NULL;
    unsigned long size = 0;
    c.err = jpeg_std_error(&errors);
    jpeg_create_compress(&c);
    jpeg_mem_dest(&c, &data, &size);
    start_jpeg(&c, picture, flavour);
    const size_t row_size = (size_t)picture->width * picture->channels;
    JSAMPROW row = malloc(row_size);
    assert_non_null(row);
    for (uint32_t y = 0; y < picture->height; y++) {
        for (size_t i = 0; i < row_size; i++)
            row[i] = (JSAMPLE)banner_at(picture, 0, y)[i];
        jpeg_write_scanlines(&c, &row, 1);
    }
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    free(row);
    return slice_make(data, size);
}

static struct banner_picture decode_jpeg(struct slice bytes)
{
    struct jpeg_decompress_struct d;
    struct jpeg_error_mgr errors;
    d.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&d);
    jpeg_mem_src(&d, (const unsigned char *)bytes.ptr, bytes.len);
    jpeg_read_header(&d, TRUE);
    d.do_fancy_upsampling = FALSE; /* no bleeding from the band into the rest */
    jpeg_start_decompress(&d);
    struct banner_picture p =
        blank(d.output_width, d.output_height, (unsigned)d.output_components, 8);
    const size_t row_size = (size_t)p.width * p.channels;
    JSAMPROW row = malloc(row_size);
    assert_non_null(row);
    while (d.output_scanline < d.output_height) {
        uint16_t *out = at(&p, 0, d.output_scanline);
        jpeg_read_scanlines(&d, &row, 1);
        for (size_t i = 0; i < row_size; i++)
            out[i] = row[i];
    }
    jpeg_finish_decompress(&d);
    assert_int_equal(errors.num_warnings, 0);
    jpeg_destroy_decompress(&d);
    free(row);
    return p;
}

struct memory {
    unsigned char *data;
    size_t size, at;
};

static void write_memory(png_structp png, png_bytep data, size_t size)
{
    struct memory *memory = png_get_io_ptr(png);
    memory->data = realloc(memory->data, memory->size + size);
    assert_non_null(memory->data);
    memcpy(memory->data + memory->size, data, size);
    memory->size += size;
}

static void read_memory(png_structp png, png_bytep out, size_t size)
{
    struct memory *memory = png_get_io_ptr(png);
    assert_true(size <= memory->size - memory->at);
    memcpy(out, memory->data + memory->at, size);
    memory->at += size;
}

static void flush_memory(png_structp png)
{
    (void)png;
}

static void png_failed(png_structp png, png_const_charp message)
{
    (void)png;
    fail_msg("libpng: %s", message);
}

static void write_chunk(png_structp png, struct slice type, struct slice body)
{
    if (type.len == 4)
        png_write_chunk(png, (png_const_bytep)type.ptr, (png_const_bytep)body.ptr, body.len);
}

static void set_palette(png_structp png, png_infop info, const struct banner_png_flavour *flavour,
                        int bits)
{
    png_color palette[256];
    png_byte alpha[256];
    for (int i = 0; i < 256; i++) {
        palette[i] = (png_color){(png_byte)i, (png_byte)(255 - i), (png_byte)(i / 2)};
        alpha[i] = (png_byte)(255 - i / 4);
    }
    png_set_PLTE(png, info, palette, 1 << bits);
    if (flavour->transparent)
        png_set_tRNS(png, info, alpha, 1 << bits, NULL);
}

static void start_png(png_structp png, png_infop info, const struct banner_picture *picture,
                      const struct banner_png_flavour *flavour)
{
    static const int by_channels[] = {0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA,
                                      PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
    const int type = flavour->palette ? PNG_COLOR_TYPE_PALETTE : by_channels[picture->channels];
    const int bits = flavour->bits ? flavour->bits : (int)picture->depth;
    png_set_IHDR(png, info, picture->width, picture->height, bits, type,
                 flavour->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (type == PNG_COLOR_TYPE_PALETTE) {
        set_palette(png, info, flavour, bits);
    } else if (flavour->transparent) {
        png_color_16 key = {.red = 0, .green = 0, .blue = 0, .gray = 0};
        png_set_tRNS(png, info, NULL, 0, &key);
    }
    png_write_info(png, info);
    write_chunk(png, flavour->early_type, flavour->early);
    png_set_packing(png);
}

struct slice banner_encode_png(const struct banner_picture *picture,
                               const struct banner_png_flavour *flavour)
{
    struct memory memory = {0};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, png_failed, NULL);
    png_infop info = png_create_info_struct(png);
    assert_non_null(info);
    png_set_write_fn(png, &memory, write_memory, flush_memory);
    start_png(png, info, picture, flavour);
    const int passes = png_set_interlace_handling(png);
    const size_t count = (size_t)picture->width * picture->channels;
    unsigned char *row = malloc(count * 2);
    assert_non_null(row);
    for (uint32_t y = 0; y < picture->height * (unsigned)passes; y++) {
        for (size_t i = 0; i < count; i++) {
            const unsigned sample = banner_at(picture, 0, y % picture->height)[i];
            if (picture->depth == 16)
                row[2 * i] = (unsigned char)(sample >> 8);
            row[picture->depth == 16 ? 2 * i + 1 : i] =
                (unsigned char)(flavour->bits ? sample >> (8 - flavour->bits) : sample & 255);
        }
        png_write_row(png, row);
    }
    free(row);
    write_chunk(png, flavour->late_type, flavour->late);
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    return slice_make(memory.data, memory.size);
}

static struct banner_picture decode_png(struct slice bytes)
{
    unsigned char *copy = malloc(bytes.len);
    assert_non_null(copy);
    memcpy(copy, bytes.ptr, bytes.len);
    struct memory memory = {.data = copy, .size = bytes.len};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, png_failed, png_failed);
    png_infop info = png_create_info_struct(png);
    assert_non_null(info);
    png_set_read_fn(png, &memory, read_memory);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_read_info(png, info);
    png_set_expand(png);
    const int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    struct banner_picture p = blank(png_get_image_width(png, info), png_get_image_height(png, info),
                                    png_get_channels(png, info), png_get_bit_depth(png, info));
    const size_t row_size = png_get_rowbytes(png, info);
    unsigned char *rows = calloc(p.height, row_size);
    assert_non_null(rows);
    for (uint32_t y = 0; y < p.height * (unsigned)passes; y++)
        png_read_row(png, rows + (y % p.height) * row_size, NULL);
    png_read_end(png, NULL);
    for (size_t i = 0; i < (size_t)p.width * p.height * p.channels; i++)
        p.samples[i] = p.depth == 16 ? (uint16_t)(rows[2 * i] << 8 | rows[2 * i + 1]) : rows[i];
    png_destroy_read_struct(&png, &info, NULL);
    free(rows);
    free(copy);
    return p;
}

struct banner_picture banner_decode(struct slice bytes)
{
    assert_true(bytes.len > 8);
    return (unsigned char)bytes.ptr[0] == 0xFF ? decode_jpeg(bytes) : decode_png(bytes);
}

void banner_free(struct slice bytes)
{
    union {
        const char *borrowed;
        void *owned;
    } memory = {.borrowed = bytes.ptr};
    free(memory.owned);
}

struct image_facts banner_facts(struct slice bytes, uint32_t width, uint32_t height,
                                unsigned orientation)
{
    const bool jpeg = (unsigned char)bytes.ptr[0] == 0xFF;
    return (struct image_facts){.format = jpeg ? IMAGE_JPEG : IMAGE_PNG,
                                .width = width,
                                .height = height,
                                .orientation = orientation};
}

struct slice banner_apply(struct slice bytes, uint32_t width, uint32_t height, unsigned orientation,
                          const char *title, const char *subtitle)
{
    const struct image_facts facts = banner_facts(bytes, width, height, orientation);
    unsigned char *out = NULL;
    size_t size = 0;
    if (!banner_draw(&out, &size, bytes, &facts, title, subtitle))
        fail_msg("banner_draw refused a sound picture of %ux%u", width, height);
    return slice_make(out, size);
}

static unsigned difference(unsigned a, unsigned b)
{
    return a > b ? a - b : b - a;
}

unsigned banner_worst_above(const struct banner_picture *before, const struct banner_picture *after,
                            uint32_t end)
{
    unsigned worst = 0;
    for (size_t i = 0; i < (size_t)end * before->width * before->channels; i++) {
        const unsigned d = difference(before->samples[i], after->samples[i]);
        worst = d > worst ? d : worst;
    }
    return worst;
}

void banner_assert_same_shape(const char *why, const struct banner_picture *before,
                              const struct banner_picture *after)
{
    if (before->width != after->width || before->height != after->height ||
        before->channels != after->channels || before->depth != after->depth)
        fail_msg("%s: %ux%u with %u channels of %u bits became %ux%u with %u of %u", why,
                 before->width, before->height, before->channels, before->depth, after->width,
                 after->height, after->channels, after->depth);
}
