/* How a test of your own program reads with the mock as a library: start, arm, call, verify. Here
 * the program under test is a call of the client library; anything that takes a base URL will do.
 */
#include "ailab.h"
#include "ailab_mock.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define PORTRAIT AILAB_SOURCE_DIR "/fixtures/images/portrait.jpg"

static void program_tries_again_when_the_service_is_busy(void **state)
{
    struct ailab_mock *mock = NULL;
    struct ailab *client = NULL;
    struct ailab_result *result = NULL;
    char why[AILAB_MOCK_ERROR_SIZE] = "";
    size_t count = 0;
    (void)state;

    /* Start: a free port of its own, so that tests can run side by side. */
    assert_int_equal(ailab_mock_start(&mock, NULL, why), AILAB_MOCK_OK);

    /* Arm: the next two calls with this key; after them all is as usual. */
    assert_int_equal(ailab_mock_arm(mock, "my-key",
                                    "[{\"error\": \"ERROR_INSUFFICIENT_RESOURCES\"},"
                                    " {\"fault\": \"reset-before-answer\"}]",
                                    why),
                     AILAB_MOCK_OK);

    /* Call: the program under test. */
    struct ailab_options options = {
        .api_key = "my-key", .base_url = ailab_mock_url(mock), .retries = 3, .retry_wait_ms = 10};
    assert_int_equal(ailab_new(&client, &options), AILAB_OK);
    assert_int_equal(ailab_edit_file(&result, client, 12, PORTRAIT), AILAB_OK);
    assert_int_equal(ailab_result_attempts(result), 3);

    /* Verify: what arrived, and that nothing else did. */
    const char *match = "{\"match\": {\"api_key\": \"my-key\", \"service_choice\": 12}}";
    assert_int_equal(ailab_mock_count(mock, match, &count, why), AILAB_MOCK_OK);
    assert_int_equal(count, 3);
    ailab_mock_count_unexpected(mock, &count, why);
    assert_int_equal(count, 0);

    ailab_result_free(result);
    ailab_free(client);
    ailab_mock_stop(mock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(program_tries_again_when_the_service_is_busy),
    };
    return cmocka_run_group_tests_name("example", tests, NULL, NULL);
}
