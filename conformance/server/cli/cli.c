/* See cli.h. */
#include "cli/cli.h"
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char cli_help[] =
    "usage: ailab-conformance --target mock|URL [option...]\n"
    "\n"
    "Judges any server that claims to be the API \"Change facial expressions\".\n"
    "\n"
    "  --target mock|URL      the mock of this project, in process; or a base URL\n"
    "  --revision ID|auto     1.0.0, 1.0.1, 2025-09, 2026-01 (default), 2026-05; auto finds out\n"
    "  --run GLOB             take these cases only; may be repeated\n"
    "  --skip GLOB            leave these cases out; may be repeated\n"
    "  --skip-must-fail       run the skipped cases too: one that passes is a failure\n"
    "  --level LEVEL          must, should (default) or info: the weakest clauses that count\n"
    "  --list [--json]        show the selected cases, their clauses and their cost, and end;\n"
    "                         those of every revision unless --revision names one\n"
    "  --jobs N               cases at once (default: the number of processors, 2 to 8)\n"
    "  --timeout MS           for one case (default 10000; 120000 against the live service)\n"
    "  --report KIND[:FILE]   text (default), tap, junit, json or html; may be repeated\n"
    "  --record DIR           save every exchange, redacted, one file per case\n"
    "  --compare DIR          show the drift from such records, field by field; DIR may be the\n"
    "                         one of --record\n"
    "  --known FILE           deviations that are known: date, case, reason; they must happen\n"
    "  --max-credits N        plan for no more, one call at a time (default against the live\n"
    "                         service: 12); a call that is charged though it must be refused\n"
    "                         ends the spending, at most 12 above N; below 12 none is sent\n"
    "  --arm                  the target takes mock!CODE as a key and answers that error\n"
    "  --ca-file FILE         certificate authorities for https, PEM\n"
    "  --color WHEN           auto (default), always, never\n"
    "  --body CASE[#STEP]     print the body of a case's request, for curl --data-binary @-\n"
    "  --wire CASE[#STEP]     print the whole request, for nc\n"
    "  --help, --version\n"
    "\n"
    "The key is taken from the environment variable AILAB_API_KEY and from nowhere else. The live\n"
    "service is judged only when it is set. Keys of accounts that are locked, without credits or\n"
    "limited are taken from AILAB_API_KEY_LOCKED, AILAB_API_KEY_EMPTY and AILAB_API_KEY_LIMITED.\n"
    "\n"
    "Exit: 0 conformant, 1 not conformant, 2 usage or no case selected, 3 the target could not be\n"
    "judged or a report not be written.\n"
    "\n"
    "Unofficial: not made, endorsed or supported by AILabTools.\n";

enum {
    OPTION_TARGET = 1,
    OPTION_REVISION,
    OPTION_RUN,
    OPTION_SKIP,
    OPTION_SKIP_MUST_FAIL,
    OPTION_LEVEL,
    OPTION_LIST,
    OPTION_JSON,
    OPTION_JOBS,
    OPTION_TIMEOUT,
    OPTION_REPORT,
    OPTION_RECORD,
    OPTION_COMPARE,
    OPTION_KNOWN,
    OPTION_MAX_CREDITS,
    OPTION_ARM,
    OPTION_CA_FILE,
    OPTION_COLOUR,
    OPTION_BODY,
    OPTION_WIRE,
    OPTION_HELP,
    OPTION_VERSION,
};

static bool number(long *out, const char *text, long from, long to, const char *name,
                   char why[CLI_WHY_SIZE])
{
    char *end = NULL;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno || value < from || value > to) {
        snprintf(why, CLI_WHY_SIZE, "%s is \"%.40s\"; a number from %ld to %ld was expected", name,
                 text, from, to);
        return false;
    }
    *out = value;
    return true;
}

static bool add_glob(const char **list, size_t *count, const char *glob, char why[CLI_WHY_SIZE])
{
    if (*count == CLI_LIST_MAX) {
        snprintf(why, CLI_WHY_SIZE, "more than %d globs", CLI_LIST_MAX);
        return false;
    }
    list[(*count)++] = glob;
    return true;
}

static bool add_report(struct cli *out, char *text, char why[CLI_WHY_SIZE])
{
    char *colon = strchr(text, ':');
    const char *file = NULL;
    if (colon) {
        *colon = '\0';
        file = strcmp(colon + 1, "-") == 0 ? NULL : colon + 1;
    }
    const struct report_format *format = report_format_find(text);
    if (!format)
        snprintf(why, CLI_WHY_SIZE,
                 "there is no report \"%.40s\"; text, tap, junit, json or html was expected", text);
    else if (out->report_count == CLI_REPORTS_MAX)
        snprintf(why, CLI_WHY_SIZE, "more than %d reports", CLI_REPORTS_MAX);
    else if (file && !file[0])
        snprintf(why, CLI_WHY_SIZE, "--report %.10s: the file name is missing", text);
    else {
        out->reports[out->report_count++] = (struct cli_report){format, file};
        return true;
    }
    return false;
}

static bool set_revision(struct cli *out, const char *text, char why[CLI_WHY_SIZE])
{
    out->revision_auto = strcmp(text, "auto") == 0;
    out->revision_given = !out->revision_auto && revision_named(&out->revision, text);
    if (out->revision_auto || out->revision_given)
        return true;
    snprintf(why, CLI_WHY_SIZE,
             "there is no revision \"%.40s\"; 1.0.0, 1.0.1, 2025-09, 2026-01, 2026-05 or auto was "
             "expected",
             text);
    return false;
}

static bool set_colour(struct cli *out, const char *text, char why[CLI_WHY_SIZE])
{
    static const char *const words[] = {"auto", "never", "always"};
    for (int i = 0; i < 3; i++)
        if (strcmp(words[i], text) == 0) {
            out->colour = i - 1;
            return true;
        }
    snprintf(why, CLI_WHY_SIZE, "--color is \"%.40s\"; auto, always or never was expected", text);
    return false;
}

static bool set_level(struct cli *out, const char *text, char why[CLI_WHY_SIZE])
{
    if (level_find(&out->level, text))
        return true;
    snprintf(why, CLI_WHY_SIZE, "there is no level \"%.40s\"; must, should or info was expected",
             text);
    return false;
}

static bool apply(struct cli *out, int option, char *text, char why[CLI_WHY_SIZE])
{
    long value = 0;
    switch (option) {
    case OPTION_TARGET:
        out->target = text;
        return true;
    case OPTION_REVISION:
        return set_revision(out, text, why);
    case OPTION_RUN:
        return add_glob(out->run, &out->run_count, text, why);
    case OPTION_SKIP:
        return add_glob(out->skip, &out->skip_count, text, why);
    case OPTION_SKIP_MUST_FAIL:
        return out->skip_must_fail = true;
    case OPTION_LEVEL:
        return set_level(out, text, why);
    case OPTION_LIST:
        out->action = CLI_LIST;
        return true;
    case OPTION_JSON:
        return out->json = true;
    case OPTION_JOBS:
        if (!number(&value, text, 1, 64, "--jobs", why))
            return false;
        out->jobs = (unsigned)value;
        return true;
    case OPTION_TIMEOUT:
        return number(&out->timeout_ms, text, 1, 3600000, "--timeout", why);
    case OPTION_REPORT:
        return add_report(out, text, why);
    case OPTION_RECORD:
        out->record = text;
        return true;
    case OPTION_COMPARE:
        out->compare = text;
        return true;
    case OPTION_KNOWN:
        out->known = text;
        return true;
    case OPTION_MAX_CREDITS:
        return number(&out->max_credits, text, 0, 1000000, "--max-credits", why);
    case OPTION_ARM:
        return out->arm = true;
    case OPTION_CA_FILE:
        out->ca_file = text;
        return true;
    case OPTION_COLOUR:
        return set_colour(out, text, why);
    case OPTION_BODY:
    case OPTION_WIRE:
        out->action = option == OPTION_BODY ? CLI_BODY : CLI_WIRE;
        out->slug = text;
        return true;
    case OPTION_HELP:
        out->action = CLI_HELP;
        return true;
    default:
        out->action = CLI_VERSION;
        return true;
    }
}

static const struct option options[] = {
    {"target", required_argument, NULL, OPTION_TARGET},
    {"revision", required_argument, NULL, OPTION_REVISION},
    {"run", required_argument, NULL, OPTION_RUN},
    {"skip", required_argument, NULL, OPTION_SKIP},
    {"skip-must-fail", no_argument, NULL, OPTION_SKIP_MUST_FAIL},
    {"level", required_argument, NULL, OPTION_LEVEL},
    {"list", no_argument, NULL, OPTION_LIST},
    {"json", no_argument, NULL, OPTION_JSON},
    {"jobs", required_argument, NULL, OPTION_JOBS},
    {"timeout", required_argument, NULL, OPTION_TIMEOUT},
    {"report", required_argument, NULL, OPTION_REPORT},
    {"record", required_argument, NULL, OPTION_RECORD},
    {"compare", required_argument, NULL, OPTION_COMPARE},
    {"known", required_argument, NULL, OPTION_KNOWN},
    {"max-credits", required_argument, NULL, OPTION_MAX_CREDITS},
    {"arm", no_argument, NULL, OPTION_ARM},
    {"ca-file", required_argument, NULL, OPTION_CA_FILE},
    {"color", required_argument, NULL, OPTION_COLOUR},
    {"body", required_argument, NULL, OPTION_BODY},
    {"wire", required_argument, NULL, OPTION_WIRE},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

/* What belongs together, looked at when all is known. */
static bool check(struct cli *out, char why[CLI_WHY_SIZE])
{
    size_t to_terminal = 0;
    for (size_t i = 0; i < out->report_count; i++)
        to_terminal += !out->reports[i].file;
    if (out->action == CLI_HELP || out->action == CLI_VERSION)
        return true;
    if (out->json && out->action != CLI_LIST)
        snprintf(why, CLI_WHY_SIZE, "--json belongs to --list; a JSON report is --report json");
    else if (out->action == CLI_RUN && !out->target)
        snprintf(why, CLI_WHY_SIZE, "--target is missing: mock, or a base URL");
    else if (to_terminal > 1)
        snprintf(why, CLI_WHY_SIZE,
                 "two reports go to standard output; give a file to all but one "
                 "(--report junit:report.xml)");
    else if (out->skip_must_fail && out->skip_count == 0)
        snprintf(why, CLI_WHY_SIZE, "--skip-must-fail needs a --skip");
    else
        return true;
    return false;
}

bool cli_parse(struct cli *out, int argc, char **argv, char why[CLI_WHY_SIZE])
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    *out = (struct cli){.revision = REVISION_2026_01,
                        .level = LEVEL_SHOULD,
                        .max_credits = -1,
                        .colour = -1,
                        .jobs = processors < 2   ? 2
                                : processors > 8 ? 8
                                                 : (unsigned)processors};
    opterr = 0;
    optind = 1;
    for (;;) {
        int at = optind;
        int option = getopt_long(argc, argv, ":", options, NULL);
        if (option == -1)
            break;
        if (option == '?' || option == ':') {
            snprintf(why, CLI_WHY_SIZE, "%s%.80s%s", option == ':' ? "" : "there is no option ",
                     argv[at], option == ':' ? " wants a value" : ", or it takes no value");
            return false;
        }
        if (!apply(out, option, optarg, why))
            return false;
    }
    if (optind < argc) {
        snprintf(why, CLI_WHY_SIZE, "\"%.80s\" is no option", argv[optind]);
        return false;
    }
    if (out->report_count == 0)
        out->reports[out->report_count++] = (struct cli_report){report_format_find("text"), NULL};
    return check(out, why);
}
