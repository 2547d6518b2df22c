/* The multipart parser reads what real clients send, and no input makes it read or return a byte
 * outside of what it was given. What the fields mean is not its business and not tested here. */
#include "multipart_checks.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define PICTURE "\xff\xd8\xff\x00\r\n\x1a\n\xff\xd9"

/* All with the boundary "X". */
static const struct good {
    const char *why;
    struct slice body;
    const char *parts; /* as describe() writes them */
} good[] = {
    {"curl: text, then file",
     BYTES(FIELD("service_choice", "10") FILE_HEAD
           "Content-Type: image/jpeg\r\n\r\njpeg\r\n--X--\r\n"),
     "service_choice|-|-|10\nimage_target|file|image/jpeg|jpeg\n"},
    {"file, then text", BYTES(FILE_HEAD "\r\njpeg\r\n" FIELD("service_choice", "16") END),
     "image_target|file|-|jpeg\nservice_choice|-|-|16\n"},
    {"unquoted name", BYTES(PART("name=service_choice", "10") END), "service_choice|-|-|10\n"},
    {"unquoted name with a trailing semicolon", BYTES(PART("name=service_choice;", "10") END),
     "service_choice|-|-|10\n"},
    {".NET: unquoted, with filename and filename*",
     BYTES(PART("name=image_target; filename=a.jpg; filename*=utf-8''a.jpg", "jpeg") END),
     "image_target|a.jpg|-|jpeg\n"},
    {"filename* alone, as sent",
     BYTES(PART("name=\"i\"; filename*=UTF-8''na%C3%AFve.jpg", "j") END),
     "i|UTF-8''na%C3%AFve.jpg|-|j\n"},
    {"filename wins over filename* in any order",
     BYTES(PART("filename*=UTF-8''b; filename=\"a\"; name=\"i\"", "j") END), "i|a|-|j\n"},
    {"empty file name", BYTES(PART("name=\"i\"; filename=\"\"", "j") END), "i||-|j\n"},
    {"text with a type",
     BYTES(PART("name=\"c\"\r\nContent-Type: \t text/plain; charset=utf-8 \t", "10") END),
     "c|-|text/plain; charset=utf-8|10\n"},
    {"header and parameter names in any case",
     BYTES("--X\r\ncontent-disposition:FORM-Data;NAME=\"c\";FileName=\"f\"\r\nCONTENT-TYPE:a/b"
           "\r\n\r\n10\r\n--X--\r\n"),
     "c|f|a/b|10\n"},
    {"other headers and parameters",
     BYTES("--X\r\nContent-Length: 2\r\nContent-Transfer-Encoding: binary\r\nX-Empty:\r\n" FORM
           "size=2; name=\"c\"; note=\"; name=\\\"d\\\"\"\r\n\r\n10\r\n--X--\r\n"),
     "c|-|-|10\n"},
    {"folded headers",
     BYTES("--X\r\nContent-Disposition:\r\n form-data;\r\n\tname=\"c\"\r\n ;filename=\"f\"\r\n"
           "Content-Type:\r\n a/b\r\n\r\n10\r\n--X--\r\n"),
     "c|f|a/b|10\n"},
    {"path with backslashes", BYTES(PART("name=\"i\"; filename=\"C:\\x\\y.jpg\"", "j") END),
     "i|C:\\x\\y.jpg|-|j\n"},
    {"path with slashes", BYTES(PART("name=\"i\"; filename=/a/b.jpg", "j") END),
     "i|/a/b.jpg|-|j\n"},
    {"escaped quotes of both kinds",
     BYTES(PART("name=\"i\"; filename=\"a\\\"; name=%22b\\\\\"", "j") END),
     "i|a\\\"; name=%22b\\\\|-|j\n"},
    {"raw UTF-8", BYTES(PART("name=\"i\"; filename=\"\xe7\xac\x91 1.jpg\"", "j") END),
     "i|\xe7\xac\x91 1.jpg|-|j\n"},
    {"empty value", BYTES(FIELD("c", "") END), "c|-|-|\n"},
    {"empty name", BYTES(FIELD("", "1") PART("name=", "2") END), "|-|-|1\n|-|-|2\n"},
    {"the same name twice is the caller's affair", BYTES(FIELD("c", "1") FIELD("c", "2") END),
     "c|-|-|1\nc|-|-|2\n"},
    {"no line break at the end", BYTES(FIELD("c", "1") END), "c|-|-|1\n"},
    {"preamble", BYTES("a\r\n--\r\n--Xy\r\n\r\n" FIELD("c", "1") END), "c|-|-|1\n"},
    {"preamble that looks like a delimiter", BYTES("--Xy\r\n" FIELD("c", "1") END), "c|-|-|1\n"},
    {"empty line first", BYTES("\r\n" FIELD("c", "1") END), "c|-|-|1\n"},
    {"epilogue, even of parts", BYTES(FIELD("c", "1") END FIELD("d", "2") "--X\r\n"), "c|-|-|1\n"},
    {"epilogue right after the dashes", BYTES(FIELD("c", "1") "--X--more"), "c|-|-|1\n"},
    {"padding", BYTES("--X \t\r\n" FORM "name=\"c\"\r\n\r\n1\r\n--X-- \t\r\n"), "c|-|-|1\n"},
    {"a form without fields", BYTES(END), ""},
    {"boundary not at a line start", BYTES(FIELD("c", "a--X\r\nb\n--X\r\n\r--X--") END),
     "c|-|-|a--X\r\nb\n--X\r\n\r--X--\n"},
    {"longer boundary", BYTES(FIELD("c", "\r\n--XY\r\n--X-\r\n--X -\r\n--X.") END),
     "c|-|-|\r\n--XY\r\n--X-\r\n--X -\r\n--X.\n"},
    {"line breaks around a value", BYTES(FIELD("c", "\r\n1\r\r\n") END), "c|-|-|\r\n1\r\r\n\n"},
};

/* The parts as text, one "name|file name|type|body" a line; "-" stands for what was not sent. */
static void describe(char *text, size_t size, const struct multipart *form)
{
    struct slice none = slice_of("-");
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < form->kept; i++) {
        const struct multipart_part *part = &form->parts[i];
        struct slice columns[] = {
            part->name,
            part->has_file_name ? part->file_name : none,
            part->content_type.ptr ? part->content_type : none,
            part->body,
        };
        for (size_t k = 0; k < ROWS(columns); k++) {
            assert_true(used + columns[k].len + 2 < size);
            memcpy(text + used, columns[k].ptr, columns[k].len);
            used += columns[k].len;
            text[used++] = k + 1 < ROWS(columns) ? '|' : '\n';
        }
        text[used] = '\0';
    }
}

static void multipart_parse_reads_what_real_clients_send(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(good); i++) {
        struct multipart form;
        char why[MULTIPART_WHY_SIZE], text[1024];
        if (!parse_checked(&form, good[i].body, slice_of("X"), why))
            fail_msg("%s: refused: %s", good[i].why, why);
        describe(text, sizeof text, &form);
        if (strcmp(text, good[i].parts) != 0)
            print_error("%s:\n", good[i].why);
        assert_string_equal(text, good[i].parts);
    }
}

static void multipart_parse_keeps_every_byte_of_a_picture(void **state)
{
    (void)state;
    static const char body[] = FILE_HEAD "\r\n" PICTURE "\r\n--X--\r\n";
    struct multipart form;
    char why[MULTIPART_WHY_SIZE];
    assert_true(parse_checked(&form, slice_make(body, sizeof body - 1), slice_of("X"), why));
    assert_int_equal(form.count, 1);
    assert_int_equal(form.parts[0].body.len, sizeof(PICTURE) - 1);
    assert_memory_equal(form.parts[0].body.ptr, PICTURE, sizeof(PICTURE) - 1);
}

static void multipart_parse_takes_the_longest_boundary(void **state)
{
    (void)state;
    char body[512], why[MULTIPART_WHY_SIZE];
    int len = snprintf(body, sizeof body, "--%s\r\n" FORM "name=c\r\n\r\n--%.69s\r\n--%s--",
                       SEVENTY, SEVENTY, SEVENTY);
    struct multipart form;
    assert_true(parse_checked(&form, slice_make(body, (size_t)len), slice_of(SEVENTY), why));
    assert_int_equal(form.count, 1);
    assert_int_equal(form.parts[0].body.len, 2 + 69);
}

static void multipart_parse_refuses_every_truncation_of_a_right_body(void **state)
{
    (void)state;
    struct fence fence;
    fence_init(&fence, 4096);
    for (size_t i = 0; i < ROWS(good); i++) {
        const char *text = good[i].body.ptr, *close = strstr(text, "\r\n" END);
        size_t closed = close ? (size_t)(close - text) + sizeof("\r\n" END) - 1 : sizeof END - 1;
        for (size_t len = 0; len <= good[i].body.len; len++) {
            for (int at_end = 0; at_end < 2; at_end++) {
                struct slice body =
                    fence_put(&fence, slice_make(good[i].body.ptr, len), at_end != 0);
                struct multipart form;
                char why[MULTIPART_WHY_SIZE];
                bool ok = parse_checked(&form, body, slice_of("X"), why);
                if (ok != (len >= closed))
                    fail_msg("%s, cut after %zu of %zu bytes: %s", good[i].why, len,
                             good[i].body.len, ok ? "accepted" : why);
            }
        }
    }
    fence_clear(&fence);
}

/* Any bytes */

/* Small, seeded and the same everywhere: a failure comes back. */
static uint32_t random_next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static void multipart_parse_keeps_its_promises_when_bytes_are_mutated(void **state)
{
    (void)state;
    enum { ROUNDS = 60000, ROOM = 4096 };
    static const char *const pieces[] = {"\r\n", "--X",      "--", "\"",   "\\", ";",
                                         "=",    "\r\n\r\n", ":",  " ",    "\n", "\r",
                                         "X",    "\r\n--X",  FORM, "name="};
    struct fence fence;
    fence_init(&fence, ROOM);
    uint32_t seed = 20260108;
    char buffer[ROOM];
    size_t accepted = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct slice start = good[random_next(&seed) % ROWS(good)].body;
        size_t len = start.len;
        memcpy(buffer, start.ptr, len);
        for (uint32_t edits = 1 + random_next(&seed) % 3; edits > 0 && len > 0; edits--) {
            size_t at = random_next(&seed) % len;
            const char *piece = pieces[random_next(&seed) % ROWS(pieces)];
            size_t count = 1 + random_next(&seed) % 8;
            switch (random_next(&seed) % 3) {
            case 0:
                buffer[at] = (char)random_next(&seed);
                break;
            case 1:
                count = count < len - at ? count : len - at;
                memmove(buffer + at, buffer + at + count, len - at - count);
                len -= count;
                break;
            default:
                memmove(buffer + at + strlen(piece), buffer + at, len - at);
                memcpy(buffer + at, piece, strlen(piece));
                len += strlen(piece);
            }
        }
        struct multipart form;
        char why[MULTIPART_WHY_SIZE];
        struct slice body = fence_put(&fence, slice_make(buffer, len), round % 2 == 0);
        accepted += parse_checked(&form, body, slice_of("X"), why);
    }
    fence_clear(&fence);
    /* Otherwise the loop would have shown nothing about one of the two outcomes. */
    assert_in_range(accepted, ROUNDS / 20, ROUNDS * 19 / 20);
}

/* Whether framed bytes hold a delimiter line, looked for byte by byte. */
static bool holds_delimiter(const char *bytes, size_t len)
{
    for (size_t i = 0; i + 5 <= len; i++) {
        if (memcmp(bytes + i, "\r\n--X", 5) != 0)
            continue;
        size_t k = i + 5;
        if (k + 2 <= len && memcmp(bytes + k, "--", 2) == 0)
            return true;
        while (k < len && (bytes[k] == ' ' || bytes[k] == '\t'))
            k++;
        if (k < len && (bytes[k] == '\n' || (k + 1 < len && memcmp(bytes + k, "\r\n", 2) == 0)))
            return true;
    }
    return false;
}

/* Contents made of the delimiter's own bytes come back whole exactly when they hold none. */
static void multipart_parse_returns_contents_made_of_delimiter_bytes(void **state)
{
    (void)state;
    enum { ROUNDS = 40000, LONGEST = 24 };
    static const char head[] = "--X\r\n" FORM "name=c\r\n\r\n", end[] = "\r\n--X--";
    static const char *const pieces[] = {"\r", "\n", "-", "X", " ", "\r\n", "--X", "\r\n--X", "Y"};
    uint32_t seed = 4095;
    size_t whole = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        char body[sizeof head + LONGEST * 5 + sizeof end];
        size_t used = sizeof head - 1;
        memcpy(body, head, used);
        for (uint32_t left = random_next(&seed) % LONGEST; left > 0; left--) {
            const char *piece = pieces[random_next(&seed) % ROWS(pieces)];
            memcpy(body + used, piece, strlen(piece));
            used += strlen(piece);
        }
        size_t content = used - (sizeof head - 1);
        memcpy(body + used, end, sizeof end - 1);
        /* From the empty line's CRLF to the byte before the closing delimiter's dashes. */
        bool clean = !holds_delimiter(body + sizeof head - 3, content + 2 + 5);
        struct multipart form;
        char why[MULTIPART_WHY_SIZE];
        bool ok = parse_checked(&form, slice_make(body, used + sizeof end - 1), slice_of("X"), why);
        bool same = ok && form.count == 1 && form.parts[0].body.len == content;
        if (same != clean)
            fail_msg("round %u: %zu bytes, %s", round, content, ok ? "cut elsewhere" : why);
        whole += same;
    }
    assert_in_range(whole, ROUNDS / 20, ROUNDS * 19 / 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(multipart_parse_reads_what_real_clients_send),
        cmocka_unit_test(multipart_parse_keeps_every_byte_of_a_picture),
        cmocka_unit_test(multipart_parse_takes_the_longest_boundary),
        cmocka_unit_test(multipart_parse_refuses_every_truncation_of_a_right_body),
        cmocka_unit_test(multipart_parse_keeps_its_promises_when_bytes_are_mutated),
        cmocka_unit_test(multipart_parse_returns_contents_made_of_delimiter_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
