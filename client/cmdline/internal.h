/* What the files of this folder share. */
#ifndef AILAB_CMDLINE_INTERNAL_H
#define AILAB_CMDLINE_INTERNAL_H

#include "cmdline/cmdline.h"

#define CMDLINE_USAGE_SIZE 160

/* "port_file" as "--port-file", or as the variable "AILAB_MOCK_PORT_FILE". Return out. */
const char *flag_name(char out[CMDLINE_NAME_SIZE], const struct cmdline_option *option);
const char *variable_name(char out[CMDLINE_NAME_SIZE], const struct cmdline_program *program,
                          const struct cmdline_option *option);

/* "FILE", or "text|json|off". NULL for a switch. */
const char *argument_name(const struct cmdline_option *option);

/* Judges a text and keeps it under id. False: why tells what was expected. */
bool value_set(struct cmdline *line, size_t id, enum cmdline_source from, const char *text,
               char why[CMDLINE_WHY_SIZE]);

/* Writes why and returns false. */
__attribute__((format(printf, 2, 3))) bool refuse(char why[CMDLINE_WHY_SIZE], const char *format,
                                                  ...);

/* Whether the words, split at the separator, name the one of that length, in any
 * case; *place is its place. */
bool words_find(size_t *place, const char *words, char separator, const char *word, size_t length);

/* The commands and options that every program has: `help` and `version`, --help and --version. */
extern const struct cmdline_command help_command, version_command;
extern const struct cmdline_option help_option, version_option;

/* NULL when the program has no such command. */
const struct cmdline_command *command_find(const struct cmdline_program *program, const char *name);

/* "ailab edit --expression NAME [options] FILE". Returns out. */
const char *usage_text(char out[CMDLINE_USAGE_SIZE], const struct cmdline_program *program,
                       const struct cmdline_command *command);

/* Whether the option may be given with the command. */
bool option_belongs(const struct cmdline_option *option, const struct cmdline_command *command);

#define CMDLINE_TEXT_SIZE 2048

/* "text|json|off" as "text, json or off". Returns out. */
const char *words_text(char out[CMDLINE_TEXT_SIZE], const char *words);

/* The help of an option with its words, unless they are its argument, and its default at the
 * end. Returns out. */
const char *option_text(char out[CMDLINE_TEXT_SIZE], const struct cmdline_option *option);

/* What the help and the manual page say about environment variables. */
void environment_text(char *out, size_t size, const struct cmdline_program *program);

#endif
