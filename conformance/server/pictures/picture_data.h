/* The portraits of fixtures/images, linked into the program. */
#ifndef CONFORMANCE_SERVER_PICTURES_PICTURE_DATA_H
#define CONFORMANCE_SERVER_PICTURES_PICTURE_DATA_H

extern const char conformance_jpeg_begin[], conformance_jpeg_end[];
extern const char conformance_png_begin[], conformance_png_end[];

#endif
