/* See cli.h. */
#include "cli/cli.h"
#include "base/count_of.h"
#include "base/workers.h"
#include "caller/cli/program.h"
#include <stdio.h>
#include <string.h>

/* Each word with a '|' after it. */
static const char report_words[] =
#define FORMAT(name, help) #name "|"
#include "report/formats.def"
    ;
static const char revision_words[] =
#define AILAB_REVISION_WITNESS(id, name, envelope, choice, statuses) name "|"
#include "witness/revisions.def"
    "auto";

static const struct cmdline_option options[] = {
#define OPTION(id, of_kind, ...) {.name = #id, .kind = CMDLINE_##of_kind, __VA_ARGS__},
#include "cli/options.def"
};
_Static_assert(OPTION_COUNT <= CMDLINE_OPTIONS_MAX, "room for every option");

static const struct cmdline_command whole = {
    .name = "",
    .operands = "--target mock|URL [OPTION]...",
    .summary = "judges any server that claims to be this API",
    .description = "The API is AILabTools' \"Change facial expressions\". Unofficial: not made, "
                   "endorsed or supported by AILabTools.\n"
                   "'ailab-conformance caller -- COMMAND' judges the other side, a program that "
                   "calls this API; 'ailab-conformance caller --help' explains it.",
    .examples = "  ailab-conformance --target mock\n"
                "  ailab-conformance --target http://127.0.0.1:8080 --report junit:report.xml\n"
                "  ailab-conformance --list --run 'image/*'"};

static const struct cmdline_status statuses[] = {
    {"0", "conformant"},
    {"1", "not conformant"},
    {"2", "usage, or no case is selected"},
    {"3", "the target could not be judged, or a report could not be written"}};

const struct cmdline_program conformance_program = {
    .name = "ailab-conformance",
    .version = AILAB_VERSION_STRING,
    .prefix = "AILAB_CONFORMANCE_",
    .commands = &whole,
    .command_count = 1,
    .options = options,
    .option_count = COUNT_OF(options),
    .environment =
        "The key is taken from AILAB_API_KEY and from nowhere else; without it the live service is "
        "not judged. Keys of accounts that are locked, without credits or limited are taken "
        "from AILAB_API_KEY_LOCKED, AILAB_API_KEY_EMPTY and AILAB_API_KEY_LIMITED.",
    .statuses = statuses,
    .status_count = COUNT_OF(statuses),
    .nested = &caller_program,
};

static bool is_mock(const struct cmdline *line)
{
    const char *target = cmdline_text(line, OPTION_target);
    return target && strcmp(target, "mock") == 0;
}

/* Whether an option says how the target is reached over the network. */
static bool reaches_out(const struct cmdline *line)
{
    return cmdline_text(line, OPTION_proxy) || cmdline_text(line, OPTION_ca_file) ||
           cmdline_number(line, OPTION_insecure);
}

/* What belongs together. */
static bool check(const struct cli *cli, char why[CMDLINE_WHY_SIZE])
{
    const struct cmdline *line = &cli->line;
    const char *wrong = NULL;
    if (cmdline_number(line, OPTION_json) && cli->action != CLI_LIST)
        wrong = "--json belongs to --list; a JSON report is --report json";
    else if (cli->action == CLI_RUN && !cmdline_text(line, OPTION_target))
        wrong = "--target is missing: mock, or a base URL";
    else if (is_mock(line) && reaches_out(line))
        wrong = "--proxy, --ca-file and --insecure belong to a base URL as --target; the mock in "
                "process needs none of them";
    else if (cmdline_number(line, OPTION_skip_must_fail) && line->values[OPTION_skip].count == 0)
        wrong = "--skip-must-fail needs a --skip";
    if (wrong)
        snprintf(why, CMDLINE_WHY_SIZE, "%s", wrong);
    return !wrong;
}

bool cli_settle(struct cli *out, char why[CMDLINE_WHY_SIZE])
{
    const struct cmdline *line = &out->line;
    const char *body = cmdline_text(line, OPTION_body), *wire = cmdline_text(line, OPTION_wire);
    out->action = wire                                ? CLI_WIRE
                  : body                              ? CLI_BODY
                  : cmdline_number(line, OPTION_list) ? CLI_LIST
                                                      : CLI_RUN;
    out->slug = wire ? wire : body;
    out->level = (enum level)cmdline_number(line, OPTION_level);
    out->revision = (enum revision)cmdline_number(line, OPTION_revision);
    out->revision_auto = out->revision == REVISION_COUNT;
    out->revision_given = cmdline_given(line, OPTION_revision) && !out->revision_auto;
    if (out->revision_auto)
        out->revision = REVISION_DEFAULT;
    out->reports.color = cmdline_number(line, OPTION_color);
    out->reports.verbose = cmdline_number(line, OPTION_verbose);
    return report_options_read(&out->reports, &line->values[OPTION_report], why) &&
           check(out, why) && report_options_differ(&out->reports, why);
}
