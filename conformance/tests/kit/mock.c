/* See mock.h. */
#include "mock.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define LOCKED "key-of-a-locked-account"
#define EMPTY "key-of-an-empty-account"
#define LIMITED "key-of-a-limited-account"

const char *const with_key[] = {"AILAB_API_KEY=" KEY_TEXT, "AILAB_API_KEY_LOCKED=" LOCKED,
                                "AILAB_API_KEY_EMPTY=" EMPTY, "AILAB_API_KEY_LIMITED=" LIMITED,
                                NULL};

/* An account in each state that a rule is about. The mock reads the file before it says its URL. */
static bool write_accounts(char path[96], const char *directory)
{
    snprintf(path, 96, "%s/accounts.json", directory);
    FILE *file = fopen(path, "we");
    if (!file)
        return false;
    fputs("{\"accounts\":{\"" KEY_TEXT "\":{\"credits\":1000000},\"" LOCKED
          "\":{\"locked\":true},\"" EMPTY "\":{\"credits\":11},\"" LIMITED
          "\":{\"rate\":{\"requests\":2,\"window_ms\":60000}}}}",
          file);
    return fclose(file) == 0;
}

bool mock_start(struct program_server *server, const char *revision, const char *rule,
                const char *twin)
{
    char *directory = folder_new(), accounts[96];
    if (!directory || !write_accounts(accounts, directory))
        return false;
    const char *argv[] = {AILAB_BIN_DIR "/ailab-mock",
                          "--port",
                          "0",
                          "--log",
                          "off",
                          "--api-key",
                          KEY_TEXT,
                          "--api-key",
                          LOCKED,
                          "--api-key",
                          EMPTY,
                          "--api-key",
                          LIMITED,
                          "--scenarios",
                          accounts,
                          "--revision",
                          revision,
                          rule ? "--without-rule" : NULL,
                          rule,
                          twin ? "--without-rule" : NULL,
                          twin,
                          NULL};
    bool started = command_serve(server, argv, with_key);
    folder_free(directory);
    return started;
}

bool mock_start_open(struct program_server *server)
{
    const char *argv[] = {AILAB_BIN_DIR "/ailab-mock", "--port", "0", "--log", "off", NULL};
    return command_serve(server, argv, NULL);
}

bool mock_start_https(struct program_server *server, const char *folder)
{
    const char *argv[] = {AILAB_BIN_DIR "/ailab-mock",
                          "--port",
                          "0",
                          "--https",
                          "--ca-dir",
                          folder,
                          "--log",
                          "off",
                          "--api-key",
                          KEY_TEXT,
                          NULL};
    return command_serve(server, argv, NULL);
}

void assert_exit(const char *why, const struct program_outcome *outcome, int code)
{
    if (outcome->status != code)
        fail_msg("%s: exit %d and not %d\n%s%s", why, outcome->status, code, outcome->out,
                 outcome->err);
}

void assert_said(const char *why, const struct program_outcome *outcome, int code,
                 const char *words)
{
    if (outcome->status != code || !strstr(outcome->err, words))
        fail_msg("%s: exit %d with \"%s\"; expected exit %d with \"%s\"", why, outcome->status,
                 outcome->err, code, words);
}
