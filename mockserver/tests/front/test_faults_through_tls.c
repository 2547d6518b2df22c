/* Every fault of faults.def survives TLS and CONNECT: a raw client sees the same bytes before the
 * same end, whichever way it came. The ends are typed here again, for each fault.
 * labels: threads */
#include "api/fault.h"
#include "base/count_of.h"
#include "mock_sockets.h"
#include "pins.h"
#include "wire_world.h"
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#define REFUSE_MS 300
#define EXPECT_MS 400 /* how long a client waits for 100 Continue before it sends the body */

/* A fault that closes the connection sends no close_notify: only a connection that comes to its
 * usual end has one. */
static const struct fault_row {
    const char *name;
    long amount; /* -1: none is given */
    enum wire_end end;
} rows[] = {
    {"reset-upload", 1024, WIRE_RESET},
    {"close-upload", 1024, WIRE_FIN},
    {"stall-upload", 80, WIRE_FIN},
    {"slow-upload", 100000, WIRE_NOTIFIED},
    {"early-413", -1, WIRE_NOTIFIED},
    {"no-continue", -1, WIRE_NOTIFIED},
    {"late-continue", 30, WIRE_NOTIFIED},
    {"reset-before-answer", -1, WIRE_RESET},
    {"reset-mid-answer", -1, WIRE_RESET},
    {"close-before-answer", -1, WIRE_FIN},
    {"close-mid-answer", -1, WIRE_FIN},
    {"cut-after", 100, WIRE_FIN},
    {"stall-before-answer", 80, WIRE_FIN},
    {"stall-mid-head", 80, WIRE_FIN},
    {"stall-mid-answer", 80, WIRE_FIN},
    {"dribble", 60000, WIRE_NOTIFIED},
    {"refuse-afterwards", REFUSE_MS, WIRE_FIN},
    {"length-too-long", 10, WIRE_FIN},
    {"length-too-short", 10, WIRE_FIN},
    {"broken-chunk", -1, WIRE_FIN},
    {"garbage-status", -1, WIRE_FIN},
    {"wrong-content-type", -1, WIRE_NOTIFIED},
    {"gzip-undeclared", -1, WIRE_NOTIFIED},
    {"html-body", -1, WIRE_NOTIFIED},
    {"empty-body", -1, WIRE_NOTIFIED},
    {"json-truncated", -1, WIRE_NOTIFIED},
    {"json-garbage", -1, WIRE_NOTIFIED},
    {"json-array", -1, WIRE_NOTIFIED},
    {"json-duplicate-key", -1, WIRE_NOTIFIED},
    {"json-invalid-utf8", -1, WIRE_NOTIFIED},
    {"json-huge", 1000000, WIRE_NOTIFIED},
    {"base64-data-prefix", -1, WIRE_NOTIFIED},
    {"base64-line-breaks", -1, WIRE_NOTIFIED},
    {"base64-url-alphabet", -1, WIRE_NOTIFIED},
    {"base64-bad-padding", -1, WIRE_NOTIFIED},
    {"base64-no-image", -1, WIRE_NOTIFIED},
    {"base64-half-image", -1, WIRE_NOTIFIED},
};

static int world_open(void **state)
{
    *state = wire_world_open((struct ailab_mock_options){.result = "echo"});
    return 0;
}

/* What differs by nature: the date and the ids. */

/* Each digit and capital letter up to the stop, wherever start stands, becomes 'x'. */
static void mask(struct mock_text *bytes, const char *start, char stop)
{
    size_t len = strlen(start);
    char *at = bytes->ptr, *end = bytes->ptr + bytes->len;
    while (at && (at = memmem(at, (size_t)(end - at), start, len)))
        for (at += len; at < end && *at != stop; at++)
            if ((*at >= '0' && *at <= '9') || (*at >= 'A' && *at <= 'Z') ||
                (*at >= 'a' && *at <= 'z'))
                *at = 'x';
}

/* In place of a body that is gzipped, which its ids make longer or shorter, the body as it was. */
static void unzip_body(struct mock_text *bytes)
{
    char *body = memmem(bytes->ptr, bytes->len, "\r\n\r\n\x1f\x8b", 6);
    unsigned char plain[65536];
    if (!body)
        return;
    body += 4;
    z_stream stream = {.next_in = (unsigned char *)body,
                       .avail_in = (unsigned)(bytes->ptr + bytes->len - body),
                       .next_out = plain,
                       .avail_out = sizeof plain};
    assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    inflateEnd(&stream);
    bytes->len = (size_t)(body - bytes->ptr);
    mock_text_add(bytes, slice_make((char *)plain, stream.total_out));
    mask(bytes, "Content-Length: ", '\r');
}

static void mask_what_differs(struct mock_text *bytes)
{
    if (!bytes->len)
        return;
    unzip_body(bytes);
    mask(bytes, "\r\nDate: ", '\r');
    mask(bytes, "\"request_id\":\"", '"');
    mask(bytes, "\"log_id\":\"", '"');
}

/* One exchange */

static void arm(struct ailab_mock *mock, const struct fault_row *row, bool error)
{
    char steps[256], fault[96], why[AILAB_MOCK_ERROR_SIZE] = "";
    if (row->amount >= 0)
        snprintf(fault, sizeof fault, "{\"name\":\"%s\",\"amount\":%ld}", row->name, row->amount);
    else
        snprintf(fault, sizeof fault, "\"%s\"", row->name);
    snprintf(steps, sizeof steps, "[{%s\"fault\":%s}]",
             error ? "\"error\":\"ERROR_BLURRY_FACE\"," : "", fault);
    if (ailab_mock_arm(mock, MOCK_KEY, steps, why) != AILAB_MOCK_OK)
        fail_msg("%s: %s", steps, why);
}

/* The head, a wait for 100 Continue where the row is about it, and the body. */
static void send_request(struct wire *wire, const struct wire_world *world,
                         const struct fault_row *row)
{
    struct mock_call call = mock_call_right(slice_make(world->image, world->image_size));
    bool expects = strstr(row->name, "-continue") != NULL;
    mock_call_header(&call, "Connection", "close");
    if (expects)
        mock_call_header(&call, "Expect", "100-continue");
    struct mock_text bytes = mock_call_bytes(&call);
    const char *body = strstr(bytes.ptr, "\r\n\r\n") + 4;
    size_t head_len = expects ? (size_t)(body - bytes.ptr) : 0;
    if (expects) {
        wire_send(wire, slice_make(bytes.ptr, head_len));
        wire_stirs(wire, EXPECT_MS);
    }
    wire_send(wire, slice_make(bytes.ptr + head_len, bytes.len - head_len));
    mock_text_clear(&bytes);
}

struct outcome {
    struct mock_text bytes;
    enum wire_end end;
};

static struct outcome meet(const struct wire_world *world, const struct fault_row *row, bool error,
                           enum wire_way way)
{
    struct wire wire;
    arm(world->mock, row, error);
    wire_open(&wire, &world->ports, way);
    send_request(&wire, world, row);
    struct outcome outcome = {wire_read_to_end(&wire), wire.end};
    wire_close(&wire);
    mask_what_differs(&outcome.bytes);
    return outcome;
}

/* The port takes no connections; then, within the deadline, it does again. A machine so slow that
 * the time is over by now shows nothing. */
static void await_refusal_and_its_end(const struct wire_world *world, enum wire_way way,
                                      int64_t asked_us)
{
    uint16_t port = way == WIRE_PLAIN ? world->ports.http : world->ports.https;
    int64_t until_us = mock_now_us() + MOCK_WAIT_MS * INT64_C(1000);
    int fd = mock_connect(port);
    if (fd >= 0 && mock_now_us() - asked_us < REFUSE_MS * INT64_C(1000))
        fail_msg("refuse-afterwards, %s: a connection was taken", wire_way_name(way));
    while (fd < 0 && (fd = mock_connect(port)) < 0 && mock_now_us() < until_us)
        poll(NULL, 0, 2);
    if (fd < 0)
        fail_msg("refuse-afterwards, %s: connections are refused for ever", wire_way_name(way));
    close(fd);
}

static void expect_end(const struct fault_row *row, enum wire_way way, enum wire_end end)
{
    bool has_tls = way == WIRE_TLS || way == WIRE_CONNECT;
    enum wire_end expected = !has_tls && row->end == WIRE_FIN ? WIRE_NOTIFIED : row->end;
    if (end != expected)
        fail_msg("%s, %s: %s instead of %s", row->name, wire_way_name(way), wire_end_name(end),
                 wire_end_name(expected));
}

static void expect_same(const struct fault_row *row, enum wire_way way, const struct outcome *plain,
                        const struct outcome *outcome)
{
    size_t same = 0;
    while (same < plain->bytes.len && same < outcome->bytes.len &&
           plain->bytes.ptr[same] == outcome->bytes.ptr[same])
        same++;
    if (same < plain->bytes.len || same < outcome->bytes.len)
        fail_msg("%s, %s: %zu bytes instead of %zu, the first %zu as they should be", row->name,
                 wire_way_name(way), outcome->bytes.len, plain->bytes.len, same);
}

static void check_row(const struct wire_world *world, const struct fault_row *row, bool error)
{
    struct outcome plain = {0};
    for (enum wire_way way = WIRE_PLAIN; way < WIRE_WAYS; way++) {
        int64_t asked_us = mock_now_us();
        struct outcome outcome = meet(world, row, error, way);
        expect_end(row, way, outcome.end);
        if (strcmp(row->name, "refuse-afterwards") == 0)
            await_refusal_and_its_end(world, way, asked_us);
        if (way == WIRE_PLAIN) {
            plain = outcome;
            continue;
        }
        expect_same(row, way, &plain, &outcome);
        mock_text_clear(&outcome.bytes);
    }
    mock_text_clear(&plain.bytes);
}

static void faults_are_the_same_through_tls_and_connect_on_a_success(void **state)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_row(*state, &rows[i], false);
}

static void faults_are_the_same_through_tls_and_connect_on_an_error(void **state)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        check_row(*state, &rows[i], true);
}

/* Each fault has one row, and no row is about something else. */
static void faults_all_have_a_row(void **state)
{
    bool has[FAULT_COUNT] = {false};
    (void)state;
    assert_int_equal(COUNT_OF(rows), PINNED_FAULTS);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum fault_id fault = fault_find(slice_of(rows[i].name));
        if (fault == FAULT_NONE || has[fault])
            fail_msg("%s: no fault, or twice", rows[i].name);
        has[fault] = true;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faults_all_have_a_row),
        cmocka_unit_test(faults_are_the_same_through_tls_and_connect_on_a_success),
        cmocka_unit_test(faults_are_the_same_through_tls_and_connect_on_an_error),
    };
    return cmocka_run_group_tests_name("faults_through_tls", tests, world_open, wire_world_close);
}
