/* A JPEG with the band in it. Works on the component planes as they are stored (YCbCr, gray, CMYK;
 * subsampled or not), one row of blocks at a time, and quantises again with the tables of the
 * source: what the band does not touch comes out nearly bit for bit. The result is sequential and
 * Huffman-coded whatever the source was. */
#include "images/banner_parts.h"
#include "images/jpeg_source.h"

#include <setjmp.h>
#include <stdlib.h>

/* Coarser tables than those of this quality are refined, or the letters would not be legible. */
enum { WORST_QUALITY = 75 };

struct job {
    struct jpeg_error_mgr errors;
    jmp_buf failed;
    struct jpeg_decompress_struct reader;
    struct jpeg_source source;
    struct jpeg_compress_struct writer;
    struct jpeg_destination_mgr destination;
    struct banner_sink *sink;
    const struct image_facts *facts;
    const struct banner_band *band;
    jpeg_scan_info scans[MAX_COMPONENTS];
    JSAMPARRAY planes[MAX_COMPONENTS];                  /* one row of blocks each */
    unsigned char samples[BANNER_INKS][MAX_COMPONENTS]; /* of each ink */
};

static void on_error(j_common_ptr codec)
{
    struct job *job = codec->client_data;
    longjmp(job->failed, 1);
}

static void on_message(j_common_ptr codec)
{
    (void)codec;
}

static void on_trace(j_common_ptr codec, int level)
{
    (void)codec, (void)level;
}

/* The codec writes into what the sink has reserved; size is brought up to date when it asks for
 * more and at the end. */
static void offer_room(struct job *job)
{
    job->destination.next_output_byte = job->sink->data + job->sink->size;
    job->destination.free_in_buffer = job->sink->capacity - job->sink->size;
}

static void on_start(j_compress_ptr writer)
{
    offer_room(writer->client_data);
}

static boolean on_full(j_compress_ptr writer)
{
    struct job *job = writer->client_data;
    job->sink->size = job->sink->capacity;
    if (!banner_sink_reserve(job->sink, 4096))
        longjmp(job->failed, 1);
    offer_room(job);
    return TRUE;
}

static void on_end(j_compress_ptr writer)
{
    struct job *job = writer->client_data;
    job->sink->size = job->sink->capacity - job->destination.free_in_buffer;
}

static void open_codecs(struct job *job)
{
    job->reader.err = job->writer.err = jpeg_std_error(&job->errors);
    job->errors.error_exit = on_error;
    job->errors.output_message = on_message;
    job->errors.emit_message = on_trace;
    job->reader.client_data = job->writer.client_data = job;
    jpeg_create_decompress(&job->reader);
    jpeg_create_compress(&job->writer);
    job->destination.init_destination = on_start;
    job->destination.empty_output_buffer = on_full;
    job->destination.term_destination = on_end;
    job->writer.dest = &job->destination;
}

static void start_reading(struct job *job, struct slice bytes)
{
    struct jpeg_decompress_struct *reader = &job->reader;
    jpeg_source_open(&job->source, reader, bytes);
    jpeg_save_markers(reader, JPEG_APP0 + 1, 0xFFFF);
    jpeg_save_markers(reader, JPEG_APP0 + 2, 0xFFFF);
    jpeg_read_header(reader, TRUE);
    if (reader->image_width != job->facts->width || reader->image_height != job->facts->height)
        longjmp(job->failed, 1);
    reader->raw_data_out = TRUE;
    reader->out_color_space = reader->jpeg_color_space;
    jpeg_start_decompress(reader);
}

/* The source's table, but nowhere coarser than the one of WORST_QUALITY that the codec has set up
 * in slot 0 (brightness and inks) and 1 (colour differences). */
static void take_quantisation(struct job *job)
{
    struct jpeg_compress_struct *writer = &job->writer;
    unsigned worst[2][DCTSIZE2];
    for (int slot = 0; slot < 2; slot++)
        for (int i = 0; i < DCTSIZE2; i++)
            worst[slot][i] = writer->quant_tbl_ptrs[slot]->quantval[i];

    const bool ycc = writer->jpeg_color_space == JCS_YCbCr || writer->jpeg_color_space == JCS_YCCK;
    for (int c = writer->num_components - 1; c >= 0; c--) {
        const int slot = c < NUM_QUANT_TBLS ? c : NUM_QUANT_TBLS - 1;
        const JQUANT_TBL *source = job->reader.comp_info[c].quant_table;
        if (writer->quant_tbl_ptrs[slot] == NULL)
            writer->quant_tbl_ptrs[slot] = jpeg_alloc_quant_table((j_common_ptr)writer);
        JQUANT_TBL *table = writer->quant_tbl_ptrs[slot];
        for (int i = 0; i < DCTSIZE2; i++) {
            const unsigned limit = worst[ycc && (c == 1 || c == 2)][i];
            const unsigned step = source != NULL ? source->quantval[i] : limit;
            /* A damaged file may hold 0, by which the encoder would divide. */
            table->quantval[i] = (UINT16)(step < 1 ? 1 : step < limit ? step : limit);
        }
        table->sent_table = FALSE;
        writer->comp_info[c].quant_tbl_no = slot;
    }
}

/* Components that were sent one after the other may be too large to be interleaved. */
static void arrange_scans(struct job *job)
{
    struct jpeg_compress_struct *writer = &job->writer;
    int blocks = 0;
    for (int c = 0; c < writer->num_components; c++) {
        blocks += writer->comp_info[c].h_samp_factor * writer->comp_info[c].v_samp_factor;
        job->scans[c] = (jpeg_scan_info){.comps_in_scan = 1, .component_index = {c}, .Se = 63};
    }
    if (writer->num_components == 1 ||
        (blocks <= C_MAX_BLOCKS_IN_MCU && writer->num_components <= MAX_COMPS_IN_SCAN))
        return;
    writer->scan_info = job->scans;
    writer->num_scans = writer->num_components;
}

/* Same size, colour model, component ids, sampling and density as the source. */
static void describe_result(struct job *job)
{
    const struct jpeg_decompress_struct *reader = &job->reader;
    struct jpeg_compress_struct *writer = &job->writer;
    writer->image_width = reader->image_width;
    writer->image_height = reader->image_height;
    writer->input_components = reader->num_components;
    writer->in_color_space = reader->jpeg_color_space;
    jpeg_set_defaults(writer);
    jpeg_set_colorspace(writer, reader->jpeg_color_space);
    jpeg_set_quality(writer, WORST_QUALITY, TRUE);
    take_quantisation(job);
    for (int c = 0; c < writer->num_components; c++) {
        writer->comp_info[c].component_id = reader->comp_info[c].component_id;
        writer->comp_info[c].h_samp_factor = reader->comp_info[c].h_samp_factor;
        writer->comp_info[c].v_samp_factor = reader->comp_info[c].v_samp_factor;
    }
    if (reader->jpeg_color_space == JCS_CMYK)
        writer->write_Adobe_marker = reader->saw_Adobe_marker;
    if (reader->saw_JFIF_marker) {
        writer->density_unit = reader->density_unit;
        writer->X_density = reader->X_density;
        writer->Y_density = reader->Y_density;
    }
    writer->raw_data_in = TRUE;
    arrange_scans(job);
}

static bool begins(const struct jpeg_marker_struct *marker, unsigned code, const char *text,
                   size_t size)
{
    return marker->marker == JPEG_APP0 + code && marker->data_length >= size &&
           memcmp(marker->data, text, size) == 0;
}

static void start_writing(struct job *job)
{
    static const char exif[] = "Exif\0", icc[] = "ICC_PROFILE";
    jpeg_start_compress(&job->writer, TRUE);
    const struct jpeg_marker_struct *marker = job->reader.marker_list;
    for (; marker != NULL; marker = marker->next)
        if (begins(marker, 1, exif, sizeof exif) || begins(marker, 2, icc, sizeof icc))
            jpeg_write_marker(&job->writer, marker->marker, marker->data, marker->data_length);
}

static unsigned char to_sample(int thousandths)
{
    const int value = (thousandths + 500) / 1000;
    return (unsigned char)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* JFIF's formulas. */
static void to_ycc(unsigned char out[3], const unsigned char rgb[3])
{
    const int r = rgb[0], g = rgb[1], b = rgb[2];
    out[0] = banner_luma(rgb);
    out[1] = to_sample(128000 - 169 * r - 331 * g + 500 * b);
    out[2] = to_sample(128000 + 500 * r - 419 * g - 81 * b);
}

/* Gray parts go to black alone. Amounts of ink, 0 none to 255 full. */
static void to_cmyk(unsigned char out[4], const unsigned char rgb[3])
{
    unsigned most = rgb[0] > rgb[1] ? rgb[0] : rgb[1];
    most = rgb[2] > most ? rgb[2] : most;
    for (size_t i = 0; i < 3; i++)
        out[i] = (unsigned char)(most == 0 ? 0 : (most - rgb[i]) * 255 / most);
    out[3] = (unsigned char)(255 - most);
}

/* Files with Adobe's marker hold what is left of the paper instead of the ink. YCCK is YCbCr of
 * the complement of the stored C, M and Y, and the stored K. */
static void to_stored_cmyk(unsigned char out[4], const unsigned char rgb[3], bool adobe, bool ycck)
{
    to_cmyk(out, rgb);
    for (size_t i = 0; adobe && i < 4; i++)
        out[i] = (unsigned char)(255 - out[i]);
    if (ycck) {
        const unsigned char complement[3] = {(unsigned char)(255 - out[0]),
                                             (unsigned char)(255 - out[1]),
                                             (unsigned char)(255 - out[2])};
        to_ycc(out, complement);
    }
}

static void fill_samples(struct job *job)
{
    const J_COLOR_SPACE space = job->reader.jpeg_color_space;
    for (unsigned ink = 0; ink < BANNER_INKS; ink++) {
        unsigned char rgb[3], *out = job->samples[ink];
        banner_band_colour(job->band, ink, rgb);
        if (space == JCS_RGB)
            memcpy(out, rgb, 3);
        else if (space == JCS_YCbCr)
            to_ycc(out, rgb);
        else if (space == JCS_CMYK || space == JCS_YCCK)
            to_stored_cmyk(out, rgb, job->reader.saw_Adobe_marker, space == JCS_YCCK);
        else
            memset(out, banner_luma(rgb), MAX_COMPONENTS);
    }
}

/* Counted in pixels of the picture: [low, high). */
struct span {
    uint32_t low, high;
};

/* The pixels that sample number i of a component with sampling factor out of max stands for. */
static struct span footprint(uint32_t i, int factor, int max)
{
    const uint32_t f = (uint32_t)factor, m = (uint32_t)max;
    return (struct span){i * m / f, ((i + 1) * m + f - 1) / f};
}

/* Mean of the band's pixels under a sample; where the band ends within it, the rest keeps what was
 * there. Past the right and lower edge (the padding of the last blocks) the last pixel counts. */
static JSAMPLE blend(const struct job *job, int component, JSAMPLE old, struct span across,
                     struct span down)
{
    const struct banner_band *band = job->band;
    const uint32_t count = (across.high - across.low) * (down.high - down.low);
    uint32_t sum = 0;
    for (uint32_t y = down.low; y < down.high; y++) {
        const uint32_t row = (y < job->facts->height ? y : job->facts->height - 1) - band->y;
        for (uint32_t x = across.low; x < across.high; x++) {
            const uint32_t column = (x < job->facts->width ? x : job->facts->width - 1) - band->x;
            if (row < band->height && column < band->width)
                sum += job->samples[band->ink[(size_t)row * band->width + column]][component];
            else
                sum += old;
        }
    }
    return (JSAMPLE)((sum + count / 2) / count);
}

/* Whether a span has to do with the band's side [start, start + length) of a picture's side. */
static bool touches(struct span span, uint32_t start, uint32_t length, uint32_t side)
{
    const uint32_t end = start + length;
    return span.high > start && (span.low < end || end == side);
}

static void paint_plane(struct job *job, int component, uint32_t block_row)
{
    const jpeg_component_info *info = &job->reader.comp_info[component];
    const uint32_t rows = (uint32_t)info->v_samp_factor * DCTSIZE;
    const uint32_t columns = info->width_in_blocks * DCTSIZE;
    const struct banner_band *band = job->band;
    for (uint32_t r = 0; r < rows; r++) {
        const struct span down =
            footprint(block_row * rows + r, info->v_samp_factor, job->reader.max_v_samp_factor);
        if (!touches(down, band->y, band->height, job->facts->height))
            continue;
        JSAMPROW row = job->planes[component][r];
        for (uint32_t c = 0; c < columns; c++) {
            const struct span across =
                footprint(c, info->h_samp_factor, job->reader.max_h_samp_factor);
            if (touches(across, band->x, band->width, job->facts->width))
                row[c] = blend(job, component, row[c], across, down);
        }
    }
}

static void make_planes(struct job *job)
{
    struct jpeg_decompress_struct *reader = &job->reader;
    for (int c = 0; c < reader->num_components; c++) {
        const jpeg_component_info *info = &reader->comp_info[c];
        const JDIMENSION rows = (JDIMENSION)info->v_samp_factor * DCTSIZE;
        const JDIMENSION padded = info->width_in_blocks + (JDIMENSION)info->h_samp_factor;
        job->planes[c] =
            reader->mem->alloc_sarray((j_common_ptr)reader, JPOOL_IMAGE, padded * DCTSIZE, rows);
        for (JDIMENSION r = 0; r < rows; r++)
            memset(job->planes[c][r], 0, padded * DCTSIZE);
    }
}

static void copy_rows(struct job *job)
{
    const JDIMENSION rows = (JDIMENSION)job->reader.max_v_samp_factor * DCTSIZE;
    for (uint32_t block_row = 0; job->reader.output_scanline < job->reader.output_height;
         block_row++) {
        jpeg_read_raw_data(&job->reader, job->planes, rows);
        for (int c = 0; c < job->reader.num_components; c++)
            paint_plane(job, c, block_row);
        jpeg_write_raw_data(&job->writer, job->planes, rows);
    }
}

static bool run(struct job *job, struct slice bytes)
{
    if (setjmp(job->failed) != 0)
        return false;
    open_codecs(job);
    start_reading(job, bytes);
    describe_result(job);
    fill_samples(job);
    make_planes(job);
    start_writing(job);
    copy_rows(job);
    jpeg_finish_compress(&job->writer);
    return true;
}

bool banner_jpeg(struct banner_sink *sink, struct slice bytes, const struct image_facts *facts,
                 const struct banner_band *band)
{
    struct job *job = calloc(1, sizeof *job);
    if (job == NULL)
        return false;
    job->sink = sink;
    job->facts = facts;
    job->band = band;
    const bool fine = run(job, bytes);
    jpeg_destroy_decompress(&job->reader);
    jpeg_destroy_compress(&job->writer);
    free(job);
    return fine;
}
