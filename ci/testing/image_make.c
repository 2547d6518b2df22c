/* Makes pictures for tests: see image_make.h. Nothing here judges a picture. */
#include "testing/image_make.h"

#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>
#include <png.h>
#include <zlib.h>

static _Noreturn void stop(const char *what)
{
    fprintf(stderr, "image_make: %s\n", what);
    exit(2);
}

static void *need(void *memory)
{
    return memory ? memory : (stop("out of memory"), NULL);
}

struct image_file image_make_read(const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/fixtures/images/%s", AILAB_SOURCE_DIR, name);
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END))
        stop(path);
    long size = ftell(file);
    rewind(file);
    struct image_file out = {need(malloc((size_t)size)), (size_t)size};
    if (fread(out.data, 1, out.len, file) != out.len)
        stop(path);
    fclose(file);
    return out;
}

struct image_file image_make_copy(struct slice bytes)
{
    struct image_file out = {need(malloc(bytes.len ? bytes.len : 1)), bytes.len};
    memcpy(out.data, bytes.ptr, bytes.len);
    return out;
}

/* RGB, IMAGE_MAKE_SIDE squared. */
static unsigned char *portrait_pixels(void)
{
    struct image_file file = image_make_read("portrait.png");
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_memory(&image, file.data, file.len) ||
        image.width != IMAGE_MAKE_SIDE || image.height != IMAGE_MAKE_SIDE)
        stop("portrait.png is not what it was");
    image.format = PNG_FORMAT_RGB;
    unsigned char *pixels = need(malloc(PNG_IMAGE_SIZE(image)));
    if (!png_image_finish_read(&image, NULL, pixels, 0, NULL))
        stop(image.message);
    free(file.data);
    return pixels;
}

static void jpeg_row(unsigned char *out, const unsigned char *pixels, unsigned y, unsigned width,
                     int components)
{
    for (unsigned x = 0; x < width; x++) {
        const unsigned char *pixel =
            pixels + 3 * ((size_t)(y % IMAGE_MAKE_SIDE) * IMAGE_MAKE_SIDE + x % IMAGE_MAKE_SIDE);
        for (int c = 0; c < components; c++)
            *out++ = c < 3 ? pixel[c] : (unsigned char)(255 - pixel[0] / 2);
    }
}

static void set_up_jpeg(j_compress_ptr jpeg, const struct image_jpeg_recipe *recipe)
{
    static const jpeg_scan_info separate[] = {
        {1, {0}, 0, 63, 0, 0}, {1, {1}, 0, 63, 0, 0}, {1, {2}, 0, 63, 0, 0}};
    jpeg->image_width = recipe->width ? recipe->width : IMAGE_MAKE_SIDE;
    jpeg->image_height = recipe->height ? recipe->height : IMAGE_MAKE_SIDE;
    jpeg->input_components = recipe->components ? recipe->components : 3;
    jpeg->in_color_space = jpeg->input_components == 1   ? JCS_GRAYSCALE
                           : jpeg->input_components == 3 ? JCS_RGB
                                                         : JCS_CMYK;
    jpeg_set_defaults(jpeg);
    if (recipe->rgb)
        jpeg_set_colorspace(jpeg, JCS_RGB);
    if (recipe->ycck)
        jpeg_set_colorspace(jpeg, JCS_YCCK);
    jpeg_set_quality(jpeg, recipe->quality ? recipe->quality : 80, TRUE);
    if (recipe->h) {
        jpeg->comp_info[0].h_samp_factor = (int)recipe->h;
        jpeg->comp_info[0].v_samp_factor = (int)recipe->v;
        if (recipe->ycck) {
            jpeg->comp_info[3].h_samp_factor = (int)recipe->h;
            jpeg->comp_info[3].v_samp_factor = (int)recipe->v;
        }
    }
    jpeg->arith_code = recipe->arithmetic;
    jpeg->optimize_coding = recipe->optimised;
    jpeg->restart_interval = (unsigned)recipe->restart_mcus;
    if (recipe->progressive)
        jpeg_simple_progression(jpeg);
    if (recipe->separate_scans) {
        jpeg->scan_info = separate;
        jpeg->num_scans = 3;
    }
}

struct image_file image_make_jpeg(const struct image_jpeg_recipe *recipe)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors; /* its own exit is right here */
    unsigned char *written = NULL;
    unsigned long size = 0;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &written, &size);
    set_up_jpeg(&jpeg, recipe);
    jpeg_start_compress(&jpeg, TRUE);
    unsigned char *pixels = portrait_pixels();
    unsigned char *row = need(malloc((size_t)jpeg.image_width * 4));
    memset(row, 99, (size_t)jpeg.image_width * 4);
    while (jpeg.next_scanline < jpeg.image_height) {
        if (!recipe->flat)
            jpeg_row(row, pixels, jpeg.next_scanline, jpeg.image_width, jpeg.input_components);
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    struct image_file out = image_make_copy(slice_make(written, size)); /* of its exact size */
    free(written);
    free(row);
    free(pixels);
    return out;
}

static void append(png_structp png, png_bytep bytes, size_t len)
{
    struct image_file *out = png_get_io_ptr(png);
    image_make_insert(out, out->len, bytes, len);
}

static void no_flush(png_structp png)
{
    (void)png;
}

static void write_transparency(png_structp png, png_infop info, int colour)
{
    png_byte alphas[2] = {0, 128};
    png_color_16 key = {.red = 1, .green = 1, .blue = 1, .gray = 1};
    if (colour == PNG_COLOR_TYPE_PALETTE)
        png_set_tRNS(png, info, alphas, 2, NULL);
    else
        png_set_tRNS(png, info, NULL, 0, &key);
}

static void write_extras(png_structp png, png_infop info)
{
    char key[] = "Comment", brief[] = "a text", text[2000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    png_text texts[] = {{.compression = PNG_TEXT_COMPRESSION_NONE, .key = key, .text = brief},
                        {.compression = PNG_TEXT_COMPRESSION_zTXt, .key = key, .text = text}};
    png_time time = {.year = 2024, .month = 2, .day = 29, .hour = 12};
    png_set_gAMA(png, info, 0.45455);
    png_set_pHYs(png, info, 2835, 2835, PNG_RESOLUTION_METER);
    png_set_tIME(png, info, &time);
    png_set_text(png, info, texts, 2);
}

static void write_png_rows(png_structp png, png_infop info, const struct image_png_recipe *recipe,
                           unsigned height)
{
    size_t size = png_get_rowbytes(png, info);
    unsigned char *pixels = portrait_pixels();
    unsigned char *row = need(calloc(1, size));
    const size_t pixels_size = 3 * IMAGE_MAKE_SIDE * IMAGE_MAKE_SIDE;
    int passes = png_set_interlace_handling(png);
    for (int pass = 0; pass < passes; pass++)
        for (unsigned y = 0; y < height; y++) {
            for (size_t i = 0; !recipe->flat && i < size; i++)
                row[i] = pixels[((size_t)y * 3 * IMAGE_MAKE_SIDE + i) % pixels_size];
            png_write_row(png, row);
        }
    free(row);
    free(pixels);
}

struct image_file image_make_png(const struct image_png_recipe *recipe)
{
    struct image_file out = {0};
    unsigned width = recipe->width ? recipe->width : 200;
    unsigned height = recipe->height ? recipe->height : 150;
    png_structp png = need(png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL));
    png_infop info = need(png_create_info_struct(png));
    png_set_write_fn(png, &out, append, no_flush);
    png_set_IHDR(png, info, width, height, recipe->depth, recipe->colour,
                 recipe->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_compression_level(png, 3);
    png_set_compression_buffer_size(png, recipe->idat_size ? recipe->idat_size : 1 << 16);
    if (recipe->filters)
        png_set_filter(png, PNG_FILTER_TYPE_BASE, recipe->filters);
    if (recipe->colour == PNG_COLOR_TYPE_PALETTE) {
        png_color colours[256];
        for (int i = 0; i < 256; i++)
            colours[i] = (png_color){(png_byte)i, (png_byte)(255 - i), (png_byte)(i / 2)};
        png_set_PLTE(png, info, colours, 1 << recipe->depth);
    }
    if (recipe->transparent)
        write_transparency(png, info, recipe->colour);
    if (recipe->extras)
        write_extras(png, info);
    png_write_info(png, info);
    write_png_rows(png, info, recipe, height);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    struct image_file exact = image_make_copy(image_make_slice(&out));
    free(out.data);
    return exact;
}

void image_make_insert(struct image_file *file, size_t at, const void *bytes, size_t len)
{
    file->data = need(realloc(file->data, file->len + len + 1));
    memmove(file->data + at + len, file->data + at, file->len - at);
    memcpy(file->data + at, bytes, len);
    file->len += len;
}

void image_make_segment(struct image_file *file, size_t at, unsigned marker, struct slice body)
{
    unsigned char head[4] = {0xFF, (unsigned char)marker, (unsigned char)((body.len + 2) >> 8),
                             (unsigned char)(body.len + 2)};
    image_make_insert(file, at, body.ptr, body.len);
    image_make_insert(file, at, head, sizeof head);
}

static void put32(unsigned char *out, size_t value)
{
    for (int i = 0; i < 4; i++)
        out[i] = (unsigned char)(value >> (24 - 8 * i));
}

void image_make_chunk(struct image_file *file, size_t at, const char *type, struct slice body)
{
    unsigned char head[8], tail[4];
    put32(head, body.len);
    memcpy(head + 4, type, 4);
    uLong crc = crc32(0, head + 4, 4);
    put32(tail, body.len ? crc32(crc, (const Bytef *)body.ptr, (uInt)body.len) : crc);
    image_make_insert(file, at, tail, 4);
    if (body.len)
        image_make_insert(file, at, body.ptr, body.len);
    image_make_insert(file, at, head, 8);
}

size_t image_make_exif(unsigned char out[26], bool little, unsigned orientation)
{
    static const unsigned char big[26] = {'M', 'M', 0, '*', 0, 0, 0, 8, 0, 1, 1, 0x12, 0,
                                          3,   0,   0, 0,   1, 0, 0, 0, 0, 0, 0, 0,    0};
    static const unsigned char small[26] = {'I', 'I', '*', 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3,
                                            0,   1,   0,   0, 0, 0, 0, 0, 0, 0, 0,    0, 0};
    memcpy(out, little ? small : big, 26);
    out[little ? 18 : 19] = (unsigned char)orientation;
    return 26;
}

size_t image_make_scan_at(const struct image_file *file)
{
    size_t at = 2;
    while (file->data[at + 1] != 0xDA)
        at += 2 + (size_t)(file->data[at + 2] << 8 | file->data[at + 3]);
    return at + 2 + (size_t)(file->data[at + 2] << 8 | file->data[at + 3]);
}

size_t image_make_chunk_at(const struct image_file *file, const char *type)
{
    size_t at = 8;
    while (memcmp(file->data + at + 4, type, 4) != 0) {
        const unsigned char *d = file->data + at;
        at += 12 + ((size_t)d[0] << 24 | (size_t)d[1] << 16 | (size_t)d[2] << 8 | d[3]);
        if (at >= file->len)
            stop("no such chunk");
    }
    return at;
}

int image_make_state(void **state)
{
    struct image_file *file = malloc(sizeof *file);
    *file = image_make_jpeg(&(struct image_jpeg_recipe){.width = 64, .height = 64});
    *state = file;
    return 0;
}

int image_free_state(void **state)
{
    struct image_file *file = *state;
    free(file->data);
    free(file);
    return 0;
}
