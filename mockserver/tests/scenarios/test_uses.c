/* How far each scenario is used up: what was kept is found, and what no scenario can use again is
 * forgotten before the table grows. */
#include "scenarios/uses.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static bool is_from(const void *context, uint64_t serial)
{
    return serial >= *(const uint64_t *)context;
}

static void keep(struct uses_table *table, uint64_t serial, uint64_t in_force_from)
{
    const struct uses uses = {.total = serial * 3, .step = (uint32_t)serial, .of_step = 1};
    assert_true(uses_keep(table, serial, &uses, is_from, &in_force_from));
}

static void check_kept(const struct uses_table *table, uint64_t first, uint64_t last)
{
    for (uint64_t serial = first; serial <= last; serial++) {
        const struct uses uses = uses_find(table, serial);
        if (uses.total != serial * 3 || uses.step != serial || uses.of_step != 1)
            fail_msg("%d: total %d, step %u", (int)serial, (int)uses.total, uses.step);
    }
    assert_int_equal(table->count, last - first + 1);
}

static void uses_are_found_in_a_table_that_grows(void **state)
{
    struct uses_table table = {0};
    (void)state;
    assert_int_equal(uses_find(&table, 1).total, 0);
    uses_forget(&table, 1);
    for (uint64_t serial = 1; serial <= 1000; serial++)
        keep(&table, serial, 0);
    check_kept(&table, 1, 1000);
    assert_int_equal(table.bucket_count, 1024);
    keep(&table, 1, 0); /* again, in its own place */
    check_kept(&table, 1, 1000);
    assert_int_equal(uses_find(&table, 1001).total, 0);
    uses_clear(&table);
    assert_int_equal(uses_find(&table, 1).total, 0);
    keep(&table, 5, 0);
    check_kept(&table, 5, 5);
    uses_clear(&table);
}

static void uses_of_one_scenario_are_forgotten_alone(void **state)
{
    struct uses_table table = {0};
    (void)state;
    for (uint64_t serial = 1; serial <= 8; serial++)
        keep(&table, serial * 8, 0); /* all in one chain */
    uses_forget(&table, 8 * 4);
    uses_forget(&table, 8 * 4);
    assert_int_equal(table.count, 7);
    for (uint64_t serial = 1; serial <= 8; serial++)
        assert_int_equal(uses_find(&table, serial * 8).total, serial == 4 ? 0 : serial * 24);
    uses_clear(&table);
}

/* A new set of scenarios every minute must not make the table larger for ever. */
static void uses_of_scenarios_that_are_gone_make_room(void **state)
{
    struct uses_table table = {0};
    (void)state;
    for (uint64_t serial = 1; serial <= 1000; serial++)
        keep(&table, serial, serial > 3 ? serial - 3 : 0);
    assert_in_range(table.count, 4, 8);
    assert_int_equal(table.bucket_count, 8);
    for (uint64_t serial = 997; serial <= 1000; serial++)
        assert_int_equal(uses_find(&table, serial).total, serial * 3);
    uses_clear(&table);
}

/* Otherwise each new entry would ask the filter about all others. */
static void uses_grow_unless_half_of_the_room_is_free(void **state)
{
    (void)state;
    for (uint64_t in_force_from = 4; in_force_from <= 5; in_force_from++) {
        struct uses_table table = {0};
        for (uint64_t serial = 1; serial <= 8; serial++)
            keep(&table, serial, 0);
        keep(&table, 9, in_force_from); /* 5 stay, or 4 */
        check_kept(&table, in_force_from, 9);
        assert_int_equal(table.bucket_count, in_force_from == 4 ? 16 : 8);
        uses_clear(&table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uses_are_found_in_a_table_that_grows),
        cmocka_unit_test(uses_of_one_scenario_are_forgotten_alone),
        cmocka_unit_test(uses_of_scenarios_that_are_gone_make_room),
        cmocka_unit_test(uses_grow_unless_half_of_the_room_is_free),
    };
    return cmocka_run_group_tests_name("uses", tests, NULL, NULL);
}
