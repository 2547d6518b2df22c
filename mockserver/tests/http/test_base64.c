/* Base64 of every small size, as libmodpbase64 writes it, from memory that ends with the bytes. */
#include "http/base64.h"
#include "testing/guarded.h"
#include <modp_b64.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define LARGEST ((size_t)256)

static void base64_reads_the_bytes_and_nothing_behind_them(void **state)
{
    char bytes[LARGEST];
    (void)state;
    for (size_t i = 0; i < LARGEST; i++)
        bytes[i] = (char)(i * 37 + 11);
    for (size_t size = 0; size <= LARGEST; size++) {
        char got[LARGEST * 2], expected[LARGEST * 2];
        struct guarded copy = guarded_copy(bytes, size);
        const size_t length = base64_encode(got, copy.bytes, size);
        assert_int_equal(length, modp_b64_encode(expected, bytes, size));
        assert_memory_equal(got, expected, length);
        guarded_free(&copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64_reads_the_bytes_and_nothing_behind_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
