/* ailab-mock in tables: its commands, options and exit codes. */
#include "ailab_mock.h"
#include "api/contract.h"
#include "commands.h"
#include "journal/journal.h"

/* Each word with a '|' after it. */
static const char revision_words[] =
#define AILAB_REVISION(id, name, envelope, choice, statuses, summary) name "|"
#include "contract/revisions.def"
    ;

static const struct cmdline_option options[] = {
#define OPTION(id, of_kind, ...) {.name = #id, .kind = CMDLINE_##of_kind, __VA_ARGS__},
#include "options.def"
};

static const struct cmdline_command commands[] = {
    {.name = "",
     .operands = "[OPTION]...",
     .summary = "a stand-in for AILabTools' \"Change facial expressions\" API",
     .description =
         "Unofficial: not made, endorsed or supported by AILabTools.\n"
         "Without a command it serves until SIGTERM or SIGINT. The first line that it prints ends "
         "with its URL.\n"
         "To ask for a failure, send the header 'ailabapi-api-key: mock:ERROR_BLURRY_FACE' or "
         "X-Mock-Scenario, a file named mock-ERROR_BLURRY_FACE.jpg, or a picture made by "
         "'ailab-mock cue'. mock! instead of mock: answers so whatever the request was. The admin "
         "API is described at /__admin/openapi.json.",
     .examples = "  ailab-mock --port 8080 &\n"
                 "  curl --request POST \\\n"
                 "    --url http://127.0.0.1:8080/api/portrait/effects/emotion-editor \\\n"
                 "    --header 'ailabapi-api-key: any-key' \\\n"
                 "    --form service_choice=12 --form image_target=@portrait.jpg",
     .run = serve},
    {.name = "run",
     .operands = "[OPTION]... [--] COMMAND [ARGUMENT]...",
     .operands_min = 1,
     .inherits = true,
     .rest = true,
     .summary = "run a program that has the vendor's URL built in; its calls come to a mock",
     .description =
         "The mock listens on free ports, with HTTPS. The environment of the command has what "
         "makes "
         "a program come to it: proxy variables, certificates for the runtimes, AILAB_BASE_URL, "
         "and "
         "AILAB_API_KEY where it is unset. The command keeps its terminal, standard input and "
         "output; signals are passed on. At the end a summary on standard error says what was "
         "asked.\n"
         "The exit code is that of the command: 128 and the number of the signal that killed it, "
         "127 if there is no such program, 126 if it cannot be run.\n"
         "--isolate wants Linux namespaces. Where the system forbids them, the exit code is 3 and "
         "the command does not start.",
     .examples = "  ailab-mock run -- python3 portrait.py\n"
                 "  ailab-mock run --isolate --min-calls 1 -- ./portrait\n"
                 "  ailab-mock run --scenarios plan.json --fail-on-unexpected -- npm test",
     .run = command_run},
    {.name = "contract",
     .summary = "the contract as JSON: errors, expressions, revisions, clauses",
     .run = command_contract},
    {.name = "openapi", .summary = "the same as an OpenAPI 3.1 document", .run = command_openapi},
    {.name = "errors",
     .summary = "the error codes, one a line: status, code, description",
     .run = command_errors},
    {.name = "rules",
     .summary = "the rules in their order, one a line: name, error, clause",
     .run = command_rules},
    {.name = "scenarios",
     .summary = "every scenario a cue can name, one a line",
     .run = command_scenarios},
    {.name = "faults",
     .summary = "every fault, one a line: name, where, amount and default, what happens",
     .description = "Faults of an upload and of an answer stand in a step of a scenario, and are "
                    "built in as scenarios of their names. Faults of TLS are armed for the next "
                    "connections: by a scenario document, POST /__admin/tls, or the C library.",
     .run = command_faults},
    {.name = "cue",
     .operands = "NAME IN OUT",
     .operands_min = 3,
     .operands_max = 3,
     .summary = "copy a JPEG or PNG with a cue in it",
     .description = "The picture gets the comment mock:NAME, or mock!NAME for the name !NAME, and "
                    "asks by itself for that scenario. IN may be - for standard input, OUT for "
                    "standard output.",
     .examples = "  ailab-mock cue ERROR_BLURRY_FACE portrait.jpg blurry.jpg",
     .run = command_cue},
    {.name = "ca",
     .operands = "[OPTION]... [RUNTIME]",
     .operands_max = 1,
     .summary = "the certificate authority for HTTPS, and how programs are told to trust it",
     .description =
         "The authority is made on this machine when there is none, and renewed before it ends. "
         "It can sign for ailabapi.com and the names below it, localhost, 127.0.0.1 and ::1 "
         "alone.\n"
         "Without a RUNTIME it prints all that it knows; with one, what that needs, as a script "
         "for a shell. RUNTIME is one of these or another word for it: "
#define RECIPE(name, also, about, text) name ", "
#include "recipes.def"
         "...",
     .examples = "  eval \"$(ailab-mock ca python)\"\n"
                 "  curl --cacert \"$(ailab-mock ca --path)\" https://localhost:8443/\n"
                 "  ailab-mock ca debian",
     .run = command_ca},
    {.name = "health",
     .operands = "[OPTION]...",
     .summary = "whether a mock answers at the address that these options name",
     .description = "It asks the first address alone, and waits some seconds for an answer. With "
                    "the variables of a mock, AILAB_MOCK_LISTEN or AILAB_MOCK_PORT, it asks that "
                    "mock.",
     .examples = "  ailab-mock health --port 8080",
     .run = command_health},
};

static const struct cmdline_status statuses[] = {
    {"0", "done"},
    {"1", "run: the command succeeded, but not as --min-calls, --fail-on-unexpected or "
          "--coverage-min want it, or fails under a revision; health: no mock answers"},
    {"2", "wrong usage"},
    {"3", "cannot listen, or the system failed"}};

const struct cmdline_program mock_program = {
    .name = "ailab-mock",
    .version = AILAB_VERSION_STRING,
    .prefix = "AILAB_MOCK_",
    .commands = commands,
    .command_count = sizeof commands / sizeof commands[0],
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .statuses = statuses,
    .status_count = sizeof statuses / sizeof statuses[0],
};

_Static_assert(OPTION_COUNT <= CMDLINE_OPTIONS_MAX, "room for every option");

int complain(int code, const char *text)
{
    cmdline_say(mock_program.name, "%s", text);
    return code;
}
