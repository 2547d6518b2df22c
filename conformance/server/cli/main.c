/* ailab-conformance: judges any server that claims to be this API.
 *
 * The steps of a run stand here in their order: options, target, revision, plan, reports, run,
 * verdict. Each has files of its own. */
#include "base/clock.h"
#include "base/memory.h"
#include "caller/cli/program.h"
#include "cases/suites.h"
#include "cli/cli.h"
#include "cli/list.h"
#include "cli/outputs.h"
#include "cmdline/file_limit.h"
#include "cmdline/text.h"
#include "drift/drift.h"
#include "engine/detect_revision.h"
#include "engine/runner.h"
#include "engine/target.h"
#include "engine/test.h"
#include "evidence/record.h"
#include "plan/expected_failures.h"
#include "wire/connection.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { EXIT_CONFORMANT = 0, EXIT_NOT_CONFORMANT = 1, EXIT_USAGE = 2, EXIT_UNUSABLE = 3 };

struct program {
    struct cli cli;
    struct session session;
    struct target target;
    struct catalogue *catalogue;
    struct plan plan;
    struct expected_failures known;
    struct drift drift;
    struct summary summary;
    struct outputs outputs;
    struct buf revision_why;
    struct buf unusable;
    char date[CLOCK_DATE_SIZE];
    char host[128];
    int stop_fd;   /* signalfd: readable after SIGINT or SIGTERM */
    int cancel_fd; /* eventfd: the runner writes it then, which ends the cases in flight */
};

static int complain(int code, const char *text)
{
    say("%s", text);
    return code;
}

/* Whether what was printed arrived; else says why not. */
static int flush_output(void)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return EXIT_CONFORMANT;
    say("cannot write standard output: %s", strerror(errno));
    return EXIT_UNUSABLE;
}

/* SIGINT and SIGTERM become something to read; threads that are started later inherit the mask. */
static int catch_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return -1;
    return signalfd(-1, &set, SFD_CLOEXEC);
}

static bool is_interrupted(const struct program *program)
{
    struct pollfd fd = {program->stop_fd, POLLIN, 0};
    return poll(&fd, 1, 0) > 0;
}

/* A key that costs money must not get into a core file. */
static void no_core_file(void)
{
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static int open_target(struct program *program)
{
    char why[TARGET_WHY_SIZE] = "";
    const char *key = getenv("AILAB_API_KEY");
    struct cli *cli = &program->cli;
    struct session *session = &program->session;
    const struct cmdline *line = &cli->line;
    const char *target = cmdline_text(line, OPTION_target);
    session->timeout_ms = cmdline_number(line, OPTION_timeout);
    session->budget.bound =
        cmdline_given(line, OPTION_max_credits) ? cmdline_number(line, OPTION_max_credits) : -1;
    session->endpoint.ca_file = cmdline_text(line, OPTION_ca_file);
    session->endpoint.insecure = cmdline_number(line, OPTION_insecure);
    session->revision = cli->revision;
    enum target_error error = target_set_proxy(session, cmdline_text(line, OPTION_proxy), why);
    if (error == TARGET_OK)
        error = target_open(&program->target, session, target, key && key[0] ? key : NULL, why);
    if (error != TARGET_OK)
        return complain(error == TARGET_USAGE ? EXIT_USAGE : EXIT_UNUSABLE, why);
    if (program->target.live)
        no_core_file();
    session->economy = session->budget.bound >= 0;
    return 0;
}

static int find_revision(struct program *program)
{
    struct session *session = &program->session;
    bool found = !program->cli.revision_auto ||
                 detect_revision(&session->revision, session, &program->revision_why);
    if (!found && !is_interrupted(program)) { /* else the reports tell that nothing was judged */
        say("the revision could not be found out: %s", buf_str(&program->revision_why));
        return EXIT_UNUSABLE;
    }
    session->arm = cmdline_number(&program->cli.line, OPTION_arm) ||
                   (program->target.mock && detect_arming(session));
    session->invariants = invariants_new(session->revision);
    return session->invariants ? 0 : complain(EXIT_UNUSABLE, "out of memory");
}

/* Each pattern of --run and --skip must match a case, in a run and in a list. */
static bool globs_name_cases(const struct program *program)
{
    const struct cmdline_value *run = &program->cli.line.values[OPTION_run];
    const struct cmdline_value *skip = &program->cli.line.values[OPTION_skip];
    const char *idle = plan_idle_glob(program->catalogue, run->items, run->count);
    if (!idle)
        idle = plan_idle_glob(program->catalogue, skip->items, skip->count);
    if (idle)
        say("no case is called \"%s\"; --list shows them", idle);
    return !idle;
}

static int complain_of_nothing(void)
{
    return complain(EXIT_USAGE, "no case is selected: --run, --skip, --level and --revision "
                                "leave none");
}

static struct selection selection_of(const struct program *program)
{
    const struct cmdline_value *values = program->cli.line.values;
    return (struct selection){.run = values[OPTION_run].items,
                              .run_count = values[OPTION_run].count,
                              .skip = values[OPTION_skip].items,
                              .skip_count = values[OPTION_skip].count,
                              .level = program->cli.level,
                              .revision = program->session.revision,
                              .skip_must_fail = values[OPTION_skip_must_fail].number};
}

static int make_plan(struct program *program)
{
    const struct cli *cli = &program->cli;
    char why[EXPECTED_FAILURES_WHY_SIZE] = "";
    const struct selection selection = selection_of(program);
    const char *known = cmdline_text(&cli->line, OPTION_known);
    if (!globs_name_cases(program))
        return EXIT_USAGE;
    if (!plan_make(&program->plan, program->catalogue, &selection))
        return complain(EXIT_UNUSABLE, "out of memory");
    if (known &&
        !expected_failures_apply(&program->known, known, program->catalogue, &program->plan, why))
        return complain(EXIT_USAGE, why);
    return program->plan.count == 0 ? complain_of_nothing() : 0;
}

/* A directory that cannot be used is refused before the first request. */
static int open_records(struct program *program)
{
    char why[URL_WHY_SIZE] = "";
    const char *record = cmdline_text(&program->cli.line, OPTION_record);
    const char *compare = cmdline_text(&program->cli.line, OPTION_compare);
    if (compare && !baseline_probe(compare, why))
        return complain(EXIT_UNUSABLE, why);
    if ((record || compare) && !(program->session.record = record_new(record, why)))
        return complain(EXIT_UNUSABLE, why);
    return 0;
}

static int read_baseline(struct program *program)
{
    char why[URL_WHY_SIZE] = "";
    struct buf warning = {0};
    const char *compare = cmdline_text(&program->cli.line, OPTION_compare);
    if (!compare)
        return 0;
    if (!baseline_read(&program->drift.baseline, compare, &program->plan, program->session.revision,
                       why))
        return complain(EXIT_UNUSABLE, why);
    drift_warn(&warning, &program->drift, revision_name(program->session.revision));
    if (warning.len)
        say("warning: %s", buf_str(&warning));
    buf_clear(&warning);
    return 0;
}

static void emit(void *context, const struct result *result, size_t index)
{
    struct program *program = context;
    (void)result;
    outputs_result(&program->outputs, &program->summary, index);
}

static bool prepare_summary(struct program *program)
{
    struct summary *summary = &program->summary;
    const struct cmdline_value *values = program->cli.line.values;
    clock_date(program->date, time(NULL));
    if (gethostname(program->host, sizeof program->host) != 0)
        program->host[0] = '\0';
    program->host[sizeof program->host - 1] = '\0';
    *summary = (struct summary){
        .version = AILAB_VERSION_STRING,
        .target = program->target.name,
        .revision = revision_name(program->session.revision),
        .revision_why = program->cli.revision_auto ? buf_str(&program->revision_why) : NULL,
        .level = level_name(program->cli.level),
        .date = program->date,
        .host = program->host,
        .other_revisions = program->plan.other_revisions,
        .selected = values[OPTION_run].count + values[OPTION_skip].count > 0,
        .credits_bound = -1,
        .results = calloc(program->plan.count, sizeof *summary->results),
        .count = program->plan.count,
        .drift = cmdline_text(&program->cli.line, OPTION_compare) ? &program->drift : NULL,
    };
    summary->clauses = clauses(&summary->clause_count);
    if (program->session.economy) {
        long plan = plan_credits(&program->plan, true), bound = program->session.budget.bound;
        summary->credits_bound = plan < bound ? plan : bound;
    }
    return summary->results != NULL;
}

/* Records are written and drift is compared when all is over. */
static void keep_records(struct program *program)
{
    char why[URL_WHY_SIZE] = "";
    struct session *session = &program->session;
    const struct origin origin = session_origin(session);
    if (session->record && !record_write(session->record, &origin, program->date, why)) {
        say("%s", why);
        program->summary.lost = true;
    }
    if (cmdline_text(&program->cli.line, OPTION_compare))
        drift_make(&program->drift, session->record, &program->plan, session->revision);
}

/* Cases at once: as many as there are processors, within reason. */
static unsigned jobs_of(const struct cmdline *line)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (cmdline_given(line, OPTION_jobs))
        return (unsigned)cmdline_number(line, OPTION_jobs);
    return processors < 2 ? 2 : processors > 8 ? 8 : (unsigned)processors;
}

static int judge(struct program *program)
{
    const struct cli *cli = &program->cli;
    if (!prepare_summary(program))
        return complain(EXIT_UNUSABLE, "out of memory");
    outputs_begin(&program->outputs, &program->summary);
    const struct runner_options options = {.jobs = jobs_of(&cli->line),
                                           .level = cli->level,
                                           .stop_fd = program->stop_fd,
                                           .cancel_write_fd = program->cancel_fd,
                                           .emit = emit,
                                           .context = program};
    double start = clock_ms();
    program->session.endpoint.cancel_fd = program->cancel_fd;
    program->summary.interrupted =
        !runner_run(program->summary.results, &program->session, &program->plan, &options);
    program->summary.ms = clock_ms() - start;
    program->summary.credits = program->session.budget.spent;
    program->summary.credits_unsure = program->session.budget.unsure;
    if (!program->summary.interrupted && target_is_lost(&program->session, &program->unusable)) {
        program->summary.unusable = buf_str(&program->unusable);
        say("%s", program->summary.unusable);
    }
    keep_records(program);
    outputs_end(&program->outputs, &program->summary);
    if (memory_ran_out())
        return complain(EXIT_UNUSABLE, MEMORY_RAN_OUT);
    return program->summary.lost ? EXIT_UNUSABLE : summary_exit(&program->summary);
}

/* --body and --wire: the case runs until its exchange number STEP, which is printed. */
static int print_request(struct program *program)
{
    char slug[128]; /* longer than every case's */
    struct session *session = &program->session;
    struct result result = {0};
    char why[URL_WHY_SIZE];
    const char *hash = strchr(program->cli.slug, '#');
    snprintf(slug, sizeof slug, "%.*s",
             (int)(hash ? hash - program->cli.slug : (long)strlen(program->cli.slug)),
             program->cli.slug);
    const struct case_def *def = catalogue_find(program->catalogue, slug);
    if (!def) {
        say("there is no case \"%s\"; --list shows them", TEXT_START(program->cli.slug, 80));
        return EXIT_USAGE;
    }
    if (!cmdline_text(&program->cli.line, OPTION_target)) /* the first request needs no answer */
        url_parse(&session->endpoint.url, "http://127.0.0.1", why);
    session->invariants = invariants_new(session->revision);
    if (!session->invariants)
        return complain(EXIT_UNUSABLE, "out of memory");
    session->dry = stdout;
    session->dry_step = hash ? (unsigned)strtoul(hash + 1, NULL, 10) : 1;
    session->dry_wire = program->cli.action == CLI_WIRE;
    session->key_known = session->arm = true;
    if (!session->secrets.keys[ACCOUNT_GOOD])
        session->secrets.keys[ACCOUNT_GOOD] = "key";
    session->timeout_ms = session->timeout_ms ? session->timeout_ms : SESSION_TIMEOUT_MS;
    test_run(&result, session, def, clock_ms() + (double)session->timeout_ms);
    bool printed = session->dry_step == 0;
    result_clear(&result);
    return printed ? flush_output() : complain(EXIT_UNUSABLE, "the case made no such request");
}

static int list(struct program *program)
{
    if (!globs_name_cases(program))
        return EXIT_USAGE;
    const struct selection selection = selection_of(program);
    if (list_cases(stdout, program->catalogue, &program->cli, &selection) == 0)
        return complain_of_nothing();
    return flush_output();
}

static int start(struct program *program)
{
    int code = 0;
    if (program->cli.action == CLI_LIST)
        return list(program);
    if (program->cli.action == CLI_RUN && (code = open_records(program)) != 0)
        return code;
    program->session.endpoint.cancel_fd = program->stop_fd; /* until the runner watches it */
    if (cmdline_text(&program->cli.line, OPTION_target) && (code = open_target(program)) != 0)
        return code;
    if (program->cli.action != CLI_RUN)
        return print_request(program);
    if ((code = find_revision(program)) != 0 || (code = make_plan(program)) != 0 ||
        (code = read_baseline(program)) != 0)
        return code;
    return outputs_open(&program->outputs, &program->cli.reports) ? judge(program) : EXIT_UNUSABLE;
}

static void clear(struct program *program)
{
    target_close(&program->target);
    for (size_t i = 0; i < program->summary.count && program->summary.results; i++)
        result_clear(&program->summary.results[i]);
    free(program->summary.results);
    outputs_close(&program->outputs);
    drift_clear(&program->drift);
    record_free(program->session.record);
    expected_failures_clear(&program->known);
    plan_clear(&program->plan);
    buf_clear(&program->revision_why);
    buf_clear(&program->unusable);
    catalogue_free(program->catalogue);
    if (program->cancel_fd >= 0)
        close(program->cancel_fd);
    if (program->stop_fd >= 0)
        close(program->stop_fd);
    session_clear(&program->session);
}

/* From the settled command line to the exit code. */
static int run(struct program *program, char *self)
{
    int code = EXIT_UNUSABLE;
    signal(SIGPIPE, SIG_IGN);
    if (!session_init(&program->session))
        return complain(EXIT_UNUSABLE, "out of memory");
    program->session.program = self;
    program->catalogue = catalogue_of_all();
    program->stop_fd = catch_signals();
    program->cancel_fd = eventfd(0, EFD_CLOEXEC);
    if (!program->catalogue || program->stop_fd < 0 || program->cancel_fd < 0)
        complain(EXIT_UNUSABLE, "the system refused memory or descriptors");
    else
        code = start(program);
    clear(program);
    return code;
}

static int judge_server(int argc, char **argv)
{
    char why[CMDLINE_WHY_SIZE] = "";
    struct program program = {.stop_fd = -1, .cancel_fd = -1};
    int code = cmdline_read(&program.cli.line, &conformance_program, argc, argv);
    if (code != CMDLINE_GO_ON)
        code = code == CMDLINE_DONE ? flush_output() : code;
    else if (!cli_settle(&program.cli, why))
        code = complain(EXIT_USAGE, why);
    else
        code = run(&program, argv[0]);
    cmdline_clear(&program.cli.line);
    return code;
}

/* `caller` has options of its own. */
int main(int argc, char **argv)
{
    file_limit_is_an_error();
    memory_watch_json();
    return argc > 1 && strcmp(argv[1], "caller") == 0 ? caller_main(argc - 1, argv + 1)
                                                      : judge_server(argc, argv);
}
