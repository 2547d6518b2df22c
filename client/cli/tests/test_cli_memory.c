/* `--json` when memory runs out late: the object is printed whole, or the status is not 0.
 * labels: threads (the server is one) */
#include "cli_stage.h"
#include "program.h"
#include "testing/failing_malloc.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define LATE 120 /* allocations: more than the JSON takes */

struct ending {
    int status;
    unsigned long allocations;
};

/* In a process of its own. Returns how it ended, and in *json whether out.json holds an object. */
static struct ending edit(const struct cli_stage *stage, const char *command,
                          unsigned long fails_at, bool for_ever, bool *json)
{
    static char self[] = "ailab", sad[] = "-esad", file[] = PORTRAIT, output[] = "-fopicture.png",
                asks_json[] = "--json";
    char word[16], path[PATH_SIZE];
    struct ending ending = {-1, 0};
    int told[2], wait_status = 0;
    snprintf(word, sizeof(word), "%s", command);
    path_join(path, stage->directory, "out.json");
    fflush(NULL);
    assert_int_equal(pipe(told), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const bool edits = strcmp(command, "edit") == 0;
        char *argv[] = {self, word, sad, asks_json, file, edits ? output : NULL, NULL};
        struct cmdline line;
        char why[WHY_SIZE];
        if (chdir(stage->directory) != 0 || !freopen(path, "we", stdout) ||
            !cmdline_parse(&line, &ailab_program, why, edits ? 6 : 5, argv))
            _exit(99);
        memory_start(fails_at, for_ever);
        ending.status = line.command->run(&line);
        ending.allocations = memory_stop();
        if (fflush(stdout) != 0 || write(told[1], &ending, sizeof(ending)) < 0)
            _exit(99);
        _exit(0);
    }
    close(told[1]);
    assert_int_equal(read(told[0], &ending, sizeof(ending)), sizeof(ending));
    close(told[0]);
    assert_int_equal(waitpid(child, &wait_status, 0), child);
    assert_int_equal(wait_status, 0);
    char *text = file_read(path, NULL);
    cJSON *object = cJSON_Parse(text);
    *json = cJSON_IsObject(object);
    cJSON_Delete(object);
    free(text);
    return ending;
}

static void refuse_late_allocations(const struct cli_stage *stage, const char *command)
{
    bool json = false, lost = false;
    const struct ending whole = edit(stage, command, 0, false, &json);
    assert_int_equal(whole.status, 0);
    assert_true(json);
    const unsigned long first = whole.allocations > LATE ? whole.allocations - LATE : 1;
    for (unsigned long at = first; at <= whole.allocations; at++)
        for (int for_ever = 0; for_ever <= 1; for_ever++) {
            const struct ending ending = edit(stage, command, at, for_ever, &json);
            if (ending.status == 0 && !json)
                fail_msg("%s: allocation %lu of %lu was refused: status 0 and no JSON", command, at,
                         whole.allocations);
            if (ending.status == STATUS_UNREACHED || ending.status == STATUS_REFUSED)
                fail_msg("%s: allocation %lu of %lu was refused: status %d blames the service",
                         command, at, whole.allocations, ending.status);
            lost |= ending.status != 0 && !json;
        }
    assert_true(lost); /* else this test refused nothing that matters */
}

static void cli_json_that_is_lost_is_no_success(void **state)
{
    struct cli_stage *stage = *state;
    if (!MEMORY_COUNTS)
        skip();
    cli_stage_answer(stage, cli_reply_success(stage->picture, stage->picture_size));
    setenv("AILAB_API_KEY", KEY, 1);
    setenv("AILAB_BASE_URL", stage->server->url, 1);
    refuse_late_allocations(stage, "edit");
    refuse_late_allocations(stage, "check");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(cli_json_that_is_lost_is_no_success, cli_stage_make,
                                        cli_stage_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
