/* Successes in every revision and with every kind of result, and whether the preflight foretells
 * what the mock says of a picture. */
#include "ailab_mock.h"
#include "stage.h"
#include <dirent.h>
#include <png.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define IMAGES AILAB_SOURCE_DIR "/fixtures/images/"
#define CORPUS AILAB_SOURCE_DIR "/mockserver/fuzz/corpus/image"

static const char *const revisions[] = {"1.0.0", "1.0.1", "2025-09", "2026-01", "2026-05"};

struct expected {
    const char *name; /* of fixtures/images */
    enum ailab_format format;
    unsigned side;
};

static const struct expected portraits[] = {
    {"portrait.jpg", AILAB_FORMAT_JPEG, 512},
    {"portrait.png", AILAB_FORMAT_PNG, 512},
};

static void check_sides(const struct ailab_result *result, const struct expected *expected,
                        const char *revision)
{
    char text[STAGE_PROBLEM_SIZE];
    if (ailab_result_error(result) != AILAB_OK || ailab_result_format(result) != expected->format ||
        ailab_result_width(result) != expected->side ||
        ailab_result_height(result) != expected->side || ailab_result_http_status(result) != 200 ||
        ailab_result_attempts(result) != 1 || *ailab_result_message(result) ||
        strlen(ailab_result_request_id(result)) != 36 || strlen(ailab_result_log_id(result)) != 8)
        fail_msg("%s in %s: %ux%u, format %d, %s", expected->name, revision,
                 ailab_result_width(result), ailab_result_height(result),
                 (int)ailab_result_format(result), stage_describe(text, result));
}

/* By memory and by file: the same bytes come back. */
static void success_echoes_the_picture_in_every_revision(void **state)
{
    (void)state;
    for (size_t r = 0; r < ROWS(revisions); r++) {
        struct stage stage;
        stage_open(&stage,
                   &(struct ailab_mock_options){.result = "echo", .revision = revisions[r]});
        for (size_t i = 0; i < ROWS(portraits); i++) {
            char path[512];
            struct ailab_result *result = NULL;
            stage_picture(&stage, image_make_read(portraits[i].name));
            stage_call_with(&stage, portraits[i].name, 100, NULL);
            check_sides(stage.result, &portraits[i], revisions[r]);
            assert_true(stage_got(stage.result, &stage.picture));
            snprintf(path, sizeof path, IMAGES "%s", portraits[i].name);
            assert_int_equal(ailab_edit_file(&result, stage.client, 100, path), AILAB_OK);
            check_sides(result, &portraits[i], revisions[r]);
            assert_true(stage_got(result, &stage.picture));
            snprintf(path, sizeof path, "{\"match\":{\"file_name\":\"%s\"}}", portraits[i].name);
            assert_int_equal(stage_count(&stage, path), 1); /* the base name alone */
            ailab_result_free(result);
        }
        stage_close(&stage);
    }
}

static void success_annotates_the_picture_in_every_revision(void **state)
{
    (void)state;
    for (size_t r = 0; r < ROWS(revisions); r++) {
        struct stage stage;
        stage_open(&stage, &(struct ailab_mock_options){.revision = revisions[r]});
        for (size_t i = 0; i < ROWS(portraits); i++) {
            stage_picture(&stage, image_make_read(portraits[i].name));
            stage_call_with(&stage, portraits[i].name, 100, NULL);
            check_sides(stage.result, &portraits[i], revisions[r]);
            assert_false(stage_got(stage.result, &stage.picture)); /* it has a banner */
        }
        stage_close(&stage);
    }
}

/* libpng, which neither side's code stands between, reads what the client handed out. */
static void success_is_a_picture_that_decodes(void **state)
{
    size_t size = 0;
    struct stage stage;
    png_image image = {.version = PNG_IMAGE_VERSION};
    (void)state;
    stage_open(&stage, NULL);
    stage_picture(&stage, image_make_read("portrait.png"));
    assert_int_equal(stage_call(&stage, "a PNG"), AILAB_OK);
    const void *bytes = ailab_result_image(stage.result, &size);
    assert_true(png_image_begin_read_from_memory(&image, bytes, size));
    image.format = PNG_FORMAT_RGB;
    void *pixels = malloc(PNG_IMAGE_SIZE(image));
    assert_true(png_image_finish_read(&image, NULL, pixels, 0, NULL));
    assert_int_equal(image.width, 512);
    free(pixels);
    stage_close(&stage);
}

static void success_hands_out_the_file_of_the_mock(void **state)
{
    static const struct expected cat = {"cat.png", AILAB_FORMAT_PNG, 0};
    (void)state;
    for (size_t r = 0; r < ROWS(revisions); r++) {
        struct stage stage;
        struct image_file file = image_make_read(cat.name);
        stage_open(&stage, &(struct ailab_mock_options){.result = IMAGES "cat.png",
                                                        .revision = revisions[r]});
        assert_int_equal(stage_call_with(&stage, "a JPEG in, a PNG out", 100, NULL), AILAB_OK);
        assert_int_equal(ailab_result_format(stage.result), cat.format);
        assert_true(stage_got(stage.result, &file));
        free(file.data);
        stage_close(&stage);
    }
}

/* Both say the same, but for damage that only decoding finds. */
static void compare(struct stage *stage, const char *name, int service_choice, size_t *beyond)
{
    char text[STAGE_PROBLEM_SIZE];
    struct ailab_result *check = NULL;
    struct ailab_image image = {.data = stage->picture.data, .size = stage->picture.len};
    enum ailab_error foretold = ailab_check(&check, service_choice, &image);
    enum ailab_error said = stage_call_with(stage, name, service_choice, NULL);
    enum ailab_code code = ailab_result_code(stage->result);
    assert_true(foretold == AILAB_OK || foretold == AILAB_PREFLIGHT);
    assert_int_equal(ailab_result_attempts(check), 0);
    bool same = ailab_result_code(check) == code;
    bool deeper = foretold == AILAB_OK && code == AILAB_CODE_FILE_DECODING_FAILURE;
    if ((said != AILAB_OK && said != AILAB_REFUSED) || (!same && !deeper))
        fail_msg("%s: preflight said '%s' (%s), the mock %s", name, ailab_result_code_text(check),
                 ailab_result_error_text(check), stage_describe(text, stage->result));
    *beyond += !same;
    ailab_result_free(check);
}

/* One in the pile for each flavour that cameras, browsers and saboteurs write. */
static void preflight_foretells_the_mock_for_a_pile_of_pictures(void **state)
{
    size_t pictures = 0, beyond = 0;
    struct stage stage;
    struct dirent *entry;
    DIR *folder = opendir(CORPUS);
    (void)state;
    assert_non_null(folder);
    stage_open(&stage, &(struct ailab_mock_options){.result = "echo"});
    while ((entry = readdir(folder))) {
        char name[300];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(name, sizeof name, "../../mockserver/fuzz/corpus/image/%s", entry->d_name);
        stage_picture(&stage, image_make_read(name));
        compare(&stage, entry->d_name, 12, &beyond);
        pictures++;
    }
    closedir(folder);
    print_message("%zu pictures, %zu with damage that only decoding finds\n", pictures, beyond);
    assert_true(pictures >= 20);
    assert_true(beyond * 2 < pictures); /* otherwise it would foretell nothing */
    stage_close(&stage);
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
        {"the most bytes", stage_padded_jpeg(most), 12},
        {"a byte more", stage_padded_jpeg(most + 1), 12},
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
    struct stage stage;
    (void)state;
    stage_open(&stage, &(struct ailab_mock_options){.result = "echo"});
    for (size_t i = 0; i < ROWS(rows); i++) {
        stage_picture(&stage, rows[i].picture);
        compare(&stage, rows[i].why, rows[i].service_choice, &beyond);
    }
    assert_int_equal(beyond, 0);
    stage_close(&stage);
}

static void preflight_sends_nothing_that_would_be_refused(void **state)
{
    char problem[STAGE_PROBLEM_SIZE];
    struct stage stage;
    struct ailab_result *result = NULL;
    (void)state;
    stage_open(&stage, NULL);
    stage_client(&stage, (struct ailab_options){.preflight = true});
    struct ailab_image image = {.data = "GIF89a", .size = 6};
    enum ailab_error error = ailab_edit(&result, stage.client, 12, &image);
    assert_int_equal(error, AILAB_PREFLIGHT);
    assert_int_equal(ailab_result_code(result), AILAB_CODE_UNSUPPORTED_FILE_TYPES);
    assert_int_equal(ailab_result_attempts(result), 0);
    stage_problem(problem, NULL, AILAB_OK, STAGE_KEY);
    assert_string_not_equal(problem, ""); /* the check can fail */
    ailab_result_free(result);
    assert_int_equal(stage_count(&stage, NULL), 0);
    assert_int_equal(stage_call(&stage, "and a good one is sent"), AILAB_OK);
    assert_int_equal(stage_count(&stage, NULL), 1);
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(success_echoes_the_picture_in_every_revision),
        cmocka_unit_test(success_annotates_the_picture_in_every_revision),
        cmocka_unit_test(success_is_a_picture_that_decodes),
        cmocka_unit_test(success_hands_out_the_file_of_the_mock),
        cmocka_unit_test(preflight_foretells_the_mock_for_a_pile_of_pictures),
        cmocka_unit_test(preflight_foretells_the_mock_at_every_boundary),
        cmocka_unit_test(preflight_sends_nothing_that_would_be_refused),
    };
    return cmocka_run_group_tests_name("mock_success", tests, NULL, NULL);
}
