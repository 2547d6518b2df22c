/* Tests of the cache: which entries stay, in which order others leave, that no reference is
 * lost, and that threads may all use it at once. */
#include "pictures/picture_cache.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define THREADS 4

static struct cache_key key_of(unsigned number, int32_t variant)
{
    struct cache_key key = {.variant = variant};
    memcpy(key.digest, &number, sizeof number);
    return key;
}

static void put(struct cache *cache, unsigned number, size_t size, char fill)
{
    struct cache_key key = key_of(number, 0);
    char *bytes = malloc(size ? size : 1);
    assert_non_null(bytes);
    memset(bytes, fill, size ? size : 1);
    struct shared_bytes *shared = shared_bytes_copy(slice_make(bytes, size));
    assert_non_null(shared);
    cache_put(cache, &key, shared);
    shared_bytes_release(shared);
    free(bytes);
}

/* What is kept under the number: its first byte, 0 when there is none. */
static char peek(struct cache *cache, unsigned number)
{
    struct cache_key key = key_of(number, 0);
    struct shared_bytes *shared = cache_get(cache, &key);
    char fill = shared && shared->size ? (char)shared->data[0] : 0;
    shared_bytes_release(shared);
    return fill;
}

static bool keeps(struct cache *cache, unsigned number, size_t *size)
{
    struct cache_key key = key_of(number, 0);
    struct shared_bytes *shared = cache_get(cache, &key);
    *size = shared ? shared->size : 0;
    shared_bytes_release(shared);
    return shared != NULL;
}

/* What one entry of that size costs: the smallest bound that keeps it. */
static size_t cost(size_t size)
{
    bool kept = false;
    size_t bound = size;
    while (!kept && bound < size + 1000) {
        struct cache *cache = cache_new(++bound);
        put(cache, 1, size, 'x');
        kept = keeps(cache, 1, &(size_t){0});
        cache_free(cache);
    }
    assert_true(kept);
    return bound;
}

/* The cost of what is there under the numbers below count. */
static size_t cost_of_all(struct cache *cache, unsigned count)
{
    size_t sum = 0, size, overhead = cost(0);
    for (unsigned i = 0; i < count; i++)
        if (keeps(cache, i, &size))
            sum += overhead + size;
    return sum;
}

static void cache_gives_back_what_was_put(void **state)
{
    (void)state;
    struct cache *cache = cache_new(1 << 20);
    struct cache_key key = key_of(1, 7), other_variant = key_of(1, 8), other = key_of(2, 7);
    struct shared_bytes *shared = shared_bytes_copy(slice_of("bytes"));
    cache_put(cache, &key, shared);
    struct shared_bytes *found = cache_get(cache, &key);
    assert_ptr_equal(found, shared);
    assert_null(cache_get(cache, &other_variant));
    assert_null(cache_get(cache, &other));
    cache_free(cache); /* bytes held elsewhere live on */
    assert_true(slice_equal(shared_bytes_slice(found), slice_of("bytes")));
    shared_bytes_release(found);
    shared_bytes_release(shared);
}

static void cache_tells_digests_apart_by_every_byte(void **state)
{
    (void)state;
    struct cache *cache = cache_new(1 << 20);
    struct shared_bytes *shared = shared_bytes_copy(slice_of("b"));
    struct cache_key key = key_of(1, 0);
    cache_put(cache, &key, shared);
    for (size_t i = 0; i < sizeof key.digest; i++) {
        struct cache_key other = key;
        other.digest[i] ^= 0x80;
        assert_null(cache_get(cache, &other));
    }
    shared_bytes_release(shared);
    cache_free(cache);
}

static void cache_drops_the_least_recently_used_first(void **state)
{
    (void)state;
    struct cache *cache = cache_new(3 * cost(100));
    put(cache, 1, 100, 'a');
    put(cache, 2, 100, 'b');
    put(cache, 3, 100, 'c');
    assert_int_equal(peek(cache, 1), 'a'); /* now 2 is the oldest */
    put(cache, 4, 100, 'd');
    assert_int_equal(peek(cache, 2), 0);
    assert_int_equal(peek(cache, 1), 'a');
    assert_int_equal(peek(cache, 3), 'c');
    assert_int_equal(peek(cache, 4), 'd');
    put(cache, 1, 100, 'A'); /* a replacement is a use */
    put(cache, 5, 100, 'e');
    assert_int_equal(peek(cache, 3), 0);
    assert_int_equal(peek(cache, 1), 'A');
    cache_free(cache);
}

static void cache_never_holds_more_than_its_bound(void **state)
{
    (void)state;
    size_t bound = 10 * cost(1000);
    struct cache *cache = cache_new(bound);
    assert_int_equal(cost(1000), cost(0) + 1000);
    for (unsigned i = 0; i < 2000; i++) {
        put(cache, i, (i * 37) % 3000, (char)('a' + i % 26));
        assert_in_range(cost_of_all(cache, i + 1), 1, bound);
        if (!peek(cache, i) && (i * 37) % 3000)
            fail_msg("what was put last, number %u, is not there", i);
    }
    cache_free(cache);
}

static void cache_keeps_what_fills_it_exactly_and_nothing_larger(void **state)
{
    (void)state;
    struct cache *cache = cache_new(cost(100));
    put(cache, 1, 100, 'a');
    assert_int_equal(peek(cache, 1), 'a');
    put(cache, 2, 101, 'b');
    assert_int_equal(peek(cache, 2), 0);
    assert_int_equal(peek(cache, 1), 'a'); /* what is not kept pushes nothing out */
    put(cache, 3, 0, 0);                   /* an empty one costs something too */
    assert_int_equal(cost_of_all(cache, 4), cost(0));
    cache_free(cache);
}

static void cache_drops_a_large_one_for_several_and_several_for_one(void **state)
{
    (void)state;
    struct cache *cache = cache_new(4 * cost(1000));
    for (unsigned i = 0; i < 4; i++)
        put(cache, i, 1000, 'a');
    put(cache, 9, 3000, 'z');
    assert_int_equal(peek(cache, 9), 'z');
    assert_int_equal(peek(cache, 3), 'a');
    assert_int_equal(peek(cache, 0) + peek(cache, 1) + peek(cache, 2), 0);
    cache_free(cache);
}

static void cache_replaces_without_counting_twice(void **state)
{
    (void)state;
    struct cache *cache = cache_new(cost(500) + cost(10));
    put(cache, 2, 10, 'n');
    for (int i = 0; i < 1000; i++) {
        put(cache, 1, 500, (char)('a' + i % 26));
        assert_int_equal(peek(cache, 1), 'a' + i % 26);
        assert_int_equal(peek(cache, 2), 'n'); /* there is room for both, exactly */
    }
    put(cache, 1, 10, 'z');
    put(cache, 3, 490 - cost(0), 'm'); /* what the smaller one left */
    assert_int_equal(peek(cache, 1) + peek(cache, 2) + peek(cache, 3), 'z' + 'n' + 'm');
    cache_free(cache);
}

static void cache_keeps_keys_apart_that_share_a_bucket(void **state)
{
    (void)state;
    struct cache *cache = cache_new(1 << 20);
    struct shared_bytes *held[50];
    for (int32_t i = 0; i < 50; i++) {
        struct cache_key key = key_of(7, i);
        held[i] = shared_bytes_copy(slice_make(&i, sizeof i));
        cache_put(cache, &key, held[i]);
    }
    for (int32_t i = 49; i >= 0; i--) {
        struct cache_key key = key_of(7, i);
        struct shared_bytes *found = cache_get(cache, &key);
        assert_ptr_equal(found, held[i]);
        shared_bytes_release(found);
        shared_bytes_release(held[i]);
    }
    cache_free(cache);
}

struct worker {
    pthread_t thread;
    struct cache *cache;
    unsigned seed, wrong, found;
};

static void *work(void *context)
{
    struct worker *worker = context;
    unsigned char bytes[256];
    for (unsigned i = 0; i < 4000; i++) {
        worker->seed = worker->seed * 1103515245U + 12345U;
        unsigned number = (worker->seed >> 16) % 64;
        struct cache_key key = key_of(number, 0);
        struct shared_bytes *shared = cache_get(worker->cache, &key);
        for (size_t k = 0; shared && k < shared->size; k++)
            worker->wrong += shared->data[k] != number;
        worker->found += shared != NULL;
        if (!shared) {
            memset(bytes, (int)number, sizeof bytes);
            shared = shared_bytes_copy(slice_make(bytes, 1 + number * 3));
            if (shared)
                cache_put(worker->cache, &key, shared);
        }
        shared_bytes_release(shared);
    }
    return NULL;
}

static void cache_serves_several_threads_at_once(void **state)
{
    (void)state;
    struct worker workers[THREADS];
    size_t bound = 20 * cost(100);
    struct cache *cache = cache_new(bound);
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.cache = cache, .seed = i};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    unsigned wrong = 0, found = 0;
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        wrong += workers[i].wrong;
        found += workers[i].found;
    }
    assert_int_equal(wrong, 0);
    assert_true(found > 1000);
    assert_in_range(cost_of_all(cache, 64), 1, bound);
    cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cache_gives_back_what_was_put),
        cmocka_unit_test(cache_tells_digests_apart_by_every_byte),
        cmocka_unit_test(cache_drops_the_least_recently_used_first),
        cmocka_unit_test(cache_never_holds_more_than_its_bound),
        cmocka_unit_test(cache_keeps_what_fills_it_exactly_and_nothing_larger),
        cmocka_unit_test(cache_drops_a_large_one_for_several_and_several_for_one),
        cmocka_unit_test(cache_replaces_without_counting_twice),
        cmocka_unit_test(cache_keeps_keys_apart_that_share_a_bucket),
        cmocka_unit_test(cache_serves_several_threads_at_once),
    };
    return cmocka_run_group_tests_name("cache", tests, NULL, NULL);
}
