/* Fuzzes the multipart parser: the first line of the input is the Content-Type value, the rest the
 * body, so that a corpus file reads like a request. Aborts when a promise of multipart.h is broken;
 * it does not judge which forms are right, the tests do. */
#include "api/multipart.h"
#include "mutate.h"

#include <stdint.h>
#include <stdlib.h>

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static void expect_inside(struct slice inner, struct slice outer)
{
    uintptr_t start = (uintptr_t)inner.ptr, outer_start = (uintptr_t)outer.ptr;
    if (!inner.ptr) {
        expect(inner.len == 0);
        return;
    }
    expect(start >= outer_start && start - outer_start <= outer.len);
    expect(inner.len <= outer.len - (start - outer_start));
}

static void expect_reason(const char *why)
{
    size_t len = strnlen(why, MULTIPART_WHY_SIZE);
    expect(len > 0 && len < MULTIPART_WHY_SIZE);
    for (size_t i = 0; i < len; i++)
        expect(why[i] >= 0x20 && why[i] < 0x7f);
}

/* A part ends where a delimiter begins, and the next one is behind it. */
static void expect_part(const struct multipart_part *part, struct slice *unread,
                        struct slice boundary)
{
    expect_inside(part->name, *unread);
    expect_inside(part->file_name, *unread);
    expect_inside(part->content_type, *unread);
    expect_inside(part->body, *unread);
    expect(part->name.ptr && part->body.ptr);
    expect(part->has_file_name == (part->file_name.ptr != NULL));
    for (size_t i = 0; i < part->name.len; i++)
        expect((unsigned char)part->name.ptr[i] >= 0x20 || part->name.ptr[i] == '\t');

    const char *end = part->body.ptr + part->body.len;
    *unread = slice_make(end, unread->len - (size_t)(end - unread->ptr));
    expect(unread->len >= 4 + boundary.len && memcmp(end, "\r\n--", 4) == 0);
    expect(memcmp(end + 4, boundary.ptr, boundary.len) == 0);
}

/* Mostly a form whose parts were edited. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    const size_t made =
        mutates_with_knowledge(seed) ? mutate_multipart(data, size, max_size, seed) : 0;
    return made ? made : mutate_plain(data, size, max_size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *line_end = size ? memchr(data, '\n', size) : NULL;
    size_t head = line_end ? (size_t)(line_end - data) : size;
    struct slice content_type = slice_make(data, head);
    struct slice body = {NULL, 0};
    if (line_end)
        body = slice_make(line_end + 1, size - head - 1);

    char why[MULTIPART_WHY_SIZE] = "";
    struct slice boundary = {NULL, 0};
    if (!multipart_boundary(&boundary, content_type, why)) {
        expect_reason(why);
        return 0;
    }
    expect_inside(boundary, content_type);
    expect(boundary.len >= 1 && boundary.len <= MULTIPART_BOUNDARY_MAX);

    struct multipart form;
    static const char *const fields[] = {"image_target", NULL};
    if (!multipart_parse(&form, body, boundary, fields, why)) {
        expect_reason(why);
        return 0;
    }
    expect(form.count <= MULTIPART_PARTS_MAX && form.kept <= MULTIPART_KEPT_MAX);
    expect(form.kept <= form.count && form.oddities < 1u << MULTIPART_ODDITIES);
    for (size_t i = 0; i < form.kept; i++)
        expect_part(&form.parts[i], &body, boundary);
    return 0;
}
