/* ailab-mock: the mock as a program. A thin main over ailab_mock.h: options in, one ready line out,
 * a signal ends it. */
#include "ailab_mock.h"
#include "api/rules.h"
#include "export.h"
#include "log.h"
#include "options.h"
#include <cjson/cJSON.h>
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum exit_code { EXIT_DONE = 0, EXIT_USAGE = 2, EXIT_UNAVAILABLE = 3 };

static int complain(int code, const char *text)
{
    fprintf(stderr, "ailab-mock: %s\n", text);
    return code;
}

/* Commands that print and end */

static void print_help(void)
{
    puts("ailab-mock: a stand-in for AILabTools' \"Change facial expressions\" API.\n"
         "Unofficial: not made, endorsed or supported by AILabTools.\n"
         "\n"
         "Usage: ailab-mock [OPTION]...        serve until SIGTERM or SIGINT\n"
         "       ailab-mock COMMAND\n"
         "\n"
         "Commands:\n"
         "  contract     the contract as JSON: errors, expressions, revisions, limits, clauses\n"
         "  openapi      the same as an OpenAPI 3.1 document\n"
         "  errors       the error codes, one a line: status, code, description\n"
         "  rules        the rules in their order, one a line: name, error, clause\n"
         "  help         this text\n"
         "\n"
         "Options (defaults in parentheses):");
    options_print_help();
    puts("  --help                      this text\n"
         "  --version                   the version\n"
         "\n"
         "Each option can also be set in the environment, in capitals after AILAB_MOCK_:\n"
         "AILAB_MOCK_PORT=0, AILAB_MOCK_TRUST_IMAGES=1, AILAB_MOCK_API_KEY=key1,key2.\n"
         "A flag wins over the environment.\n"
         "\n"
         "Try it:\n"
         "  ailab-mock --port 8080 &\n"
         "  curl --request POST \\\n"
         "    --url http://127.0.0.1:8080/api/portrait/effects/emotion-editor \\\n"
         "    --header 'ailabapi-api-key: any-key' \\\n"
         "    --form service_choice=12 --form image_target=@portrait.jpg\n"
         "\n"
         "Exit codes: 0 done, 2 wrong usage, 3 cannot listen or another failure of the system.");
}

static int print_json(cJSON *document)
{
    char *text = document ? cJSON_Print(document) : NULL;
    cJSON_Delete(document);
    if (!text)
        return complain(EXIT_UNAVAILABLE, "out of memory");
    puts(text);
    cJSON_free(text);
    return EXIT_DONE;
}

static int print_contract(void)
{
    return print_json(export_contract());
}

static int print_openapi(void)
{
    return print_json(export_openapi());
}

static int print_errors(void)
{
    for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++)
        printf("%d  %-42s  %s\n", error_status(code, revision_default()), error_info(code)->name,
               error_info(code)->description);
    return EXIT_DONE;
}

static int print_rules(void)
{
    for (enum rule_id id = RULE_NONE + 1; id < RULE_COUNT; id++) {
        const struct rule_info *rule = rule_info(id);
        printf("%-18s  %-30s  %s\n", rule->name, error_info(rule->error)->name,
               clause_info(rule->clause)->text);
    }
    return EXIT_DONE;
}

static int print_usage(void)
{
    print_help();
    return EXIT_DONE;
}

static int print_version(void)
{
    printf("ailab-mock %s\n", ailab_mock_version());
    return EXIT_DONE;
}

static const struct command {
    const char *name;
    int (*run)(void);
} commands[] = {
    {"contract", print_contract}, {"openapi", print_openapi}, {"errors", print_errors},
    {"rules", print_rules},       {"help", print_usage},      {"--help", print_usage},
    {"-h", print_usage},          {"version", print_version}, {"--version", print_version},
};

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(name, commands[i].name) == 0)
            return &commands[i];
    return NULL;
}

/* Serving */

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

/* Atomically: a reader sees no file or the whole number. */
static bool write_port_file(const char *path, unsigned port)
{
    char temporary[4096];
    bool done = false;
    int used = snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
    if (used < 0 || (size_t)used >= sizeof temporary) {
        errno = ENAMETOOLONG;
        return false;
    }
    int fd = mkstemp(temporary);
    if (fd < 0)
        return false;
    done = fchmod(fd, 0644) == 0 && dprintf(fd, "%u\n", port) > 0;
    done = close(fd) == 0 && done && rename(temporary, path) == 0;
    if (!done) {
        int kept = errno;
        unlink(temporary);
        errno = kept;
    }
    return done;
}

/* Large bodies come from the system and go back to it, so that memory after a load is what it was
 * before; few arenas, because most threads wait most of the time. */
static void tune_memory(void)
{
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    mallopt(M_TRIM_THRESHOLD, 256 * 1024);
    mallopt(M_ARENA_MAX, 4);
}

static int run_until_signal(struct ailab_mock *mock, const struct option_values *values,
                            const sigset_t *signals)
{
    int received = 0;
    const char *port_file = values->text[OPTION_port_file];
    if (port_file && !write_port_file(port_file, ailab_mock_port(mock))) {
        fprintf(stderr, "ailab-mock: cannot write the port file '%s': %s\n", port_file,
                strerror(errno));
        return EXIT_UNAVAILABLE;
    }
    printf("ailab-mock %s ready at %s\n", ailab_mock_version(), ailab_mock_url(mock));
    fflush(stdout);
    sigwait(signals, &received);
    return EXIT_DONE;
}

static int serve(const struct option_values *values)
{
    char listen[64], why[AILAB_MOCK_ERROR_SIZE], wrong[OPTION_WHY_SIZE];
    struct ailab_mock_options options;
    struct ailab_mock *mock = NULL;
    sigset_t signals;
    if (!make_mock_options(&options, listen, values, wrong))
        return complain(EXIT_USAGE, wrong);

    /* Blocked before any thread starts, so that only sigwait() sees them. */
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    tune_memory();

    enum ailab_mock_error error = ailab_mock_start(&mock, &options, why);
    if (error)
        return complain(error == AILAB_MOCK_ARGUMENT ? EXIT_USAGE : EXIT_UNAVAILABLE, why);
    int code = run_until_signal(mock, values, &signals);
    ailab_mock_stop(mock);
    return code;
}

int main(int argc, char **argv)
{
    struct option_values values;
    char why[OPTION_WHY_SIZE];
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "--version") == 0)
            return find_command(argv[i])->run();
    const struct command *command = argc > 1 ? find_command(argv[1]) : NULL;
    if (command && argc == 2)
        return command->run();
    if (command)
        return complain(EXIT_USAGE, "a command takes no further arguments; see --help");
    int code = options_parse(&values, argc - 1, argv + 1, why) ? serve(&values)
                                                               : complain(EXIT_USAGE, why);
    options_clear(&values);
    return code;
}
