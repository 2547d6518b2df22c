/* Only a regular file that holds a port is ever removed: a wrong path may name something dear. */
#include "port_file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PORT_TEXT_SIZE 8 /* "65535\n" */

/* The port that the file holds, in the form in which it is written; -1 when it holds none. */
static long port_in(const char *path)
{
    struct stat about;
    unsigned char *text = NULL;
    char why[FILE_WHY_SIZE];
    size_t size;
    long port = -1;
    if (stat(path, &about) != 0 || !S_ISREG(about.st_mode) ||
        !file_read(&text, &size, path, PORT_TEXT_SIZE, why))
        return -1;
    size_t digits = strspn((const char *)text, "0123456789");
    if (digits > 0 && text[digits] == '\n' && digits + 1 == size)
        port = strtol((const char *)text, NULL, 10);
    free(text);
    return port;
}

/* Locks the file for as long as the descriptor is open. -1: it cannot be opened, or another process
 * has locked it; only then is *taken true. */
static int lock(bool *taken, const char *path)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    *taken = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (!*taken)
        return fd;
    close(fd);
    return -1;
}

void port_file_clear(const char *path)
{
    bool taken;
    if (port_in(path) < 0)
        return;
    int held = lock(&taken, path);
    if (!taken)
        file_remove(path);
    if (held >= 0)
        close(held);
}

void port_file_remove(int held, const char *path, uint16_t port)
{
    if (port_in(path) == port)
        file_remove(path);
    if (held >= 0)
        close(held);
}

static bool is_pipe(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISFIFO(about.st_mode);
}

/* A pipe cannot be opened before a program reads it; the wait for that must see the signals. */
static enum port_file write_to_pipe(const char *path, const char *text, size_t size,
                                    const sigset_t *end, char *why)
{
    const struct timespec look_again = {.tv_nsec = 20 * 1000000L};
    int fd;
    while ((fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)) < 0 && errno == ENXIO)
        if (sigtimedwait(end, NULL, &look_again) > 0)
            return PORT_FILE_ENDED;
    bool done = fd >= 0 && write(fd, text, size) == (ssize_t)size;
    if (!done)
        snprintf(why, FILE_WHY_SIZE, "cannot write '%.200s': %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return done ? PORT_FILE_WRITTEN : PORT_FILE_FAILED;
}

enum port_file port_file_write(int *held, const char *path, uint16_t port, const sigset_t *end,
                               char why[FILE_WHY_SIZE])
{
    char text[PORT_TEXT_SIZE];
    bool taken;
    *held = -1;
    int size = snprintf(text, sizeof text, "%u\n", (unsigned)port);
    if (is_pipe(path))
        return write_to_pipe(path, text, (size_t)size, end, why);
    if (!file_write(path, text, (size_t)size, why))
        return PORT_FILE_FAILED;
    if (port_in(path) == port) /* it is a file, not a device */
        *held = lock(&taken, path);
    return PORT_FILE_WRITTEN;
}
