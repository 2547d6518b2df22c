/* Draws the banner onto a picture: cleans the texts, has the band drawn, and hands both to the
 * codec of the picture's format. How the band looks is banner_band.c; what pixels are in a file is
 * banner_jpeg.c and banner_png.c. */
#include "images/banner.h"
#include "images/banner_parts.h"
#include <stdlib.h>

/* More characters than the smallest letters put into the widest picture are never looked at. */
#define TEXT_SIZE 640

/* Printable ASCII stays; every other character becomes one '?', however many bytes of UTF-8. */
static struct slice clean_text(char out[TEXT_SIZE], const char *text)
{
    size_t length = 0;
    for (; text != NULL && *text != '\0' && length < TEXT_SIZE; text++) {
        const unsigned char byte = (unsigned char)*text;
        if (byte >= 0x80 && byte < 0xC0)
            continue;
        out[length++] = byte >= ' ' && byte <= '~' ? (char)byte : '?';
    }
    return slice_make(out, length);
}

bool banner_draw(unsigned char **out, size_t *out_size, struct slice bytes,
                 const struct image_facts *facts, const char *title, const char *subtitle)
{
    *out = NULL;
    *out_size = 0;
    if (facts->format == IMAGE_OTHER || facts->width == 0 || facts->height == 0)
        return false;
    if (facts->data_end > 0 && facts->data_end < bytes.len)
        bytes.len = facts->data_end; /* what follows may be anything */

    char large[TEXT_SIZE], small[TEXT_SIZE];
    struct banner_band band;
    if (!banner_band_init(&band, facts, clean_text(large, title), clean_text(small, subtitle)))
        return false;
    /* The result is about as large as the upload: most of the time this is the only allocation. */
    struct banner_sink sink = {0};
    bool fine = banner_sink_reserve(&sink, bytes.len + bytes.len / 8 + 4096);
    if (fine && facts->format == IMAGE_JPEG)
        fine = banner_jpeg(&sink, bytes, facts, &band);
    else if (fine)
        fine = banner_png(&sink, bytes, facts, &band);
    banner_band_clear(&band);

    if (!fine) {
        free(sink.data);
        return false;
    }
    *out = sink.data;
    *out_size = sink.size;
    return true;
}
