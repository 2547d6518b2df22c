/* The preflight's verdict on a picture is the mock's verdict. */
#include "fixture.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CORPUS AILAB_SOURCE_DIR "/mockserver/fuzz/corpus/image"

/* Both say the same, but for damage that only decoding finds. */
static void compare(struct fixture *fixture, const char *name, int service_choice, size_t *beyond)
{
    char text[FIXTURE_PROBLEM_SIZE];
    struct ailab_result *check = NULL;
    struct ailab_image image = {.data = fixture->picture.data, .size = fixture->picture.len};
    enum ailab_error foretold = ailab_check(&check, service_choice, &image);
    enum ailab_error said = fixture_call_with(fixture, name, service_choice, NULL);
    enum ailab_code code = ailab_result_code(fixture->result);
    assert_true(foretold == AILAB_OK || foretold == AILAB_PREFLIGHT);
    assert_int_equal(ailab_result_attempts(check), 0);
    bool same = ailab_result_code(check) == code;
    bool deeper = foretold == AILAB_OK && code == AILAB_CODE_FILE_DECODING_FAILURE;
    if ((said != AILAB_OK && said != AILAB_REFUSED) || (!same && !deeper))
        fail_msg("%s: preflight said '%s' (%s), the mock %s", name, ailab_result_code_text(check),
                 ailab_result_error_text(check), fixture_describe(text, fixture->result));
    *beyond += !same;
    ailab_result_free(check);
}

/* A pile of pictures, one for each flavour that cameras and browsers write, and for each kind of
 * damage. */
static void preflight_foretells_the_mock_for_a_pile_of_pictures(void **state)
{
    size_t pictures = 0, beyond = 0;
    struct fixture fixture;
    struct dirent *entry;
    DIR *folder = opendir(CORPUS);
    (void)state;
    assert_non_null(folder);
    fixture_open(&fixture, &(struct ailab_mock_options){.result = "echo"});
    while ((entry = readdir(folder))) {
        char name[300];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(name, sizeof name, "../../mockserver/fuzz/corpus/image/%s", entry->d_name);
        fixture_picture(&fixture, image_make_read(name));
        compare(&fixture, entry->d_name, 12, &beyond);
        pictures++;
    }
    closedir(folder);
    print_message("%zu pictures, %zu with damage that only decoding finds\n", pictures, beyond);
    assert_true(pictures >= 20);
    assert_true(beyond * 2 < pictures); /* otherwise it would foretell nothing */
    fixture_close(&fixture);
}

static struct image_file sized(unsigned width, unsigned height)
{
    return image_make_jpeg(
        &(struct image_jpeg_recipe){.width = width, .height = height, .flat = true});
}

static void preflight_foretells_the_mock_at_every_boundary(void **state)
{
    const size_t most = (size_t)5 * 1024 * 1024;
    const struct {
        const char *why;
        struct image_file picture;
        int service_choice;
    } rows[] = {
        {"the most bytes", fixture_padded_jpeg(most), 12},
        {"a byte more", fixture_padded_jpeg(most + 1), 12},
        {"the longest side", sized(4095, 1), 12},
        {"a pixel wider", sized(4096, 1), 12},
        {"the greatest height", sized(1, 4095), 12},
        {"a pixel higher", sized(1, 4096), 12},
        {"as large as JPEG goes", sized(65500, 1), 12},
        {"no bytes", {malloc(1), 0}, 12},
        {"a byte", image_make_copy(slice_make("\xFF", 1)), 12},
        {"the beginning of a JPEG", image_make_copy(slice_make("\xFF\xD8\xFF", 3)), 12},
        {"the beginning of a PNG", image_make_copy(slice_make("\x89PNG\r\n\x1a\n", 8)), 12},
        {"too large and a GIF", image_make_copy(slice_of("GIF89a")), 17},
        {"the first expression", sized(8, 8), 10},
        {"before it", sized(8, 8), 9},
        {"of an earlier revision", sized(8, 8), 3},
        {"the last of the row", sized(8, 8), 16},
        {"after it", sized(8, 8), 17},
        {"opening eyes", sized(8, 8), 100},
        {"near it", sized(8, 8), 101},
    };
    size_t beyond = 0;
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture, &(struct ailab_mock_options){.result = "echo"});
    for (size_t i = 0; i < ROWS(rows); i++) {
        fixture_picture(&fixture, rows[i].picture);
        compare(&fixture, rows[i].why, rows[i].service_choice, &beyond);
    }
    assert_int_equal(beyond, 0);
    fixture_close(&fixture);
}

static void preflight_sends_nothing_that_would_be_refused(void **state)
{
    char problem[FIXTURE_PROBLEM_SIZE];
    struct fixture fixture;
    struct ailab_result *result = NULL;
    (void)state;
    fixture_open(&fixture, NULL);
    fixture_client(&fixture, (struct ailab_options){.preflight = true});
    struct ailab_image image = {.data = "GIF89a", .size = 6};
    enum ailab_error error = ailab_edit(&result, fixture.client, 12, &image);
    assert_int_equal(error, AILAB_PREFLIGHT);
    assert_int_equal(ailab_result_code(result), AILAB_CODE_UNSUPPORTED_FILE_TYPES);
    assert_int_equal(ailab_result_attempts(result), 0);
    fixture_problem(problem, NULL, AILAB_OK, FIXTURE_KEY);
    assert_string_not_equal(problem, ""); /* the check can fail */
    ailab_result_free(result);
    assert_int_equal(fixture_count(&fixture, NULL), 0);
    assert_int_equal(fixture_call(&fixture, "and a good one is sent"), AILAB_OK);
    assert_int_equal(fixture_count(&fixture, NULL), 1);
    fixture_close(&fixture);
}

CLIENT_SUITE("client_preflight",
             cmocka_unit_test(preflight_foretells_the_mock_for_a_pile_of_pictures),
             cmocka_unit_test(preflight_foretells_the_mock_at_every_boundary),
             cmocka_unit_test(preflight_sends_nothing_that_would_be_refused))
