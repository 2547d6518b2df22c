/* ailab: the command over the client library. main() reads the command line, runs one command, and
 * makes sure that what was printed arrived; everything else lives in the parts. */
#include "cmdline/file_limit.h"
#include "program.h"
#include "signals.h"
#include <errno.h>
#include <string.h>

static int run(const struct cmdline *line)
{
    if (line->command->run)
        return line->command->run(line);
    say("no command given; 'ailab help' lists them, such as 'ailab edit -e sad portrait.jpg'");
    return STATUS_USAGE;
}

int main(int argc, char *argv[])
{
    struct cmdline line;
    signals_catch();
    file_limit_is_an_error();
    int status = cmdline_read(&line, &ailab_program, argc, argv);
    if (status == CMDLINE_GO_ON)
        status = run(&line);
    cmdline_clear(&line);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        say("cannot write standard output: %s", strerror(errno));
        status = STATUS_USAGE;
    }
    if (signals_caught())
        status = STATUS_SIGNAL + signals_caught();
    return status;
}
