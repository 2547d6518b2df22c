/* Makes a JPEG of a wanted size in bytes from a PNG: enlarged or reduced to the side that gives the
 * size, with noise so that it costs as many bits a pixel as a photograph. The same input gives the
 * same bytes on every run with the same libjpeg. It serves the benchmark alone. */
#include <math.h>
#include <png.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h> /* wants size_t and FILE before it */

enum { SIDE_MIN = 16, SIDE_MAX = 4095, QUALITY = 80, NOISE_MAX = 100 };

struct picture {
    png_image head; /* format RGB */
    unsigned char *pixels;
    unsigned noise; /* largest change of a pixel, as a sensor's */
};

static int load(struct picture *out, const char *path)
{
    out->head = (png_image){.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_file(&out->head, path))
        return -1;
    out->head.format = PNG_FORMAT_RGB;
    out->pixels = malloc(PNG_IMAGE_SIZE(out->head));
    if (!out->pixels || !png_image_finish_read(&out->head, NULL, out->pixels, 0, NULL))
        return -1;
    return 0;
}

/* xorshift32: a known sequence, so that the picture is the same everywhere. */
static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* One colour of the point (x, y), in source pixels, between its four neighbours. */
static double sample(const struct picture *from, double x, double y, unsigned colour)
{
    unsigned left = (unsigned)x;
    unsigned top = (unsigned)y;
    unsigned right = left + 1 < from->head.width ? left + 1 : left;
    unsigned bottom = top + 1 < from->head.height ? top + 1 : top;
    double dx = x - left;
    double dy = y - top;
    const unsigned char *upper = from->pixels + (size_t)top * from->head.width * 3 + colour;
    const unsigned char *lower = from->pixels + (size_t)bottom * from->head.width * 3 + colour;
    return (upper[left * 3] * (1 - dx) + upper[right * 3] * dx) * (1 - dy) +
           (lower[left * 3] * (1 - dx) + lower[right * 3] * dx) * dy;
}

static void fill_row(unsigned char *row, const struct picture *from, unsigned side, unsigned y,
                     uint32_t *random)
{
    double scale_x = (double)from->head.width / side;
    double scale_y = (double)from->head.height / side;
    for (unsigned x = 0; x < side; x++) {
        double noise = (double)(next_random(random) % (2 * from->noise + 1)) - from->noise;
        for (unsigned colour = 0; colour < 3; colour++) {
            double value = sample(from, x * scale_x, y * scale_y, colour) + noise;
            row[x * 3 + colour] = (unsigned char)(value < 0 ? 0 : value > 255 ? 255 : value);
        }
    }
}

/* The JPEG of that side; *out is the caller's to free. */
static int encode(unsigned char **out, size_t *size_out, const struct picture *from, unsigned side)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors; /* the default ends the program, which is right here */
    unsigned long size = 0;
    uint32_t random = 2463534242U;
    JSAMPROW row = malloc((size_t)side * 3);
    if (!row)
        return -1;
    *out = NULL;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, out, &size);
    jpeg.image_width = jpeg.image_height = side;
    jpeg.input_components = 3;
    jpeg.in_color_space = JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, QUALITY, TRUE);
    jpeg_start_compress(&jpeg, TRUE);
    for (unsigned y = 0; y < side; y++) {
        fill_row(row, from, side, y, &random);
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    free(row);
    *size_out = size;
    return 0;
}

/* Bytes grow with the square of the side: a few steps by that rule come within one part in a
 * hundred below the wanted size. */
static int encode_to_size(unsigned char **out, size_t *size_out, const struct picture *from,
                          size_t wanted)
{
    unsigned side = SIDE_MIN * 16;
    for (int step = 0; step < 24; step++) {
        if (encode(out, size_out, from, side) != 0)
            return -1;
        if (*size_out <= wanted && *size_out >= wanted - wanted / 50)
            return 0;
        double next = side * sqrt(0.993 * (double)wanted / (double)*size_out);
        unsigned next_side = (unsigned)fmin(fmax(next, (double)SIDE_MIN), (double)SIDE_MAX);
        side = next_side == side ? side - 1 : next_side;
        free(*out);
        *out = NULL;
    }
    return -1;
}

int main(int argc, char **argv)
{
    struct picture from = {0};
    unsigned char *jpeg = NULL;
    size_t size = 0;
    FILE *file = NULL;
    int rc = 1;
    long wanted = argc == 5 ? strtol(argv[2], NULL, 10) : 0;
    long noise = argc == 5 ? strtol(argv[3], NULL, 10) : -1;
    if (wanted < 2000 || wanted > 5 * 1024 * 1024 || noise < 0 || noise > NOISE_MAX) {
        fprintf(stderr, "usage: make_image FROM.png BYTES NOISE TO.jpg\n"
                        "BYTES: 2000 to 5242880; the file has at most that, at least 98 %% of it\n"
                        "NOISE: 0 to 100; more noise, fewer pixels\n");
        return 2;
    }
    if (load(&from, argv[1]) != 0) {
        fprintf(stderr, "make_image: %s: not a PNG that can be read\n", argv[1]);
        goto out;
    }
    from.noise = (unsigned)noise;
    if (encode_to_size(&jpeg, &size, &from, (size_t)wanted) != 0) {
        fprintf(stderr, "make_image: no side gives %ld bytes\n", wanted);
        goto out;
    }
    file = fopen(argv[4], "wb");
    if (!file || fwrite(jpeg, 1, size, file) != size) {
        fprintf(stderr, "make_image: %s cannot be written\n", argv[4]);
        goto out;
    }
    rc = 0;
out:
    if (file && fclose(file) != 0)
        rc = 1;
    free(jpeg);
    free(from.pixels);
    return rc;
}
