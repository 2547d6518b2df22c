/* Fuzzes what the front reads of a connection: what is known of a beginning holds for the whole,
 * whatever follows, and every part that is named lies inside the bytes. */
#include "api/served_host.h"
#include "front/connect_head.h"
#include "front/first_bytes.h"

#include <stdint.h>
#include <stdlib.h>

#define PREFIXES_MAX 300 /* that are tried of one input */

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static void expect_inside(struct slice inner, struct slice outer)
{
    expect(inner.len == 0 ||
           (inner.ptr >= outer.ptr && inner.ptr + inner.len <= outer.ptr + outer.len));
}

static void judge_every_beginning(struct slice bytes)
{
    const enum first_bytes whole = first_bytes_judge(bytes);
    for (size_t len = 0; len < bytes.len && len < PREFIXES_MAX; len++) {
        const enum first_bytes part = first_bytes_judge(slice_make(bytes.ptr, len));
        expect(part == FIRST_BYTES_MORE || part == whole);
    }
}

static void judge_trouble(struct slice bytes)
{
    struct head_trouble trouble;
    for (size_t most = 0; most <= bytes.len; most += bytes.len / 4 + 1) {
        head_trouble_judge(&trouble, bytes, most);
        expect_inside(trouble.method, bytes);
        expect_inside(trouble.path, bytes);
        expect_inside(trouble.header, bytes);
        expect(trouble.kind != HEAD_TROUBLE_CONTROL || trouble.byte < ' ' || trouble.byte == 0x7f);
    }
}

static void parse_connect(struct slice bytes)
{
    struct connect_head head, part;
    if (first_bytes_judge(bytes) != FIRST_BYTES_CONNECT ||
        connect_head_parse(&head, bytes) != CONNECT_READ)
        return;
    expect(head.size <= bytes.len && head.host[0] && head.port);
    expect_inside(head.authority, slice_make(bytes.ptr, head.size));
    for (size_t len = 8; len < head.size && len < PREFIXES_MAX; len++)
        expect(connect_head_parse(&part, slice_make(bytes.ptr, len)) == CONNECT_MORE);
    expect(connect_head_parse(&part, slice_make(bytes.ptr, head.size)) == CONNECT_READ);
    (void)host_is_served(head.authority);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct slice bytes = slice_make(data, size);
    judge_every_beginning(bytes);
    judge_trouble(bytes);
    parse_connect(bytes);
    (void)host_is_served(bytes);
    return 0;
}
