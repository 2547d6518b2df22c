/* From the command line to a running mock. */
#include "host.h"
#include "descriptors_limit.h"
#include "file.h"
#include "log.h"
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define REFUSAL_DRAIN_MS 5000 /* nothing is served; the reason is to be read, however slowly */
#define LOG_DRAIN_MS 400      /* with the time to finish requests well under two seconds */

static void stop_by_signal(void *unused)
{
    (void)unused;
    kill(getpid(), SIGTERM);
}

const char *host_first_address(char port[HOST_ADDRESS_SIZE], const struct cmdline *line)
{
    const struct cmdline_value *listen = &line->values[OPTION_listen];
    if (!cmdline_given(line, OPTION_port))
        return listen->count ? listen->items[0] : NULL;
    snprintf(port, HOST_ADDRESS_SIZE, "localhost:%ld", cmdline_number(line, OPTION_port));
    return port;
}

/* --port, --listen and --https=PORT as a list of addresses. */
static void set_addresses(struct host *host)
{
    const struct cmdline_value *listen = &host->line->values[OPTION_listen];
    const long https = cmdline_number(host->line, OPTION_https);
    const char *first = host_first_address(host->port, host->line);
    size_t count = 0;
    if (first)
        host->addresses[count++] = first;
    if (first != host->port)
        for (size_t i = 1; i < listen->count; i++)
            host->addresses[count++] = listen->items[i];
    if (https > 1) {
        snprintf(host->https_port, sizeof host->https_port, "localhost:%ld", https);
        host->addresses[count++] = host->https_port;
    }
    host->options.listen = host->addresses[0];
    host->options.also_listen = host->addresses + 1;
    host->options.also_listen_count = count ? count - 1 : 0;
    host->options.https = https != 0;
}

static void set_answers(struct ailab_mock_options *out, const struct cmdline *line)
{
    const struct cmdline_value *values = line->values;
    out->api_keys = values[OPTION_api_key].items;
    out->api_key_count = values[OPTION_api_key].count;
    out->revision = cmdline_text(line, OPTION_revision);
    out->result = cmdline_text(line, OPTION_result);
    out->rules_off = values[OPTION_without_rule].items;
    out->rules_off_count = values[OPTION_without_rule].count;
    out->admin_token = cmdline_text(line, OPTION_admin_token);
    out->no_admin = values[OPTION_no_admin].number;
    out->trust_images = values[OPTION_trust_images].number;
    out->no_cache = values[OPTION_no_cache].number;
#define MOCK_SETTING(type, name, kind, minimum, maximum, fallback, note)                           \
    out->name = (type)values[OPTION_##name].number;
#include "state/settings.def"
}

static void set_bounds(struct ailab_mock_options *out, const struct cmdline_value *values)
{
    out->cache_bytes = (size_t)values[OPTION_cache_bytes].number;
    out->max_body_bytes = (size_t)values[OPTION_max_body_bytes].number;
    out->body_budget_bytes = (size_t)values[OPTION_body_budget_bytes].number;
    out->max_connections = (unsigned)values[OPTION_max_connections].number;
    out->request_timeout_ms = (unsigned)values[OPTION_request_timeout_ms].number;
    out->idle_timeout_ms = (unsigned)values[OPTION_idle_timeout_ms].number;
    out->drain_timeout_ms = (unsigned)values[OPTION_drain_timeout_ms].number;
    out->handshakes_max = (unsigned)values[OPTION_handshakes_max].number;
    out->handshake_timeout_ms = (unsigned)values[OPTION_handshake_timeout_ms].number;
}

void host_init(struct host *host, const struct cmdline *line, bool logs)
{
    static void (*const loggers[])(void *, const struct ailab_mock_log_entry *) = {log_text,
                                                                                   log_json, NULL};
    *host = (struct host){.line = line, .file = {.path = cmdline_text(line, OPTION_scenarios)}};
    set_addresses(host);
    set_answers(&host->options, line);
    set_bounds(&host->options, line->values);
    host->options.ca_dir = cmdline_text(line, OPTION_ca_dir);
    host->options.tunnel_others = cmdline_number(line, OPTION_tunnel_others);
    host->options.on_shutdown = stop_by_signal;
    if (logs || cmdline_given(line, OPTION_log))
        host->options.log = loggers[cmdline_number(line, OPTION_log)];
}

/* Large bodies come from the system and go back to it, so that memory after a load is what it was
 * before; few arenas, because most threads wait most of the time. The allocators of other C
 * libraries have nothing to tune. */
static void tune_memory(void)
{
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    mallopt(M_TRIM_THRESHOLD, 256 * 1024);
    mallopt(M_ARENA_MAX, 4);
#endif
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
static void say_wrong_option(const struct host *host, const char *why)
{
    static const struct {
        const char *begins; /* the complaint */
        size_t option;
    } complaints[] = {{"listen address", OPTION_listen},
                      {"result", OPTION_result},
                      {"API key", OPTION_api_key},
                      {"rule", OPTION_without_rule}};
    const struct scenario_file *file = &host->file;
    char name[CMDLINE_NAME_SIZE], place[SCENARIO_FILE_WHY_SIZE];
    for (size_t i = 0; i < sizeof complaints / sizeof complaints[0]; i++)
        if (strncmp(why, complaints[i].begins, strlen(complaints[i].begins)) == 0) {
            log_say(host->log, "%s: %s", cmdline_source(name, host->line, complaints[i].option),
                    why);
            return;
        }
    if (file->path && scenario_file_explain(place, file->path, (const char *)file->loaded))
        why = place;
    log_say(host->log, "%s", why);
}

static void tell_fewer_connections(const struct host *host, const struct ailab_mock *mock)
{
    const unsigned got = ailab_mock_max_connections(mock), wanted = host->options.max_connections;
    if (got < wanted)
        log_say(
            host->log,
            "serving %u connections at once instead of %u: the system gives this process no more "
            "threads; see 'ulimit -u' or the pids limit of the container",
            got, wanted);
}

/* Starts, uses and stops a mock whose options are known to be right in form. */
static int run_logged(struct host *host, int (*use)(void *context, struct ailab_mock *mock),
                      void *context)
{
    char why[AILAB_MOCK_ERROR_SIZE];
    struct ailab_mock *mock = NULL;
    const bool json = cmdline_number(host->line, OPTION_log) == 1;
    host->log = line_writer_start(STDERR_FILENO, json ? log_dropped_json : log_dropped_text);
    if (!host->log)
        return complain(EXIT_UNAVAILABLE, "cannot start the thread that writes the log");
    if (!host->options.log_context)
        host->options.log_context = host->log;
    enum ailab_mock_error error = ailab_mock_start(&mock, &host->options, why);
    int code = error == AILAB_MOCK_ARGUMENT ? EXIT_USAGE : EXIT_UNAVAILABLE;
    if (error == AILAB_MOCK_ARGUMENT) {
        say_wrong_option(host, why);
    } else if (error) {
        log_say(host->log, "%s", why);
    } else {
        tell_fewer_connections(host, mock);
        code = use(context, mock);
    }
    ailab_mock_stop(mock);
    line_writer_stop(host->log, error ? REFUSAL_DRAIN_MS : LOG_DRAIN_MS);
    return code;
}

/* A file that cannot be read was named wrongly, unless this process lacks something. */
static int code_of_unread(int reason)
{
    return reason == ENOMEM || reason == EMFILE || reason == ENFILE || reason == EIO
               ? EXIT_UNAVAILABLE
               : EXIT_USAGE;
}

int host_run(struct host *host, int (*use)(void *context, struct ailab_mock *mock), void *context)
{
    char why[AILAB_MOCK_ERROR_SIZE], wrong[FILE_WHY_SIZE];
    if (!fit_connections(&host->options, wrong))
        return complain(EXIT_UNAVAILABLE, wrong);
    errno = 0;
    if (!scenario_file_open(&host->file, why))
        return complain(code_of_unread(errno), why);
    host->options.scenarios = (const char *)host->file.loaded;
    signal(SIGPIPE, SIG_IGN);
    tune_memory();
    int code = run_logged(host, use, context);
    scenario_file_close(&host->file);
    return code;
}

void host_reload(struct host *host, struct ailab_mock *mock, bool asked_for)
{
    if (host->file.path && (scenario_file_changed(&host->file) || asked_for))
        scenario_file_reload(&host->file, mock, host->log, asked_for);
}

int host_wait(const struct host *host, const sigset_t *signals, siginfo_t *info)
{
    const struct timespec look_again = {.tv_nsec = 500 * 1000000L};
    int received =
        host->file.path ? sigtimedwait(signals, info, &look_again) : sigwaitinfo(signals, info);
    return received > 0 ? received : 0;
}
