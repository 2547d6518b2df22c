/* ailab-mock: the mock as a program. A thin main over ailab_mock.h: options in, one ready line out,
 * a signal ends it. */
#include "cmdline/file_limit.h"
#include "commands.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A descriptor from 0 to 2 that is closed would be given to a socket, and what is printed would go
 * to a client. Reading and printing fail there as if it were closed still; remarks are lost. */
static bool open_closed_streams(void)
{
    static const int modes[] = {O_WRONLY, O_RDONLY, O_WRONLY};
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", modes[fd]) != fd)
            return false;
    return true;
}

int main(int argc, char **argv)
{
    char why[128];
    struct cmdline line;
    if (!open_closed_streams())
        return complain(EXIT_UNAVAILABLE, "a standard stream is closed, and /dev/null cannot be "
                                          "opened in its place");
    file_limit_is_an_error();
    errno = 0; /* nothing else fails in a command that prints, so it keeps the reason */
    int code = cmdline_read(&line, &mock_program, argc, argv);
    if (code == CMDLINE_GO_ON)
        code = line.command->run(&line);
    cmdline_clear(&line);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    snprintf(why, sizeof why, "cannot write standard output: %s", strerror(errno ? errno : EIO));
    return complain(EXIT_UNAVAILABLE, why);
}
