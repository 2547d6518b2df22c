/* By TLS 1.2 a client cannot end its sending half alone: the cases that do that are left out, and
 * no other is. The configuration of OpenSSL bounds the version, as an administrator bounds it. */
#include "mock.h"
#include "reports.h"
#include "testing/files.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CONFIGURATION                                                                              \
    "openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = bounds\n"                  \
    "[bounds]\nMaxProtocol = "

#define NOT_HALF "skip | before TLS 1.3 a client cannot end its sending half alone"

static const struct {
    const char *slug, *at_1_2, *at_1_3;
} rows[] = {
    {"framing/ends-early", NOT_HALF, "pass"},
    {"framing/chunks-end-early", NOT_HALF, "pass"},
    {"framing/length-plus", "pass", "pass"},
};
#define ROWS (sizeof rows / sizeof rows[0])

/* The report of the cases by that version at most. */
static void judge(struct program_outcome *out, const char *url, const char *folder,
                  const char *version)
{
    char authority[PATH_SIZE], path[PATH_SIZE], variable[PATH_SIZE + 16], text[256];
    path_join(authority, folder, "ailab-mock-ca.pem");
    path_join(path, folder, "openssl.conf");
    snprintf(variable, sizeof variable, "OPENSSL_CONF=%s", path);
    snprintf(text, sizeof text, CONFIGURATION "%s\n", version);
    file_write(path, text, strlen(text));
    const char *const env[] = {"AILAB_API_KEY=" KEY_TEXT, variable, NULL};
    suite_run(out, env, "--target", url, "--ca-file", authority, "--report", "json", "--level",
              "info", "--timeout", "30000", "--run", rows[0].slug, "--run", rows[1].slug, "--run",
              rows[2].slug, NULL);
}

static void tls_1_2_leaves_out_what_takes_half_a_connection(void **state)
{
    const char *folder = *state;
    static const char *const versions[] = {"TLSv1.2", "TLSv1.3"};
    struct program_server front;
    char url[80];
    struct program_outcome outcomes[2];
    assert_true(mock_start_https(&front, folder));
    snprintf(url, sizeof url, "https://127.0.0.1%s", strrchr(front.url, ':'));
    for (size_t v = 0; v < 2; v++)
        judge(&outcomes[v], url, folder, versions[v]);
    program_server_stop(&front);
    for (size_t v = 0; v < 2; v++) {
        assert_exit(versions[v], &outcomes[v], 0);
        for (size_t i = 0; i < ROWS; i++) {
            char said[VERDICT_SIZE];
            verdict_of(said, outcomes[v].out, rows[i].slug);
            assert_string_equal(said, v == 0 ? rows[i].at_1_2 : rows[i].at_1_3);
        }
        program_outcome_clear(&outcomes[v]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tls_1_2_leaves_out_what_takes_half_a_connection,
                                        folder_make, folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
