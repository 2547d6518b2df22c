/* Fuzzes the cues: the same bytes as key, header, file name and picture. A cue's name lies inside
 * what was looked at; one written into a picture is the one that is found; a sound picture stays
 * sound. */
#include "scenarios/cue.h"

#include <stdint.h>
#include <stdlib.h>

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static void expect_inside(struct slice inner, struct slice outer)
{
    expect(inner.len <= outer.len);
    expect(inner.len == 0 ||
           (inner.ptr >= outer.ptr && inner.ptr + inner.len <= outer.ptr + outer.len));
}

static void look(bool (*find)(struct cue *, struct slice), enum cue_source source,
                 struct slice bytes)
{
    struct cue cue;
    if (!find(&cue, bytes))
        return;
    expect(cue.source == source && cue.name.len > 0);
    expect_inside(cue.name, bytes);
    if (source == CUE_KEY)
        expect_inside(cue.key, bytes);
}

static void write_one(struct slice bytes)
{
    unsigned char *out = NULL;
    size_t out_size = 0;
    struct cue cue;
    struct image_facts before, after;
    if (!cue_write(&out, &out_size, bytes, slice_of("a-name"), true)) {
        expect(out == NULL);
        return;
    }
    struct slice written = slice_make(out, out_size);
    expect(cue_from_picture(&cue, written));
    expect(cue.always && slice_equal(cue.name, slice_of("a-name")));
    image_inspect(&before, bytes);
    image_inspect(&after, written);
    if (before.state == IMAGE_SOUND)
        expect(after.state == IMAGE_SOUND && after.format == before.format &&
               after.width == before.width && after.height == before.height &&
               after.orientation == before.orientation);
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice bytes = slice_make(data, size);
    look(cue_from_key, CUE_KEY, bytes);
    look(cue_from_header, CUE_HEADER, bytes);
    look(cue_from_file_name, CUE_FILE_NAME, bytes);
    look(cue_from_picture, CUE_PICTURE, bytes);
    write_one(bytes);
    return 0;
}
