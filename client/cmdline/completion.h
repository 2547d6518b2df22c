/* What the completions of the three shells have in common. */
#ifndef AILAB_CMDLINE_COMPLETION_H
#define AILAB_CMDLINE_COMPLETION_H

#include "internal.h"

/* What a shell offers after an option or as an operand. */
enum completion_value { VALUE_NONE, VALUE_FREE, VALUE_WORDS, VALUE_FILE, VALUE_FOLDER };

enum completion_value completion_value(const struct cmdline_option *option);

/* Whether a shell offers the option with the command. */
bool completion_offers(const struct cmdline_option *option, const struct cmdline_command *command);

/* "text|json|off|" as "text json off". */
void completion_words(FILE *out, const char *words);

/* The help up to the end of its first clause, for a text between single quotes: a backslash before
 * each byte of `escaped`, and `quote` in the place of a single quote. */
void completion_quote(FILE *out, const char *help, const char *escaped, const char *quote);

/* Whether another program's command line follows, after "--". */
bool completion_runs(const struct cmdline_command *command);

/* The last word of the program's name. */
const char *completion_word(const struct cmdline_program *program);

/* "ailab-mock" as "ailab_mock". */
void completion_function(FILE *out, const char *program);

/* The commands, `help` and `version` included, with a separator between them. */
void completion_commands(FILE *out, const struct cmdline_program *program, const char *separator);

void completion_bash(FILE *out, const struct cmdline_program *program);
void completion_zsh(FILE *out, const struct cmdline_program *program);
void completion_fish(FILE *out, const struct cmdline_program *program);

#endif
