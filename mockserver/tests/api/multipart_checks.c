/* Helpers of multipart_checks.h. */
#include "multipart_checks.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

void fence_init(struct fence *fence, size_t room)
{
    fence->page = (size_t)sysconf(_SC_PAGESIZE);
    fence->room = (room + fence->page - 1) / fence->page * fence->page;
    fence->map =
        mmap(NULL, fence->room + 2 * fence->page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(fence->map != MAP_FAILED);
    assert_int_equal(mprotect(fence->map + fence->page, fence->room, PROT_READ | PROT_WRITE), 0);
}

void fence_clear(struct fence *fence)
{
    assert_int_equal(munmap(fence->map, fence->room + 2 * fence->page), 0);
}

struct slice fence_put(const struct fence *fence, struct slice text, bool at_end)
{
    char *place = fence->map + fence->page + (at_end ? fence->room - text.len : 0);
    assert_true(text.len <= fence->room);
    if (text.len)
        memcpy(place, text.ptr, text.len);
    return slice_make(place, text.len);
}

bool lies_inside(struct slice inner, struct slice outer)
{
    if (!inner.ptr)
        return inner.len == 0;
    return inner.ptr >= outer.ptr && inner.len <= outer.len &&
           (size_t)(inner.ptr - outer.ptr) <= outer.len - inner.len;
}

const char *fault_of_reason(const char *why)
{
    size_t len = strnlen(why, MULTIPART_WHY_SIZE);
    if (len == 0 || len == MULTIPART_WHY_SIZE)
        return "the reason is empty or not ended";
    for (size_t i = 0; i < len; i++)
        if (why[i] < 0x20 || why[i] == 0x7f)
            return "the reason holds a raw control character or byte beyond ASCII";
    return NULL;
}

/* NULL, or which promise of multipart.h a parsed form breaks. */
static const char *fault_of_form(const struct multipart *form, struct slice body,
                                 struct slice boundary)
{
    if (form->count > MULTIPART_PARTS_MAX || form->kept > MULTIPART_KEPT_MAX ||
        form->kept > form->count)
        return "more parts than there may be";
    for (size_t i = 0; i < form->kept; i++) {
        const struct multipart_part *part = &form->parts[i];
        if (!lies_inside(part->name, body) || !lies_inside(part->file_name, body) ||
            !lies_inside(part->content_type, body) || !lies_inside(part->body, body))
            return "a slice lies outside of the body";
        if (!part->name.ptr || !part->body.ptr)
            return "a part lacks its name or body";
        if (part->has_file_name != (part->file_name.ptr != NULL))
            return "has_file_name is wrong";
        const char *end = part->body.ptr + part->body.len;
        struct slice rest = slice_make(end, (size_t)(body.ptr + body.len - end));
        if (rest.len < 4 + boundary.len || memcmp(end, "\r\n--", 4) != 0 ||
            memcmp(end + 4, boundary.ptr, boundary.len) != 0)
            return "a part does not end at a delimiter";
    }
    return NULL;
}

static const char *const fields[] = {"image_target", "service_choice", NULL};

bool parse_checked(struct multipart *form, struct slice body, struct slice boundary,
                   char why[MULTIPART_WHY_SIZE])
{
    memset(why, 0, MULTIPART_WHY_SIZE);
    bool ok = multipart_parse(form, body, boundary, fields, why);
    const char *fault = ok ? fault_of_form(form, body, boundary) : fault_of_reason(why);
    if (fault)
        fail_msg("%s; reason: \"%s\"", fault, why);
    return ok;
}
