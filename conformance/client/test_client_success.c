/* Successes in every revision and with every kind of result. */
#include "ailab_mock.h"
#include "api/rules.h"
#include "fixture.h"
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IMAGES AILAB_SOURCE_DIR "/fixtures/images/"

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
    char text[FIXTURE_PROBLEM_SIZE];
    if (ailab_result_error(result) != AILAB_OK || ailab_result_format(result) != expected->format ||
        ailab_result_width(result) != expected->side ||
        ailab_result_height(result) != expected->side || ailab_result_http_status(result) != 200 ||
        ailab_result_attempts(result) != 1 || *ailab_result_message(result) ||
        strlen(ailab_result_request_id(result)) != 36 || strlen(ailab_result_log_id(result)) != 8)
        fail_msg("%s in %s: %ux%u, format %d, %s", expected->name, revision,
                 ailab_result_width(result), ailab_result_height(result),
                 (int)ailab_result_format(result), fixture_describe(text, result));
}

/* By memory and by file: the same bytes come back. */
static void client_flow_takes_the_picture_as_it_is_in_every_revision(void **state)
{
    (void)state;
    for (size_t r = 0; r < ROWS(revisions); r++) {
        struct fixture fixture;
        fixture_open(&fixture,
                     &(struct ailab_mock_options){.result = "echo", .revision = revisions[r]});
        for (size_t i = 0; i < ROWS(portraits); i++) {
            char path[512];
            struct ailab_result *result = NULL;
            fixture_picture(&fixture, image_make_read(portraits[i].name));
            fixture_call_with(&fixture, portraits[i].name, 100, NULL);
            check_sides(fixture.result, &portraits[i], revisions[r]);
            assert_true(fixture_got(fixture.result, &fixture.picture));
            snprintf(path, sizeof path, IMAGES "%s", portraits[i].name);
            assert_int_equal(ailab_edit_file(&result, fixture.client, 100, path), AILAB_OK);
            check_sides(result, &portraits[i], revisions[r]);
            assert_true(fixture_got(result, &fixture.picture));
            snprintf(path, sizeof path, "{\"match\":{\"file_name\":\"%s\"}}", portraits[i].name);
            assert_int_equal(fixture_count(&fixture, path), 1); /* the base name alone */
            ailab_result_free(result);
        }
        fixture_close(&fixture);
    }
}

static void client_flow_takes_an_annotated_picture_in_every_revision(void **state)
{
    (void)state;
    for (size_t r = 0; r < ROWS(revisions); r++) {
        struct fixture fixture;
        fixture_open(&fixture, &(struct ailab_mock_options){.revision = revisions[r]});
        for (size_t i = 0; i < ROWS(portraits); i++) {
            fixture_picture(&fixture, image_make_read(portraits[i].name));
            fixture_call_with(&fixture, portraits[i].name, 100, NULL);
            check_sides(fixture.result, &portraits[i], revisions[r]);
            assert_false(fixture_got(fixture.result, &fixture.picture)); /* it has a banner */
        }
        fixture_close(&fixture);
    }
}

/* A rule that is switched off loses only its refusal: the banner stays. */
static void client_flow_takes_an_annotated_picture_whichever_rule_is_off(void **state)
{
    (void)state;
    for (enum rule_id id = RULE_NONE + 1; id < RULE_COUNT; id++) {
        struct fixture fixture;
        const char *const off[] = {rule_info(id)->name};
        fixture_open(&fixture,
                     &(struct ailab_mock_options){.rules_off = off, .rules_off_count = 1});
        if (fixture_call(&fixture, off[0]) != AILAB_OK ||
            fixture_got(fixture.result, &fixture.picture))
            fail_msg("without %s: no banner", off[0]);
        fixture_close(&fixture);
    }
}

/* libpng alone, without code of client or mock, reads the picture that the client handed out. */
static void client_flow_hands_out_a_picture_that_decodes(void **state)
{
    size_t size = 0;
    struct fixture fixture;
    png_image image = {.version = PNG_IMAGE_VERSION};
    (void)state;
    fixture_open(&fixture, NULL);
    fixture_picture(&fixture, image_make_read("portrait.png"));
    assert_int_equal(fixture_call(&fixture, "a PNG"), AILAB_OK);
    const void *bytes = ailab_result_image(fixture.result, &size);
    assert_true(png_image_begin_read_from_memory(&image, bytes, size));
    image.format = PNG_FORMAT_RGB;
    void *pixels = malloc(PNG_IMAGE_SIZE(image));
    assert_true(png_image_finish_read(&image, NULL, pixels, 0, NULL));
    assert_int_equal(image.width, 512);
    free(pixels);
    fixture_close(&fixture);
}

static void client_flow_takes_a_png_for_a_jpeg(void **state)
{
    static const struct expected cat = {"cat.png", AILAB_FORMAT_PNG, 0};
    (void)state;
    for (size_t r = 0; r < ROWS(revisions); r++) {
        struct fixture fixture;
        struct image_file file = image_make_read(cat.name);
        fixture_open(&fixture, &(struct ailab_mock_options){.result = IMAGES "cat.png",
                                                            .revision = revisions[r]});
        assert_int_equal(fixture_call_with(&fixture, "a JPEG in, a PNG out", 100, NULL), AILAB_OK);
        assert_int_equal(ailab_result_format(fixture.result), cat.format);
        assert_true(fixture_got(fixture.result, &file));
        free(file.data);
        fixture_close(&fixture);
    }
}

CLIENT_SUITE("client_success",
             cmocka_unit_test(client_flow_takes_the_picture_as_it_is_in_every_revision),
             cmocka_unit_test(client_flow_takes_an_annotated_picture_in_every_revision),
             cmocka_unit_test(client_flow_takes_an_annotated_picture_whichever_rule_is_off),
             cmocka_unit_test(client_flow_hands_out_a_picture_that_decodes),
             cmocka_unit_test(client_flow_takes_a_png_for_a_jpeg))
