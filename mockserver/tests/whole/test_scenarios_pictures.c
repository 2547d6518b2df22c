/* The checked-in pictures with cues: one for each code that this endpoint can meet and no other,
 * each a sound small portrait that is answered with exactly its code, by its comment alone. */
#include "scenarios_fixture.h"
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include <cmocka.h>

#define FOLDER AILAB_SOURCE_DIR "/fixtures/images/cues"
#define PICTURE_MAX 65536

static size_t read_picture(char picture[PICTURE_MAX], const char *code)
{
    char path[512];
    snprintf(path, sizeof path, FOLDER "/%s.jpg", code);
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s is missing: run ci/make-cues", path);
    size_t size = fread(picture, 1, PICTURE_MAX, file);
    fclose(file);
    assert_in_range(size, 1000, PICTURE_MAX - 1);
    return size;
}

static void picture_work_are_there_for_each_code_that_can_be_met(void **state)
{
    (void)state;
    static char picture[PICTURE_MAX];
    const struct scenarios_error *errors = scenarios_errors();
    size_t expected = 0, found = 0;
    for (size_t i = 0; i < SCENARIOS_ERRORS; i++) {
        if (!errors[i].met)
            continue;
        read_picture(picture, errors[i].code);
        expected++;
    }
    DIR *folder = opendir(FOLDER);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));)
        found += entry->d_name[0] != '.';
    closedir(folder);
    assert_int_equal(expected, PINNED_CODES_OF_THE_ENDPOINT + PINNED_CODES_PERHAPS_OF_THE_ENDPOINT);
    assert_int_equal(found, expected);
}

static void picture_work_are_answered_with_their_code(void **state)
{
    static char picture[PICTURE_MAX];
    const struct scenarios_error *errors = scenarios_errors();
    for (size_t i = 0; i < SCENARIOS_ERRORS; i++) {
        struct scenarios_answer answer;
        if (!errors[i].met)
            continue;
        struct scenarios_call call = {.file_name = "IMG_0001.JPG"};
        call.image = slice_make(picture, read_picture(picture, errors[i].code));
        scenarios_ask(&answer, ailab_mock_port(*state), &call);
        if (!scenarios_is(&answer, errors[i].since, errors[i].code) ||
            !scenarios_header_is(&answer, "X-Mock-Scenario", errors[i].code))
            fail_msg("%s.jpg: %.400s", errors[i].code, answer.size ? answer.bytes : "(nothing)");
        scenarios_clear(&answer);
    }
    assert_int_equal(scenarios_count(*state, "{\"unexpected\": true}"), 0);
}

/* Where cues do not count each of them is a right upload. */
static void picture_work_are_sound_portraits(void **state)
{
    static char picture[PICTURE_MAX];
    const struct ailab_mock_options options = {.strict = true};
    const struct scenarios_error *errors = scenarios_errors();
    struct ailab_mock *mock = scenarios_start(&options);
    (void)state;
    for (size_t i = 0; i < SCENARIOS_ERRORS; i++) {
        if (!errors[i].met)
            continue;
        struct scenarios_call call = {
            .image = slice_make(picture, read_picture(picture, errors[i].code))};
        scenarios_expect(mock, &call, 200, "", errors[i].code);
    }
    assert_int_equal(scenarios_count(mock, "{\"match\": {\"format\": \"jpeg\", \"width\": 96, "
                                           "\"height\": 96}}"),
                     PINNED_CODES_OF_THE_ENDPOINT + PINNED_CODES_PERHAPS_OF_THE_ENDPOINT);
    ailab_mock_stop(mock);
}

static void put_number(char out[4], unsigned long number)
{
    for (int i = 0; i < 4; i++)
        out[i] = (char)(number >> (24 - 8 * i) & 0xff);
}

/* A PNG says it in a tEXt chunk, put in here behind IHDR byte by byte. */
static void picture_work_may_be_png_with_a_text_chunk(void **state)
{
    static const char text[] = "tEXtSoftware\0mock:ERROR_BLURRY_FACE";
    static char picture[1 << 20];
    const size_t ihdr_end = 33, text_size = sizeof text - 1;
    FILE *file = fopen(AILAB_SOURCE_DIR "/fixtures/images/cat.png", "rb");
    assert_non_null(file);
    assert_int_equal(fread(picture, 1, ihdr_end, file), ihdr_end);
    char *chunk = picture + ihdr_end;
    put_number(chunk, text_size - 4);
    memcpy(chunk + 4, text, text_size);
    put_number(chunk + 4 + text_size, crc32(0, (const unsigned char *)text, (unsigned)text_size));
    size_t size = ihdr_end + text_size + 8;
    size += fread(picture + size, 1, sizeof picture - size, file);
    fclose(file);
    assert_in_range(size, 100000, sizeof picture - 1);
    struct scenarios_call call = {.image = slice_make(picture, size)};
    scenarios_expect(*state, &call, 422, "ERROR_BLURRY_FACE", "a PNG's tEXt");
    assert_int_equal(scenarios_count(*state, "{\"match\": {\"format\": \"png\"}, \"scenario\": "
                                             "\"ERROR_BLURRY_FACE\"}"),
                     1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(picture_work_are_there_for_each_code_that_can_be_met),
        cmocka_unit_test(picture_work_are_answered_with_their_code),
        cmocka_unit_test(picture_work_are_sound_portraits),
        cmocka_unit_test(picture_work_may_be_png_with_a_text_chunk),
    };
    return cmocka_run_group_tests_name("scenarios_pictures", tests, scenarios_setup,
                                       scenarios_teardown);
}
