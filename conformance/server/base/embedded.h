/* Files of the tree that are linked into the program. */
#ifndef CONFORMANCE_SERVER_BASE_EMBEDDED_H
#define CONFORMANCE_SERVER_BASE_EMBEDDED_H

/* The portraits of fixtures/images. */
extern const char embedded_jpeg[], embedded_jpeg_end[];
extern const char embedded_png[], embedded_png_end[];
/* The style sheet of the HTML report, as text. */
extern const char embedded_style[];

#endif
