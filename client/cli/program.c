/* The tables of program.h. */
#include "program.h"
#include "ailab.h"

static const struct cmdline_option options[] = {
#define OPTION(id, of_kind, ...) {.name = #id, .kind = CMDLINE_##of_kind, __VA_ARGS__},
#include "options.def"
};
_Static_assert(OPTION_COUNT <= CMDLINE_OPTIONS_MAX, "room for every option");

static const struct cmdline_command commands[] = {
    {.name = "",
     .operands = "COMMAND [options]",
     .summary = "change the facial expression of a portrait",
     .description =
         "Speaks to one HTTP endpoint, \"Change facial expressions\" of AILabTools, or to anything "
         "that behaves like it, such as a mock. Unofficial: not made, endorsed or supported by "
         "AILabTools.",
     .examples = "  ailab edit --expression big-grin portrait.jpg\n"
                 "  ailab check portrait.jpg\n"
                 "  AILAB_BASE_URL=http://127.0.0.1:8080 ailab edit -e sad portrait.jpg"},
    {.name = "edit",
     .operands = "--expression NAME [options] FILE",
     .operands_min = 1,
     .operands_max = 1,
     .summary = "send a portrait, save the picture that comes back",
     .description =
         "FILE is a JPEG or PNG of at most 5 MB, each side below 4096 pixels; - reads standard "
         "input. The path of the saved picture is printed. An existing file is never replaced "
         "unless --force is given. A failure leaves no half a file: the picture is written under "
         "another name in the same directory and moved to its place when it is complete.\n"
         "What would be refused is sent all the same: a refused call costs nothing, only the "
         "service knows which values it takes today, and its own answer is the one to see. With "
         "--preflight nothing is uploaded that is known to be refused.",
     .examples = "  ailab edit --expression big-grin portrait.jpg     (portrait.big-grin.jpg)\n"
                 "  ailab edit -e 12 portrait.jpg -o smiling.jpg --force\n"
                 "  ailab edit -e \"Big Grin\" - < portrait.jpg > smiling.jpg\n"
                 "  ailab edit -e sad --json --retries 3 portrait.png | jq -r .request_id",
     .run = edit_run},
    {.name = "check",
     .operands = "[options] FILE",
     .operands_min = 1,
     .operands_max = 1,
     .summary = "say what the service would refuse, without asking it",
     .description =
         "Looks at size, type and dimensions of FILE (- reads standard input) and at the "
         "expression if one is given. Nothing is sent and no key is needed. What only the service "
         "can see, such as a missing face, stays unsaid.",
     .examples = "  ailab check portrait.jpg\n"
                 "  ailab check --expression big-grin --json portrait.jpg | jq .width",
     .run = check_run},
    {.name = "expressions",
     .operands = "[options]",
     .summary = "list the expressions and their numbers",
     .description = "The last column tells the values that are documented today from those that "
                    "only older revisions of the API take.",
     .examples = "  ailab expressions\n"
                 "  ailab expressions --json | jq -r '.[] | select(.current).slug'",
     .run = expressions_run},
};

static const struct cmdline_status statuses[] = {
    {"0", "done"},
    {"1", "the service refused, or would refuse (check, --preflight)"},
    {"2", "nothing could be asked, or the answer not be saved: usage, no key, unreadable input, "
          "output in the way, no memory"},
    {"3", "the service could not be reached, or not in time"},
    {"4", "the answer made no sense"},
    {"128+n", "ended by signal n, such as 130 for Ctrl-C; no half a file is left"},
};

const struct cmdline_program ailab_program = {
    .name = "ailab",
    .version = AILAB_VERSION_STRING,
    .prefix = "AILAB_",
    .shares_prefix = true,
    .commands = commands,
    .command_count = sizeof commands / sizeof commands[0],
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .environment =
        "AILAB_API_KEY is the API key, unless --api-key-file is given.\n"
        "http_proxy, https_proxy and ALL_PROXY are not looked at: key and picture go straight to "
        "the server that was named, unless --proxy or AILAB_PROXY names a proxy.",
    .statuses = statuses,
    .status_count = sizeof statuses / sizeof statuses[0],
};
