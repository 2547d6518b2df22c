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
};

static const struct cmdline_status statuses[] = {
    {"0", "done"}, {"2", "wrong usage"}, {"3", "cannot listen, or the system failed"}};

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
