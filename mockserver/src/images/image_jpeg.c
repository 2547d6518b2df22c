/* JPEG: the walk over its markers, by hand, and the decode, by libjpeg. The walk takes no memory
 * and finds cut-off files and what no decoder can read; the decode reads every bit of the image
 * data but asks for the smallest picture that libjpeg can make of it, because the pixels are thrown
 * away.
 */
#include "images/image_codec.h"
#include "images/jpeg_source.h"

#include <setjmp.h>
#include <stdio.h>

#include <jerror.h>

/* Each scan of a progressive file costs a visit to every block of the picture, whatever its size
 * in bytes: without a bound a 5 MB file of empty scans costs minutes. Encoders write 10, the most
 * eager optimisers under 30; browsers stop at 100. */
#define SCANS_MAX 100

enum marker {
    MARKER_TEM = 0x01,
    MARKER_SOF0 = 0xC0,
    MARKER_SOF2 = 0xC2,
    MARKER_DHT = 0xC4,
    MARKER_JPG = 0xC8,
    MARKER_SOF10 = 0xCA,
    MARKER_DAC = 0xCC,
    MARKER_SOF15 = 0xCF,
    MARKER_RST0 = 0xD0,
    MARKER_RST7 = 0xD7,
    MARKER_SOI = 0xD8,
    MARKER_EOI = 0xD9,
    MARKER_SOS = 0xDA,
    MARKER_DQT = 0xDB,
    MARKER_DNL = 0xDC,
    MARKER_DRI = 0xDD,
    MARKER_APP0 = 0xE0,
    MARKER_APP1 = 0xE1,
    MARKER_APP15 = 0xEF,
    MARKER_COM = 0xFE,
};

struct walk {
    struct image_facts *facts;
    const uint8_t *data;
    size_t len;
    size_t at; /* next byte to look at */
    unsigned scans;
    bool restarts; /* a restart interval was stated */
    bool exif;     /* was seen; the first one counts */
    uint8_t component_ids[4];
    unsigned components_scanned; /* one bit for each component that some scan carries */
    uint64_t sent[4];            /* of each component, the coefficients that came to the last bit */
    size_t scan_end;             /* behind the image data of the last scan */
};

/* Every scan that a decoder needs was there. What follows may add nothing. */
static bool is_complete(const struct walk *walk)
{
    const struct image_facts *facts = walk->facts;
    for (unsigned i = 0; i < facts->channels; i++)
        if (walk->sent[i] != UINT64_MAX)
            return false;
    return facts->channels > 0;
}

static void odd_before_marker(struct walk *walk, enum image_oddity between)
{
    image_odd(walk->facts, is_complete(walk) ? IMAGE_ODDITY_data_after_last_row : between);
}

static void marker_name(char out[16], unsigned marker)
{
    const char *name = NULL;
    switch (marker) {
    case MARKER_DHT:
        name = "DHT";
        break;
    case MARKER_DAC:
        name = "DAC";
        break;
    case MARKER_SOS:
        name = "SOS";
        break;
    case MARKER_DQT:
        name = "DQT";
        break;
    case MARKER_DNL:
        name = "DNL";
        break;
    case MARKER_DRI:
        name = "DRI";
        break;
    case MARKER_COM:
        name = "COM";
        break;
    default:
        break;
    }
    if (name)
        snprintf(out, 16, "%s", name);
    else if (marker >= MARKER_APP0 && marker <= MARKER_APP15)
        snprintf(out, 16, "APP%u", (marker - MARKER_APP0) & 15);
    else if (marker >= MARKER_SOF0 && marker <= MARKER_SOF15)
        snprintf(out, 16, "SOF%u", (marker - MARKER_SOF0) & 15);
    else
        snprintf(out, 16, "FF%02X", marker & 0xFF);
}

/* The code of the next marker, 0 when there is none. What stands before it (padding of editors,
 * bytes behind a segment whose length is short, stuffing) decoders skip; FF before a marker is
 * padding that the standard allows. */
static unsigned next_marker(struct walk *walk)
{
    const uint8_t *at = walk->data + walk->at, *end = walk->data + walk->len;
    bool odd = at < end && *at != 0xFF;
    while ((at = memchr(at, 0xFF, (size_t)(end - at))) != NULL) {
        while (at < end && *at == 0xFF)
            at++;
        if (at == end || *at != 0)
            break;
        odd = true;
    }
    if (!at || at == end) {
        image_damaged(walk->facts, "ends at byte %zu without the end marker (EOI)", walk->len);
        return 0;
    }
    if (odd)
        odd_before_marker(walk, IMAGE_ODDITY_bytes_between_segments);
    walk->at = (size_t)(at - walk->data) + 1;
    return *at;
}

static bool is_frame(unsigned marker)
{
    return marker >= MARKER_SOF0 && marker <= MARKER_SOF15 && marker != MARKER_DHT &&
           marker != MARKER_JPG && marker != MARKER_DAC;
}

/* Baseline, extended and progressive, by Huffman or arithmetic coding: what libjpeg decodes. */
static bool is_decodable_frame(unsigned marker)
{
    return marker <= MARKER_SOF2 || marker == 0xC9 || marker == MARKER_SOF10;
}

static bool read_components(struct walk *walk, const uint8_t *body, unsigned count)
{
    unsigned h_max = 1, v_max = 1;
    for (unsigned i = 0; i < count; i++) {
        unsigned h = body[3 * i + 1] >> 4, v = body[3 * i + 1] & 15;
        if (h < 1 || h > 4 || v < 1 || v > 4)
            return image_damaged(walk->facts, "sampling %ux%u of component %u: 1 to 4 is right", h,
                                 v, i + 1);
        h_max = h > h_max ? h : h_max;
        v_max = v > v_max ? v : v_max;
        walk->component_ids[i] = body[3 * i];
    }
    for (unsigned i = 0; i < count; i++)
        if (h_max % (body[3 * i + 1] >> 4) || v_max % (body[3 * i + 1] & 15))
            return image_damaged(walk->facts,
                                 "sampling of component %u is a broken fraction of "
                                 "the largest, which decoders do not support",
                                 i + 1);
    return true;
}

static bool read_frame(struct walk *walk, unsigned marker, struct slice body)
{
    struct image_facts *facts = walk->facts;
    const uint8_t *data = image_data(body);
    if (facts->channels)
        return image_damaged(facts, "second frame header at byte %zu", walk->at - body.len - 4);
    if (body.len < 6 || body.len != 6 + 3 * (size_t)data[5])
        return image_damaged(facts, "frame header (SOF%u) of wrong length %zu",
                             marker - MARKER_SOF0, body.len + 2);
    facts->bit_depth = data[0];
    facts->height = image_be16(data + 1);
    facts->width = image_be16(data + 3);
    facts->channels = data[5];
    facts->progressive = marker == MARKER_SOF2 || marker == MARKER_SOF10;
    if (!is_decodable_frame(marker))
        return image_damaged(facts,
                             "lossless, hierarchical or reserved kind of JPEG (SOF%u), which "
                             "decoders do not support",
                             marker - MARKER_SOF0);
    if (facts->bit_depth != 8)
        return image_damaged(facts, "%u bits per sample: 8 is what decoders support",
                             facts->bit_depth);
    if (!facts->width)
        return image_damaged(facts, "the width is 0");
    if (!facts->height)
        return image_damaged(facts, "the height is 0, to be given later (DNL), which decoders do "
                                    "not support");
    if (facts->channels != 1 && facts->channels != 3 && facts->channels != 4)
        return image_damaged(facts, "%u components: 1, 3 or 4 are right", facts->channels);
    return read_components(walk, data + 6, facts->channels);
}

/* One bit for each coefficient that the scan brings to its last bit. at: Ss, Se, Ah and Al, which
 * only a progressive scan has use for. */
static uint64_t coefficients_sent(const struct image_facts *facts, const uint8_t *at)
{
    if (!facts->progressive)
        return UINT64_MAX;
    if (at[0] > at[1] || at[1] > 63 || (at[2] & 15))
        return 0;
    return (UINT64_MAX >> (63 - at[1])) & (UINT64_MAX << at[0]);
}

static bool read_scan_header(struct walk *walk, struct slice body)
{
    struct image_facts *facts = walk->facts;
    const uint8_t *data = image_data(body);
    if (!facts->channels)
        return image_damaged(facts, "a scan (SOS) before the frame header (SOF)");
    if (!body.len || data[0] < 1 || data[0] > 4 || body.len != 4 + 2 * (size_t)data[0])
        return image_damaged(facts, "scan header (SOS) of wrong length %zu", body.len + 2);
    if (++walk->scans > SCANS_MAX)
        return image_damaged(facts, "more than %d scans", SCANS_MAX);
    const uint64_t sent = coefficients_sent(facts, data + 1 + 2 * (size_t)data[0]);
    unsigned scanned = 0;
    for (unsigned i = 0; i < data[0]; i++) {
        unsigned k = 0; /* ids should differ, but need not */
        while (k < facts->channels &&
               (walk->component_ids[k] != data[1 + 2 * i] || (scanned >> k & 1)))
            k++;
        if (k == facts->channels)
            return image_damaged(facts, "scan %u has a component that the frame header lacks",
                                 walk->scans);
        scanned |= 1u << k;
        walk->sent[k] |= sent;
    }
    walk->components_scanned |= scanned;
    return true;
}

/* Stops at the FF of the first marker that does not belong to image data. Reserved markers are
 * stray bytes of it when a restart marker follows, at which decoders find their place again. */
static void skip_image_data(struct walk *walk)
{
    const uint8_t *at = walk->data + walk->at, *end = walk->data + walk->len;
    const uint8_t *reserved = NULL; /* the first one since the last restart marker */
    while ((at = memchr(at, 0xFF, (size_t)(end - at))) != NULL && at + 1 < end) {
        const unsigned marker = at[1];
        const bool restart = marker >= MARKER_RST0 && marker <= MARKER_RST7;
        if (marker >= MARKER_SOF0 && marker != 0xFF && !restart)
            break;
        if (restart && walk->restarts)
            reserved = NULL;
        else if (marker > 0 && marker < MARKER_SOF0 && !reserved)
            reserved = at;
        at += marker == 0xFF ? 1 : 2;
    }
    if (reserved)
        at = reserved;
    walk->at = at && at + 1 < end ? (size_t)(at - walk->data) : walk->len;
}

static void read_exif(struct walk *walk, struct slice body)
{
    if (walk->exif || body.len < 6 || memcmp(body.ptr, "Exif\0\0", 6) != 0)
        return;
    walk->exif = true;
    unsigned orientation = image_exif_orientation(slice_make(body.ptr + 6, body.len - 6));
    walk->facts->orientation = orientation ? orientation : 1;
}

static bool read_segment(struct walk *walk, unsigned marker)
{
    char name[16];
    marker_name(name, marker);
    bool skippable = (marker >= MARKER_APP0 && marker <= MARKER_APP15) || marker == MARKER_COM ||
                     marker == MARKER_DNL;
    bool known = skippable || is_frame(marker) || marker == MARKER_DHT || marker == MARKER_DAC ||
                 (marker >= MARKER_SOS && marker <= MARKER_DRI);
    if (!known)
        return image_damaged(walk->facts, "unknown marker %s at byte %zu", name, walk->at - 2);
    size_t left = walk->len - walk->at;
    size_t length = left < 2 ? 2 : image_be16(walk->data + walk->at);
    if (length < 2 && skippable) { /* as decoders do: nothing but the length itself */
        image_odd(walk->facts, IMAGE_ODDITY_segment_length);
        length = 2;
    }
    if (length < 2)
        return image_damaged(walk->facts, "segment %s at byte %zu of length %zu: 2 is the least",
                             name, walk->at - 2, length);
    if (left < length)
        return image_damaged(walk->facts, "ends at byte %zu inside segment %s", walk->len, name);
    struct slice body = slice_make(walk->data + walk->at + 2, length - 2);
    walk->at += length;
    if (is_frame(marker))
        return read_frame(walk, marker, body);
    if (marker == MARKER_SOS) {
        if (!read_scan_header(walk, body))
            return false;
        skip_image_data(walk);
        walk->scan_end = walk->at;
    } else if (marker == MARKER_DRI) {
        walk->restarts = true;
    } else if (marker == MARKER_APP1) {
        read_exif(walk, body);
    }
    return true;
}

/* Up to EOI, or to the first scan when only headers are wanted. False when damaged. */
static bool walk_segments(struct walk *walk, enum image_depth depth)
{
    unsigned marker;
    while ((marker = next_marker(walk)) != MARKER_EOI) {
        if (depth == IMAGE_HEADERS && marker == MARKER_SOS && walk->facts->channels)
            return true;
        bool alone = marker == MARKER_TEM || (marker >= MARKER_RST0 && marker <= MARKER_RST7);
        if (alone)
            odd_before_marker(walk, IMAGE_ODDITY_markers_between_segments);
        if (marker == 0 || (!alone && !read_segment(walk, marker)))
            return false;
    }
    walk->facts->data_end = walk->at;
    if (!walk->facts->channels)
        return image_damaged(walk->facts, "ends (EOI) at byte %zu without a frame header (SOF)",
                             walk->at);
    if (walk->components_scanned != (1u << walk->facts->channels) - 1)
        return image_damaged(
            walk->facts, "ends (EOI) at byte %zu without image data of every component", walk->at);
    return true;
}

/* Behind the last scan of a complete picture, drones, phones and editors leave data of their own,
 * in which anything may look like a marker. Decoders do not look there. */
static void forgive_trailer(struct walk *walk)
{
    static const char eoi[] = {'\xFF', '\xD9'};
    const uint8_t *from = walk->data + walk->scan_end;
    const uint8_t *found = memmem(from, walk->len - walk->scan_end, eoi, sizeof eoi);
    if (!found)
        return;
    walk->at = (size_t)(found - walk->data) + sizeof eoi;
    image_forgive(walk->facts, walk->scan_end);
}

void image_jpeg_inspect(struct image_facts *facts, struct slice bytes, enum image_depth depth)
{
    struct walk walk = {.facts = facts, .data = image_data(bytes), .len = bytes.len, .at = 2};
    if (!walk_segments(&walk, depth) && is_complete(&walk) && walk.scans <= SCANS_MAX)
        forgive_trailer(&walk);
    if (facts->state == IMAGE_SOUND && depth == IMAGE_STRUCTURE && walk.at < walk.len)
        image_odd(facts, IMAGE_ODDITY_bytes_after_end);
}

struct reader {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    jmp_buf escape;
    struct jpeg_source source;
    struct image_facts *facts;
    bool out_of_memory;
    bool in_headers; /* before the image data: the walk has told what is odd there */
};

static _Noreturn void give_up(j_common_ptr jpeg)
{
    struct reader *reader = jpeg->client_data;
    char text[JMSG_LENGTH_MAX];
    if (jpeg->err->msg_code == JERR_OUT_OF_MEMORY) {
        reader->out_of_memory = true;
    } else {
        jpeg->err->format_message(jpeg, text);
        image_damaged(reader->facts, "%s, near byte %zu", text, jpeg_source_at(&reader->source));
    }
    longjmp(reader->escape, 1);
}

/* libjpeg skipped bytes before a marker. */
static void judge_stray_bytes(const struct reader *reader, int marker)
{
    if (reader->in_headers)
        return;
    image_odd(reader->facts, marker >= MARKER_RST0 && marker <= MARKER_RST7
                                 ? IMAGE_ODDITY_bytes_before_restart
                                 : IMAGE_ODDITY_data_after_last_row);
}

/* libjpeg reports corrupt image data as warnings and goes on. Those of its warnings lose no pixel:
 *
 *   EXTRANEOUS_DATA    bytes before a marker were skipped: the block before them was whole, or
 *                      HIT_MARKER or HUFF_BAD_CODE would have come
 *   ADOBE_XFORM        an unknown colour transform: libjpeg takes the usual one
 *   JFIF_MAJOR         an unknown version of JFIF: libjpeg uses nothing of it but the density
 *   NOT_SEQUENTIAL     a sequential scan with a progressive one's limits, which mean nothing there
 *   BOGUS_PROGRESSION  scans in an unusual order: every bit that came is used
 *   BOGUS_ICC          a damaged colour profile: the pixels do not depend on it
 *
 * All others do, and so does a warning that is not known here:
 *
 *   HIT_MARKER         a block ended early: the rest of it is made up as gray
 *   HUFF_BAD_CODE, ARITH_BAD_CODE  bits that no encoder writes: a zero stands in for them
 *   MUST_RESYNC        another restart marker than the one due: a block is lost
 *   JPEG_EOF           the file ended early; jpeg_source.c does not give it
 *   TOO_MUCH_DATA      a mistake of the caller */
static void judge_warning(j_common_ptr jpeg, int level)
{
    const struct reader *reader = jpeg->client_data;
    if (level >= 0)
        return; /* a trace, not a warning */
    switch (jpeg->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA:
        judge_stray_bytes(reader, jpeg->err->msg_parm.i[1]);
        return;
    case JWRN_ADOBE_XFORM:
    case JWRN_BOGUS_ICC:
    case JWRN_BOGUS_PROGRESSION:
    case JWRN_JFIF_MAJOR:
    case JWRN_NOT_SEQUENTIAL:
        image_odd(reader->facts, IMAGE_ODDITY_unusual_header);
        return;
    default:
        give_up(jpeg);
    }
}

static void say_nothing(j_common_ptr jpeg)
{
    (void)jpeg;
}

/* What does not fit into libjpeg's bit buffer, of at most eight bytes, can be seen here. */
static void look_behind_last_row(struct reader *reader)
{
    const struct jpeg_source_mgr *source = &reader->source.manager;
    int marker = reader->jpeg.unread_marker;
    if (!marker && source->bytes_in_buffer >= 2 && source->next_input_byte[0] == 0xFF)
        marker = source->next_input_byte[1];
    if (marker == 0 || (marker >= MARKER_RST0 && marker <= MARKER_RST7))
        image_odd(reader->facts, IMAGE_ODDITY_data_after_last_row);
}

/* One scan: libjpeg decodes row by row. An eighth of the size and only the luminance, where that
 * is stored by itself, spare the transforms but none of the entropy decoding. After the last row
 * nothing can be lost any more, so nothing more is read. */
static void decode_rows(struct reader *reader)
{
    j_decompress_ptr jpeg = &reader->jpeg;
    bool luminance = jpeg->jpeg_color_space == JCS_YCbCr;
    jpeg->out_color_space = luminance ? JCS_GRAYSCALE : jpeg->jpeg_color_space;
    jpeg->scale_num = 1;
    jpeg->scale_denom = 8;
    jpeg->dct_method = JDCT_IFAST;
    jpeg->do_fancy_upsampling = FALSE;
    jpeg_start_decompress(jpeg);
    JSAMPARRAY row =
        jpeg->mem->alloc_sarray((j_common_ptr)jpeg, JPOOL_IMAGE,
                                jpeg->output_width * (JDIMENSION)jpeg->output_components, 1);
    while (jpeg->output_scanline < jpeg->output_height)
        jpeg_read_scanlines(jpeg, row, 1);
    look_behind_last_row(reader);
}

static void decode(struct reader *reader, struct slice bytes)
{
    if (setjmp(reader->escape))
        return;
    j_decompress_ptr jpeg = &reader->jpeg;
    jpeg_create_decompress(jpeg);
    jpeg_source_open(&reader->source, jpeg, bytes);
    reader->in_headers = true;
    jpeg_read_header(jpeg, TRUE);
    reader->in_headers = false;
    if (jpeg_has_multiple_scans(jpeg))
        (void)jpeg_read_coefficients(jpeg); /* every scan, no transforms at all */
    else
        decode_rows(reader);
}

bool image_jpeg_decode(struct image_facts *facts, struct slice bytes)
{
    struct reader reader = {.facts = facts};
    reader.jpeg.err = jpeg_std_error(&reader.errors);
    reader.jpeg.client_data = &reader;
    reader.errors.error_exit = give_up;
    reader.errors.emit_message = judge_warning;
    reader.errors.output_message = say_nothing;
    decode(&reader, slice_make(bytes.ptr, facts->data_end));
    jpeg_destroy_decompress(&reader.jpeg);
    return !reader.out_of_memory;
}
