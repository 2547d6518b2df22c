/* The commands and options of the program as two tables. Parsing, help and suggestions all read
 * them, so that none can know an option that another does not. No code lives here. */
#ifndef AILAB_CLI_OPTIONS_H
#define AILAB_CLI_OPTIONS_H

#include <stddef.h>

enum command_id {
    COMMAND_NONE = 0,
    COMMAND_EDIT,
    COMMAND_CHECK,
    COMMAND_EXPRESSIONS,
    COMMAND_HELP,
    COMMAND_COUNT,
};

enum option_id {
    OPTION_EXPRESSION = 0,
    OPTION_OUTPUT,
    OPTION_FORCE,
    OPTION_PREFLIGHT,
    OPTION_NO_PREFLIGHT,
    OPTION_BASE_URL,
    OPTION_API_KEY_FILE,
    OPTION_CA_FILE,
    OPTION_TIMEOUT,
    OPTION_CONNECT_TIMEOUT,
    OPTION_RETRIES,
    OPTION_JSON,
    OPTION_QUIET,
    OPTION_VERBOSE,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_COUNT,
};

struct command {
    const char *name;
    const char *operands;    /* as shown in the synopsis */
    const char *summary;     /* one line */
    const char *description; /* paragraphs, wrapped by hand to 80 columns */
    const char *examples;
    size_t operands_min;
    size_t operands_max;
};

struct option {
    const char *name;     /* without the dashes */
    char letter;          /* 0: no short form */
    const char *argument; /* NULL: a flag */
    const char *env;      /* the environment variable that stands in for it, or NULL */
    unsigned commands;    /* bit 1 << command_id: where it belongs */
    const char *text;
};

/* Index: enum command_id. Row COMMAND_NONE describes the program itself. */
extern const struct command command_table[COMMAND_COUNT];

/* Index: enum option_id. The order is the order of the help. */
extern const struct option option_table[OPTION_COUNT];

#endif
