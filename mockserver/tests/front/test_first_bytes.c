/* What a connection speaks, and what its first head lacks. */
#include "front/first_bytes.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define HEAD_MOST 200
#define GOOD "POST /p?q HTTP/1.1\r\nHost: a\r\n"

static void first_bytes_tell_what_a_connection_speaks(void **state)
{
    (void)state;
    static const struct {
        const char *why, *bytes;
        enum first_bytes expected;
    } table[] = {
        {"nothing", "", FIRST_BYTES_MORE},
        {"a record of a handshake", "\x16", FIRST_BYTES_TLS},
        {"a whole record", "\x16\x03\x01", FIRST_BYTES_TLS},
        {"another record", "\x15\x03\x01", FIRST_BYTES_HTTP},
        {"a letter of CONNECT", "C", FIRST_BYTES_MORE},
        {"CONNECT without its blank", "CONNECT", FIRST_BYTES_MORE},
        {"CONNECT", "CONNECT ", FIRST_BYTES_CONNECT},
        {"CONNECT and more", "CONNECT a:1 HTTP/1.1\r\n", FIRST_BYTES_CONNECT},
        {"in small letters", "connect ", FIRST_BYTES_HTTP},
        {"another method", "CONNECTED ", FIRST_BYTES_HTTP},
        {"one that begins alike", "COPY", FIRST_BYTES_HTTP},
        {"POST", "P", FIRST_BYTES_HTTP},
        {"an empty line", "\r\n", FIRST_BYTES_HTTP},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (first_bytes_judge(slice_of(table[i].bytes)) != table[i].expected)
            fail_msg("%s", table[i].why);
}

struct trouble_row {
    const char *why, *bytes;
    enum head_trouble_kind kind;
    const char *method, *path, *header;
    unsigned char byte;
};

static void expect_trouble(const struct trouble_row *row)
{
    struct head_trouble found;
    head_trouble_judge(&found, slice_of(row->bytes), HEAD_MOST);
    if (found.kind != row->kind)
        fail_msg("%s: kind %d", row->why, (int)found.kind);
    if (!slice_equal(found.method, slice_of(row->method)) ||
        !slice_equal(found.path, slice_of(row->path)))
        fail_msg("%s: %.*s %.*s", row->why, (int)found.method.len, found.method.ptr,
                 (int)found.path.len, found.path.ptr);
    if (!slice_equal(found.header, slice_of(row->header)) || found.byte != row->byte)
        fail_msg("%s: header %.*s, byte %d", row->why, (int)found.header.len, found.header.ptr,
                 found.byte);
}

static void head_troubles_are_named(void **state)
{
    (void)state;
    static const struct trouble_row table[] = {
        {"a right head", GOOD "\r\n", HEAD_TROUBLE_NONE, "POST", "/p", "", 0},
        {"a part of one", GOOD, HEAD_TROUBLE_NONE, "POST", "/p", "", 0},
        {"a part of a line", "POST /p", HEAD_TROUBLE_NONE, "POST", "/p", "", 0},
        {"TLS", "\x16\x03\x01 / HTTP/1.1", HEAD_TROUBLE_TLS, "", "", "", 0},
        {"a tab", GOOD "X-A: b\tc\r\n\r\n", HEAD_TROUBLE_TAB, "POST", "/p", "X-A", '\t'},
        {"a tab after the colon", GOOD "X-A:\tc\r\n", HEAD_TROUBLE_TAB, "POST", "/p", "X-A", '\t'},
        {"a folded line", GOOD "X: a\r\n\tb\r\n", HEAD_TROUBLE_TAB, "POST", "/p", "", '\t'},
        {"a tab in the request line", "POST\t/p HTTP/1.1\r\n", HEAD_TROUBLE_TAB, "", "", "", '\t'},
        {"a tab in the body alone", GOOD "\r\na\tb", HEAD_TROUBLE_NONE, "POST", "/p", "", 0},
        {"a bell", GOOD "X: \a\r\n\r\n", HEAD_TROUBLE_CONTROL, "POST", "/p", "X", '\a'},
        {"DEL", GOOD "X: \x7f\r\n\r\n", HEAD_TROUBLE_CONTROL, "POST", "/p", "X", 0x7f},
        {"no version", "POST /p\r\nHost: a\r\n\r\n", HEAD_TROUBLE_LINE, "POST", "/p", "", 0},
        {"no path", "POST\r\n\r\n", HEAD_TROUBLE_LINE, "", "", "", 0},
        {"an empty path", "POST  HTTP/1.1\r\n\r\n", HEAD_TROUBLE_LINE, "", "", "", 0},
        {"another protocol", "POST /p RTSP/1.0\r\n\r\n", HEAD_TROUBLE_LINE, "POST", "/p", "", 0},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        expect_trouble(&table[i]);
}

static void head_that_does_not_end_is_too_large(void **state)
{
    (void)state;
    char bytes[HEAD_MOST + 1];
    struct head_trouble found;
    memset(bytes, 'a', sizeof bytes);
    memcpy(bytes, GOOD, sizeof GOOD - 1);
    head_trouble_judge(&found, slice_make(bytes, HEAD_MOST), HEAD_MOST);
    assert_int_equal(found.kind, HEAD_TROUBLE_SIZE);
    assert_true(slice_equal(found.path, slice_of("/p")));
    head_trouble_judge(&found, slice_make(bytes, HEAD_MOST - 1), HEAD_MOST);
    assert_int_equal(found.kind, HEAD_TROUBLE_NONE);
    memcpy(bytes + HEAD_MOST - 4, "\r\n\r\n", 4);
    head_trouble_judge(&found, slice_make(bytes, HEAD_MOST), HEAD_MOST);
    assert_int_equal(found.kind, HEAD_TROUBLE_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_bytes_tell_what_a_connection_speaks),
        cmocka_unit_test(head_troubles_are_named),
        cmocka_unit_test(head_that_does_not_end_is_too_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
