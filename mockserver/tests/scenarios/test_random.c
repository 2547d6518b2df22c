/* Random numbers: the same seed gives the same run, and the delays have the distribution that
 * their parameters say. The tolerances are several times what a fair sample strays. */
#include "scenarios/random.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define DRAWS 100000

static void random_repeats_itself_when_the_seed_is_the_same(void **state)
{
    (void)state;
    struct random a = {42}, b = {42}, c = {43};
    unsigned same = 0;
    for (int i = 0; i < 1000; i++) {
        double x = random_unit(&a);
        assert_true(x == random_unit(&b));
        assert_true(x >= 0 && x < 1);
        same += x == random_unit(&c);
    }
    assert_int_equal(same, 0);
}

/* A seed in a document gives the same run in every version. The numbers are those of
 * splitmix64's published program, from 1234567 on. */
static void random_follows_splitmix64(void **state)
{
    static const uint64_t published[] = {
        UINT64_C(6457827717110365317),  UINT64_C(3203168211198807973),
        UINT64_C(9817491932198370423),  UINT64_C(4593380528125082431),
        UINT64_C(16408922859458223821),
    };
    struct random random = {1234567};
    (void)state;
    for (size_t i = 0; i < sizeof published / sizeof *published; i++)
        assert_true(random_unit(&random) == (double)(published[i] >> 11) / 9007199254740992.0);
}

/* So do the bell curves: Box-Muller of those numbers, worked out by another program. */
static void random_draws_the_same_delays_in_every_version(void **state)
{
    static const uint32_t normal[] = {543, 501, 314, 479, 545, 402};
    static const uint32_t lognormal[] = {304, 202, 32, 163, 310, 76};
    struct random a = {1234567}, b = {1234567};
    (void)state;
    for (size_t i = 0; i < sizeof normal / sizeof *normal; i++) {
        assert_int_equal(random_delay_ms(&a, &(struct delay){DELAY_NORMAL, 500, 100}), normal[i]);
        assert_int_equal(random_delay_ms(&b, &(struct delay){DELAY_LOGNORMAL, 200, 1000}),
                         lognormal[i]);
    }
}

static void random_is_spread_evenly(void **state)
{
    (void)state;
    struct random random = {7};
    unsigned buckets[10] = {0};
    for (int i = 0; i < DRAWS; i++)
        buckets[(int)(random_unit(&random) * 10)]++;
    for (int i = 0; i < 10; i++)
        assert_in_range(buckets[i], DRAWS / 10 - 500, DRAWS / 10 + 500);
}

static int compare(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void random_delay_has_the_percentiles_that_were_asked_for(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct delay delay;
        struct {
            double share;
            uint32_t from, to;
        } percentiles[3];
    } table[] = {
        {"none", {DELAY_NONE, 9, 9}, {{0, 0, 0}, {0.5, 0, 0}, {1, 0, 0}}},
        {"fixed", {DELAY_FIXED, 250, 0}, {{0, 250, 250}, {0.5, 250, 250}, {1, 250, 250}}},
        {"one", {DELAY_FIXED, 1, 0}, {{0, 1, 1}, {0.5, 1, 1}, {1, 1, 1}}},
        {"rounded up", {DELAY_FIXED, 0.5, 0}, {{0, 1, 1}, {0.5, 1, 1}, {1, 1, 1}}},
        {"rounded down", {DELAY_FIXED, 0.49, 0}, {{0, 0, 0}, {0.5, 0, 0}, {1, 0, 0}}},
        {"uniform", {DELAY_UNIFORM, 100, 300}, {{0, 100, 100}, {0.5, 197, 203}, {1, 300, 300}}},
        /* 500 + 1.645 x 100 */
        {"normal", {DELAY_NORMAL, 500, 100}, {{0.5, 497, 503}, {0.95, 661, 668}, {0.05, 332, 339}}},
        {"normal around 0 is never negative",
         {DELAY_NORMAL, 0, 100},
         {{0, 0, 0}, {0.49, 0, 0}, {0.95, 161, 168}}},
        {"log-normal",
         {DELAY_LOGNORMAL, 200, 1000},
         {{0.5, 196, 204}, {0.95, 970, 1030}, {0, 0, 20}}},
        {"log-normal without spread",
         {DELAY_LOGNORMAL, 70, 70},
         {{0, 70, 70}, {0.5, 70, 70}, {1, 70, 70}}},
        {"the bound",
         {DELAY_LOGNORMAL, SCENARIO_DELAY_MAX_MS, SCENARIO_DELAY_MAX_MS},
         {{0.5, 600000, 600000}, {1, 600000, 600000}, {1, 600000, 600000}}},
    };
    uint32_t *drawn = malloc(DRAWS * sizeof *drawn);
    assert_non_null(drawn);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct random random = {11};
        for (size_t j = 0; j < DRAWS; j++)
            drawn[j] = random_delay_ms(&random, &table[i].delay);
        qsort(drawn, DRAWS, sizeof *drawn, compare);
        for (size_t j = 0; j < 3; j++) {
            uint32_t found = drawn[(size_t)(table[i].percentiles[j].share * (DRAWS - 1))];
            if (found < table[i].percentiles[j].from || found > table[i].percentiles[j].to)
                fail_msg("%s: percentile %g is %u ms", table[i].why,
                         table[i].percentiles[j].share * 100, found);
        }
    }
    free(drawn);
}

static void random_delay_survives_parameters_that_make_no_sense(void **state)
{
    (void)state;
    static const struct delay delays[] = {
        {DELAY_FIXED, -5, 0},     {DELAY_FIXED, 1e300, 0},     {DELAY_LOGNORMAL, 0, 0},
        {DELAY_LOGNORMAL, 0, 10}, {DELAY_LOGNORMAL, 10, 0},    {DELAY_NORMAL, 0, 1e300},
        {DELAY_UNIFORM, 10, -10}, {DELAY_LOGNORMAL, 1, 1e300},
    };
    struct random random = {3};
    for (size_t i = 0; i < sizeof delays / sizeof delays[0]; i++)
        for (int j = 0; j < 1000; j++)
            assert_in_range(random_delay_ms(&random, &delays[i]), 0, SCENARIO_DELAY_MAX_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_repeats_itself_when_the_seed_is_the_same),
        cmocka_unit_test(random_follows_splitmix64),
        cmocka_unit_test(random_draws_the_same_delays_in_every_version),
        cmocka_unit_test(random_is_spread_evenly),
        cmocka_unit_test(random_delay_has_the_percentiles_that_were_asked_for),
        cmocka_unit_test(random_delay_survives_parameters_that_make_no_sense),
    };
    return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
