/* A PNG with the band in it: read a row, replace the band's pixels, write the row. The colour type
 * and depth stay, but palettes become colour, transparency given by a key becomes an alpha
 * channel, fewer than 8 bits become 8, and the rows are written in plain order. Of an animation
 * only the still picture is left. */
#include "images/banner_parts.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <zlib.h>

/* Level 6 takes four times as long for a photograph and saves a sixteenth. */
enum { LEVEL = 2 };

struct job {
    jmp_buf failed;
    struct slice bytes;
    size_t taken; /* of bytes */
    struct banner_sink *sink;
    const struct image_facts *facts;
    const struct banner_band *band;
    png_structp reader, writer;
    png_infop reader_info, writer_info;
    unsigned char *rows; /* one row, or the whole picture when it is interlaced */
    size_t row_size, pixel_size;
    bool flat; /* few colours: neighbours are equal rather than similar */
    unsigned char samples[BANNER_INKS][8]; /* a whole pixel for each ink */
};

static void on_error(png_structp png, png_const_charp message)
{
    (void)message;
    struct job *job = png_get_error_ptr(png);
    longjmp(job->failed, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png, (void)message;
}

static void on_read(png_structp png, png_bytep out, size_t size)
{
    struct job *job = png_get_io_ptr(png);
    if (size > job->bytes.len - job->taken)
        png_error(png, "cut off");
    memcpy(out, job->bytes.ptr + job->taken, size);
    job->taken += size;
}

static void on_write(png_structp png, png_bytep data, size_t size)
{
    struct job *job = png_get_io_ptr(png);
    if (!banner_sink_reserve(job->sink, size))
        png_error(png, "no room");
    memcpy(job->sink->data + job->sink->size, data, size);
    job->sink->size += size;
}

static void on_flush(png_structp png)
{
    (void)png;
}

static void open_codecs(struct job *job)
{
    job->reader = png_create_read_struct(PNG_LIBPNG_VER_STRING, job, on_error, on_warning);
    job->writer = png_create_write_struct(PNG_LIBPNG_VER_STRING, job, on_error, on_warning);
    if (job->reader == NULL || job->writer == NULL)
        longjmp(job->failed, 1);
    job->reader_info = png_create_info_struct(job->reader);
    job->writer_info = png_create_info_struct(job->writer);
    if (job->reader_info == NULL || job->writer_info == NULL)
        longjmp(job->failed, 1);
    png_set_read_fn(job->reader, job, on_read);
    png_set_write_fn(job->writer, job, on_write, on_flush);
    /* Ancillary chunks are copied as they are, never parsed. */
    png_set_keep_unknown_chunks(job->reader, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
}

static void start_reading(struct job *job)
{
    png_structp png = job->reader;
    png_infop info = job->reader_info;
    png_read_info(png, info);
    if (png_get_image_width(png, info) != job->facts->width ||
        png_get_image_height(png, info) != job->facts->height)
        png_error(png, "other dimensions than expected");
    job->flat =
        png_get_color_type(png, info) == PNG_COLOR_TYPE_PALETTE || png_get_bit_depth(png, info) < 8;
    png_set_expand(png); /* palette, key transparency, fewer than 8 bits */
    (void)png_set_interlace_handling(png);
    png_read_update_info(png, info);
    job->row_size = png_get_rowbytes(png, info);
    job->pixel_size = (size_t)png_get_channels(png, info) * png_get_bit_depth(png, info) / 8;
}

static uint32_t big_endian(const char *bytes)
{
    const unsigned char *b = (const unsigned char *)bytes;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* Whether the CRC behind the body is right. type is followed by size bytes. */
static bool is_intact(const char *type, uint32_t size)
{
    return crc32(0, (const Bytef *)type, size + 4) == big_endian(type + 4 + size);
}

/* Copies what says how colours are meant, how large and which way up the picture is; each type
 * once, and none that is damaged. eXIf may stand behind the image data and still turns the picture.
 */
static void copy_chunks(struct job *job)
{
    static const char types[][5] = {"cHRM", "gAMA", "iCCP", "sRGB", "cICP", "pHYs", "eXIf"};
    bool copied[sizeof types / sizeof *types] = {false};
    size_t at = 8;
    while (job->bytes.len - at >= 12) {
        const uint32_t size = big_endian(job->bytes.ptr + at);
        const char *type = job->bytes.ptr + at + 4;
        if (size > job->bytes.len - at - 12 || memcmp(type, "IEND", 4) == 0)
            return;
        for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
            if (copied[i] || memcmp(type, types[i], 4) != 0 || !is_intact(type, size))
                continue;
            copied[i] = true;
            png_write_chunk(job->writer, (png_const_bytep)types[i], (png_const_bytep)type + 4,
                            size);
        }
        at += 12 + (size_t)size;
    }
}

static void start_writing(struct job *job)
{
    png_structp png = job->writer;
    png_set_IHDR(png, job->writer_info, job->facts->width, job->facts->height,
                 png_get_bit_depth(job->reader, job->reader_info),
                 png_get_color_type(job->reader, job->reader_info), PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_compression_level(png, LEVEL);
    png_set_filter(png, PNG_FILTER_TYPE_BASE,
                   job->flat ? PNG_FILTER_NONE : PNG_FILTER_SUB | PNG_FILTER_UP);
    png_write_info(png, job->writer_info);
    copy_chunks(job);
}

/* A 16-bit sample is the 8-bit one twice: 0xAB becomes 0xABAB. */
static void fill_samples(struct job *job)
{
    const int depth = png_get_bit_depth(job->reader, job->reader_info);
    const int type = png_get_color_type(job->reader, job->reader_info);
    const size_t width = depth == 16 ? 2 : 1;
    for (unsigned ink = 0; ink < BANNER_INKS; ink++) {
        unsigned char pixel[4], *out = job->samples[ink];
        size_t colours = 3;
        banner_band_colour(job->band, ink, pixel);
        if ((type & PNG_COLOR_MASK_COLOR) == 0) {
            pixel[0] = banner_luma(pixel);
            colours = 1;
        }
        pixel[colours] = 255; /* alpha, when there is one */
        for (size_t i = 0; i < job->pixel_size; i++)
            out[i] = pixel[i / width];
    }
}

static void paint_row(const struct job *job, unsigned char *row, uint32_t y)
{
    const struct banner_band *band = job->band;
    if (y < band->y || y - band->y >= band->height)
        return;
    const unsigned char *ink = band->ink + (size_t)(y - band->y) * band->width;
    unsigned char *out = row + band->x * job->pixel_size;
    for (uint32_t x = 0; x < band->width; x++, out += job->pixel_size)
        memcpy(out, job->samples[ink[x]], job->pixel_size);
}

static void copy_rows(struct job *job)
{
    const uint32_t height = job->facts->height;
    const bool whole = png_get_interlace_type(job->reader, job->reader_info) != PNG_INTERLACE_NONE;
    job->rows = malloc(job->row_size * (whole ? height : 1));
    if (job->rows == NULL)
        longjmp(job->failed, 1);
    for (int pass = 0; whole && pass < PNG_INTERLACE_ADAM7_PASSES; pass++)
        for (uint32_t y = 0; y < height; y++)
            png_read_row(job->reader, job->rows + y * job->row_size, NULL);
    for (uint32_t y = 0; y < height; y++) {
        unsigned char *row = job->rows + (whole ? y * job->row_size : 0);
        if (!whole)
            png_read_row(job->reader, row, NULL);
        paint_row(job, row, y);
        png_write_row(job->writer, row);
    }
}

static bool run(struct job *job)
{
    if (setjmp(job->failed) != 0)
        return false;
    open_codecs(job);
    start_reading(job);
    fill_samples(job);
    start_writing(job);
    copy_rows(job);
    png_write_end(job->writer, NULL);
    return true;
}

bool banner_png(struct banner_sink *sink, struct slice bytes, const struct image_facts *facts,
                const struct banner_band *band)
{
    struct job job = {.bytes = bytes, .sink = sink, .facts = facts, .band = band};
    const bool fine = run(&job);
    png_destroy_read_struct(&job.reader, &job.reader_info, NULL);
    png_destroy_write_struct(&job.writer, &job.writer_info);
    free(job.rows);
    return fine;
}
