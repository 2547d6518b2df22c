/* A handshake whose time is over in the same moment in which it gives its place to one that waits:
 * it ends once. */
#include "ailab_mock.h"
#include "wire_world.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#define LOOPS_MAX 4 /* threads of the front, each with one handshake in progress */
/* After that time a handshake gives its place up, if another waits. */
#define PATIENCE_MS 1000

static int open_world(void **state)
{
    *state = wire_world_open((struct ailab_mock_options){
        .handshakes_max = 1,
        .handshake_timeout_ms = PATIENCE_MS,
    });
    return 0;
}

static unsigned loop_count(void)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors < 1 ? 1 : processors < LOOPS_MAX ? (unsigned)processors : LOOPS_MAX;
}

static void begin_hellos(struct wire *wires, unsigned count, const struct wire_world *world)
{
    static const char half_a_hello[] = "\x16\x03\x01\x00\xc8\x01\x00\x00\xc4";
    for (unsigned i = 0; i < count; i++) {
        wire_connect(&wires[i], &world->ports, WIRE_TLS);
        wire_send(&wires[i], slice_make(half_a_hello, sizeof half_a_hello - 1));
    }
}

static void front_ends_a_handshake_once_when_its_place_and_its_time_are_over(void **state)
{
    const struct wire_world *world = *state;
    struct wire wires[2 * LOOPS_MAX], later;
    const unsigned count = loop_count();
    begin_hellos(wires, count, world);
    assert_false(wire_stirs(&wires[0], PATIENCE_MS / 2)); /* its time goes on */
    begin_hellos(wires + count, count, world);            /* one that waits, in each thread */
    for (unsigned i = 0; i < 2 * count; i++) {
        wire_read_raw_to_end(&wires[i]);
        assert_int_not_equal(wires[i].end, WIRE_SILENT);
        wire_close(&wires[i]);
    }
    wire_open(&later, &world->ports, WIRE_TLS);
    wire_close(&later);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            front_ends_a_handshake_once_when_its_place_and_its_time_are_over, open_world,
            wire_world_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
