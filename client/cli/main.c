/* ailab: the command over the client library. main() reads the command line, runs one command, and
 * makes sure that what was printed arrived; everything else lives in the parts. */
#include "ailab.h"
#include "args.h"
#include "commands.h"
#include "help.h"
#include "say.h"
#include "signals.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static enum status run(const struct args *args)
{
    if (args_has(args, OPTION_VERSION)) {
        printf("ailab %s\n", ailab_version());
        return STATUS_DONE;
    }
    if (args->command == COMMAND_HELP && args->operand_count > 0) {
        help_print(stdout, args_command(args->operands[0]));
        return STATUS_DONE;
    }
    if (args->command == COMMAND_HELP || args_has(args, OPTION_HELP)) {
        help_print(stdout, args->command == COMMAND_HELP ? COMMAND_NONE : args->command);
        return STATUS_DONE;
    }
    switch (args->command) {
    case COMMAND_EDIT:
        return edit_run(args);
    case COMMAND_CHECK:
        return check_run(args);
    case COMMAND_EXPRESSIONS:
        return expressions_run(args);
    case COMMAND_NONE:
    case COMMAND_HELP:
    case COMMAND_COUNT:
        break;
    }
    say("no command given; 'ailab help' lists them, such as 'ailab edit -e sad portrait.jpg'");
    return STATUS_USAGE;
}

int main(int argc, char *argv[])
{
    struct args args;
    char why[WHY_SIZE];
    if (!args_parse(&args, why, argc, argv)) {
        say("%s", why);
        return STATUS_USAGE;
    }
    signals_catch();
    int status = (int)run(&args);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        say("cannot write standard output: %s", strerror(errno));
        status = STATUS_USAGE;
    }
    if (signals_caught())
        status = STATUS_SIGNAL + signals_caught();
    return status;
}
