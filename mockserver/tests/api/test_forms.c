/* Every form of forms.tsv gets the answer that its row says. */
#include "mock_requests.h"
#include "testing/files.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TABLE AILAB_SOURCE_DIR "/mockserver/tests/api/forms.tsv"
#define PICTURE AILAB_SOURCE_DIR "/fixtures/images/portrait-small.jpg"
#define ROWS_MIN 790
#define USUAL_BOUNDARY "----WebKitFormBoundary7MA4YWxkTrZu0gW"
#define PICTURE_HEAD                                                                               \
    "Content-Disposition: form-data; name=\"image_target\"; filename=\"p.jpg\"\r\n"                \
    "Content-Type: image/jpeg\r\n\r\n"

enum column { ID, ANSWER, ALIKE, REFUSED, OTHERWISE, GO, HEADER, BOUNDARY, BODY, COLUMNS };

struct expansion {
    struct mock_text *out;
    struct slice picture;
    const char *boundary;
    long count; /* what # stands for; -1 outside of {N#...} */
};

static void expand(const struct expansion *to, const char *text, size_t size);

static void add(const struct expansion *to, const char *text)
{
    mock_text_add(to->out, slice_of(text));
}

static void add_delimiter(const struct expansion *to, const char *end)
{
    add(to, "--");
    add(to, to->boundary);
    add(to, end);
}

static void add_named(const struct expansion *to, struct slice name)
{
    const unsigned char *length = (const unsigned char *)to->picture.ptr + 4; /* of APP0 */
    const size_t comment = 4 + ((size_t)length[0] << 8 | length[1]);
    if (slice_equal(name, slice_of("DELIMITER"))) {
        add_delimiter(to, "\r\n");
    } else if (slice_equal(name, slice_of("END"))) {
        add_delimiter(to, "--\r\n");
    } else if (slice_equal(name, slice_of("CHOICE"))) {
        add_delimiter(to,
                      "\r\nContent-Disposition: form-data; name=\"service_choice\"\r\n\r\n12\r\n");
    } else if (slice_equal(name, slice_of("PICTURE"))) {
        add_delimiter(to, "\r\n" PICTURE_HEAD);
        mock_text_add(to->out, to->picture);
        add(to, "\r\n");
    } else if (slice_equal(name, slice_of("PICTURE_HEAD"))) {
        add(to, PICTURE_HEAD);
    } else if (slice_equal(name, slice_of("JPEG"))) {
        mock_text_add(to->out, to->picture);
    } else if (slice_equal(name, slice_of("JPEG_START"))) {
        mock_text_add(to->out, slice_make(to->picture.ptr, comment));
    } else if (slice_equal(name, slice_of("JPEG_REST"))) {
        mock_text_add(to->out, slice_make(to->picture.ptr + comment, to->picture.len - comment));
    } else {
        fail_msg("unknown {%.*s}", (int)name.len, name.ptr);
    }
}

/* What stands between the braces. */
static void add_braced(const struct expansion *to, struct slice inside)
{
    char *end;
    long times = strtol(inside.ptr, &end, 10);
    size_t used = (size_t)(end - inside.ptr);
    if (used == 0) {
        add_named(to, inside);
        return;
    }
    struct expansion repeat = *to;
    for (long i = 0; i < times; i++) {
        repeat.count = *end == '#' ? i : -1;
        expand(&repeat, end + 1, inside.len - used - 1);
    }
}

/* Adds what the escape stands for and returns how long it is. */
static size_t add_escape(const struct expansion *to, const char *text)
{
    static const char letters[] = "rnt\\", meant[] = "\r\n\t\\";
    const char *letter = strchr(letters, text[1]);
    unsigned byte = 0;
    if (letter) {
        mock_text_add(to->out, slice_make(meant + (letter - letters), 1));
        return 2;
    }
    assert_int_equal(sscanf(text, "\\x%2x", &byte), 1);
    mock_text_add(to->out, slice_make((char[]){(char)byte}, 1));
    return 4;
}

static size_t closing_brace(const char *text)
{
    size_t at = 0;
    for (int depth = 0; text[at]; at++) {
        depth += (text[at] == '{') - (text[at] == '}');
        if (depth == 0)
            return at;
    }
    fail_msg("no } behind %s", text);
    return 0;
}

static void expand(const struct expansion *to, const char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        if (text[at] == '{') {
            size_t end = closing_brace(text + at);
            add_braced(to, slice_make(text + at + 1, end - 1));
            at += end + 1;
        } else if (text[at] == '\\') {
            at += add_escape(to, text + at);
        } else if (text[at] == '#' && to->count >= 0) {
            mock_text_print(to->out, "%ld", to->count);
            at++;
        } else {
            mock_text_add(to->out, slice_make(text + at++, 1));
        }
    }
}

static char *expanded(const struct expansion *to, const char *text)
{
    struct mock_text out = {0};
    struct expansion plain = *to;
    plain.out = &out;
    expand(&plain, text, strlen(text));
    mock_text_add(&out, slice_make("", 1));
    return out.ptr;
}

static const char *judge(struct mock_call *call)
{
    const struct mock_world world = mock_world_in(REVISION_R2026_01);
    struct verdict verdict = mock_judge(call, &world);
    return verdict.code == ERROR_NONE ? "200" : error_info(verdict.code)->name;
}

/* The lines "Content-Type: value" of a row; none when the column is empty. */
static void set_headers(struct mock_call *call, char *lines)
{
    mock_call_header(call, "Content-Type", NULL);
    for (char *line = strtok(lines, "\n"); line; line = strtok(NULL, "\n")) {
        char *colon = strchr(line, ':');
        assert_non_null(colon);
        *colon = '\0';
        mock_call_header(call, line, colon + 1 + strspn(colon + 1, " \t"));
    }
}

static size_t check(char *const columns[COLUMNS], struct slice picture)
{
    struct mock_text body = {0};
    struct expansion to = {.out = &body, .picture = picture, .count = -1};
    char *boundary =
        expanded(&to, strcmp(columns[BOUNDARY], "=") ? columns[BOUNDARY] : USUAL_BOUNDARY);
    char usual[1200];
    snprintf(usual, sizeof usual, "Content-Type: multipart/form-data; boundary=%s", boundary);
    char *headers = strcmp(columns[HEADER], "=") ? expanded(&to, columns[HEADER]) : strdup(usual);
    struct mock_call call = mock_call_right(picture);
    to.boundary = boundary;
    expand(&to, columns[BODY], strlen(columns[BODY]));
    set_headers(&call, headers);
    call.body_replaced = true;
    call.body = mock_text_slice(&body);
    const char *answer = judge(&call);
    bool right = strcmp(answer, columns[ANSWER]) == 0;
    if (!right)
        print_error("%s: %s instead of %s\n", columns[ID], answer, columns[ANSWER]);
    mock_text_clear(&body);
    free(boundary);
    free(headers);
    return !right;
}

static void forms_are_read_as_the_parsers_in_use_read_them(void **state)
{
    size_t rows = 0, wrong = 0, picture_size;
    char *table = file_read(TABLE, NULL), *next = table;
    char *picture = file_read(PICTURE, &picture_size);
    (void)state;
    while (next && *next) {
        char *line = next, *columns[COLUMNS];
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        if (*line == '#')
            continue;
        for (size_t i = 0; i < COLUMNS; i++) {
            columns[i] = strsep(&line, "\t");
            assert_non_null(columns[i]);
        }
        rows++;
        wrong += check(columns, slice_make(picture, picture_size));
    }
    free(table);
    free(picture);
    assert_true(rows >= ROWS_MIN);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_are_read_as_the_parsers_in_use_read_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
