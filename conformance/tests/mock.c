/* See mock.h. */
#include "mock.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

const char *const with_key[] = {"AILAB_API_KEY=" KEY_TEXT, NULL};

bool mock_start(struct server *server, const char *revision, const char *rule)
{
    const char *argv[] = {AILAB_BIN_DIR "/ailab-mock",
                          "--port",
                          "0",
                          "--log",
                          "off",
                          "--api-key",
                          KEY_TEXT,
                          "--revision",
                          revision,
                          rule ? "--without-rule" : NULL,
                          rule,
                          NULL};
    return server_start(server, argv, with_key);
}

bool mock_start_open(struct server *server)
{
    const char *argv[] = {AILAB_BIN_DIR "/ailab-mock", "--port", "0", "--log", "off", NULL};
    return server_start(server, argv, NULL);
}

void assert_exit(const char *why, const struct outcome_of *outcome, int code)
{
    if (outcome->exit != code)
        fail_msg("%s: exit %d and not %d\n%s%s", why, outcome->exit, code, buf_str(&outcome->out),
                 buf_str(&outcome->err));
}
