/* Prints "JPEG 512x512" or "PNG 512x512" of a file that decodes to its last row without so much as
 * a warning; otherwise a reason, and exit code 1. It uses the codec libraries directly and none of
 * the mock's code, so that it can judge what the mock sends. */
#include <png.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

struct jpeg_trouble {
    struct jpeg_error_mgr manager; /* first: libjpeg hands this back */
    jmp_buf away;
};

static void leave(j_common_ptr info)
{
    struct jpeg_trouble *trouble = (struct jpeg_trouble *)info->err;
    (*info->err->output_message)(info);
    longjmp(trouble->away, 1);
}

static bool read_rows(struct jpeg_decompress_struct *info)
{
    jpeg_read_header(info, TRUE);
    jpeg_start_decompress(info);
    JSAMPARRAY row =
        (*info->mem->alloc_sarray)((j_common_ptr)info, JPOOL_IMAGE,
                                   info->output_width * (JDIMENSION)info->output_components, 1);
    while (info->output_scanline < info->output_height)
        jpeg_read_scanlines(info, row, 1);
    jpeg_finish_decompress(info);
    return info->err->num_warnings == 0;
}

static bool decode_jpeg(FILE *file)
{
    struct jpeg_decompress_struct info = {0};
    struct jpeg_trouble trouble;
    volatile bool good = false;
    info.err = jpeg_std_error(&trouble.manager);
    trouble.manager.error_exit = leave;
    if (setjmp(trouble.away) == 0) {
        jpeg_create_decompress(&info);
        jpeg_stdio_src(&info, file);
        good = read_rows(&info);
        if (good)
            printf("JPEG %ux%u\n", info.output_width, info.output_height);
    }
    jpeg_destroy_decompress(&info);
    return good;
}

static bool decode_png(FILE *file)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_stdio(&image, file)) {
        fprintf(stderr, "%s\n", image.message);
        return false;
    }
    image.format = PNG_FORMAT_RGBA;
    void *pixels = malloc(PNG_IMAGE_SIZE(image));
    bool good =
        pixels && png_image_finish_read(&image, NULL, pixels, 0, NULL) && !PNG_IMAGE_FAILED(image);
    if (good)
        printf("PNG %ux%u\n", image.width, image.height);
    else
        fprintf(stderr, "%s\n", image.message);
    png_image_free(&image);
    free(pixels);
    return good;
}

int main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (!file) {
        fputs("usage: decode_picture FILE\n", stderr);
        return 2;
    }
    int first = getc(file);
    rewind(file);
    bool good = first == 0xff ? decode_jpeg(file) : decode_png(file);
    fclose(file);
    return good ? 0 : 1;
}
