/* Programs without manners: each ends within its bounds, leaves nothing behind, and is told from
 * the others. */
#include "caller/process/run.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#define KEY "0123456789abcdef0123456789abcdef"

static void run_shell(struct run *out, const char *script, double patience_ms, int cancel_fd)
{
    char path[] = "/bin/sh", option[] = "-c", key[] = "KEY=" KEY, folders[] = "PATH=/usr/bin:/bin";
    char *copy = strdup(script);
    assert_non_null(copy);
    char *const argv[] = {path, option, copy, NULL}, *const environment[] = {key, folders, NULL};
    run_program(out, &(const struct run_call){argv, environment, KEY, patience_ms, cancel_fd});
    free(copy);
}

static void run_tells_how_a_program_ends(void **state)
{
    (void)state;
    static const struct {
        const char *why, *script;
        enum run_ending ending;
        int code;
        double patience_ms;
    } rows[] = {
        {"a success", "exit 0", RUN_EXITED, 0, 60000},
        {"a failure", "exit 7", RUN_EXITED, 7, 60000},
        {"a signal of its own", "kill -SEGV $$", RUN_SIGNALLED, SIGSEGV, 60000},
        {"an abort", "kill -ABRT $$", RUN_SIGNALLED, SIGABRT, 60000},
        {"it never ends", "while :; do :; done", RUN_LATE, 0, 300},
        {"it ignores SIGTERM", "trap '' TERM HUP INT; while :; do :; done", RUN_LATE, 0, 300},
        {"it stops itself", "kill -STOP $$", RUN_LATE, 0, 300},
        {"it prints without end", "yes", RUN_FLOODED, 0, 60000},
        {"it closes its outputs", "exec >&- 2>&-; exit 3", RUN_EXITED, 3, 60000},
        {"it closes them and goes on", "exec >&- 2>&-; while :; do :; done", RUN_LATE, 0, 300},
        {"it wants a terminal", "exec 2>/dev/null </dev/tty || exit 4", RUN_EXITED, 2, 60000},
        {"it reads its input", "read line && exit 1; exit 5", RUN_EXITED, 5, 60000},
        {"it kills its group", "kill -KILL 0", RUN_SIGNALLED, SIGKILL, 60000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct run run;
        run_shell(&run, rows[i].script, rows[i].patience_ms, -1);
        if (run.ending != rows[i].ending ||
            (run.ending != RUN_LATE && run.ending != RUN_FLOODED && run.code != rows[i].code))
            fail_msg("%s: ending %d, code %d", rows[i].why, run.ending, run.code);
    }
}

static void run_says_why_a_program_does_not_start(void **state)
{
    (void)state;
    struct run run;
    char path[] = "/nowhere/at/all";
    char *const argv[] = {path, NULL}, *const environment[] = {NULL};
    run_program(&run, &(const struct run_call){argv, environment, KEY, 60000, -1});
    assert_int_equal(run.ending, RUN_NOT_STARTED);
    assert_int_equal(run.code, ENOENT);
}

/* The number in the last line that the program printed. */
static pid_t printed_pid(const struct run *run)
{
    char text[RUN_TAIL_SIZE + 1];
    memcpy(text, run->tail, run->tail_size);
    text[run->tail_size] = '\0';
    return (pid_t)strtol(text, NULL, 10);
}

static void run_leaves_no_process_behind(void **state)
{
    (void)state;
    static const struct {
        const char *why, *script;
    } rows[] = {
        {"in the background", "sleep 1000 & echo $!; exit 0"},
        {"in a session of its own",
         "x=$(setsid sh -c 'echo $$; exec sleep 1000 >/dev/null 2>&1' &); echo $x"},
        {"a grandchild that its parent left", "(sleep 1000 & echo $!) ; exit 0"},
        {"one that holds the output", "sleep 1000 2>&1 & echo $!; exec >&-; exit 0"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct run run;
        run_shell(&run, rows[i].script, 60000, -1);
        const pid_t pid = printed_pid(&run);
        if (pid <= 1)
            fail_msg("%s: no process was told", rows[i].why);
        if (run.ending != RUN_EXITED || run.strays == 0 || kill(pid, 0) == 0 || errno != ESRCH)
            fail_msg("%s: process %d is still there, or was not counted (%u)", rows[i].why,
                     (int)pid, run.strays);
    }
}

static void run_ends_when_the_exam_is_interrupted(void **state)
{
    (void)state;
    struct run run;
    const uint64_t one = 1;
    const int cancel = eventfd(0, EFD_CLOEXEC);
    assert_true(cancel >= 0 && write(cancel, &one, sizeof one) == sizeof one);
    run_shell(&run, "while :; do :; done", 60000, cancel);
    assert_int_equal(run.ending, RUN_CANCELLED);
    close(cancel);
}

static void run_keeps_the_last_output(void **state)
{
    (void)state;
    struct run run;
    run_shell(&run, "i=0; while [ $i -lt 3000 ]; do i=$((i + 1)); echo line $i; done; echo end >&2",
              60000, -1);
    assert_int_equal(run.ending, RUN_EXITED);
    assert_int_equal(run.tail_size, RUN_TAIL_SIZE);
    assert_true(run.printed > RUN_TAIL_SIZE);
    assert_memory_equal(run.tail + run.tail_size - 14, "line 3000\nend\n", 14);
}

/* Nothing of the test's own process reaches the program. */
static void run_gives_a_clean_start(void **state)
{
    (void)state;
    struct run run;
    const int mine = open("/dev/null", O_RDONLY); /* without close-on-exec */
    run_shell(&run, "ls /proc/self/fd | wc -l; env | grep -c .", 60000, -1);
    close(mine);
    char expected[] = "4\n"; /* three, and the one that ls reads the folder with */
    assert_true(run.tail_size > 2);
    assert_memory_equal(run.tail, expected, 2);
}

static void run_finds_the_key_in_the_output(void **state)
{
    (void)state;
    static const struct {
        const char *why, *script;
        bool found, in_parts;
    } rows[] = {
        {"silence", "exit 0", false, false},
        {"a part of it", "echo ${KEY%89abcdef}", false, false},
        {"as it is", "echo \"the key $KEY.\"", true, true},
        {"in capitals", "echo $KEY | tr a-f A-F", true, false},
        {"in Base64", "printf user:%s $KEY | base64 -w 0", true, false},
        {"a letter a line", "echo $KEY | fold -w 1 >&2", false, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct run run;
        run_shell(&run, rows[i].script, 60000, -1);
        if (run.leak.found != rows[i].found || run.leak.in_parts != rows[i].in_parts)
            fail_msg("%s: found %d, in parts %d", rows[i].why, run.leak.found, run.leak.in_parts);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_tells_how_a_program_ends),
        cmocka_unit_test(run_says_why_a_program_does_not_start),
        cmocka_unit_test(run_leaves_no_process_behind),
        cmocka_unit_test(run_ends_when_the_exam_is_interrupted),
        cmocka_unit_test(run_keeps_the_last_output),
        cmocka_unit_test(run_gives_a_clean_start),
        cmocka_unit_test(run_finds_the_key_in_the_output),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
