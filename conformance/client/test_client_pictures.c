/* The mock refuses each picture that the client refuses before it sends, and with the same code: on
 * every picture of the corpora and of the fixtures. The reverse does not hold, because the mock
 * decodes a picture and the client only walks over its segments. */
#include "ailab.h"
#include "ailab_mock.h"
#include "testing/image_cases.h"
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PICTURE_MAX ((size_t)6 * 1024 * 1024)

struct ways {
    struct ailab *client;
    unsigned char *picture; /* PICTURE_MAX bytes */
    unsigned pictures, refused;
};

static size_t read_picture(struct ways *ways, const char *path)
{
    FILE *file = fopen(path, "rbe");
    assert_non_null(file);
    size_t size = fread(ways->picture, 1, PICTURE_MAX, file);
    fclose(file);
    return size;
}

static void compare(struct ways *ways, const char *path)
{
    const struct ailab_image image = {.data = ways->picture, .size = read_picture(ways, path)};
    struct ailab_result *checked = NULL, *sent = NULL;
    if (ailab_check(&checked, 12, &image) == AILAB_PREFLIGHT) {
        enum ailab_error error = ailab_edit(&sent, ways->client, 12, &image);
        if (error != AILAB_REFUSED || ailab_result_code(sent) != ailab_result_code(checked))
            fail_msg("%s: the client says %s (%s), the mock %s %s (%s)", path,
                     ailab_result_code_text(checked), ailab_result_error_text(checked),
                     ailab_error_name(error), ailab_result_code_text(sent),
                     ailab_result_message(sent));
        ways->refused++;
    }
    ways->pictures++;
    ailab_result_free(checked);
    ailab_result_free(sent);
}

static void compare_folder(struct ways *ways, const char *folder)
{
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    for (struct dirent *entry; (entry = readdir(directory));) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.')
            compare(ways, path);
    }
    closedir(directory);
}

static void mock_refuses_every_picture_that_the_client_refuses(void **state)
{
    static const char *const folders[] = {AILAB_SOURCE_DIR "/client/fuzz/corpus/picture",
                                          AILAB_SOURCE_DIR "/mockserver/fuzz/corpus/image",
                                          AILAB_SOURCE_DIR "/fixtures/images"};
    struct ailab_mock *mock = NULL;
    struct ways ways = {.picture = malloc(PICTURE_MAX)};
    const char *more = getenv("AILAB_PICTURES"); /* a folder of one's own */
    (void)state;
    assert_non_null(ways.picture);
    assert_int_equal(ailab_mock_start(&mock, NULL, NULL), AILAB_MOCK_OK);
    assert_int_equal(
        ailab_new(&ways.client,
                  &(struct ailab_options){.api_key = "pictures", .base_url = ailab_mock_url(mock)}),
        AILAB_OK);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        compare_folder(&ways, folders[i]);
    if (more)
        compare_folder(&ways, more);
    print_message("%u pictures, of which the client refuses %u\n", ways.pictures, ways.refused);
    assert_true(ways.pictures > 50 && ways.refused > 10);
    ailab_free(ways.client);
    ailab_mock_stop(mock);
    free(ways.picture);
}

/* Logged for pictures that were taken; the mock may write a line after its answer was read. */
static void count_oddities(void *context, const struct ailab_mock_log_entry *entry)
{
    size_t *logged = context;
    if (entry->status == 200)
        *logged += entry->image_oddity_count;
}

static size_t words_in(const char *text)
{
    size_t words = *text != '\0';
    for (; *text; text++)
        words += *text == ' ';
    return words;
}

/* The mock's answer is what the row says; what it takes, the client takes before and after.
 * How many oddities there are to log. */
static size_t call_with_case(struct ailab *client, size_t i, bool echo)
{
    struct image_file file;
    struct ailab_result *checked = NULL, *sent = NULL;
    const struct image_case *expected = image_case_make(&file, i);
    const struct ailab_image image = {.data = file.data, .size = file.len};
    const bool taken = expected->verdict == IMAGE_CASE_TAKEN;
    const bool refused_early = expected->verdict == IMAGE_CASE_REFUSED;
    enum ailab_error check = ailab_check(&checked, 12, &image);
    enum ailab_error edit = ailab_edit(&sent, client, 12, &image);
    size_t size = 0;
    const void *result = ailab_result_image(sent, &size);
    if (check != (refused_early ? AILAB_PREFLIGHT : AILAB_OK) ||
        edit != (taken ? AILAB_OK : AILAB_REFUSED) ||
        (!taken && strcmp(ailab_result_code_text(sent), "FILE_DECODING_FAILURE") != 0))
        fail_msg("%s: check %s (%s), edit %s (%s %s)", expected->name, ailab_error_name(check),
                 ailab_result_error_text(checked), ailab_error_name(edit),
                 ailab_result_code_text(sent), ailab_result_message(sent));
    if (taken && echo && (size != file.len || memcmp(result, file.data, size) != 0))
        fail_msg("%s: another picture came back", expected->name);
    ailab_result_free(checked);
    ailab_result_free(sent);
    free(file.data);
    return taken ? words_in(expected->oddities) : 0;
}

static void mock_and_client_agree_on_every_case(void **state)
{
    (void)state;
    for (int echo = 0; echo < 2; echo++) {
        size_t logged = 0, expected = 0;
        struct ailab_mock *mock = NULL;
        struct ailab *client = NULL;
        const struct ailab_mock_options options = {
            .result = echo ? "echo" : "annotate", .log = count_oddities, .log_context = &logged};
        assert_int_equal(ailab_mock_start(&mock, &options, NULL), AILAB_MOCK_OK);
        const struct ailab_options to = {.api_key = "pictures", .base_url = ailab_mock_url(mock)};
        assert_int_equal(ailab_new(&client, &to), AILAB_OK);
        for (size_t i = 0; i < image_case_count(); i++)
            expected += call_with_case(client, i, echo == 1);
        ailab_free(client);
        ailab_mock_stop(mock);
        assert_int_equal(logged, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mock_refuses_every_picture_that_the_client_refuses),
        cmocka_unit_test(mock_and_client_agree_on_every_case),
    };
    return cmocka_run_group_tests_name("client_pictures", tests, NULL, NULL);
}
