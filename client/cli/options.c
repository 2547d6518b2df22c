/* The rows of the two tables. To add an option: a name in enum option_id, a row here, and the line
 * that asks args_value() for it. */
#include "options.h"

#define EDIT (1u << COMMAND_EDIT)
#define CHECK (1u << COMMAND_CHECK)
#define EXPRESSIONS (1u << COMMAND_EXPRESSIONS)
#define EVERYWHERE (~0u)

const struct command command_table[COMMAND_COUNT] = {
    [COMMAND_NONE] =
        {
            .name = "",
            .operands = "COMMAND [options]",
            .summary = "change the facial expression of a portrait",
            .description =
                "Speaks to one HTTP endpoint, \"Change facial expressions\" of AILabTools, or to\n"
                "anything that behaves like it, such as a mock. Unofficial.\n",
            .examples = "  ailab edit --expression big-grin portrait.jpg\n"
                        "  ailab check portrait.jpg\n"
                        "  AILAB_BASE_URL=http://127.0.0.1:8080 ailab edit -e sad portrait.jpg\n",
            .operands_max = 0,
        },
    [COMMAND_EDIT] =
        {
            .name = "edit",
            .operands = "--expression NAME [options] FILE",
            .summary = "send a portrait, save the picture that comes back",
            .description =
                "FILE is a JPEG or PNG of at most 5 MB, each side below 4096 pixels; - reads\n"
                "standard input. The path of the saved picture is printed. An existing file is\n"
                "never replaced unless --force is given, and a failure leaves no half a file.\n"
                "\n"
                "What would be refused is sent all the same: a refused call costs nothing, only\n"
                "the service knows which values it takes today, and its own answer is the one\n"
                "to see. With --preflight nothing is uploaded that is known to be refused.\n",
            .examples =
                "  ailab edit --expression big-grin portrait.jpg     (portrait.big-grin.jpg)\n"
                "  ailab edit -e 12 portrait.jpg -o smiling.jpg --force\n"
                "  ailab edit -e \"Big Grin\" - < portrait.jpg > smiling.jpg\n"
                "  ailab edit -e sad --json --retries 3 portrait.png | jq -r .request_id\n",
            .operands_min = 1,
            .operands_max = 1,
        },
    [COMMAND_CHECK] =
        {
            .name = "check",
            .operands = "[options] FILE",
            .summary = "say what the service would refuse, without asking it",
            .description =
                "Looks at size, type and dimensions of FILE (- reads standard input) and at the\n"
                "expression if one is given. Nothing is sent and no key is needed. What only the\n"
                "service can see, such as a missing face, stays unsaid.\n",
            .examples = "  ailab check portrait.jpg\n"
                        "  ailab check --expression big-grin --json portrait.jpg | jq .width\n",
            .operands_min = 1,
            .operands_max = 1,
        },
    [COMMAND_EXPRESSIONS] =
        {
            .name = "expressions",
            .operands = "[options]",
            .summary = "list the expressions and their numbers",
            .description = "The last column tells the values that are documented today from those\n"
                           "that only older revisions of the API take.\n",
            .examples = "  ailab expressions\n"
                        "  ailab expressions --json | jq -r '.[] | select(.current).slug'\n",
        },
    [COMMAND_HELP] =
        {
            .name = "help",
            .operands = "[COMMAND]",
            .summary = "explain the program or one command",
            .description = "The same as --help.\n",
            .examples = "  ailab help edit\n",
            .operands_max = 1,
        },
};

const struct option option_table[OPTION_COUNT] = {
    [OPTION_EXPRESSION] = {"expression", 'e', "NAME", NULL, EDIT | CHECK,
                           "slug (big-grin), label (\"Big Grin\") or number (12); 'ailab "
                           "expressions' lists them. A number outside the list is sent as it is"},
    [OPTION_OUTPUT] = {"output", 'o', "FILE", NULL, EDIT,
                       "where the picture goes, - for standard output. Otherwise the input's name "
                       "with the expression in it, beside the input; standard output when the "
                       "input is -"},
    [OPTION_FORCE] = {"force", 'f', NULL, NULL, EDIT, "replace the output file if it exists"},
    [OPTION_PREFLIGHT] = {"preflight", 0, NULL, NULL, EDIT,
                          "look for what would be refused first, as 'ailab check' does, and send "
                          "nothing then"},
    [OPTION_NO_PREFLIGHT] = {"no-preflight", 0, NULL, NULL, EDIT,
                             "let the service judge (the default); the last of the two wins"},
    [OPTION_BASE_URL] = {"base-url", 0, "URL", "AILAB_BASE_URL", EDIT,
                         "the server: http or https, host, port and path prefix; "
                         "https://www.ailabapi.com unless given"},
    [OPTION_API_KEY_FILE] = {"api-key-file", 0, "FILE", NULL, EDIT,
                             "read the API key from the first line of FILE rather than from "
                             "AILAB_API_KEY"},
    [OPTION_CA_FILE] = {"ca-file", 0, "FILE", NULL, EDIT,
                        "certificate authorities (PEM) instead of the system's"},
    [OPTION_TIMEOUT] = {"timeout", 0, "SECONDS", NULL, EDIT,
                        "for one attempt, to its last byte; 120 unless given"},
    [OPTION_CONNECT_TIMEOUT] = {"connect-timeout", 0, "SECONDS", NULL, EDIT,
                                "to connect, TLS included; 10 unless given"},
    [OPTION_RETRIES] = {"retries", 0, "N", NULL, EDIT,
                        "further attempts after no connection, a time-out, a rate limit or a 5xx "
                        "answer, 0 to 10; 0 unless given"},
    [OPTION_JSON] = {"json", 0, NULL, NULL, EDIT | CHECK | EXPRESSIONS,
                     "print the outcome as JSON on one line; a picture then goes to a file only"},
    [OPTION_QUIET] = {"quiet", 'q', NULL, NULL, EDIT | CHECK,
                      "print errors and JSON only: no progress, no warnings, no path"},
    [OPTION_VERBOSE] = {"verbose", 'v', NULL, NULL, EDIT | CHECK,
                        "say on standard error what is done (never the key)"},
    [OPTION_HELP] = {"help", 'h', NULL, NULL, EVERYWHERE, "explain and exit"},
    [OPTION_VERSION] = {"version", 'V', NULL, NULL, EVERYWHERE, "print the version and exit"},
};
