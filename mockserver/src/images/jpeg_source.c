/* The functions that libjpeg calls of a source. Two differ from those of jpeg_mem_src(): the end of
 * the bytes is no warning, for image_inspect() has found the end marker; and a restart marker is
 * still found behind stray bytes that look like a marker which does not exist. */
#include "images/jpeg_source.h"

#include <jerror.h>

enum { NO_MARKER_BELOW = 0xC0 }; /* FF01 to FFBF, TEM apart, are reserved */

static void on_open(j_decompress_ptr jpeg)
{
    (void)jpeg;
}

static boolean on_empty(j_decompress_ptr jpeg)
{
    static const JOCTET end[] = {0xFF, JPEG_EOI};
    struct jpeg_source *source = (struct jpeg_source *)jpeg->src;
    source->ended = true;
    source->manager.next_input_byte = end;
    source->manager.bytes_in_buffer = sizeof end;
    return TRUE;
}

static void on_skip(j_decompress_ptr jpeg, long count)
{
    struct jpeg_source_mgr *manager = jpeg->src;
    if (count <= 0)
        return;
    if ((size_t)count > manager->bytes_in_buffer)
        count = (long)manager->bytes_in_buffer;
    manager->next_input_byte += count;
    manager->bytes_in_buffer -= (size_t)count;
}

/* Skips to the next marker that exists. False at the end. */
static bool next_marker(j_decompress_ptr jpeg)
{
    struct jpeg_source_mgr *manager = jpeg->src;
    const JOCTET *at = manager->next_input_byte, *end = at + manager->bytes_in_buffer;
    int marker = 0;
    while (marker < NO_MARKER_BELOW && (at = memchr(at, 0xFF, (size_t)(end - at))) != NULL &&
           ++at < end)
        if (*at != 0xFF) /* else a fill byte */
            marker = *at++;
    if (marker < NO_MARKER_BELOW)
        return false;
    manager->next_input_byte = at;
    manager->bytes_in_buffer = (size_t)(end - at);
    jpeg->unread_marker = marker;
    return true;
}

/* Called when the marker that follows a block is not the restart marker that is due. libjpeg's own
 * function warns that a block may be lost; here none is when only stray bytes lie between. */
static boolean on_lost_restart(j_decompress_ptr jpeg, int due)
{
    if (jpeg->unread_marker >= NO_MARKER_BELOW || !next_marker(jpeg) ||
        jpeg->unread_marker != JPEG_RST0 + due)
        return jpeg_resync_to_restart(jpeg, due);
    WARNMS2(jpeg, JWRN_EXTRANEOUS_DATA, 1, jpeg->unread_marker);
    jpeg->unread_marker = 0;
    return TRUE;
}

void jpeg_source_open(struct jpeg_source *source, j_decompress_ptr jpeg, struct slice bytes)
{
    *source = (struct jpeg_source){
        .manager = {.next_input_byte = (const JOCTET *)bytes.ptr,
                    .bytes_in_buffer = bytes.len,
                    .init_source = on_open,
                    .fill_input_buffer = on_empty,
                    .skip_input_data = on_skip,
                    .resync_to_restart = on_lost_restart,
                    .term_source = on_open},
        .bytes = bytes,
    };
    jpeg->src = &source->manager;
}

size_t jpeg_source_at(const struct jpeg_source *source)
{
    return source->ended ? source->bytes.len : source->bytes.len - source->manager.bytes_in_buffer;
}
