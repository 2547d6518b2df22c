/* What judging a picture costs: inspecting takes no memory whatever the dimensions, decoding gives
 * up cleanly at whichever allocation fails and leaks none. */
#include "images/image.h"
#include "testing/failing_malloc.h"
#include "testing/image_make.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

static void image_decode_gives_up_when_any_allocation_fails(void **state)
{
    (void)state;
    SKIP_UNLESS_MEMORY_COUNTS();
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
        memory_start(0, false);
        bool whole = image_decode(&facts, image_make_slice(&files[i]));
        unsigned long needed = memory_stop();
        assert_true(whole);
        assert_int_equal(memory.live, 0);
        assert_in_range(needed, 2, 500);
        for (unsigned long n = 1; n <= needed; n++) {
            memory_start(n, true);
            whole = image_decode(&facts, image_make_slice(&files[i]));
            memory_stop();
            assert_false(whole);
            assert_int_equal(memory.live, 0);
        }
        assert_true(image_decode(&facts, image_make_slice(&files[i])));
        assert_int_equal(facts.state, IMAGE_SOUND);
        free(files[i].data);
    }
}

static void image_png_decode_takes_little_memory_when_the_picture_is_large(void **state)
{
    (void)state;
    if (!MEMORY_COUNTS)
        skip();
    struct image_file file = image_make_png(&(struct image_png_recipe){
        .width = 2000, .height = 2000, .colour = 6, .depth = 16, .flat = true, .interlaced = true});
    struct image_facts facts;
    image_inspect(&facts, image_make_slice(&file));
    memory_start(0, false);
    bool whole = image_decode(&facts, image_make_slice(&file));
    assert_in_range(memory_stop(), 1, 10);
    assert_true(whole);
    assert_int_equal(facts.state, IMAGE_SOUND);
    assert_in_range(memory.largest, 1, 128 * 1024);
    free(file.data);
}

static void image_jpeg_decode_takes_little_memory_when_it_is_one_scan(void **state)
{
    (void)state;
    if (!MEMORY_COUNTS)
        skip();
    struct image_file file = image_make_jpeg(
        &(struct image_jpeg_recipe){.width = 4095, .height = 512, .restart_mcus = 100});
    struct image_facts facts;
    image_inspect(&facts, image_make_slice(&file));
    memory_start(0, false);
    bool whole = image_decode(&facts, image_make_slice(&file));
    memory_stop();
    assert_true(whole);
    assert_int_equal(facts.state, IMAGE_SOUND);
    assert_in_range(memory.largest, 1, 128 * 1024);
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
        memory_start(0, false);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
        image_inspect(&facts, image_make_slice(files[i]));
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
        assert_int_equal(memory_stop(), 0);
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
