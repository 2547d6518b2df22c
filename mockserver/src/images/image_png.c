/* PNG: the walk over its chunks with every CRC, and the decode: the image data is inflated by zlib
 * and thrown away, after its rows and the type byte of each were counted. Undoing the filters
 * cannot fail, so it is not done; no chunk but IHDR, PLTE and IDAT has a say in whether a picture
 * decodes, so no other is unpacked. */
#include "images/image_codec.h"

#include <inttypes.h>
#include <stdlib.h>

#define ZLIB_CONST /* its input pointer is then to const */
#include <zlib.h>

#define SIGNATURE_SIZE 8
#define CHUNK_OVERHEAD 12 /* length, type, CRC */
#define INFLATE_SIZE (64 * 1024)
#define FILTER_MAX 4

/* Some encoders write rows too many and every viewer opens that; libpng inflates whatever comes, so
 * that without a bound 5 MB would keep it busy for seconds. As much again as the picture itself may
 * come, and in any case this much. */
#define SURPLUS_MIN (64 * 1024)

enum colour { COLOUR_GRAY = 0, COLOUR_RGB = 2, COLOUR_PALETTE = 3, COLOUR_ALPHA = 4 };

#define TYPE(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (d))

enum {
    TYPE_IHDR = TYPE('I', 'H', 'D', 'R'),
    TYPE_PLTE = TYPE('P', 'L', 'T', 'E'),
    TYPE_IDAT = TYPE('I', 'D', 'A', 'T'),
    TYPE_IEND = TYPE('I', 'E', 'N', 'D'),
    TYPE_TRNS = TYPE('t', 'R', 'N', 'S'),
    TYPE_EXIF = TYPE('e', 'X', 'I', 'f'),
};

struct chunk {
    uint32_t type;
    const uint8_t *name; /* four bytes */
    struct slice body;
    size_t at; /* where in the file */
};

struct walk {
    struct image_facts *facts;
    struct slice bytes;
    size_t at; /* next byte to look at */
    unsigned colour;
    bool palette, data, data_over; /* PLTE, IDAT and something after IDAT were seen */
    bool exif;                     /* was seen; the first one counts */
};

/* Cuts the next chunk out of the file; its CRC is not looked at. */
static bool next_chunk(struct walk *walk, struct chunk *out)
{
    size_t left = walk->bytes.len - walk->at;
    const uint8_t *data = image_data(walk->bytes) + walk->at;
    *out = (struct chunk){.at = walk->at};
    if (left == 0)
        return image_damaged(walk->facts, "ends at byte %zu without the end chunk (IEND)",
                             walk->bytes.len);
    if (left < 8)
        return image_damaged(walk->facts, "ends at byte %zu inside the head of a chunk",
                             walk->bytes.len);
    size_t length = image_be32(data);
    out->name = data + 4;
    out->type = image_be32(out->name);
    for (int i = 0; i < 4; i++)
        if ((uint8_t)((out->name[i] | 0x20) - 'a') >= 26)
            return image_damaged(walk->facts, "no chunk at byte %zu: its type is not four letters",
                                 walk->at);
    if (length > INT32_MAX)
        return image_damaged(walk->facts, "chunk %.4s at byte %zu is longer than a chunk may be",
                             (const char *)out->name, walk->at);
    if (left < length + CHUNK_OVERHEAD)
        return image_damaged(walk->facts, "ends at byte %zu inside chunk %.4s of %zu bytes",
                             walk->bytes.len, (const char *)out->name, length);
    out->body = slice_make(data + 8, length);
    walk->at += length + CHUNK_OVERHEAD;
    return true;
}

static bool is_ancillary(const struct chunk *chunk)
{
    return chunk->name[0] & 0x20; /* a decoder may skip it */
}

/* A wrong CRC is damage, or an oddity of a chunk that a decoder skips then. */
static bool is_intact(struct walk *walk, const struct chunk *chunk)
{
    size_t length = chunk->body.len;
    uint32_t found = (uint32_t)crc32(0, chunk->name, (uInt)length + 4);
    uint32_t stated = image_be32(chunk->name + 4 + length);
    if (found == stated)
        return true;
    if (is_ancillary(chunk)) {
        image_odd(walk->facts, IMAGE_ODDITY_wrong_crc);
        return false;
    }
    return image_damaged(walk->facts,
                         "chunk %.4s at byte %zu is corrupt: its CRC is %08X, not %08X",
                         (const char *)chunk->name, chunk->at, found, stated);
}

/* Bits of a pixel, 0 when the two do not go together. */
static unsigned pixel_bits(unsigned colour, unsigned depth)
{
    static const unsigned samples[] = {1, 0, 3, 1, 2, 0, 4};
    if (colour > 6 || (depth != 1 && depth != 2 && depth != 4 && depth != 8 && depth != 16))
        return 0;
    if ((depth < 8 && colour != COLOUR_GRAY && colour != COLOUR_PALETTE) ||
        (depth == 16 && colour == COLOUR_PALETTE))
        return 0;
    return samples[colour] * depth;
}

static bool read_header(struct walk *walk, const struct chunk *chunk)
{
    struct image_facts *facts = walk->facts;
    const uint8_t *data = image_data(chunk->body);
    if (chunk->type != TYPE_IHDR)
        return image_damaged(facts, "starts with chunk %.4s: IHDR would be right",
                             (const char *)chunk->name);
    if (chunk->body.len != 13)
        return image_damaged(facts, "chunk IHDR of %zu bytes: 13 would be right", chunk->body.len);
    facts->width = image_be32(data);
    facts->height = image_be32(data + 4);
    facts->bit_depth = data[8];
    walk->colour = data[9];
    facts->progressive = data[12] == 1;
    if (!facts->width || !facts->height)
        return image_damaged(facts, "the %s is 0", facts->width ? "height" : "width");
    if (facts->width > INT32_MAX || facts->height > INT32_MAX)
        return image_damaged(facts, "a side of %u pixels: 2147483647 is the most",
                             facts->width > INT32_MAX ? facts->width : facts->height);
    if (!pixel_bits(walk->colour, facts->bit_depth))
        return image_damaged(facts, "colour type %u with %u bits per sample does not exist",
                             walk->colour, facts->bit_depth);
    if (data[10] || data[11])
        return image_damaged(facts, "%s method %u: 0 would be right",
                             data[10] ? "compression" : "filter", data[10] ? data[10] : data[11]);
    if (data[12] > 1)
        return image_damaged(facts, "interlace method %u: 0 or 1 would be right", data[12]);
    facts->channels = walk->colour == COLOUR_GRAY    ? 1
                      : walk->colour == COLOUR_ALPHA ? 2
                      : walk->colour == 6            ? 4
                                                     : 3;
    return true;
}

static bool read_palette(struct walk *walk, const struct chunk *chunk)
{
    size_t length = chunk->body.len;
    if (walk->palette || walk->data)
        return image_damaged(walk->facts, "chunk PLTE at byte %zu: %s", chunk->at,
                             walk->palette ? "there was one before"
                                           : "it would be right before the image data");
    const bool right = length && length % 3 == 0 && length <= 3 * 256;
    if (!right && (walk->colour == COLOUR_PALETTE || (!length && (walk->colour & COLOUR_RGB))))
        return image_damaged(walk->facts,
                             "chunk PLTE of %zu bytes: 3 for each of 1 to 256 colours "
                             "would be right",
                             length);
    if (!right)
        image_odd(walk->facts, IMAGE_ODDITY_unusual_header);
    walk->palette = true;
    return true;
}

static bool read_data(struct walk *walk, const struct chunk *chunk)
{
    if (walk->colour == COLOUR_PALETTE && !walk->palette)
        return image_damaged(walk->facts, "image data at byte %zu without a palette (PLTE) before",
                             chunk->at);
    if (walk->data_over)
        return image_damaged(walk->facts, "chunk IDAT at byte %zu after another kind of chunk",
                             chunk->at);
    walk->data = true;
    return true;
}

static void read_exif(struct walk *walk, const struct chunk *chunk)
{
    unsigned orientation = walk->exif ? 0 : image_exif_orientation(chunk->body);
    walk->exif = true;
    if (orientation)
        walk->facts->orientation = orientation;
}

static bool read_chunk(struct walk *walk, const struct chunk *chunk)
{
    struct image_facts *facts = walk->facts;
    if (walk->data && chunk->type != TYPE_IDAT)
        walk->data_over = true;
    if (!is_intact(walk, chunk))
        return is_ancillary(chunk);
    switch (chunk->type) {
    case TYPE_PLTE:
        return read_palette(walk, chunk);
    case TYPE_IDAT:
        return read_data(walk, chunk);
    case TYPE_TRNS:
        if (!walk->data && (facts->channels & 1))
            facts->channels++;
        return true;
    case TYPE_EXIF:
        read_exif(walk, chunk);
        return true;
    case TYPE_IEND:
        return true;
    default:
        if (is_ancillary(chunk))
            return true;
        return image_damaged(
            facts, "chunk %.4s at byte %zu, which %s", (const char *)chunk->name, chunk->at,
            chunk->type == TYPE_IHDR ? "may stand only once" : "no decoder knows but must");
    }
}

/* From IHDR to IEND, or to the image data when only headers are wanted. False when damaged; then
 * *last is the chunk that is. */
static bool walk_chunks(struct walk *walk, struct chunk *last, enum image_depth depth)
{
    if (!next_chunk(walk, last) || !read_header(walk, last) || !is_intact(walk, last))
        return false;
    do {
        if (!next_chunk(walk, last))
            return false;
        if (depth == IMAGE_HEADERS && last->type == TYPE_IDAT)
            return true;
        if (!read_chunk(walk, last))
            return false;
    } while (last->type != TYPE_IEND);
    if (last->body.len)
        return image_damaged(walk->facts, "chunk IEND of %zu bytes: 0 would be right",
                             last->body.len);
    walk->facts->data_end = walk->at;
    return walk->data ||
           image_damaged(walk->facts, "ends (IEND) at byte %zu without image data (IDAT)",
                         walk->at);
}

/* Behind the image data anything may stand, as long as a right end chunk follows: decoders have
 * their rows and do not look there. */
static void forgive_trailer(struct walk *walk, const struct chunk *damaged)
{
    static const char iend[] = "\0\0\0\0IEND\xae\x42\x60\x82";
    const size_t size = sizeof iend - 1;
    const char *from = walk->bytes.ptr + damaged->at;
    const char *found = memmem(from, walk->bytes.len - damaged->at, iend, size);
    if (!found)
        return;
    walk->at = (size_t)(found - walk->bytes.ptr) + size;
    image_forgive(walk->facts, damaged->at);
}

void image_png_inspect(struct image_facts *facts, struct slice bytes, enum image_depth depth)
{
    struct walk walk = {.facts = facts, .bytes = bytes, .at = SIGNATURE_SIZE};
    struct chunk last = {0};
    if (!walk_chunks(&walk, &last, depth) && walk.data && last.type != TYPE_IDAT)
        forgive_trailer(&walk, &last);
    if (facts->state == IMAGE_SOUND && depth == IMAGE_STRUCTURE && walk.at < bytes.len)
        image_odd(facts, IMAGE_ODDITY_bytes_after_end);
}

struct rows {
    struct image_facts *facts;
    unsigned bits;         /* of a pixel */
    unsigned pass, passes; /* 1 of them, or the 7 of an interlaced picture */
    uint64_t row_size;     /* of this pass, with the filter type byte */
    uint64_t row_left;     /* bytes of this row still to come */
    uint32_t rows_left;    /* of this pass, with this one; 0 when the picture is whole */
    uint64_t taken;        /* bytes of rows so far */
    uint64_t surplus;      /* bytes that came behind the last row */
};

/* Takes up the next pass that has pixels. */
static void next_pass(struct rows *rows)
{
    static const struct {
        uint32_t x, y, dx, dy;
    } adam7[] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                 {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};
    while (!rows->rows_left && rows->pass < rows->passes) {
        uint32_t width = rows->facts->width, height = rows->facts->height;
        if (rows->passes > 1) {
            unsigned i = rows->pass;
            width = (width + adam7[i].dx - 1 - adam7[i].x) / adam7[i].dx;
            height = (height + adam7[i].dy - 1 - adam7[i].y) / adam7[i].dy;
        }
        rows->pass++;
        rows->rows_left = width ? height : 0;
        rows->row_size = rows->row_left = 1 + ((uint64_t)width * rows->bits + 7) / 8;
    }
}

static bool count_rows(struct rows *rows, const uint8_t *data, size_t len)
{
    while (len && rows->rows_left) {
        if (rows->row_left == rows->row_size && *data > FILTER_MAX)
            return image_damaged(rows->facts, "filter type %u in the image data: 0 to 4 is right",
                                 *data);
        size_t taken = rows->row_left < len ? (size_t)rows->row_left : len;
        data += taken;
        len -= taken;
        rows->row_left -= taken;
        rows->taken += taken;
        if (rows->row_left)
            continue;
        rows->row_left = rows->row_size;
        if (--rows->rows_left == 0)
            next_pass(rows);
    }
    rows->surplus += len;
    const uint64_t most = rows->taken > SURPLUS_MIN ? rows->taken : SURPLUS_MIN;
    if (rows->surplus > most)
        return image_damaged(
            rows->facts, "image data goes on for more than %" PRIu64 " bytes behind the last row",
            most);
    return true;
}

/* Inflates one IDAT; the result is zlib's. Z_BUF_ERROR asks for the next IDAT. */
static int inflate_chunk(z_stream *zlib, struct rows *rows, uint8_t *buffer, struct slice body)
{
    int status;
    zlib->next_in = image_data(body);
    zlib->avail_in = (uInt)body.len;
    do {
        zlib->next_out = buffer;
        zlib->avail_out = INFLATE_SIZE;
        status = inflate(zlib, Z_NO_FLUSH);
        if (!count_rows(rows, buffer, INFLATE_SIZE - zlib->avail_out))
            return Z_STREAM_END;
    } while (status == Z_OK);
    return status;
}

static bool judge(struct image_facts *facts, const struct rows *rows, const z_stream *zlib,
                  int status)
{
    if (status == Z_MEM_ERROR)
        return false;
    if (facts->state == IMAGE_DAMAGED)
        return true;
    if (status == Z_NEED_DICT || (status != Z_STREAM_END && status != Z_BUF_ERROR))
        image_damaged(facts, "image data does not inflate: %s, after %lu bytes of it",
                      zlib->msg ? zlib->msg : "it needs a dictionary", zlib->total_in);
    else if (rows->rows_left)
        image_damaged(facts, "image data ends %u rows too early%s", rows->rows_left,
                      rows->passes > 1 ? " in an interlace pass" : "");
    else if (status != Z_STREAM_END)
        image_damaged(facts, "image data ends without its checksum");
    return true;
}

bool image_png_decode(struct image_facts *facts, struct slice bytes)
{
    struct walk walk = {
        .facts = facts, .bytes = slice_make(bytes.ptr, facts->data_end), .at = SIGNATURE_SIZE};
    struct chunk chunk = {0};
    if (!next_chunk(&walk, &chunk) || chunk.body.len != 13)
        return true;
    unsigned colour = image_data(chunk.body)[9];
    struct rows rows = {.facts = facts,
                        .bits = pixel_bits(colour, facts->bit_depth),
                        .passes = facts->progressive ? 7 : 1};
    next_pass(&rows);
    z_stream zlib = {0};
    uint8_t *buffer = malloc(INFLATE_SIZE);
    /* 0: the window that the data states, as libpng has it. */
    int status = buffer ? inflateInit2(&zlib, 0) : Z_MEM_ERROR;
    if (status != Z_OK)
        goto out;
    status = Z_BUF_ERROR;
    while (status == Z_BUF_ERROR && next_chunk(&walk, &chunk) && chunk.type != TYPE_IEND)
        if (chunk.type == TYPE_IDAT)
            status = inflate_chunk(&zlib, &rows, buffer, chunk.body);
    if (rows.surplus || zlib.avail_in)
        image_odd(facts, IMAGE_ODDITY_data_after_last_row);
out:;
    bool enough_memory = judge(facts, &rows, &zlib, status);
    inflateEnd(&zlib);
    free(buffer);
    return enough_memory;
}
