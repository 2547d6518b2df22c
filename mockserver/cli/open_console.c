/* xdg-open knows the user's browser. A shell starts it in the background and ends at once, so that
 * no child of the mock's is left to be waited for. */
#include "open_console.h"
#include "log.h"
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ADDRESS_SIZE 128

/* The mock blocks the signals that end it; a browser must not inherit that. */
static bool run_shell(const char *script, const char *argument)
{
    pid_t shell;
    sigset_t none;
    posix_spawnattr_t attributes;
    const char *const words[] = {"sh", "-c", script, "sh", argument, NULL};
    int status = -1;
    sigemptyset(&none);
    if (posix_spawnattr_init(&attributes) != 0)
        return false;
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    /* posix_spawn() changes none of the words; its type is older than const. */
    union {
        const char *const *words;
        char *const *arguments;
    } given = {.words = words};
    bool ran = posix_spawnp(&shell, "sh", NULL, &attributes, given.arguments, environ) == 0 &&
               waitpid(shell, &status, 0) == shell;
    posix_spawnattr_destroy(&attributes);
    return ran && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void open_console(const char *url, struct line_writer *log)
{
    char address[ADDRESS_SIZE];
    if (strncmp(url, "http:", strlen("http:")) != 0) {
        log_say(log, "no browser is opened: it needs an address with a port, and the mock is at %s",
                url);
        return;
    }
    snprintf(address, sizeof address, "%s/__admin/", url);
    if (run_shell("command -v xdg-open >/dev/null || exit 1\n"
                  "xdg-open \"$1\" </dev/null >/dev/null 2>&1 &",
                  address))
        log_say(log, "the console is at %s", address);
    else
        log_say(log, "no browser can be opened, for there is no xdg-open; the console is at %s",
                address);
}
