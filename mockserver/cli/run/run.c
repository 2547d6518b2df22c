/* ailab-mock run: a mock, and a command that comes to it. */
#include "ailab_mock_internal.h"
#include "certificates/names.h"
#include "coverage_report.h"
#include "dns.h"
#include "file.h"
#include "host.h"
#include "isolate.h"
#include "matrix.h"
#include "process.h"
#include "summary.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_NOT_EXECUTABLE 126
#define EXIT_NOT_FOUND 127

struct run {
    struct host host;
    struct process_state before;
    sigset_t signals;
    struct summary *summary;
    void (*log)(void *writer, const struct ailab_mock_log_entry *entry); /* may be NULL */
    const char *coverage_path;                                           /* NULL: no file */
    struct coverage_result coverage;
    bool isolated, started, unwritten;
};

static void count_and_log(void *context, const struct ailab_mock_log_entry *entry)
{
    const struct run *run = context;
    summary_add(run->summary, entry);
    if (run->log)
        run->log(run->host.log, entry);
}

static void count_host(void *context, const char *name)
{
    const struct run *run = context;
    summary_add_host(run->summary, name);
}

static void set_options(struct run *run)
{
    struct ailab_mock_options *options = &run->host.options;
    run->host.addresses[0] = run->isolated ? "localhost:80" : "localhost:0";
    run->host.addresses[1] = "localhost:443";
    options->listen = run->host.addresses[0];
    options->also_listen = run->host.addresses + 1;
    options->also_listen_count = run->isolated ? 1 : 0;
    options->https = true;
    run->log = options->log;
    options->log = count_and_log;
    options->log_context = run;
}

/* The environment of the command, to be freed; *key is what its list points into. */
static char **make_environment(const struct run *run, const struct ailab_mock *mock, char **key)
{
    const enum environment_part last = run->isolated ? ENVIRONMENT_TRUST : ENVIRONMENT_ROUTE;
    const char *const *keys = run->host.options.api_keys;
    const bool has_keys = run->host.options.api_key_count > 0;
    char why[AILAB_MOCK_ERROR_SIZE];
    const char *const *added = mock_environment(mock, last, why);
    char **merged = NULL, **whole = NULL;
    *key = NULL;
    if (!added) {
        complain(EXIT_UNAVAILABLE, why);
        return NULL;
    }
    if (getenv("AILAB_API_KEY"))
        return environment_merge((const char *const *)environ, added, last);
    merged = environment_merge((const char *const *)environ, added, last);
    if (merged && asprintf(key, "AILAB_API_KEY=%s", has_keys ? keys[0] : "any-key") >= 0)
        whole =
            environment_merge((const char *const *)merged, (const char *const[]){*key, NULL}, last);
    free(merged);
    return whole;
}

/* Until the command ends; its exit code. */
static int wait_for(struct run *run, struct ailab_mock *mock, pid_t process)
{
    siginfo_t signal;
    int code = 0;
    for (;;) {
        int received = host_wait(&run->host, &run->signals, &signal);
        if (process_has_ended(&code, process))
            return code;
        if (received && received != SIGCHLD)
            process_pass_on(process, &signal);
        host_reload(&run->host, mock, false);
    }
}

static int refuse_command(const char *name, int error)
{
    cmdline_say(mock_program.name, "cannot run '%s': %s", name, strerror(error));
    return error == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
}

/* What the command has left behind, which the mock waits for as for any request at its end. */
static void tell_of_calls_in_flight(struct ailab_mock *mock)
{
    static const char name[] = "\nailab_mock_requests_in_flight ";
    int status;
    char *metrics = NULL;
    if (ailab_mock_admin(mock, "GET", "/metrics", NULL, &status, &metrics) != AILAB_MOCK_OK)
        return;
    const char *at = metrics ? strstr(metrics, name) : NULL;
    const unsigned long running = at ? strtoul(at + strlen(name), NULL, 10) : 0;
    if (running)
        cmdline_say(mock_program.name,
                    "the command has ended, and %lu of its calls are still running: the mock waits "
                    "for them up to --drain-timeout-ms",
                    running);
    free(metrics);
}

static bool wants_coverage(const struct cmdline *line)
{
    return cmdline_given(line, OPTION_coverage) || cmdline_given(line, OPTION_coverage_min);
}

static void ask_for_coverage(struct run *run, struct ailab_mock *mock)
{
    char why[FILE_WHY_SIZE];
    const char *path = run->coverage_path;
    if (!wants_coverage(run->host.line))
        return;
    snprintf(why, sizeof why, "out of memory");
    if (coverage_ask(&run->coverage, mock, path) &&
        (!path || file_write(path, run->coverage.file, strlen(run->coverage.file), why)))
        return;
    run->unwritten = true;
    cmdline_say(mock_program.name, "--coverage: %s", why);
}

static int run_process(struct run *run, struct ailab_mock *mock)
{
    char *const *words = run->host.line->rest;
    char *key = NULL, **environment = make_environment(run, mock, &key);
    int code = EXIT_UNAVAILABLE, error;
    pid_t process;
    if (environment && (error = process_start(&process, words, environment, &run->before)) != 0) {
        code = refuse_command(words[0], error);
    } else if (environment) {
        run->started = true;
        code = wait_for(run, mock, process);
        tell_of_calls_in_flight(mock);
        ask_for_coverage(run, mock);
    }
    free(environment);
    free(key);
    return code;
}

static int run_command(void *context, struct ailab_mock *mock)
{
    struct run *run = context;
    char why[FILE_WHY_SIZE];
    const struct dns_options names = {NAMES_DOMAIN, count_host, run};
    struct dns *dns = NULL;
    int code = EXIT_UNAVAILABLE;
    if (run->isolated && (!isolate_names(authority_bundle_file(mock->authority), why) ||
                          !dns_start(&dns, &names, why)))
        return complain(EXIT_UNAVAILABLE, why);
    code = run_process(run, mock);
    dns_stop(dns);
    return code;
}

static void say(const char *line)
{
    cmdline_say(mock_program.name, "%s", line);
}

/* Whether the command did what the options want of it; if not, the reason is told. */
static bool is_as_wanted(const struct cmdline *line, const struct summary_counts *counts)
{
    const long wanted = cmdline_number(line, OPTION_min_calls);
    const bool enough = counts->calls >= (size_t)wanted;
    const bool expected = !cmdline_number(line, OPTION_fail_on_unexpected) ||
                          (counts->unexpected == 0 && counts->hosts == 0);
    if (!enough)
        cmdline_say(mock_program.name, "--min-calls %ld: the command made %zu; the exit code is %d",
                    wanted, counts->calls, EXIT_FAILED);
    if (!expected)
        cmdline_say(mock_program.name,
                    "--fail-on-unexpected: %zu refused calls that no scenario asked for, %zu "
                    "requests for other hosts; the exit code is %d",
                    counts->unexpected, counts->hosts, EXIT_FAILED);
    return enough && expected;
}

static bool has_covered_enough(const struct run *run)
{
    const long wanted = cmdline_number(run->host.line, OPTION_coverage_min);
    if (run->coverage.percent >= (double)wanted)
        return true;
    coverage_tell(&run->coverage, say);
    cmdline_say(mock_program.name,
                "--coverage-min %ld: the calls have met %.1f %%; the exit code is %d", wanted,
                run->coverage.percent, EXIT_FAILED);
    return false;
}

static int judge(const struct run *run, int code)
{
    const struct summary_counts counts = summary_counts(run->summary);
    const bool good =
        code != EXIT_DONE || (is_as_wanted(run->host.line, &counts) && has_covered_enough(run));
    if (!good || !cmdline_number(run->host.line, OPTION_quiet))
        summary_tell(run->summary,
                     run->isolated ? NULL : "for a program that knows no proxy there is --isolate",
                     say);
    if (code == EXIT_DONE && run->unwritten)
        return EXIT_UNAVAILABLE;
    return good ? code : EXIT_FAILED;
}

/* revision NULL: that of --revision. */
static int run_once(const struct cmdline *line, const char *revision, const char *coverage_path)
{
    char why[FILE_WHY_SIZE];
    struct run run = {
        .isolated = cmdline_number(line, OPTION_isolate),
        .coverage_path = coverage_path,
    };
    process_remember(&run.before);
    host_init(&run.host, line, false);
    set_options(&run);
    if (revision)
        run.host.options.revision = revision;
    if (run.isolated && !isolate_enter(why))
        return complain(EXIT_UNAVAILABLE, why);
    if (!(run.summary = summary_new()))
        return complain(EXIT_UNAVAILABLE, "out of memory");
    process_block_signals(&run.signals);
    int code = host_run(&run.host, run_command, &run);
    if (run.started)
        code = judge(&run, code);
    summary_free(run.summary);
    coverage_clear(&run.coverage);
    return code;
}

static int run_under(const struct cmdline *line, const char *revision)
{
    const char *path = cmdline_text(line, OPTION_coverage);
    char *of_revision = coverage_path(path, revision);
    const int code = path && !of_revision ? complain(EXIT_UNAVAILABLE, "out of memory")
                                          : run_once(line, revision, of_revision);
    free(of_revision);
    return code;
}

int command_run(const struct cmdline *line)
{
    return cmdline_given(line, OPTION_revisions)
               ? matrix_run(line, run_under)
               : run_once(line, NULL, cmdline_text(line, OPTION_coverage));
}
