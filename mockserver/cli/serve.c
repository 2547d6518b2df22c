/* Serving: options to a running mock, one ready line, and a wait for the signal that ends it. */
#include "serve.h"
#include "ailab_mock.h"
#include "commands.h"
#include "file.h"
#include "log.h"
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void stop_by_signal(void *unused)
{
    (void)unused;
    kill(getpid(), SIGTERM);
}

static bool make_mock_options(struct ailab_mock_options *out, char listen[64],
                              const struct option_values *values, char why[OPTION_WHY_SIZE])
{
    const long *number = values->number;
    if (values->given[OPTION_listen] && values->given[OPTION_port]) {
        snprintf(why, OPTION_WHY_SIZE, "--listen and --port exclude each other");
        return false;
    }
    snprintf(listen, 64, "127.0.0.1:%ld", values->given[OPTION_port] ? number[OPTION_port] : 8080L);
    *out = (struct ailab_mock_options){
        .listen = values->given[OPTION_listen] ? values->text[OPTION_listen] : listen,
        .api_keys = values->list[OPTION_api_key],
        .api_key_count = values->list_count[OPTION_api_key],
        .revision = values->text[OPTION_revision],
        .result = values->text[OPTION_result],
        .trust_images = number[OPTION_trust_images],
        .no_cache = number[OPTION_no_cache],
        .cache_bytes = (size_t)number[OPTION_cache_bytes],
        .max_body_bytes = (size_t)number[OPTION_max_body_bytes],
        .max_connections = (unsigned)number[OPTION_max_connections],
        .request_timeout_ms = (unsigned)number[OPTION_request_timeout_ms],
        .idle_timeout_ms = (unsigned)number[OPTION_idle_timeout_ms],
        .drain_timeout_ms = (unsigned)number[OPTION_drain_timeout_ms],
        .strict = number[OPTION_strict],
        .seed = (uint64_t)number[OPTION_seed],
        .admin_token = values->text[OPTION_admin_token],
        .journal_entries = (size_t)number[OPTION_journal_entries],
        .journal_bytes = (size_t)number[OPTION_journal_bytes],
        .journal_bodies = number[OPTION_journal_bodies],
        .on_shutdown = stop_by_signal,
        .rules_off = values->list[OPTION_without_rule],
        .rules_off_count = values->list_count[OPTION_without_rule],
    };
    const char *log = values->text[OPTION_log] ? values->text[OPTION_log] : "text";
    if (strcmp(log, "text") == 0)
        out->log = log_text;
    else if (strcmp(log, "json") == 0)
        out->log = log_json;
    else if (strcmp(log, "off") != 0) {
        snprintf(why, OPTION_WHY_SIZE, "--log '%.40s': expected text, json or off", log);
        return false;
    }
    return true;
}

/* Large bodies come from the system and go back to it, so that memory after a load is what it was
 * before; few arenas, because most threads wait most of the time. */
static void tune_memory(void)
{
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    mallopt(M_TRIM_THRESHOLD, 256 * 1024);
    mallopt(M_ARENA_MAX, 4);
}

static bool write_port_file(const char *path, unsigned port, char *why)
{
    char text[16];
    int size = snprintf(text, sizeof text, "%u\n", port);
    return !path || file_write(path, text, (size_t)size, why);
}

/* A document that cannot be read or is wrong is told; what was in force stays. */
static void reload(struct ailab_mock *mock, const char *path)
{
    char why[AILAB_MOCK_ERROR_SIZE];
    unsigned char *text = NULL;
    size_t size;
    if (!file_read(&text, &size, path, FILE_BYTES_MAX, why) ||
        ailab_mock_load(mock, (const char *)text, why) != AILAB_MOCK_OK)
        fprintf(stderr, "ailab-mock: %s: %s; the scenarios in force stay\n", path, why);
    else
        fprintf(stderr, "ailab-mock: %s: scenarios loaded\n", path);
    free(text);
}

static bool has_changed(struct stat *known, const char *path)
{
    struct stat now;
    if (stat(path, &now) != 0)
        return false;
    bool changed = now.st_mtim.tv_sec != known->st_mtim.tv_sec ||
                   now.st_mtim.tv_nsec != known->st_mtim.tv_nsec || now.st_size != known->st_size ||
                   now.st_ino != known->st_ino;
    *known = now;
    return changed;
}

/* Until SIGTERM or SIGINT. */
static void wait_for_the_end(struct ailab_mock *mock, const char *scenarios, struct stat *known,
                             const sigset_t *signals)
{
    const struct timespec look_again = {.tv_nsec = 500 * 1000000L};
    for (;;) {
        int received =
            scenarios ? sigtimedwait(signals, NULL, &look_again) : sigwaitinfo(signals, NULL);
        if (received == SIGTERM || received == SIGINT)
            return;
        if (scenarios && (has_changed(known, scenarios) || received == SIGHUP))
            reload(mock, scenarios);
    }
}

static int run(struct ailab_mock *mock, const struct option_values *values, struct stat *known,
               const sigset_t *signals)
{
    char why[FILE_WHY_SIZE];
    if (!write_port_file(values->text[OPTION_port_file], ailab_mock_port(mock), why))
        return complain(EXIT_UNAVAILABLE, why);
    printf("ailab-mock %s ready at %s\n", ailab_mock_version(), ailab_mock_url(mock));
    fflush(stdout);
    wait_for_the_end(mock, values->text[OPTION_scenarios], known, signals);
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

int serve(const struct option_values *values)
{
    char listen[64], why[AILAB_MOCK_ERROR_SIZE], wrong[OPTION_WHY_SIZE];
    struct ailab_mock_options options;
    struct ailab_mock *mock = NULL;
    struct stat known = {0};
    unsigned char *scenarios = NULL;
    size_t size;
    sigset_t signals;
    const char *path = values->text[OPTION_scenarios];
    if (!make_mock_options(&options, listen, values, wrong))
        return complain(EXIT_USAGE, wrong);
    if (path && !file_read(&scenarios, &size, path, FILE_BYTES_MAX, why))
        return complain(EXIT_USAGE, why);
    if (path)
        has_changed(&known, path);
    options.scenarios = (const char *)scenarios;
    block_signals(&signals);
    tune_memory();

    enum ailab_mock_error error = ailab_mock_start(&mock, &options, why);
    free(scenarios);
    if (error)
        return complain(error == AILAB_MOCK_ARGUMENT ? EXIT_USAGE : EXIT_UNAVAILABLE, why);
    int code = run(mock, values, &known, &signals);
    ailab_mock_stop(mock);
    return code;
}
