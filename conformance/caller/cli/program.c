/* See program.h. The steps stand here in their order: options, command, plan, reports, exam,
 * verdict. */
#include "caller/cli/program.h"
#include "base/clock.h"
#include "base/count_of.h"
#include "base/memory.h"
#include "caller/cli/situation_list.h"
#include "caller/exam/exam.h"
#include "caller/exam/folder.h"
#include "cli/outputs.h"
#include "cmdline/text.h"
#include "evidence/redact.h"
#include "report/words.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { EXIT_READY = 0, EXIT_NOT_READY = 1, EXIT_USAGE = 2, EXIT_UNUSABLE = 3 };

enum option_id {
#define OPTION(id, ...) OPTION_##id,
#include "caller/cli/options.def"
    OPTION_COUNT
};

/* Each word with a '|' after it. */
static const char report_words[] =
#define FORMAT(name, help) #name "|"
#include "report/formats.def"
    ;

static const struct cmdline_option options[] = {
#define OPTION(id, of_kind, ...) {.name = #id, .kind = CMDLINE_##of_kind, __VA_ARGS__},
#include "caller/cli/options.def"
};

static const struct cmdline_command whole = {
    .name = "",
    .operands = "[OPTION]... -- COMMAND [ARG]...",
    .summary = "judges a program that calls this API",
    .description =
        "Runs COMMAND once in each situation that a caller meets: successes, refusals, limits, "
        "broken answers, stalls. Each run has a mock and a key of its own. The verdict comes from "
        "the exit code, the time, the output file and the requests that the mock got.\n"
        "COMMAND makes one call and ends. It takes the address from {url} or AILAB_BASE_URL, or "
        "has the vendor's built in and is led to the mock as by 'ailab-mock run'; the key from "
        "{key} "
        "or AILAB_API_KEY. {picture} is the file to send, {choice} the number of the "
        "expression, {output} the file for the result. What a command leaves out is not judged.\n"
        "Unofficial: not made, endorsed or supported by AILabTools.",
    .examples = "  ailab-conformance caller -- python3 edit.py {picture} {choice} {output}\n"
                "  ailab-conformance caller --report junit:r.xml -- ./edit --url {url} {picture}\n"
                "  ailab-conformance caller --list --run 'repeat/*'"};

static const struct cmdline_status statuses[] = {
    {"0", "the caller is ready"},
    {"1", "the caller is not ready"},
    {"2", "usage, or no situation is selected"},
    {"3", "the caller could not be judged, or a report could not be written"}};

const struct cmdline_program caller_program = {
    .name = "ailab-conformance caller",
    .version = AILAB_VERSION_STRING,
    .prefix = "AILAB_CALLER_",
    .commands = &whole,
    .command_count = 1,
    .options = options,
    .option_count = COUNT_OF(options),
    .statuses = statuses,
    .status_count = COUNT_OF(statuses),
};

#define tell(...) cmdline_say(caller_program.name, __VA_ARGS__)

struct program {
    struct cmdline line;
    char *const *words; /* the command; words[0] is NULL when there is none */
    struct report_options reports;
    struct catalogue *catalogue;
    struct plan plan;
    struct candidate candidate;
    struct secrets secrets;
    struct summary summary;
    struct outputs outputs;
    struct buf name, typed; /* the command in one line; the options for a repetition */
    char *path;
    char folder[FOLDER_PATH_SIZE], jpeg[FOLDER_PATH_SIZE + 24], png[FOLDER_PATH_SIZE + 24];
    char authority[FOLDER_PATH_SIZE + 24];
    char date[CLOCK_DATE_SIZE];
    char host[128];
    int stop_fd, cancel_fd;
};

static int complain(int code, const char *text)
{
    tell("%s", text);
    return code;
}

/* A pattern that names no situation is a slip. */
static int refuse_glob(const struct program *program, const char *glob)
{
    const char *names[128];
    size_t count = 0, used = 0;
    const struct case_def *cases = catalogue_cases(program->catalogue, &count);
    for (; used < count && used < COUNT_OF(names); used++)
        names[used] = cases[used].slug;
    const char *meant = cmdline_meant(glob, names, used);
    if (meant)
        tell("no situation is called \"%s\"; did you mean %s?", TEXT_START(glob, 80), meant);
    else
        tell("no situation is called \"%s\"; --list shows them", TEXT_START(glob, 80));
    return EXIT_USAGE;
}

static int make_plan(struct program *program)
{
    const struct cmdline_value *run = &program->line.values[OPTION_run];
    const struct cmdline_value *skip = &program->line.values[OPTION_skip];
    const struct selection selection = {
        .run = run->items,
        .run_count = run->count,
        .skip = skip->items,
        .skip_count = skip->count,
        .level = (enum level)cmdline_number(&program->line, OPTION_level),
        .revision = REVISION_DEFAULT};
    const char *idle = plan_idle_glob(program->catalogue, run->items, run->count);
    idle = idle ? idle : plan_idle_glob(program->catalogue, skip->items, skip->count);
    if (idle)
        return refuse_glob(program, idle);
    if (!plan_make(&program->plan, program->catalogue, &selection))
        return complain(EXIT_UNUSABLE, "out of memory");
    return program->plan.count > 0
               ? 0
               : complain(EXIT_USAGE,
                          "no situation is selected: --run, --skip and --level leave none");
}

/* The options that change what a situation is, as they were given. */
static void keep_typed(struct program *program)
{
    static const size_t ids[] = {OPTION_picture, OPTION_key_env, OPTION_success_code,
                                 OPTION_patience};
    char name[CMDLINE_NAME_SIZE];
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        char *word = NULL;
        if (!cmdline_given(&program->line, ids[i]) ||
            !(word = strdup(cmdline_text(&program->line, ids[i]))))
            continue;
        buf_text(&program->typed, " --");
        snprintf(name, sizeof name, "%s", options[ids[i]].name);
        for (char *at = name; *at; at++)
            *at = *at == '_' ? '-' : *at;
        buf_printf(&program->typed, "%s ", name);
        arguments_quote(&program->typed, (char *const[]){word, NULL});
        free(word);
    }
}

/* The command in one line, for the reports. It may hold the user's own key. */
static void name_command(struct program *program)
{
    struct buf raw = {0};
    arguments_quote(&raw, program->words);
    redact_add(&program->name, &program->secrets, buf_str(&raw), raw.len, REDACT_TEXT_MAX,
               REDACT_LINE);
    buf_clear(&raw);
}

static int find_command(struct program *program)
{
    char why[ARGUMENTS_WHY_SIZE];
    const char *picture = cmdline_text(&program->line, OPTION_picture);
    struct candidate *candidate = &program->candidate;
    if (!program->words[0])
        return complain(EXIT_USAGE, "the command is missing: ailab-conformance caller -- COMMAND "
                                    "[ARG]...");
    if (!arguments_check(&candidate->used, program->words, why))
        return complain(EXIT_USAGE, why);
    if (picture && access(picture, R_OK) != 0) {
        tell("cannot read --picture %s: %s", TEXT_PATH(picture), strerror(errno));
        return EXIT_USAGE;
    }
    if (!(program->path = arguments_find(program->words[0], why)))
        return complain(EXIT_UNUSABLE, why);
    if (!folder_begin(program->folder, why, sizeof why))
        return complain(EXIT_UNUSABLE, why);
    folder_portraits(program->jpeg, program->png, program->folder);
    snprintf(program->authority, sizeof program->authority, "%s/authority", program->folder);
    name_command(program);
    keep_typed(program);
    candidate->words = program->words;
    candidate->path = program->path;
    candidate->picture = picture ? picture : program->jpeg;
    candidate->files = (struct stage_files){program->png, program->authority};
    candidate->folder = program->folder;
    candidate->key_env = cmdline_text(&program->line, OPTION_key_env);
    candidate->options = buf_str(&program->typed);
    candidate->secrets = &program->secrets;
    candidate->success_code = (int)cmdline_number(&program->line, OPTION_success_code);
    candidate->patience_ms = (double)cmdline_number(&program->line, OPTION_patience);
    candidate->cancel_fd = program->cancel_fd;
    return 0;
}

static bool prepare_summary(struct program *program)
{
    struct summary *summary = &program->summary;
    const struct cmdline_value *values = program->line.values;
    clock_date(program->date, time(NULL));
    if (gethostname(program->host, sizeof program->host) != 0)
        program->host[0] = '\0';
    program->host[sizeof program->host - 1] = '\0';
    *summary = (struct summary){
        .version = AILAB_VERSION_STRING,
        .wording = &words_of_callers,
        .target = buf_str(&program->name),
        .revision = revision_name(REVISION_DEFAULT),
        .level = level_name((enum level)cmdline_number(&program->line, OPTION_level)),
        .date = program->date,
        .host = program->host,
        .selected = values[OPTION_run].count + values[OPTION_skip].count > 0,
        .credits_bound = -1,
        .results = calloc(program->plan.count, sizeof *summary->results),
        .count = program->plan.count,
    };
    summary->clauses = clauses_of_callers(&summary->clause_count);
    return summary->results != NULL;
}

static void emit(void *context, size_t index)
{
    struct program *program = context;
    outputs_result(&program->outputs, &program->summary, index);
}

static int judge_command(struct program *program)
{
    if (!prepare_summary(program))
        return complain(EXIT_UNUSABLE, "out of memory");
    if (!outputs_open(&program->outputs, &program->reports))
        return EXIT_UNUSABLE;
    outputs_begin(&program->outputs, &program->summary);
    const struct exam_options how = {.jobs = (unsigned)cmdline_number(&program->line, OPTION_jobs),
                                     .stop_fd = program->stop_fd,
                                     .cancel_write_fd = program->cancel_fd,
                                     .emit = emit,
                                     .context = program};
    const double start_ms = clock_ms();
    program->summary.interrupted =
        !exam_run(program->summary.results, &program->candidate, &program->plan, &how);
    program->summary.ms = clock_ms() - start_ms;
    outputs_end(&program->outputs, &program->summary);
    if (memory_ran_out())
        return complain(EXIT_UNUSABLE, MEMORY_RAN_OUT);
    return program->summary.lost ? EXIT_UNUSABLE : summary_exit(&program->summary);
}

static int print_list(const struct program *program)
{
    situation_list(stdout, &program->plan, cmdline_number(&program->line, OPTION_json));
    if (fflush(stdout) == 0 && !ferror(stdout))
        return EXIT_READY;
    tell("cannot write standard output: %s", strerror(errno));
    return EXIT_UNUSABLE;
}

static int settle_options(struct program *program)
{
    char why[CMDLINE_WHY_SIZE];
    program->reports.color = cmdline_number(&program->line, OPTION_color);
    program->reports.verbose = cmdline_number(&program->line, OPTION_verbose);
    if (!report_options_read(&program->reports, &program->line.values[OPTION_report], why) ||
        !report_options_differ(&program->reports, why))
        return complain(EXIT_USAGE, why);
    if (cmdline_number(&program->line, OPTION_json) && !cmdline_number(&program->line, OPTION_list))
        return complain(EXIT_USAGE, "--json belongs to --list; a JSON report is --report json");
    return 0;
}

static int run(struct program *program)
{
    int code = settle_options(program);
    if (code != 0 || (code = make_plan(program)) != 0)
        return code;
    if (cmdline_number(&program->line, OPTION_list))
        return print_list(program);
    code = find_command(program);
    return code ? code : judge_command(program);
}

/* SIGINT and SIGTERM become something to read; the program's own processes do not inherit that. */
static int catch_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return -1;
    return signalfd(-1, &set, SFD_CLOEXEC);
}

static void clear(struct program *program)
{
    for (size_t i = 0; i < program->summary.count && program->summary.results; i++)
        result_clear(&program->summary.results[i]);
    free(program->summary.results);
    outputs_close(&program->outputs);
    plan_clear(&program->plan);
    catalogue_free(program->catalogue);
    buf_clear(&program->name);
    buf_clear(&program->typed);
    free(program->path);
    run_folder_remove(program->folder);
    if (program->cancel_fd >= 0)
        close(program->cancel_fd);
    if (program->stop_fd >= 0)
        close(program->stop_fd);
}

/* The arguments up to the first "--" are ours; those behind it are the command. */
int caller_main(int argc, char **argv)
{
    struct program program = {.stop_fd = -1, .cancel_fd = -1};
    int ours = 1;
    while (ours < argc && strcmp(argv[ours], "--") != 0)
        ours++;
    program.words = argv + (ours < argc ? ours + 1 : argc);
    program.secrets.keys[ACCOUNT_GOOD] = getenv(secrets_variable(ACCOUNT_GOOD));
    int code = cmdline_read(&program.line, &caller_program, ours, argv);
    if (code == CMDLINE_GO_ON) {
        program.stop_fd = catch_signals();
        program.cancel_fd = eventfd(0, EFD_CLOEXEC);
        program.catalogue = situations_catalogue();
        code = program.stop_fd >= 0 && program.cancel_fd >= 0 && program.catalogue
                   ? run(&program)
                   : complain(EXIT_UNUSABLE, "the system refused memory or descriptors");
        clear(&program);
    }
    cmdline_clear(&program.line);
    return code == CMDLINE_DONE && fflush(stdout) != 0 ? EXIT_UNUSABLE : code;
}
