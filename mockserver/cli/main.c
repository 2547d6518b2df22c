/* ailab-mock: the mock as a program. A thin main over ailab_mock.h: options in, one ready line out,
 * a signal ends it. */
#include "commands.h"
#include "serve.h"
#include <stdio.h>
#include <string.h>

static int run_command(const struct command *command, int count, char *const *arguments)
{
    char why[128];
    if (count == command->arguments)
        return command->run(arguments);
    snprintf(why, sizeof why, "%s takes %d arguments, not %d; see --help", command->name,
             command->arguments, count);
    return complain(EXIT_USAGE, why);
}

int main(int argc, char **argv)
{
    struct option_values values;
    char why[OPTION_WHY_SIZE];
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "--version") == 0)
            return command_find(argv[i])->run(NULL);
    const struct command *command = argc > 1 ? command_find(argv[1]) : NULL;
    if (command)
        return run_command(command, argc - 2, argv + 2);
    int code = options_parse(&values, argc - 1, argv + 1, why) ? serve(&values)
                                                               : complain(EXIT_USAGE, why);
    options_clear(&values);
    return code;
}
