/* Serving: options to a running mock, one ready line, and a wait for the signal that ends it. */
#include "ailab_mock.h"
#include "commands.h"
#include "descriptors_limit.h"
#include "log.h"
#include "port_file.h"
#include "scenario_file.h"
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LISTEN_SIZE 64
#define LOG_DRAIN_MS 400 /* with the time to finish requests well under two seconds */

static void stop_by_signal(void *unused)
{
    (void)unused;
    kill(getpid(), SIGTERM);
}

/* listen is where the address is put together, when only a port is given. */
static void make_mock_options(struct ailab_mock_options *out, char listen[LISTEN_SIZE],
                              const struct cmdline *line)
{
    static void (*const logs[])(void *, const struct ailab_mock_log_entry *) = {log_text, log_json,
                                                                                NULL};
    const struct cmdline_value *values = line->values;
    snprintf(listen, LISTEN_SIZE, "127.0.0.1:%ld", values[OPTION_port].number);
    *out = (struct ailab_mock_options){
        .listen = cmdline_given(line, OPTION_port) ? listen : cmdline_text(line, OPTION_listen),
        .api_keys = values[OPTION_api_key].items,
        .api_key_count = values[OPTION_api_key].count,
        .revision = cmdline_text(line, OPTION_revision),
        .result = cmdline_text(line, OPTION_result),
        .trust_images = values[OPTION_trust_images].number,
        .no_cache = values[OPTION_no_cache].number,
        .cache_bytes = (size_t)values[OPTION_cache_bytes].number,
        .max_body_bytes = (size_t)values[OPTION_max_body_bytes].number,
        .body_budget_bytes = (size_t)values[OPTION_body_budget_bytes].number,
        .max_connections = (unsigned)values[OPTION_max_connections].number,
        .request_timeout_ms = (unsigned)values[OPTION_request_timeout_ms].number,
        .idle_timeout_ms = (unsigned)values[OPTION_idle_timeout_ms].number,
        .drain_timeout_ms = (unsigned)values[OPTION_drain_timeout_ms].number,
        .admin_token = cmdline_text(line, OPTION_admin_token),
        .no_admin = values[OPTION_no_admin].number,
#define MOCK_SETTING(type, name, kind, minimum, maximum, fallback, note)                           \
    .name = (type)values[OPTION_##name].number,
#include "state/settings.def"
        .on_shutdown = stop_by_signal,
        .rules_off = values[OPTION_without_rule].items,
        .rules_off_count = values[OPTION_without_rule].count,
        .log = logs[values[OPTION_log].number],
    };
}

/* Large bodies come from the system and go back to it, so that memory after a load is what it was
 * before; few arenas, because most threads wait most of the time. */
static void tune_memory(void)
{
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    mallopt(M_TRIM_THRESHOLD, 256 * 1024);
    mallopt(M_ARENA_MAX, 4);
}

/* Until SIGTERM or SIGINT. */
static void wait_for_the_end(struct ailab_mock *mock, struct line_writer *log,
                             struct scenario_file *file, const sigset_t *signals)
{
    const struct timespec look_again = {.tv_nsec = 500 * 1000000L};
    for (;;) {
        int received =
            file->path ? sigtimedwait(signals, NULL, &look_again) : sigwaitinfo(signals, NULL);
        if (received == SIGTERM || received == SIGINT)
            return;
        if (file->path && (scenario_file_changed(file) || received == SIGHUP))
            scenario_file_reload(file, mock, log, received == SIGHUP);
    }
}

static void print_ready_line(const struct ailab_mock *mock, struct line_writer *log)
{
    printf("ailab-mock %s ready at %s\n", ailab_mock_version(), ailab_mock_url(mock));
    if (fflush(stdout) == 0)
        return;
    /* Clients that know the port are served all the same. */
    log_say(log, "cannot write the ready line to stdout: %s; serving at %s", strerror(errno),
            ailab_mock_url(mock));
    clearerr(stdout);
}

static void tell_fewer_connections(const struct ailab_mock *mock, unsigned wanted,
                                   struct line_writer *log)
{
    const unsigned got = ailab_mock_max_connections(mock);
    if (got < wanted)
        log_say(
            log,
            "serving %u connections at once instead of %u: the system gives this process no more "
            "threads; see 'ulimit -u' or the pids limit of the container",
            got, wanted);
}

static int run(struct ailab_mock *mock, unsigned wanted, struct line_writer *log,
               const struct cmdline *line, struct scenario_file *file, const sigset_t *signals)
{
    char why[FILE_WHY_SIZE];
    sigset_t end = *signals;
    const char *path = cmdline_text(line, OPTION_port_file);
    int held = -1;
    sigdelset(&end, SIGHUP);
    enum port_file told =
        path ? port_file_write(&held, path, ailab_mock_port(mock), &end, why) : PORT_FILE_WRITTEN;
    if (told == PORT_FILE_FAILED)
        log_say(log, "%s", why);
    if (told != PORT_FILE_WRITTEN)
        return told == PORT_FILE_FAILED ? EXIT_UNAVAILABLE : EXIT_DONE;
    print_ready_line(mock, log);
    tell_fewer_connections(mock, wanted, log);
    wait_for_the_end(mock, log, file, signals);
    if (path)
        port_file_remove(held, path, ailab_mock_port(mock));
    return EXIT_DONE;
}

/* Blocked before any thread starts, so that only the wait sees them. */
static void block_signals(sigset_t *out)
{
    sigemptyset(out);
    sigaddset(out, SIGTERM);
    sigaddset(out, SIGINT);
    sigaddset(out, SIGHUP);
    pthread_sigmask(SIG_BLOCK, out, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* Serving fewer at once is better than not serving: the others wait. False when not one fits. */
static bool fit_connections(struct ailab_mock_options *options, char why[FILE_WHY_SIZE])
{
    unsigned long limit;
    unsigned wanted = options->max_connections;
    unsigned fit = descriptors_limit_raise(wanted, &limit);
    if (fit == 0)
        snprintf(why, FILE_WHY_SIZE,
                 "this process may have %lu files open, and one connection needs %d; raise the "
                 "limit, see 'ulimit -Hn'",
                 limit, AILAB_MOCK_DESCRIPTORS(1));
    else if (fit < wanted)
        cmdline_say(mock_program.name,
                    "serving %u connections at once instead of %u: this process may have %lu files "
                    "open, and %u are needed; see 'ulimit -Hn'",
                    fit, wanted, limit, AILAB_MOCK_DESCRIPTORS(wanted));
    options->max_connections = fit;
    return fit > 0;
}

/* The library's complaint, told as the user of the program gave it: the scenario file by name and
 * line, another option by its flag or variable. */
static void say_wrong_option(struct line_writer *log, const char *why, const struct cmdline *line,
                             const struct scenario_file *file)
{
    static const struct {
        const char *begins; /* the complaint */
        size_t option;
    } complaints[] = {{"listen address", OPTION_listen},
                      {"result", OPTION_result},
                      {"API key", OPTION_api_key},
                      {"rule", OPTION_without_rule}};
    char name[CMDLINE_NAME_SIZE], place[SCENARIO_FILE_WHY_SIZE];
    for (size_t i = 0; i < sizeof complaints / sizeof complaints[0]; i++)
        if (strncmp(why, complaints[i].begins, strlen(complaints[i].begins)) == 0) {
            log_say(log, "%s: %s", cmdline_source(name, line, complaints[i].option), why);
            return;
        }
    if (file->path && scenario_file_explain(place, file->path, (const char *)file->loaded))
        why = place;
    log_say(log, "%s", why);
}

/* Starts, serves and stops a mock whose options are known to be right in form. */
static int serve_logged(struct ailab_mock_options *options, const struct cmdline *line,
                        struct scenario_file *file, const sigset_t *signals)
{
    char why[AILAB_MOCK_ERROR_SIZE];
    struct ailab_mock *mock = NULL;
    struct line_writer *log = line_writer_start(
        STDERR_FILENO, options->log == log_json ? log_dropped_json : log_dropped_text);
    if (!log)
        return complain(EXIT_UNAVAILABLE, "cannot start the thread that writes the log");
    options->log_context = log;
    enum ailab_mock_error error = ailab_mock_start(&mock, options, why);
    int code = error == AILAB_MOCK_ARGUMENT ? EXIT_USAGE : EXIT_UNAVAILABLE;
    if (error == AILAB_MOCK_ARGUMENT)
        say_wrong_option(log, why, line, file);
    else if (error)
        log_say(log, "%s", why);
    else
        code = run(mock, options->max_connections, log, line, file, signals);
    ailab_mock_stop(mock);
    line_writer_stop(log, LOG_DRAIN_MS);
    return code;
}

int serve(const struct cmdline *line)
{
    char listen[LISTEN_SIZE], why[AILAB_MOCK_ERROR_SIZE], wrong[FILE_WHY_SIZE];
    struct ailab_mock_options options;
    struct scenario_file file = {.path = cmdline_text(line, OPTION_scenarios)};
    sigset_t signals;
    make_mock_options(&options, listen, line);
    if (!fit_connections(&options, wrong))
        return complain(EXIT_UNAVAILABLE, wrong);
    if (cmdline_text(line, OPTION_port_file))
        port_file_clear(cmdline_text(line, OPTION_port_file));
    if (!scenario_file_open(&file, why))
        return complain(EXIT_USAGE, why);
    options.scenarios = (const char *)file.loaded;
    block_signals(&signals);
    tune_memory();
    int code = serve_logged(&options, line, &file, &signals);
    scenario_file_close(&file);
    return code;
}
