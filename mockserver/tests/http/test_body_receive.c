/* A request's body from a source without a socket: its bounds, how it may end, what an upload fault
 * does to it, and when the deadline's clock stands still. */
#include "http/block_pool.h"
#include "http/body_receive.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])
#define SMALL ((size_t)64 * 1024)
#define BOUND ((uint64_t)1000000)
#define LARGE 2000000 /* several pieces */

/* A client that sends so many bytes, each read at most so many. */
struct peer {
    size_t left, piece, read, largest;
    int then; /* what a read returns after the bytes */
    bool overdue, at_end, gone;
    unsigned held, let_go, waits;
    uint64_t waited_ms, stalled_ms;
    char sent[64];
    bool server_stops;        /* before the body is received */
    size_t loses_place_at;    /* with the read that reaches so many bytes; 0: never */
    size_t loses_it_again_at; /* the same a second time */
    uint64_t bound;           /* of the body; 0: BOUND */
    struct received received;
};

/* What an earlier request has left in the room that is not needed yet goes back to the system. */
static void lose_place(struct peer *peer)
{
    char *beyond = peer->received.body + peer->read + 2 * BODY_PIECE_BYTES;
    const bool is_within = peer->read + 4 * BODY_PIECE_BYTES < peer->received.room;
    if (is_within)
        memset(beyond, 'z', BODY_PIECE_BYTES);
    body_place_yield(&peer->received.place);
    if (is_within)
        assert_int_equal(beyond[BODY_PIECE_BYTES - 1], 0);
    peer->loses_place_at = peer->loses_it_again_at;
    peer->loses_it_again_at = 0;
}

static int peer_read(void *context, void *buffer, size_t size)
{
    struct peer *peer = context;
    size_t got = size < peer->piece ? size : peer->piece;
    got = got < peer->left ? got : peer->left;
    if (!got)
        return peer->then;
    for (size_t i = 0; i < got; i++)
        ((char *)buffer)[i] = (char)((peer->read + i) * 7);
    peer->largest = size > peer->largest ? size : peer->largest;
    peer->read += got;
    peer->left -= got;
    if (peer->loses_place_at && peer->read >= peer->loses_place_at)
        lose_place(peer);
    return (int)got;
}

static bool peer_is_overdue(void *context)
{
    return ((struct peer *)context)->overdue;
}

static bool peer_is_at_end(void *context)
{
    return ((struct peer *)context)->at_end;
}

static void peer_hold(void *context, bool hold)
{
    struct peer *peer = context;
    assert_int_equal(peer->held - peer->let_go, hold ? 0 : 1); /* by turns, held first */
    *(hold ? &peer->held : &peer->let_go) += 1;
}

static bool peer_write(void *context, struct slice bytes)
{
    struct peer *peer = context;
    snprintf(peer->sent + strlen(peer->sent), sizeof peer->sent - strlen(peer->sent), "%.*s",
             (int)bytes.len, bytes.ptr);
    return !peer->gone;
}

static bool peer_wait(void *context, uint64_t ms)
{
    struct peer *peer = context;
    peer->waits++;
    peer->waited_ms += ms;
    return !peer->gone;
}

static bool peer_stall(void *context, uint64_t ms)
{
    struct peer *peer = context;
    peer->stalled_ms += ms;
    return !peer->gone;
}

static struct request_head announced(uint64_t bytes)
{
    return (struct request_head){.framing = BODY_LENGTH, .content_length = bytes};
}

/* Receives from the peer; the bytes must be those that it sent. */
static struct received receive(struct peer *peer, const struct request_head *head,
                               struct upload_fault fault)
{
    const struct source source = {peer_read, peer_is_overdue, peer_is_at_end, peer_hold, peer};
    const struct sink sink = {
        .write = peer_write, .wait = peer_wait, .stall = peer_stall, .context = peer};
    const struct body_memory memory = {block_pool_new(1 << 20), body_budget_new(1 << 22)};
    struct received *received = &peer->received;
    *received = (struct received){0};
    assert_non_null(memory.pool);
    assert_non_null(memory.budget);
    if (peer->server_stops)
        body_budget_stop(memory.budget);
    receive_body(received, head, &fault, peer->bound ? peer->bound : BOUND, &source, &sink,
                 &memory);
    struct slice bytes = received_bytes(received);
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes.ptr[i] != (char)(i * 7))
            fail_msg("byte %zu is another", i);
    assert_int_equal(peer->held, peer->let_go);
    received_clear(received, &memory);
    assert_int_equal(body_budget_use(memory.budget).active, 0);
    body_budget_free(memory.budget);
    block_pool_free(memory.pool);
    return *received;
}

static const struct upload_fault none;

static void body_of_known_length_ends_as_its_sender_ends_it(void **state)
{
    static const struct {
        const char *why;
        uint64_t length;
        struct peer peer;
        enum body_end end;
        uint64_t size;
    } rows[] = {
        {"nothing", 0, {.piece = 10}, BODY_COMPLETE, 0},
        {"whole", 100, {.left = 100, .piece = 7}, BODY_COMPLETE, 100},
        {"and what follows is left", 100, {.left = 101, .piece = 200}, BODY_COMPLETE, 100},
        {"cut off", 100, {.left = 99, .piece = 200}, BODY_CUT, 99},
        {"a read fails", 100, {.left = 5, .piece = 5, .then = -1}, BODY_CUT, 5},
        {"too slow", 100, {.left = 5, .piece = 5, .overdue = true}, BODY_TIMED_OUT, 5},
        {"as long as it may be", BOUND, {.left = BOUND, .piece = BOUND}, BODY_COMPLETE, BOUND},
        {"one longer", BOUND + 1, {.left = BOUND + 1, .piece = BOUND}, BODY_TOO_LARGE, BOUND + 1},
        {"far longer", BOUND * 9, {.left = BOUND * 9, .piece = BOUND}, BODY_TOO_LARGE, BOUND + 1},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct peer peer = rows[i].peer;
        const struct request_head head = announced(rows[i].length);
        struct received received = receive(&peer, &head, none);
        if (received.end != rows[i].end || received.size != rows[i].size)
            fail_msg("%s: end %d, %lu bytes", rows[i].why, received.end,
                     (unsigned long)received.size);
        assert_true(peer.largest <= BODY_PIECE_BYTES);
    }
}

static void chunked_body_ends_as_its_sender_ends_it(void **state)
{
    static const struct {
        const char *why;
        struct peer peer;
        enum body_end end;
        uint64_t size;
    } rows[] = {
        {"nothing", {.piece = 10}, BODY_COMPLETE, 0},
        {"whole", {.left = 100, .piece = 7}, BODY_COMPLETE, 100},
        {"as large as the first room", {.left = SMALL, .piece = 5000}, BODY_COMPLETE, SMALL},
        {"one larger", {.left = SMALL + 1, .piece = 5000}, BODY_COMPLETE, SMALL + 1},
        {"large", {.left = 700000, .piece = 300000}, BODY_COMPLETE, 700000},
        {"cut off", {.left = 99, .piece = 50, .then = -1, .at_end = true}, BODY_CUT, 99},
        {"broken", {.left = 99, .piece = 50, .then = -1}, BODY_BAD_CHUNK, 99},
        {"too slow", {.left = 9, .piece = 9, .then = -1, .overdue = true}, BODY_TIMED_OUT, 9},
        {"as long as it may be", {.left = BOUND, .piece = BOUND}, BODY_COMPLETE, BOUND},
        {"one longer", {.left = BOUND + 1, .piece = BOUND}, BODY_TOO_LARGE, BOUND + 1},
        {"far longer", {.left = BOUND * 9, .piece = BOUND}, BODY_TOO_LARGE, BOUND + 1},
        {"two longer, as large as a room",
         {.left = 2 * SMALL, .piece = SMALL, .bound = 2 * SMALL - 2},
         BODY_TOO_LARGE,
         2 * SMALL - 1},
    };
    const struct request_head head = {.framing = BODY_CHUNKED};
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct peer peer = rows[i].peer;
        struct received received = receive(&peer, &head, none);
        if (received.end != rows[i].end || received.size != rows[i].size)
            fail_msg("%s: end %d, %lu bytes", rows[i].why, received.end,
                     (unsigned long)received.size);
        if (rows[i].size < SMALL && peer.held) /* what is small needs no place */
            fail_msg("%s: it waited for a place", rows[i].why);
    }
}

static void body_that_no_header_announces_is_empty(void **state)
{
    struct peer peer = {.left = 10, .piece = 10};
    const struct request_head head = {.framing = BODY_NONE};
    (void)state;
    const struct received received = receive(&peer, &head, none);
    assert_int_equal(received.end, BODY_COMPLETE);
    assert_int_equal(received.size, 0);
    assert_int_equal(peer.read, 0);
}

/* The time in the queue for a place is not the client's. */
static void body_holds_the_deadline_while_it_waits_for_a_place(void **state)
{
    static const struct {
        size_t size;
        unsigned held;
    } rows[] = {{0, 0}, {SMALL, 0}, {SMALL + 1, 1}, {500000, 1}};
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct peer peer = {.left = rows[i].size, .piece = 100000};
        const struct request_head head = announced(rows[i].size);
        assert_int_equal(receive(&peer, &head, none).end, BODY_COMPLETE);
        assert_int_equal(peer.held, rows[i].held);
    }
}

/* A stalled body is sent back into the queue, but not once nothing more can come. */
static void body_that_lost_its_place_takes_it_again_while_bytes_come(void **state)
{
    static const struct {
        const char *why;
        size_t sent, loses_place_at, loses_it_again_at;
        bool overdue;
        unsigned held;
        enum body_end end;
    } rows[] = {
        {"kept", LARGE, 0, 0, false, 1, BODY_COMPLETE},
        {"lost at once", LARGE, 1, 0, false, 2, BODY_COMPLETE},
        {"lost twice", LARGE, 1, 200000, false, 3, BODY_COMPLETE},
        {"lost with the last byte", LARGE, LARGE, 0, false, 1, BODY_COMPLETE},
        {"lost in time, and too slow", 1000, 1, 0, true, 1, BODY_TIMED_OUT},
    };
    const struct request_head head = announced(LARGE);
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct peer peer = {.left = rows[i].sent,
                            .piece = 50000,
                            .bound = LARGE,
                            .loses_place_at = rows[i].loses_place_at,
                            .loses_it_again_at = rows[i].loses_it_again_at,
                            .overdue = rows[i].overdue};
        const enum body_end end = receive(&peer, &head, none).end;
        if (end != rows[i].end || peer.held != rows[i].held)
            fail_msg("%s: end %d, %u times in the queue", rows[i].why, end, peer.held);
    }
}

/* Large bodies alone need a place, and a server that stops gives none. */
static void body_is_cut_off_where_a_server_that_stops_gives_no_place(void **state)
{
    static const struct {
        const char *why;
        enum body_framing framing;
        uint64_t length;
        enum body_end end;
        uint64_t size;
    } rows[] = {
        {"small", BODY_LENGTH, SMALL, BODY_COMPLETE, SMALL},
        {"large", BODY_LENGTH, SMALL + 1, BODY_CUT, 0},
        {"small, in chunks", BODY_CHUNKED, SMALL - 1, BODY_COMPLETE, SMALL - 1},
        {"large, in chunks", BODY_CHUNKED, SMALL + 1, BODY_CUT, SMALL},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct peer peer = {.left = rows[i].length, .piece = 10000, .server_stops = true};
        const struct request_head head = {.framing = rows[i].framing,
                                          .content_length = rows[i].length};
        const struct received received = receive(&peer, &head, none);
        if (received.end != rows[i].end || received.size != rows[i].size)
            fail_msg("%s: end %d, %lu bytes", rows[i].why, received.end,
                     (unsigned long)received.size);
    }
}

static void body_is_asked_for_with_100_continue(void **state)
{
    static const struct {
        const char *why;
        bool expects, gone;
        struct upload_fault fault;
        const char *sent;
        uint64_t stalled_ms;
        enum body_end end;
    } rows[] = {
        {"not expected", false, false, {FAULT_NONE, 0}, "", 0, BODY_COMPLETE},
        {"expected",
         true,
         false,
         {FAULT_NONE, 0},
         "HTTP/1.1 100 Continue\r\n\r\n",
         0,
         BODY_COMPLETE},
        {"never said", true, false, {FAULT_no_continue, 0}, "", 0, BODY_COMPLETE},
        {"said late",
         true,
         false,
         {FAULT_late_continue, 300},
         "HTTP/1.1 100 Continue\r\n\r\n",
         300,
         BODY_COMPLETE},
        {"late, and the client is gone", true, true, {FAULT_late_continue, 300}, "", 300, BODY_CUT},
        {"the client is gone",
         true,
         true,
         {FAULT_NONE, 0},
         "HTTP/1.1 100 Continue\r\n\r\n",
         0,
         BODY_CUT},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct peer peer = {.left = 10, .piece = 10, .gone = rows[i].gone};
        struct request_head head = announced(10);
        head.expects_continue = rows[i].expects;
        struct received received = receive(&peer, &head, rows[i].fault);
        if (received.end != rows[i].end || strcmp(peer.sent, rows[i].sent) != 0 ||
            peer.stalled_ms != rows[i].stalled_ms)
            fail_msg("%s: end %d after %lu ms and \"%s\"", rows[i].why, received.end,
                     (unsigned long)peer.stalled_ms, peer.sent);
    }
}

static void upload_fault_drops_what_it_has_seen(void **state)
{
    static const struct {
        enum fault_id fault;
        uint64_t amount, sent, seen, stalled_ms;
    } rows[] = {
        {FAULT_reset_upload, 1024, 50000, 1024, 0}, {FAULT_close_upload, 1024, 50000, 1024, 0},
        {FAULT_reset_upload, 4097, 50000, 4097, 0}, {FAULT_reset_upload, 9000, 300, 300, 0},
        {FAULT_close_upload, 0, 300, 0, 0},         {FAULT_stall_upload, 700, 300, 0, 700},
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct peer peer = {.left = rows[i].sent, .piece = 100000};
        const struct request_head head = announced(rows[i].sent);
        struct received received =
            receive(&peer, &head, (struct upload_fault){rows[i].fault, rows[i].amount});
        assert_int_equal(received.end, BODY_DROPPED);
        assert_int_equal(received.size, rows[i].seen);
        assert_int_equal(peer.read, rows[i].seen);
        assert_int_equal(peer.stalled_ms, rows[i].stalled_ms);
        assert_int_equal(peer.held, 0);
    }
}

static void slow_upload_reads_at_its_rate(void **state)
{
    static const struct {
        uint64_t rate, bytes, piece, waited_ms;
    } rows[] = {
        {65536, 65536, 3276, 1050}, /* 21 pieces, the last of 16 bytes */
        {200, 100, 10, 500},        /* a piece each 50 ms */
        {199, 10, 1, 50},           /* below it a byte at a time */
        {1, 3, 1, 3000},
        {0, 3, 1, 3000}, /* none is the slowest */
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct peer peer = {.left = rows[i].bytes, .piece = 100000};
        const struct request_head head = announced(rows[i].bytes);
        struct received received =
            receive(&peer, &head, (struct upload_fault){FAULT_slow_upload, rows[i].rate});
        assert_int_equal(received.end, BODY_COMPLETE);
        assert_int_equal(peer.largest, rows[i].piece);
        assert_int_equal(peer.waited_ms, rows[i].waited_ms);
    }
    struct peer peer = {.left = 100, .piece = 100, .gone = true};
    const struct request_head head = announced(100);
    struct received received =
        receive(&peer, &head, (struct upload_fault){FAULT_slow_upload, 65536});
    assert_int_equal(received.end, BODY_CUT);
    assert_int_equal(peer.waits, 1);
    assert_int_equal(peer.read, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(body_of_known_length_ends_as_its_sender_ends_it),
        cmocka_unit_test(chunked_body_ends_as_its_sender_ends_it),
        cmocka_unit_test(body_that_no_header_announces_is_empty),
        cmocka_unit_test(body_holds_the_deadline_while_it_waits_for_a_place),
        cmocka_unit_test(body_that_lost_its_place_takes_it_again_while_bytes_come),
        cmocka_unit_test(body_is_cut_off_where_a_server_that_stops_gives_no_place),
        cmocka_unit_test(body_is_asked_for_with_100_continue),
        cmocka_unit_test(upload_fault_drops_what_it_has_seen),
        cmocka_unit_test(slow_upload_reads_at_its_rate),
    };
    return cmocka_run_group_tests_name("body_receive", tests, NULL, NULL);
}
