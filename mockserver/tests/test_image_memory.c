/* What judging a picture costs: inspecting takes no memory whatever the dimensions, decoding gives
 * up cleanly at whichever allocation fails and leaks none. The program's own malloc() counts and
 * fails on demand, for the codec libraries too; a sanitizer brings its own, then those tests are
 * skipped. */
#include "api/image.h"
#include "image_make.h"
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAVE_OWN_MALLOC 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
    __has_feature(memory_sanitizer)
#define HAVE_OWN_MALLOC 0
#endif
#endif
#ifndef HAVE_OWN_MALLOC
#define HAVE_OWN_MALLOC 1
#endif

static unsigned long allocations;  /* tried so far */
static unsigned long failing_from; /* this one and all later ones fail; 0: none */
static long held;                  /* blocks allocated and not freed since counting began */
static size_t largest;

#if HAVE_OWN_MALLOC
/* Written through a void pointer, for ISO C knows no conversion from one to a function. */
static void find_next(void *function, const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    memcpy(function, &found, sizeof found);
}

__attribute__((visibility("default"))) void *malloc(size_t size)
{
    static void *(*next)(size_t);
    if (!next)
        find_next(&next, "malloc");
    allocations++;
    largest = size > largest ? size : largest;
    void *block = failing_from && allocations >= failing_from ? NULL : next(size);
    held += block != NULL;
    return block;
}

__attribute__((visibility("default"))) void free(void *ptr)
{
    static void (*next)(void *);
    if (!next)
        find_next(&next, "free");
    held -= ptr != NULL;
    next(ptr);
}
#endif

static void start_counting(unsigned long fail_from)
{
    allocations = 0;
    held = 0;
    largest = 0;
    failing_from = fail_from;
}

static unsigned long stop_counting(void)
{
    failing_from = 0;
    return allocations;
}

static void image_decode_gives_up_when_any_allocation_fails(void **state)
{
    (void)state;
    if (!HAVE_OWN_MALLOC) {
        print_message("a sanitizer's malloc() is in place\n");
        skip();
    }
    struct image_file files[] = {
        image_make_jpeg(&(struct image_jpeg_recipe){.why = "baseline"}),
        image_make_jpeg(&(struct image_jpeg_recipe){.progressive = true}),
        image_make_jpeg(&(struct image_jpeg_recipe){.arithmetic = true, .components = 4}),
        image_make_png(&(struct image_png_recipe){.colour = 2, .depth = 8}),
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct image_facts facts;
        image_inspect(&facts, image_make_slice(&files[i]));
        assert_int_equal(facts.state, IMAGE_SOUND);
        start_counting(0);
        bool whole = image_decode(&facts, image_make_slice(&files[i]));
        unsigned long needed = stop_counting();
        assert_true(whole);
        assert_int_equal(held, 0);
        assert_in_range(needed, 2, 500);
        for (unsigned long n = 1; n <= needed; n++) {
            start_counting(n);
            whole = image_decode(&facts, image_make_slice(&files[i]));
            stop_counting();
            assert_false(whole);
            assert_int_equal(held, 0);
        }
        assert_true(image_decode(&facts, image_make_slice(&files[i])));
        assert_int_equal(facts.state, IMAGE_SOUND);
        free(files[i].data);
    }
}

static void image_png_decode_takes_little_memory_when_the_picture_is_large(void **state)
{
    (void)state;
    if (!HAVE_OWN_MALLOC)
        skip();
    struct image_file file = image_make_png(&(struct image_png_recipe){
        .width = 2000, .height = 2000, .colour = 6, .depth = 16, .flat = true, .interlaced = true});
    struct image_facts facts;
    image_inspect(&facts, image_make_slice(&file));
    start_counting(0);
    bool whole = image_decode(&facts, image_make_slice(&file));
    assert_in_range(stop_counting(), 1, 10);
    assert_true(whole);
    assert_int_equal(facts.state, IMAGE_SOUND);
    assert_in_range(largest, 1, 128 * 1024);
    free(file.data);
}

static void image_jpeg_decode_takes_little_memory_when_it_is_one_scan(void **state)
{
    (void)state;
    if (!HAVE_OWN_MALLOC)
        skip();
    struct image_file file = image_make_jpeg(
        &(struct image_jpeg_recipe){.width = 4095, .height = 512, .restart_mcus = 100});
    struct image_facts facts;
    image_inspect(&facts, image_make_slice(&file));
    start_counting(0);
    bool whole = image_decode(&facts, image_make_slice(&file));
    stop_counting();
    assert_true(whole);
    assert_int_equal(facts.state, IMAGE_SOUND);
    assert_in_range(largest, 1, 128 * 1024);
    free(file.data);
}

/* 60000x60000: ten gigabytes when decoded, and a few bytes to look at. */
static void image_inspect_takes_no_memory_when_it_is_a_bomb(void **state)
{
    (void)state;
    static const unsigned char header[13] = {0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60, 8, 2, 0, 0, 0};
    struct image_file png =
        image_make_png(&(struct image_png_recipe){.colour = 2, .depth = 8, .flat = true});
    memmove(png.data + 8, png.data + 33, png.len - 33); /* without its IHDR */
    png.len -= 25;
    image_make_chunk(&png, 8, "IHDR", slice_make(header, sizeof header));
    struct image_file jpeg = image_make_jpeg(&(struct image_jpeg_recipe){.flat = true});
    for (size_t at = 2;; at += 2 + (size_t)(jpeg.data[at + 2] << 8 | jpeg.data[at + 3]))
        if (jpeg.data[at + 1] == 0xC0) {
            memcpy(jpeg.data + at + 5, "\xea\x60\xea\x60", 4);
            break;
        }
    const struct image_file *files[] = {&png, &jpeg};
    for (size_t i = 0; i < 2; i++) {
        struct image_facts facts;
        struct timespec from, to;
        start_counting(0);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
        image_inspect(&facts, image_make_slice(files[i]));
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
        assert_int_equal(stop_counting(), 0);
        assert_int_equal(facts.state, IMAGE_SOUND);
        assert_int_equal(facts.width, 60000);
        assert_int_equal(facts.height, 60000);
        long long ns = (to.tv_sec - from.tv_sec) * 1000000000LL + to.tv_nsec - from.tv_nsec;
        print_message("inspected in %lld us\n", ns / 1000);
        assert_true(ns < 20 * 1000 * 1000); /* microseconds; more only under a sanitizer */
    }
    free(png.data);
    free(jpeg.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(image_decode_gives_up_when_any_allocation_fails),
        cmocka_unit_test(image_png_decode_takes_little_memory_when_the_picture_is_large),
        cmocka_unit_test(image_jpeg_decode_takes_little_memory_when_it_is_one_scan),
        cmocka_unit_test(image_inspect_takes_no_memory_when_it_is_a_bomb),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
