/* ailab-mock: the mock as a program. A thin main over ailab_mock.h: options in, one ready line out,
 * a signal ends it. */
#include "commands.h"
#include "serve.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int run_command(const struct command *command, int count, char *const *arguments)
{
    char why[128];
    if (count == command->arguments)
        return command->run(arguments);
    snprintf(why, sizeof why, "%s takes %d arguments, not %d; see --help", command->name,
             command->arguments, count);
    return complain(EXIT_USAGE, why);
}

/* A descriptor from 0 to 2 that is closed would be given to a socket, and what is printed would go
 * to a client. Reading and printing fail there as if it were closed still; remarks are lost. */
static bool open_closed_streams(void)
{
    static const int modes[] = {O_WRONLY, O_RDONLY, O_WRONLY};
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) != fd)
            return false;
    return true;
}

static int run(int argc, char **argv)
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

int main(int argc, char **argv)
{
    char why[128];
    if (!open_closed_streams())
        return EXIT_UNAVAILABLE;
    errno = 0; /* nothing else fails in a command that prints, so it keeps the reason */
    int code = run(argc, argv);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    snprintf(why, sizeof why, "cannot write standard output: %s", strerror(errno ? errno : EIO));
    return complain(EXIT_UNAVAILABLE, why);
}
