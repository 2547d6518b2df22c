/* What a picture is, judged by its bytes: format and dimensions from the headers, soundness by
 * really decoding it to the last row.
 *
 * Pure but for the memory that the codec libraries take. image_inspect() takes none, so that a
 * decompression bomb costs nothing: look first, decode only what is small enough. */
#ifndef AILAB_MOCKSERVER_IMAGES_IMAGE_H
#define AILAB_MOCKSERVER_IMAGES_IMAGE_H

#include "base/oddity.h"
#include "base/slice.h"
#include <stdint.h>

#define IMAGE_WHY_SIZE 160

enum image_format { IMAGE_OTHER = 0, IMAGE_JPEG, IMAGE_PNG };

enum image_state {
    IMAGE_SOUND = 0, /* so far as was looked */
    IMAGE_FOREIGN,   /* neither JPEG nor PNG by its first bytes */
    IMAGE_DAMAGED,   /* JPEG or PNG by its first bytes, and broken after them */
};

/* IMAGE_ODDITY_wrong_crc and so on. */
enum image_oddity {
#define MOCK_ODDITY(id, note) IMAGE_ODDITY_##id,
#include "images/oddities.def"
    IMAGE_ODDITIES
};

struct image_facts {
    enum image_format format;
    enum image_state state;
    uint32_t width, height; /* px, as stored (EXIF rotation not applied); 0 when unknown */
    unsigned channels;      /* 1 gray, 2 gray+alpha, 3 colour, 4 colour+alpha or CMYK; a palette is
                             * colour, PNG's tRNS is alpha */
    unsigned bit_depth;     /* bits per sample, of a palette bits per index */
    unsigned orientation;   /* EXIF orientation 1 to 8, 1 when there is none (JPEG and PNG eXIf) */
    bool progressive;       /* JPEG progressive, PNG interlaced */
    unsigned oddities;      /* found so far; a bit (1 << enum image_oddity) each */
    size_t data_end;    /* so many bytes are enough for a decoder; what follows is the end marker,
                         * or bytes that no decoder needs */
    bool hashed;        /* sha256 is set: the first user computed it */
    uint8_t sha256[32]; /* of the bytes */
    char why[IMAGE_WHY_SIZE]; /* when not sound: what is wrong and where, or what it looks like
                               * instead ("looks like GIF") */
};

/* Headers only: format and dimensions, up to where the image data begins. What comes after is not
 * looked at, so that a file cut off there counts as SOUND. */
void image_identify(struct image_facts *out, struct slice bytes);

/* Structure only: signature, walk over segments or chunks (lengths inside the file, CRCs of PNG
 * chunks, a frame header or IHDR with sane values, image data, EOI or IEND present). No codec, no
 * allocation, time linear in bytes.len. A file that is cut off anywhere is DAMAGED; one cut off
 * inside its signature is FOREIGN. DAMAGED too is what no common decoder reads: lossless or 12-bit
 * JPEG, more than 100 scans, a critical chunk that PNG does not define.
 *
 * What takes no pixel away is an oddity: bytes between segments, the wrong CRC of a chunk that a
 * decoder may skip, and anything between the last scan or IDAT and the end marker. Without that
 * marker a file counts as cut off even if all its rows are there: it is the one sign that also a
 * reader without a codec can see. */
void image_inspect(struct image_facts *out, struct slice bytes);

/* Decodes every row and throws the pixels away; call only when image_inspect() found it SOUND and
 * the dimensions acceptable. On damage sets state DAMAGED and why. A codec's warning that pixels
 * were lost counts as damage; other warnings are oddities. Facts that are not SOUND stay as they
 * are. Memory: below 200 KB, but for JPEGs of several scans (progressive) two bytes for each
 * sample. Returns false only when memory ran out (state is then unspecified). Thread-safe. */
bool image_decode(struct image_facts *facts, struct slice bytes);

/* The rows of oddities.def. */
extern const struct oddity_table image_oddities;

/* "JPEG", "PNG", "neither JPEG nor PNG". Static storage. */
const char *image_format_name(enum image_format format);

#endif
