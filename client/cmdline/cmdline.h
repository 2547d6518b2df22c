/* One command line for the programs of this tree. A program describes itself in a table of commands
 * and a table of options; from them follow the parser, the environment variables, "did you mean",
 * --help, --version, the manual page and the completions. Nothing here knows a program.
 *
 * `--name value`, `--name=value`, `-n value`, `-nvalue` and `-abc` are understood; options may
 * stand anywhere, `--` ends them, and nothing is abbreviated. A flag wins over the environment, the
 * environment over the default; of an option that is given twice the last counts. A value of the
 * environment that is wrong is refused under the variable's name, and a variable with the program's
 * prefix that is no option's is remarked on.
 *
 * A program keeps its options in options.def, one row each:
 *
 *   OPTION(port, WHOLE, .argument = "N", .maximum = 65535, .initial = "8080", .help = "port")
 *
 * and makes from it `enum option_id { OPTION_port, ..., OPTION_COUNT }` and the table:
 *
 *   #define OPTION(id, of_kind, ...) {.name = #id, .kind = CMDLINE_##of_kind, __VA_ARGS__},
 */
#ifndef AILAB_CMDLINE_H
#define AILAB_CMDLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define CMDLINE_OPTIONS_MAX 64
#define CMDLINE_LIST_MAX 64
#define CMDLINE_OPERANDS_MAX 3
#define CMDLINE_WHY_SIZE 640
#define CMDLINE_NAME_SIZE 64

/* The number behind a macro, as the text of a default. */
#define CMDLINE_INITIAL(macro) CMDLINE_QUOTE(macro)
#define CMDLINE_QUOTE(text) #text

enum { CMDLINE_GO_ON = -1, CMDLINE_DONE = 0, CMDLINE_USAGE = 2 };

enum cmdline_kind {
    CMDLINE_TEXT,    /* any text of `minimum` bytes or more */
    CMDLINE_WORD,    /* one of `words` in any case; its number is its place among them, from 0 */
    CMDLINE_WHOLE,   /* a whole number from `minimum` to `maximum`, digits alone */
    CMDLINE_SECONDS, /* seconds with or without a fraction; number and bounds are milliseconds */
    CMDLINE_SWITCH,  /* 1 when given; takes no value, or =1 and =0, as its variable does */
    CMDLINE_MAYBE,   /* a SWITCH that may have a whole number, after '=' alone: 1 without one;
                        `minimum` is 2 or more */
    CMDLINE_LIST,    /* a text, given up to `maximum` times; its variable has commas between them */
    CMDLINE_REFUSED, /* no option: `words` that people try; `help` is the answer to them */
};

/* A field that is left out is 0 or NULL. All texts are static. */
struct cmdline_option {
    const char *name; /* with '_' for '-' */
    enum cmdline_kind kind;
    char letter;          /* 0: there is no short form */
    const char *argument; /* its name in the help; not for SWITCH, and WORD shows its words */
    long minimum, maximum;
    const char *words;    /* "text|json|off"; of TEXT and LIST the help alone shows them */
    const char *initial;  /* the default, written as a user would write it */
    bool negatable;       /* a SWITCH that --no-NAME turns off again */
    bool flag_only;       /* has no environment variable */
    const char *excludes; /* the name of an option that says the same in another way: they cannot
                             both be given, and a flag of one leaves the other's variable unread */
    const char *commands; /* the commands it belongs to, "edit check", "." for the program without a
                             command; NULL: that, and the commands that inherit */
    const char *group;    /* opens a group of the help, which goes on until the next one */
    const char *help;
};

struct cmdline;

/* The first row describes the program without a command; its name is "". A text is a sequence of
 * paragraphs, each ended by a newline but the last; one that begins with a blank is printed as it
 * is, the others are wrapped. */
struct cmdline_command {
    const char *name;
    const char *operands; /* as the usage shows them, options included; or NULL */
    size_t operands_min, operands_max;
    bool inherits;           /* it takes the options of the program without a command too */
    bool rest;               /* its operands are the rest of the line, options of others included */
    const char *summary;     /* one line */
    const char *description; /* NULL: there is no more to say */
    const char *examples;
    int (*run)(const struct cmdline *line); /* returns the exit status; NULL: needs a command */
};

struct cmdline_status {
    const char *status, *meaning;
};

struct cmdline_program {
    const char *name, *version;
    const char *prefix; /* of the environment variables: "AILAB_MOCK_" */
    bool shares_prefix; /* other programs' variables begin with it too */
    const struct cmdline_command *commands;
    size_t command_count; /* 1: there are no commands, and no `help` */
    const struct cmdline_option *options;
    size_t option_count;
    const char *environment; /* a text about further variables, or NULL */
    const struct cmdline_status *statuses;
    size_t status_count;
    const struct cmdline_program *nested; /* its name is this one's and one word more; the
                                             completions alone know it; or NULL */
};

enum cmdline_source { CMDLINE_DEFAULT, CMDLINE_ENVIRONMENT, CMDLINE_FLAG };

struct cmdline_value {
    const char *items[CMDLINE_LIST_MAX]; /* one at most, unless it is a LIST */
    size_t count;
    long number;
    enum cmdline_source source;
    char *split; /* owned: what the items of a list from the environment point into */
};

enum cmdline_asked {
    CMDLINE_RUN,
    CMDLINE_HELP,
    CMDLINE_VERSION,
    CMDLINE_MANUAL,
    CMDLINE_BASH, /* the completion for that shell */
    CMDLINE_ZSH,
    CMDLINE_FISH,
};

/* What was asked for. Texts are borrowed from argv, the environment and the tables. */
struct cmdline {
    const struct cmdline_program *program;
    const struct cmdline_command *command;
    enum cmdline_asked asked;
    const char *operands[CMDLINE_OPERANDS_MAX];
    size_t operand_count;
    char *const
        *rest; /* of a command that has one: the words from the first operand on, and NULL */
    struct cmdline_value values[CMDLINE_OPTIONS_MAX];
};

/* Reads the command line, and does by itself what every program does alike: help, version, manual
 * page, and a complaint on standard error. Returns CMDLINE_GO_ON, or the exit status to end with.
 * End with cmdline_clear() either way. */
int cmdline_read(struct cmdline *out, const struct cmdline_program *program, int argc,
                 char *const argv[]);

/* The reading alone: prints nothing. False: why says in one line what is wrong and what would be
 * right. It repeats no text that may be a key. End with cmdline_clear() either way. */
bool cmdline_parse(struct cmdline *out, const struct cmdline_program *program,
                   char why[CMDLINE_WHY_SIZE], int argc, char *const argv[]);

void cmdline_clear(struct cmdline *line);

/* The text as given or by default; NULL when there is neither. */
const char *cmdline_text(const struct cmdline *line, size_t id);

/* Of WORD, WHOLE, SECONDS and SWITCH; 0 when it was not given and has no default. */
long cmdline_number(const struct cmdline *line, size_t id);

/* Whether a flag or the environment gave it. */
bool cmdline_given(const struct cmdline *line, size_t id);

/* The name under which the value came: "--base-url" or "AILAB_BASE_URL". Returns out. */
const char *cmdline_source(char out[CMDLINE_NAME_SIZE], const struct cmdline *line, size_t id);

/* Reads a whole number: digits alone, nothing before or after them. */
bool cmdline_whole(long *out, const char *text, long minimum, long maximum);

/* The one of the names that was probably meant by the text, or NULL. */
const char *cmdline_meant(const char *text, const char *const *names, size_t count);

/* The help of the program (its first command) or of one command, for 80 columns. */
void cmdline_print_help(FILE *out, const struct cmdline_program *program,
                        const struct cmdline_command *command);

/* The manual page in roff, from the same tables; further sections may follow it. */
void cmdline_print_manual(FILE *out, const struct cmdline_program *program);

/* The completion for a shell, CMDLINE_BASH, CMDLINE_ZSH or CMDLINE_FISH. */
void cmdline_print_completion(FILE *out, const struct cmdline_program *program,
                              enum cmdline_asked shell);

/* "PROGRAM: ..." in one line on standard error, control characters replaced. */
__attribute__((format(printf, 2, 3))) void cmdline_say(const char *program, const char *format,
                                                       ...);

#endif
