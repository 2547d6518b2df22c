/* Command line in, what was asked for out. Options may stand anywhere, before the command too; `--`
 * ends them; `--name value`, `--name=value`, `-n value`, `-nvalue` and `-abc` are understood and
 * nothing is abbreviated. Nothing is printed and no value is judged here. */
#ifndef AILAB_CLI_ARGS_H
#define AILAB_CLI_ARGS_H

#include "options.h"
#include "status.h"
#include <stdbool.h>
#include <stddef.h>

#define ARGS_OPERANDS_MAX 1

struct args {
    enum command_id command;          /* COMMAND_NONE: none was named */
    const char *values[OPTION_COUNT]; /* borrowed from argv or the environment; NULL: not given */
    size_t positions[OPTION_COUNT];   /* 0: not on the command line; later is larger */
    const char *operands[ARGS_OPERANDS_MAX];
    size_t operand_count;
};

/* False: why says in one line what is wrong and what would be right. The strings of argv and of the
 * environment are borrowed. */
bool args_parse(struct args *out, char why[WHY_SIZE], int argc, char *const argv[]);

/* The option's value, "" for a flag; NULL when neither command line nor environment has it. */
const char *args_value(const struct args *args, enum option_id id);

bool args_has(const struct args *args, enum option_id id);

/* COMMAND_NONE when there is no such command. */
enum command_id args_command(const char *name);

#endif
