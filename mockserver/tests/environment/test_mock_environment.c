/* The same as the library tells it of a running mock. */
#include "ailab_mock.h"
#include "testing/files.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct ailab_mock *start(const struct ailab_mock_options *options)
{
    char why[AILAB_MOCK_ERROR_SIZE];
    struct ailab_mock *mock = NULL;
    if (ailab_mock_start(&mock, options, why) != AILAB_MOCK_OK)
        fail_msg("%s", why);
    return mock;
}

/* NULL when it is not among them. */
static const char *value_of(const char *const *variables, const char *name)
{
    for (; *variables; variables++)
        if (strncmp(*variables, name, strlen(name)) == 0 && (*variables)[strlen(name)] == '=')
            return *variables + strlen(name) + 1;
    return NULL;
}

static void mock_environment_names_the_url_alone_without_https(void **state)
{
    struct ailab_mock *mock = start(NULL);
    const char *const *variables = ailab_mock_environment(mock);
    (void)state;
    assert_string_equal(value_of(variables, "AILAB_BASE_URL"), ailab_mock_url(mock));
    assert_null(variables[1]);
    ailab_mock_stop(mock);
}

static void mock_environment_lives_as_long_as_the_mock(void **state)
{
    char *folder = folder_new(), rc[PATH_SIZE];
    const struct ailab_mock_options options = {.https = true, .ca_dir = folder};
    struct ailab_mock *mock = start(&options);
    const char *const *variables = ailab_mock_environment(mock);
    (void)state;
    assert_non_null(variables);
    assert_ptr_equal(ailab_mock_environment(mock), variables);
    assert_string_equal(value_of(variables, "HTTPS_PROXY"), ailab_mock_url(mock));
    assert_string_equal(value_of(variables, "NODE_EXTRA_CA_CERTS"), ailab_mock_ca_file(mock));
    assert_int_equal(access(value_of(variables, "SSL_CERT_FILE"), R_OK), 0);
    snprintf(rc, sizeof rc, "%s", value_of(variables, "WGETRC"));
    assert_int_equal(access(rc, R_OK), 0);
    ailab_mock_stop(mock);
    assert_int_not_equal(access(rc, F_OK), 0);
    folder_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mock_environment_names_the_url_alone_without_https),
        cmocka_unit_test(mock_environment_lives_as_long_as_the_mock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
