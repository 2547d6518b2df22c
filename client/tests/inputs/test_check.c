/* What is found before sending, and what options may be. */
#include "ailab.h"
#include "options.h"
#include "samples.h"
#include "url.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ENDPOINT "/api/portrait/effects/emotion-editor"

#define PNG_OF(width, height)                                                                      \
    "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0" width "\0\0" height                                        \
    "\x08\x02\0\0\0crc_\0\0\0\1IDATxcrc_\0\0\0\0IENDcrc_"

static void check_finds_what_would_be_refused(void **state)
{
    static const struct {
        const char *why;
        int choice;
        const char *bytes;
        size_t size;
        enum ailab_code code; /* NONE: nothing to find */
        unsigned width;
    } rows[] = {
#define ROW(why, choice, bytes, code, width)                                                       \
    {why, choice, bytes, sizeof(bytes) - 1, AILAB_CODE_##code, width}
        ROW("a PNG", 12, SAMPLE_PNG, NONE, 3),
        ROW("a JPEG", 100, SAMPLE_JPEG, NONE, 5),
        ROW("without a value", -1, SAMPLE_PNG, NONE, 3),
        ROW("a value of an earlier revision", 3, SAMPLE_PNG, ERROR_INVALID_PARAMETER, 0),
        ROW("zero is a value", 0, SAMPLE_PNG, ERROR_INVALID_PARAMETER, 0),
        ROW("a value that never was", 17, SAMPLE_PNG, ERROR_INVALID_PARAMETER, 0),
        ROW("nothing", 12, "", PARAMETERS_CANNOT_EMPTY, 0),
        ROW("empty comes before the value", 17, "", PARAMETERS_CANNOT_EMPTY, 0),
        ROW("the value comes before the type", 17, "GIF89a", ERROR_INVALID_PARAMETER, 0),
        ROW("a GIF", 12, "GIF89a\1\0\1\0", UNSUPPORTED_FILE_TYPES, 0),
        ROW("half a PNG", 12, "\x89PNG\r\n\x1a\n\0\0\0", FILE_DECODING_FAILURE, 0),
        ROW("the longest side", 12, PNG_OF("\x0f\xff", "\x0f\xff"), NONE, 4095),
        ROW("too wide", 12, PNG_OF("\x10\0", "\0\1"), FILE_RESOLUTION_EXCEEDS_LIMITS, 4096),
        ROW("too high", 12, PNG_OF("\0\1", "\x10\0"), FILE_RESOLUTION_EXCEEDS_LIMITS, 1),
#undef ROW
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ailab_result *result = NULL;
        struct ailab_image image = {.data = rows[i].bytes, .size = rows[i].size};
        enum ailab_error error = ailab_check(&result, rows[i].choice, &image);
        bool found = rows[i].code != AILAB_CODE_NONE;
        if (error != (found ? AILAB_PREFLIGHT : AILAB_OK) ||
            ailab_result_code(result) != rows[i].code ||
            ailab_result_width(result) != rows[i].width)
            fail_msg("%s: %s, %s, width %u", rows[i].why, ailab_error_name(error),
                     ailab_result_code_text(result), ailab_result_width(result));
        assert_int_equal(ailab_result_error(result), error);
        assert_string_equal(ailab_result_code_message(result),
                            found ? ailab_code_description(rows[i].code) : "");
        assert_int_equal(*ailab_result_error_text(result) != '\0', found);
        assert_int_equal(ailab_result_http_status(result), 0);
        assert_false(ailab_result_retryable(result));
        assert_string_equal(ailab_result_code_text(result), ailab_code_name(rows[i].code));
        ailab_result_free(result);
    }
}

static void check_tells_the_format_and_the_sides(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        enum ailab_format format;
        unsigned width, height;
    } rows[] = {
        {SAMPLE_PNG, SAMPLE_PNG_SIZE, AILAB_FORMAT_PNG, 3, 2},
        {SAMPLE_JPEG, SAMPLE_JPEG_SIZE, AILAB_FORMAT_JPEG, 5, 4},
        {SAMPLE_JPEG, 3, AILAB_FORMAT_JPEG, 0, 0}, /* cut off before it says */
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ailab_result *result = NULL;
        const struct ailab_image image = {.data = rows[i].bytes, .size = rows[i].size};
        (void)ailab_check(&result, -1, &image);
        assert_int_equal(ailab_result_format(result), rows[i].format);
        assert_int_equal(ailab_result_width(result), rows[i].width);
        assert_int_equal(ailab_result_height(result), rows[i].height);
        ailab_result_free(result);
    }
}

static void check_knows_the_largest_file(void **state)
{
    const size_t max = (size_t)5 * 1024 * 1024;
    char *bytes = calloc(1, max + 1);
    struct ailab_result *result = NULL;
    (void)state;
    assert_non_null(bytes);
    memcpy(bytes, SAMPLE_PNG, SAMPLE_PNG_SIZE);
    struct ailab_image image = {.data = bytes, .size = max};
    assert_int_equal(ailab_check(&result, 12, &image), AILAB_OK);
    ailab_result_free(result);
    image.size = max + 1;
    assert_int_equal(ailab_check(&result, 12, &image), AILAB_PREFLIGHT);
    assert_int_equal(ailab_result_code(result), AILAB_CODE_FILE_SIZE_EXCEEDS_LIMIT);
    ailab_result_free(result);
    free(bytes);
}

static void check_says_so_when_there_is_no_picture(void **state)
{
    struct ailab_result *result = NULL;
    (void)state;
    assert_int_equal(ailab_check(&result, 12, NULL), AILAB_ARGUMENT);
    assert_true(*ailab_result_error_text(result));
    ailab_result_free(result);
    assert_int_equal(ailab_check(NULL, 12, NULL), AILAB_ARGUMENT);
}

#define KEY .api_key = "k3y"

static void options_are_refused_with_a_sentence_when_wrong(void **state)
{
    static char key[513], long_key[514], agent[1025], long_agent[1026];
    static char url[2001] = "http://a/", long_url[2002] = "http://a/";
    memset(key, 'k', sizeof key - 1);
    memset(long_key, 'k', sizeof long_key - 1);
    memset(agent, 'a', sizeof agent - 1);
    memset(long_agent, 'a', sizeof long_agent - 1);
    memset(url + 9, 'a', sizeof url - 10);
    memset(long_url + 9, 'a', sizeof long_url - 10);
    const struct {
        const char *why;
        struct ailab_options options;
        const char *expected; /* how the sentence begins; NULL: nothing is wrong */
    } rows[] = {
        {"the least", {KEY}, NULL},
        {"a base URL", {KEY, .base_url = "http://127.0.0.1:8080"}, NULL},
        {"a prefix", {KEY, .base_url = "https://example.com/v1/"}, NULL},
        {"an address of IPv6", {KEY, .base_url = "http://[::1]:8080"}, NULL},
        {"the most", {KEY, .retries = 10, .timeout_ms = 86400000, .user_agent = "a b"}, NULL},
        {"the longest of the other times",
         {KEY, .connect_timeout_ms = 86400000, .retry_wait_ms = 86400000,
          .retry_wait_max_ms = 86400000},
         NULL},
        {"no key", {.base_url = "http://a"}, "api_key is missing"},
        {"an empty key", {.api_key = ""}, "api_key is missing"},
        {"a key as long as it may be", {.api_key = key}, NULL},
        {"a long key", {.api_key = long_key}, "api_key is longer"},
        {"a key of the first and the last character", {.api_key = "!~"}, NULL},
        {"a key with DEL", {.api_key = "a\x7f"}, "api_key must be"},
        {"a key with a line break", {.api_key = "a\r\nX: y"}, "api_key must be"},
        {"a key with a space", {.api_key = "a b"}, "api_key must be"},
        {"a key beyond ASCII", {.api_key = "\xc3\xa9"}, "api_key must be"},
        {"no scheme", {KEY, .base_url = "127.0.0.1:8080"}, "base_url has no scheme"},
        {"a name for a scheme", {KEY, .base_url = "localhost:8080"}, "base_url has no scheme"},
        {"the endpoint", {KEY, .base_url = "http://a" ENDPOINT}, "base_url ends in the path"},
        {"and a slash", {KEY, .base_url = "http://a" ENDPOINT "/"}, "base_url ends in the path"},
        {"its beginning alone", {KEY, .base_url = "http://a/api/portrait"}, NULL},
        {"a proxy", {KEY, .proxy = "http://user:secret@127.0.0.1:3128"}, NULL},
        {"a proxy of another kind", {KEY, .proxy = "socks5h://localhost:1080"}, NULL},
        {"a proxy without a scheme", {KEY, .proxy = "localhost:3128"}, "proxy must begin"},
        {"a proxy's bad port", {KEY, .proxy = "http://localhost:x"}, "proxy is not a URL"},
        {"an empty URL", {KEY, .base_url = ""}, "base_url"},
        {"no host", {KEY, .base_url = "http://"}, "base_url"},
        {"a bad port", {KEY, .base_url = "http://a:99999"}, "base_url has a port"},
        {"a space", {KEY, .base_url = "http://a b"}, "base_url"},
        {"a line break", {KEY, .base_url = "http://a/\r\nX: y"}, "base_url"},
        {"another scheme", {KEY, .base_url = "ftp://a"}, "base_url must begin"},
        {"a file", {KEY, .base_url = "file:///etc/passwd"}, "base_url"},
        {"a user", {KEY, .base_url = "http://u:p@a"}, "base_url must not contain user"},
        {"a user alone", {KEY, .base_url = "http://u@a"}, "base_url must not contain user"},
        {"a password alone", {KEY, .base_url = "http://:p@a"}, "base_url must not contain user"},
        {"a query", {KEY, .base_url = "http://a/?b"}, "base_url must not contain a query"},
        {"a fragment", {KEY, .base_url = "http://a/#b"}, "base_url must not contain a query"},
        {"an empty query", {KEY, .base_url = "http://a/?"}, "base_url must not contain a query"},
        {"an empty fragment", {KEY, .base_url = "http://a#"}, "base_url must not contain a query"},
        {"a URL as long as it may be", {KEY, .base_url = url}, NULL},
        {"a long URL", {KEY, .base_url = long_url}, "base_url is longer"},
        {"time running backwards", {KEY, .timeout_ms = -1}, "connect_timeout_ms and timeout_ms"},
        {"a connection in no time", {KEY, .connect_timeout_ms = -1}, "connect_timeout_ms and"},
        {"a slow connection", {KEY, .connect_timeout_ms = 86400001}, "connect_timeout_ms and"},
        {"a slow call", {KEY, .timeout_ms = 86400001}, "connect_timeout_ms and"},
        {"a long wait", {KEY, .retry_wait_ms = 86400001}, "retry_wait_ms and"},
        {"a high bound", {KEY, .retry_wait_max_ms = 86400001}, "retry_wait_ms and"},
        {"a negative wait", {KEY, .retry_wait_ms = -1}, "retry_wait_ms and"},
        {"a negative bound", {KEY, .retry_wait_max_ms = -1}, "retry_wait_ms and"},
        {"eleven retries", {KEY, .retries = 11}, "retries"},
        {"an agent with a line break", {KEY, .user_agent = "a\nb"}, "user_agent"},
        {"an agent as long as it may be", {KEY, .user_agent = agent}, NULL},
        {"a long agent", {KEY, .user_agent = long_agent}, "user_agent"},
        {"an unnamed file", {KEY, .ca_file = ""}, "ca_file"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        static char another;
        struct ailab *client = (void *)&another; /* nothing of it is left */
        const char *problem = ailab_options_problem(&rows[i].options);
        const char *expected = rows[i].expected ? rows[i].expected : "";
        if (strncmp(problem, expected, strlen(expected)) || !*problem != !*expected)
            fail_msg("%s: \"%s\"", rows[i].why, problem);
        enum ailab_error error = ailab_new(&client, &rows[i].options);
        assert_int_equal(error, *problem ? AILAB_ARGUMENT : AILAB_OK);
        assert_int_equal(client == NULL, *problem != '\0');
        ailab_free(client);
    }
    assert_int_equal(ailab_new(NULL, NULL), AILAB_ARGUMENT);
    assert_true(*ailab_options_problem(NULL));
}

static void endpoint_stands_behind_the_base_url_without_another_slash(void **state)
{
    static const char *const rows[][2] = {
        {"http://a:8080", "http://a:8080" ENDPOINT},
        {"http://a:8080/", "http://a:8080" ENDPOINT},
        {"http://a/v1///", "http://a/v1" ENDPOINT},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *url = ai_url_of_endpoint(rows[i][0]);
        assert_string_equal(url, rows[i][1]);
        free(url);
    }
}

static void options_that_are_not_given_have_their_defaults(void **state)
{
    struct ailab_options options = {KEY};
    (void)state;
    ai_options_complete(&options);
    assert_string_equal(options.base_url, AILAB_DEFAULT_BASE_URL);
    assert_int_equal(options.connect_timeout_ms, AILAB_DEFAULT_CONNECT_TIMEOUT_MS);
    assert_int_equal(options.timeout_ms, AILAB_DEFAULT_TIMEOUT_MS);
    assert_int_equal(options.retry_wait_ms, AILAB_DEFAULT_RETRY_WAIT_MS);
    assert_int_equal(options.retry_wait_max_ms, AILAB_DEFAULT_RETRY_WAIT_MAX_MS);
    assert_string_equal(options.user_agent, "ailab/" AILAB_VERSION_STRING);
    assert_int_equal(options.max_answer_bytes, AILAB_DEFAULT_MAX_ANSWER_BYTES);
}

static void options_that_are_given_stay(void **state)
{
    const struct ailab_options given = {KEY,
                                        .base_url = "http://a",
                                        .connect_timeout_ms = 1,
                                        .timeout_ms = 2,
                                        .retry_wait_ms = 3,
                                        .retry_wait_max_ms = 4,
                                        .user_agent = "b",
                                        .max_answer_bytes = 5};
    struct ailab_options options = given;
    (void)state;
    ai_options_complete(&options);
    assert_ptr_equal(options.base_url, given.base_url);
    assert_int_equal(options.connect_timeout_ms, 1);
    assert_int_equal(options.timeout_ms, 2);
    assert_int_equal(options.retry_wait_ms, 3);
    assert_int_equal(options.retry_wait_max_ms, 4);
    assert_ptr_equal(options.user_agent, given.user_agent);
    assert_int_equal(options.max_answer_bytes, 5);
}

static void edit_says_so_when_an_argument_is_missing(void **state)
{
    static const struct ailab_options options = {.api_key = "k3y",
                                                 .base_url = "http://127.0.0.1:1"};
    struct ailab_image image = {.data = SAMPLE_PNG, .size = SAMPLE_PNG_SIZE};
    struct ailab_image none = {.data = NULL};
    struct ailab *client = NULL;
    struct ailab_result *result = NULL;
    (void)state;
    assert_int_equal(ailab_new(&client, &options), AILAB_OK);
    assert_int_equal(ailab_edit(NULL, client, 12, &image), AILAB_ARGUMENT);
    assert_int_equal(ailab_edit_file(NULL, client, 12, "/"), AILAB_ARGUMENT);
    assert_int_equal(ailab_edit(&result, NULL, 12, &image), AILAB_ARGUMENT);
    ailab_result_free(result);
    assert_int_equal(ailab_edit(&result, client, 12, NULL), AILAB_ARGUMENT);
    ailab_result_free(result);
    assert_int_equal(ailab_edit(&result, client, 12, &none), AILAB_ARGUMENT);
    assert_int_equal(ailab_result_attempts(result), 0);
    assert_true(*ailab_result_error_text(result));
    ailab_result_free(result);
    assert_int_equal(ailab_edit_file(&result, client, 12, NULL), AILAB_ARGUMENT);
    ailab_result_free(result);
    assert_int_equal(ailab_edit_file(&result, client, 12, "/nowhere/at/all"), AILAB_FILE);
    assert_non_null(strstr(ailab_result_error_text(result), "/nowhere/at/all"));
    ailab_result_free(result);
    assert_int_equal(ailab_edit_file(&result, client, 12, "/"), AILAB_FILE);
    ailab_result_free(result);
    assert_int_equal(ailab_edit_file(&result, client, 12, "/dev/zero"), AILAB_FILE);
    assert_non_null(strstr(ailab_result_error_text(result), "not a regular file"));
    ailab_result_free(result);
    ailab_free(client);
    ailab_free(NULL);
    ailab_cancel(NULL);
}

static void result_reads_as_no_memory_when_it_is_null(void **state)
{
    size_t size = 1;
    (void)state;
    ailab_result_free(NULL);
    assert_int_equal(ailab_result_error(NULL), AILAB_NO_MEMORY);
    assert_null(ailab_result_image(NULL, &size));
    assert_int_equal(size, 0);
    assert_int_equal(ailab_result_http_status(NULL), 0);
    assert_string_equal(ailab_result_code_text(NULL), "");
    assert_true(*ailab_result_error_text(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_finds_what_would_be_refused),
        cmocka_unit_test(check_tells_the_format_and_the_sides),
        cmocka_unit_test(check_knows_the_largest_file),
        cmocka_unit_test(check_says_so_when_there_is_no_picture),
        cmocka_unit_test(options_are_refused_with_a_sentence_when_wrong),
        cmocka_unit_test(endpoint_stands_behind_the_base_url_without_another_slash),
        cmocka_unit_test(options_that_are_not_given_have_their_defaults),
        cmocka_unit_test(options_that_are_given_stay),
        cmocka_unit_test(edit_says_so_when_an_argument_is_missing),
        cmocka_unit_test(result_reads_as_no_memory_when_it_is_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
