/* Says how many CPU milliseconds the codec's own library needs to decode a picture in full: the
 * yardstick for what the mock may cost beyond it. Rows are decoded into one row's memory and
 * dropped, with the library's default settings; nothing else is measured. */
#include <errno.h>
#include <png.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jpeglib.h> /* wants size_t and FILE before it */

struct bytes {
    unsigned char *data;
    size_t size;
    size_t at; /* what libpng has taken */
};

static int read_file(struct bytes *out, const char *path)
{
    FILE *file = fopen(path, "rb");
    long size = -1;
    if (file && fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) > 0 &&
        fseek(file, 0, SEEK_SET) == 0)
        out->data = malloc((size_t)size);
    if (out->data)
        out->size = fread(out->data, 1, (size_t)size, file);
    if (file)
        fclose(file);
    return out->size > 8 && out->size == (size_t)size ? 0 : -1;
}

static int decode_jpeg(const struct bytes *file)
{
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors; /* the default ends the program, which is right here */
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, file->data, (unsigned long)file->size);
    jpeg_read_header(&jpeg, TRUE);
    jpeg_start_decompress(&jpeg);
    size_t stride = (size_t)jpeg.output_width * (size_t)jpeg.output_components;
    JSAMPROW row = malloc(stride);
    while (row && jpeg.output_scanline < jpeg.output_height)
        jpeg_read_scanlines(&jpeg, &row, 1);
    free(row);
    if (row)
        jpeg_finish_decompress(&jpeg);
    long damage = errors.num_warnings;
    jpeg_destroy_decompress(&jpeg);
    return row && damage == 0 ? 0 : -1;
}

static void take_bytes(png_structp png, png_bytep out, png_size_t size)
{
    struct bytes *file = png_get_io_ptr(png);
    if (size > file->size - file->at)
        png_error(png, "the file ends too early");
    memcpy(out, file->data + file->at, size);
    file->at += size;
}

static int decode_png(struct bytes *file)
{
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    unsigned char *volatile rows = NULL;
    volatile int rc = -1;
    if (!info || setjmp(png_jmpbuf(png)))
        goto out;
    file->at = 0;
    png_set_read_fn(png, file, take_bytes);
    png_read_info(png, info);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    size_t stride = png_get_rowbytes(png, info);
    uint32_t height = png_get_image_height(png, info);
    /* An interlaced picture is completed pass by pass, so it needs all its rows at once. */
    rows = malloc(stride * (passes > 1 ? height : 1));
    for (int pass = 0; rows && pass < passes; pass++)
        for (uint32_t y = 0; y < height; y++)
            png_read_row(png, rows + (passes > 1 ? y * stride : 0), NULL);
    if (rows) {
        png_read_end(png, NULL);
        rc = 0;
    }
out:
    free(rows);
    png_destroy_read_struct(&png, &info, NULL);
    return rc;
}

static double cpu_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    struct bytes file = {0};
    double *times = NULL;
    int rc = 1;
    long rounds = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
    if (rounds < 1 || rounds > 100000) {
        fprintf(stderr, "usage: decode_time FILE ROUNDS\n"
                        "prints the median CPU milliseconds of decoding FILE, a JPEG or PNG\n");
        return 2;
    }
    if (read_file(&file, argv[1]) != 0) {
        fprintf(stderr, "decode_time: %s: %s\n", argv[1], errno ? strerror(errno) : "too short");
        goto out;
    }
    times = calloc((size_t)rounds, sizeof *times);
    for (long i = 0; times && i < rounds; i++) {
        double before = cpu_ms();
        int failed = file.data[0] == 0xFF ? decode_jpeg(&file) : decode_png(&file);
        times[i] = cpu_ms() - before;
        if (failed) {
            fprintf(stderr, "decode_time: %s does not decode\n", argv[1]);
            goto out;
        }
    }
    if (times) {
        qsort(times, (size_t)rounds, sizeof *times, ascending);
        printf("%.4f\n", times[rounds / 2]);
        rc = 0;
    }
out:
    free(times);
    free(file.data);
    return rc;
}
