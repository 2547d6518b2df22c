/* Cuts a form at its boundary, edits the list of its parts, and joins it again. The boundary is
 * found in the simplest way: a form whose boundary is not found so is left to libFuzzer. */
#include "api/multipart.h"
#include "base/count_of.h"
#include "mutate.h"
#include <stdio.h>
#include <stdlib.h>

#define PARTS_MAX 64 /* the parser's own bound is less */
#define EDITS_MAX 3
#define SCRATCH ((size_t)64 * 1024)

/* One part: what stands between the end of one delimiter and the start of the next. */
struct form {
    struct slice line;             /* the Content-Type's value */
    struct slice boundary;         /* inside the line */
    struct slice parts[PARTS_MAX]; /* the first is the preamble, the last the epilogue */
    size_t count;
};

struct editing {
    struct chance chance;
    struct form form;
    char scratch[SCRATCH]; /* for parts that are new */
    size_t used;
};

static uint32_t below(struct editing *editing, size_t count)
{
    return chance_below(&editing->chance, (uint32_t)count);
}

/* Cutting */

static bool find_boundary(struct form *form)
{
    static const char name[] = "boundary=";
    const char *found =
        form->line.len ? memmem(form->line.ptr, form->line.len, name, sizeof name - 1) : NULL;
    if (!found)
        return false;
    const char *start = found + sizeof name - 1, *end = form->line.ptr + form->line.len;
    char stop = ';';
    if (start < end && *start == '"') {
        start++;
        stop = '"';
    }
    size_t len = 0;
    while (start + len < end && start[len] != stop && start[len] != '\r')
        len++;
    form->boundary = slice_make(start, len);
    return len > 0;
}

/* Where "--boundary" stands next, or NULL. */
static const char *next_delimiter(const struct form *form, struct slice text)
{
    while (text.len >= form->boundary.len + 2) {
        const char *found = memmem(text.ptr, text.len, form->boundary.ptr, form->boundary.len);
        if (!found)
            return NULL;
        if (found - text.ptr >= 2 && memcmp(found - 2, "--", 2) == 0)
            return found - 2;
        const size_t skipped = (size_t)(found - text.ptr) + 1;
        text = slice_make(text.ptr + skipped, text.len - skipped);
    }
    return NULL;
}

static bool cut(struct form *form, struct slice input)
{
    const char *line_end = input.len ? memchr(input.ptr, '\n', input.len) : NULL;
    if (!line_end)
        return false;
    form->line = slice_make(input.ptr, (size_t)(line_end - input.ptr));
    if (!find_boundary(form))
        return false;
    struct slice rest = slice_make(line_end + 1, input.len - form->line.len - 1);
    for (const char *at; form->count < PARTS_MAX - 2 && (at = next_delimiter(form, rest));) {
        const size_t len = (size_t)(at - rest.ptr), used = len + 2 + form->boundary.len;
        form->parts[form->count++] = slice_make(rest.ptr, len);
        rest = slice_make(rest.ptr + used, rest.len - used);
    }
    form->parts[form->count++] = rest;
    return true;
}

/* Editing */

/* A text in the scratch memory: the pieces one after another. */
static struct slice join(struct editing *editing, const struct slice *pieces, size_t count)
{
    char *start = editing->scratch + editing->used;
    size_t len = 0;
    for (size_t i = 0; i < count && editing->used + len + pieces[i].len <= SCRATCH; i++)
        if (pieces[i].len) {
            memcpy(start + len, pieces[i].ptr, pieces[i].len);
            len += pieces[i].len;
        }
    editing->used += len;
    return slice_make(start, len);
}

/* Part from and those behind it move by one, or close the gap. */
static void insert(struct form *form, size_t at, struct slice part)
{
    if (form->count == PARTS_MAX)
        return;
    memmove(&form->parts[at + 1], &form->parts[at], (form->count - at) * sizeof form->parts[0]);
    form->parts[at] = part;
    form->count++;
}

static void drop(struct form *form, size_t at)
{
    if (form->count < 2)
        return;
    form->count--;
    memmove(&form->parts[at], &form->parts[at + 1], (form->count - at) * sizeof form->parts[0]);
}

static struct slice any_header(struct editing *editing)
{
    static const char *const headers[] = {
        "Content-Disposition: form-data; name=\"service_choice\"\r\n",
        "Content-Disposition: form-data; name=\"image_target\"; filename=\"a.jpg\"\r\n",
        "Content-Disposition: form-data; name=\"image_target\"; filename*=UTF-8''b%20c\r\n",
        "Content-Disposition: form-data; filename=\"\\\"\"; name=x\r\n",
        "content-disposition:form-data;name=\"service_choice\";\r\n",
        "Content-Disposition: form-data; name=\"a\"; name=\"b\"\r\n",
        "Content-Disposition: attachment; name=\"a\"\r\n",
        "Content-Disposition: form-data\r\n",
        "Content-Disposition: form-data; name=\"\"\r\n",
        "Content-Disposition: form-data; name=\"a\r\n b\"\r\n",
        "Content-Disposition: form-data; filename=\"C:\\dir\\a.jpg\"; name=\"image_target\"\r\n",
        "Content-Disposition: form-data; filename*=x; name=\"image_target\"\r\n",
        "Content-Type: image/jpeg\r\n",
        "Content-Type: multipart/mixed; boundary=inner\r\n",
        "Content-Transfer-Encoding: base64\r\n",
        "Content-Transfer-Encoding: binary\r\n",
        "Content-Length: 3\r\n",
        "X: y\r\n",
        "X : y\r\n",
        " folded\r\n",
        "no colon\r\n",
        ":\r\n",
        "\r\n",
        "\n",
    };
    return slice_of(CHANCE_OF_ROWS(&editing->chance, headers));
}

/* A header more, at the start of the part or at one of its line ends. */
static struct slice add_header(struct editing *editing, struct slice part)
{
    size_t at = part.len >= 2 ? 2 : part.len;
    for (uint32_t lines = below(editing, 3); lines; lines--) {
        const char *end = at < part.len ? memchr(part.ptr + at, '\n', part.len - at) : NULL;
        at = end ? (size_t)(end - part.ptr) + 1 : at;
    }
    const struct slice pieces[] = {slice_make(part.ptr, at), any_header(editing),
                                   slice_make(part.ptr + at, part.len - at)};
    return join(editing, pieces, COUNT_OF(pieces));
}

/* One line less. */
static struct slice drop_line(struct editing *editing, struct slice part)
{
    size_t start = 0;
    for (uint32_t lines = 1 + below(editing, 3); lines; lines--) {
        const char *end =
            start < part.len ? memchr(part.ptr + start, '\n', part.len - start) : NULL;
        if (end && (size_t)(end - part.ptr) + 1 < part.len)
            start = (size_t)(end - part.ptr) + 1;
    }
    const char *end = start < part.len ? memchr(part.ptr + start, '\n', part.len - start) : NULL;
    const size_t behind = end ? (size_t)(end - part.ptr) + 1 : part.len;
    const struct slice pieces[] = {slice_make(part.ptr, start),
                                   slice_make(part.ptr + behind, part.len - behind)};
    return join(editing, pieces, COUNT_OF(pieces));
}

/* A whole part, new: a header or two, an empty line, a body. */
static struct slice new_part(struct editing *editing)
{
    static const char *const bodies[] = {
        "12", "", " 12", "0", "--", "\r\n--", "\xff\xd8\xff\xd9", "100", "\n", "\r", "a\r\n\r\nb"};
    const struct slice more = below(editing, 2) ? any_header(editing) : slice_of("");
    const struct slice pieces[] = {slice_of("\r\n"),
                                   any_header(editing),
                                   more,
                                   slice_of(below(editing, 8) ? "\r\n" : ""),
                                   slice_of(CHANCE_OF_ROWS(&editing->chance, bodies)),
                                   slice_of(below(editing, 8) ? "\r\n" : "\n")};
    return join(editing, pieces, COUNT_OF(pieces));
}

/* What stands behind a delimiter in its line, and the line ends of a part. */
static struct slice reframe(struct editing *editing, struct slice part)
{
    static const char *const starts[] = {"--",    "--\r\n", " \t\r\n", "\n",
                                         "x\r\n", "-\r\n",  "\r",      ""};
    const size_t skipped = part.len >= 2 && part.ptr[0] == '\r' ? 2 : 0;
    const struct slice pieces[] = {slice_of(CHANCE_OF_ROWS(&editing->chance, starts)),
                                   slice_make(part.ptr + skipped, part.len - skipped)};
    return join(editing, pieces, COUNT_OF(pieces));
}

static struct slice cut_short(struct editing *editing, struct slice part)
{
    return slice_make(part.ptr, part.len ? below(editing, part.len) : 0);
}

/* libFuzzer's own mutation of one part alone. */
static struct slice mutate_inside(struct editing *editing, struct slice part)
{
    const size_t room = SCRATCH - editing->used;
    struct slice copy = join(editing, &part, 1);
    if (!copy.len || copy.len < part.len)
        return part;
    const size_t most = copy.len + 64 < room ? copy.len + 64 : room;
    const size_t made = mutate_plain((uint8_t *)(uintptr_t)copy.ptr, copy.len, most);
    editing->used = (size_t)(copy.ptr - editing->scratch) + made;
    return slice_make(copy.ptr, made);
}

/* Another Content-Type around the boundary: in quotes, behind other parameters, with an escape. */
static void rewrite_line(struct editing *editing)
{
    static const char *const frames[][2] = {
        {"multipart/form-data; boundary=", ""},
        {"multipart/form-data; boundary=\"", "\""},
        {"Multipart/Form-Data;charset=utf-8;boundary=", ";x=y"},
        {"multipart/form-data; boundary=", "; boundary=other"},
        {"multipart/form-data; x=\"boundary=z\"; boundary=", ""},
        {"multipart/form-data; boundary=\"\\", "\""},
        {"multipart/mixed; boundary=", ""},
        {"multipart/form-data ; boundary = ", ""},
        {"multipart/form-data; boundary=", " "},
    };
    struct form *form = &editing->form;
    const size_t i = below(editing, COUNT_OF(frames));
    const struct slice pieces[] = {slice_of(frames[i][0]), form->boundary, slice_of(frames[i][1])};
    form->line = join(editing, pieces, COUNT_OF(pieces));
}

/* Another boundary, in the line and in the body: of the longest length, one more, or odd letters.
 */
static void change_boundary(struct editing *editing)
{
    static char letters[MULTIPART_BOUNDARY_MAX + 1];
    static const char *const odd[] = {"a", "a b", "'()+_,-./:=?", "a\"b", "B ", "\xc3\xa9"};
    struct form *form = &editing->form;
    const size_t lengths[] = {1, 70, 71, MULTIPART_BOUNDARY_MAX, MULTIPART_BOUNDARY_MAX + 1};
    memset(letters, '-', sizeof letters);
    form->boundary = below(editing, 2)
                         ? slice_make(letters, CHANCE_OF_ROWS(&editing->chance, lengths))
                         : slice_of(CHANCE_OF_ROWS(&editing->chance, odd));
    rewrite_line(editing);
}

static void edit(struct editing *editing)
{
    struct form *form = &editing->form;
    const size_t at = below(editing, form->count), other = below(editing, form->count);
    const struct slice part = form->parts[at];
    switch (below(editing, 11)) {
    case 0:
        drop(form, at);
        return;
    case 1:
        insert(form, at, part);
        return;
    case 2:
        form->parts[at] = form->parts[other];
        form->parts[other] = part;
        return;
    case 3:
        insert(form, at ? at : 1, new_part(editing));
        return;
    case 4:
        form->parts[at] = reframe(editing, part);
        return;
    case 5:
        form->parts[at] = cut_short(editing, part);
        return;
    case 6:
        form->parts[at] = drop_line(editing, part);
        return;
    case 7:
        rewrite_line(editing);
        return;
    case 8:
        change_boundary(editing);
        return;
    case 9:
        form->parts[at] = mutate_inside(editing, part);
        return;
    default:
        form->parts[at] = add_header(editing, part);
        return;
    }
}

/* Joining */

static bool put(uint8_t *out, size_t *size, size_t max_size, struct slice text)
{
    if (text.len > max_size - *size)
        return false;
    if (text.len)
        memcpy(out + *size, text.ptr, text.len);
    *size += text.len;
    return true;
}

static size_t put_together(uint8_t *out, size_t max_size, const struct form *form)
{
    size_t size = 0;
    bool fits = put(out, &size, max_size, form->line) && put(out, &size, max_size, slice_of("\n"));
    for (size_t i = 0; fits && i < form->count; i++)
        fits = (i == 0 || (put(out, &size, max_size, slice_of("--")) &&
                           put(out, &size, max_size, form->boundary))) &&
               put(out, &size, max_size, form->parts[i]);
    return fits ? size : 0;
}

size_t mutate_multipart(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    static struct editing memory; /* a new one each time would cost more than the parser does */
    struct editing *editing = &memory;
    size_t made = 0;
    uint8_t *input = malloc(size + 1); /* the parts lie in it while data is written */
    if (input && size) {
        memcpy(input, data, size);
        editing->used = editing->form.count = 0;
        editing->chance = chance_of(seed);
        if (cut(&editing->form, slice_make(input, size))) {
            for (uint32_t edits = 1 + below(editing, EDITS_MAX); edits; edits--)
                edit(editing);
            made = put_together(data, max_size, &editing->form);
        }
    }
    free(input);
    return made;
}
