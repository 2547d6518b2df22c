/* Tests of what a running mock knows: which keys it accepts and what ids it gives. */
#include "mock_requests.h"
#include "state/mock.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])
#define IDS ((size_t)100000)
#define THREADS ((size_t)4)

static struct mock *mock_with_keys(const char *const *keys, size_t count)
{
    struct mock_options options = mock_options_in(REVISION_R2026_01);
    options.api_keys = keys;
    options.api_key_count = count;
    struct mock *mock = mock_new(&options);
    assert_non_null(mock);
    return mock;
}

static bool knows(struct mock *mock, struct slice key)
{
    struct rule_context context;
    struct account_verdict account = {0};
    mock_context(&context, mock, &account);
    assert_ptr_equal(context.account, &account);
    return mock_key_is_known(mock, key);
}

static void mock_accepts_any_key_but_an_empty_one_by_default(void **state)
{
    (void)state;
    struct mock *mock = mock_with_keys(NULL, 0);
    assert_true(knows(mock, slice_of("x")));
    assert_true(knows(mock, slice_make("\0", 1)));
    assert_false(knows(mock, slice_of("")));
    assert_false(knows(mock, (struct slice){NULL, 0}));
    mock_free(mock);
}

static void mock_accepts_only_the_listed_keys(void **state)
{
    (void)state;
    char first[] = "key-one", *const second = strdup("key-two");
    const char *keys[] = {first, second};
    static const struct {
        struct slice key;
        bool known;
    } rows[] = {
        {{"key-one", 7}, true},    {{"key-two", 7}, true},
        {{"key-on", 6}, false},    {{"key-onee", 8}, false},
        {{"KEY-ONE", 7}, false},   {{"key-one\0", 8}, false},
        {{"", 0}, false},          {{NULL, 0}, false},
        {{"key-three", 9}, false}, {{"key-onekey-two", 14}, false},
    };
    struct mock *mock = mock_with_keys(keys, 2);
    memset(first, 'z', sizeof first - 1); /* borrowed for the call only */
    free(second);
    for (size_t i = 0; i < ROWS(rows); i++)
        if (knows(mock, rows[i].key) != rows[i].known)
            fail_msg("'%.*s' is %s", (int)rows[i].key.len, rows[i].key.ptr,
                     rows[i].known ? "unknown" : "known");
    mock_free(mock);
}

static void mock_hands_its_settings_to_the_rules(void **state)
{
    (void)state;
    struct rule_context context;
    struct account_verdict account = {0};
    struct mock_options options = mock_options_in(REVISION_R1_0_1);
    options.rules_off[RULE_image_size] = true;
    options.max_body_bytes = 12345;
    struct mock *mock = mock_new(&options);
    mock_context(&context, mock, &account);
    assert_string_equal(context.revision->name, "1.0.1");
    assert_ptr_equal(mock_revision(mock), context.revision);
    assert_int_equal(context.max_body_bytes, 12345);
    struct state_coverage coverage; /* which expressions and codes are to be met */
    state_coverage(&coverage, mock_state(mock), COVERAGE_SINCE_START, NULL);
    assert_ptr_equal(coverage.revision, context.revision);
    assert_ptr_equal(context.judge, picture_work_judge(mock_pictures(mock)));
    for (enum rule_id id = 0; id < RULE_COUNT; id++)
        assert_int_equal(context.off[id], id == RULE_image_size);
    mock_free(mock);
    options.trust_images = true;
    mock = mock_new(&options);
    mock_context(&context, mock, &account);
    assert_null(context.judge);
    mock_free(mock);
    mock_free(NULL);
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct answer_ids *)a)->request_id,
                  ((const struct answer_ids *)b)->request_id);
}

struct taker {
    pthread_t thread;
    struct mock *mock;
    struct answer_ids *ids;
};

static void *take_ids(void *context)
{
    struct taker *taker = context;
    for (size_t i = 0; i < IDS / THREADS; i++)
        mock_next_ids(&taker->ids[i], taker->mock);
    return NULL;
}

static void mock_gives_no_id_twice_whichever_thread_asks(void **state)
{
    (void)state;
    static const uint64_t seeds[] = {0, 1, UINT64_MAX};
    struct answer_ids *ids = calloc(IDS, sizeof *ids);
    assert_non_null(ids);
    for (size_t s = 0; s < ROWS(seeds); s++) {
        struct taker takers[THREADS];
        struct mock_options options = mock_options_in(REVISION_R2026_01);
        options.id_seed = seeds[s];
        struct mock *mock = mock_new(&options);
        for (size_t i = 0; i < THREADS; i++) {
            takers[i] = (struct taker){.mock = mock, .ids = ids + i * (IDS / THREADS)};
            assert_int_equal(pthread_create(&takers[i].thread, NULL, take_ids, &takers[i]), 0);
        }
        for (size_t i = 0; i < THREADS; i++)
            pthread_join(takers[i].thread, NULL);
        qsort(ids, IDS, sizeof *ids, compare);
        for (size_t i = 1; i < IDS; i++)
            if (compare(&ids[i - 1], &ids[i]) == 0)
                fail_msg("%s came twice", ids[i].request_id);
        mock_free(mock);
    }
    free(ids);
}

static void mock_gives_other_ids_for_another_seed(void **state)
{
    (void)state;
    struct mock_options options = mock_options_in(REVISION_R2026_01);
    struct answer_ids a[50], b[50];
    options.id_seed = 1;
    struct mock *first = mock_new(&options);
    options.id_seed = 1000; /* not one that the first one reaches soon */
    struct mock *second = mock_new(&options);
    assert_true(mock_boot(first) != mock_boot(second)); /* by which a watcher tells them apart */
    for (size_t i = 0; i < ROWS(a); i++) {
        mock_next_ids(&a[i], first);
        mock_next_ids(&b[i], second);
    }
    for (size_t i = 0; i < ROWS(a); i++)
        for (size_t k = 0; k < ROWS(b); k++)
            assert_string_not_equal(a[i].request_id, b[k].request_id);
    mock_free(first);
    mock_free(second);
}

/* The ids of a seed are the same in every version. What is expected is splitmix64's published
 * output: from 1234567 on for the start, and of a count on top of the seed for each answer. */
static void mock_mixes_its_seed_as_splitmix64_does(void **state)
{
    (void)state;
    struct mock_options options = mock_options_in(REVISION_R2026_01);
    struct answer_ids a, b;
    options.id_seed = ~UINT64_C(1234567);
    struct mock *mock = mock_new(&options);
    assert_true(mock_boot(mock) == UINT64_C(6457827717110365317));
    mock_free(mock);
    options.id_seed = 1234567;
    mock = mock_new(&options);
    mock_next_ids(&a, mock);
    mock_next_ids(&b, mock);
    assert_memory_equal(a.request_id, "599ED017-FB08", 13);
    assert_memory_equal(b.request_id, "D175DADB-4BD7", 13);
    mock_free(mock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mock_accepts_any_key_but_an_empty_one_by_default),
        cmocka_unit_test(mock_accepts_only_the_listed_keys),
        cmocka_unit_test(mock_hands_its_settings_to_the_rules),
        cmocka_unit_test(mock_gives_no_id_twice_whichever_thread_asks),
        cmocka_unit_test(mock_gives_other_ids_for_another_seed),
        cmocka_unit_test(mock_mixes_its_seed_as_splitmix64_does),
    };
    return cmocka_run_group_tests_name("mock", tests, NULL, NULL);
}
