/* Atomic writing: O_EXCL temporary file in the target's directory, then a rename that replaces only
 * if asked to. A symbolic link is followed, so that the link survives. */
#include "files/output.h"
#include "cmdline/text.h"
#include "signals.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TEMPORARY_TRIES 100

static bool fail(char *why, const char *path, const char *reason)
{
    if (strcmp(path, "-") == 0)
        snprintf(why, WHY_SIZE, "cannot write standard output: %s", reason);
    else
        snprintf(why, WHY_SIZE, "cannot write '%s': %s", TEXT_PATH(path), reason);
    return false;
}

static bool fail_exists(char *why, const char *path)
{
    snprintf(why, WHY_SIZE, "'%s' exists; --force replaces it, -o FILE names another",
             TEXT_PATH(path));
    return false;
}

static bool write_all(int fd, const void *data, size_t size)
{
    const char *at = data;
    while (size > 0) {
        ssize_t put = write(fd, at, size);
        if (put < 0 && wait_again(fd, POLLOUT))
            continue;
        if (put < 0)
            return false;
        at += put;
        size -= (size_t)put;
    }
    return true;
}

/* Length of the directory part, the last slash included. */
static size_t directory_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

/* A device such as /dev/stdout or /dev/tty may be one. */
static bool is_terminal(const char *path)
{
    int fd = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    bool terminal = fd >= 0 && isatty(fd);
    if (fd >= 0)
        close(fd);
    return terminal;
}

static bool check_standard_output(char *why)
{
    int flags = fcntl(STDOUT_FILENO, F_GETFL);
    if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY)
        return fail(why, "-", "it is closed; use -o FILE");
    return !isatty(STDOUT_FILENO) ||
           fail(why, "-", "it is a terminal; redirect it, > picture.jpg, or use -o FILE");
}

bool output_check(char why[WHY_SIZE], const char *path, bool force)
{
    struct stat about;
    if (strcmp(path, "-") == 0)
        return check_standard_output(why);
    if (stat(path, &about) != 0) {
        if (errno != ENOENT)
            return fail(why, path, strerror(errno));
        if (lstat(path, &about) == 0)
            return fail(why, path, "it is a link that leads nowhere");
    } else {
        if (S_ISDIR(about.st_mode))
            return fail(why, path, "it is a directory; name a file in it");
        if (S_ISCHR(about.st_mode) && is_terminal(path))
            return fail(why, path, "it is a terminal; name a file");
        if (!S_ISREG(about.st_mode))
            return true;
        if (!force)
            return fail_exists(why, path);
    }
    size_t length = directory_length(path);
    char *directory = length ? strndup(path, length) : strdup(".");
    if (!directory)
        return fail(why, path, "out of memory");
    bool writable = access(directory, W_OK | X_OK) == 0;
    int saved_errno = errno;
    free(directory);
    return writable || fail(why, path, strerror(saved_errno));
}

/* *name_out is the caller's. The descriptor, or -1 with errno set. */
static int open_temporary(char **name_out, const char *target)
{
    size_t size = directory_length(target) + 64;
    char *name = malloc(size);
    if (!name)
        return -1;
    int fd = -1;
    for (unsigned i = 0; i < TEMPORARY_TRIES && fd < 0; i++) {
        snprintf(name, size, "%.*s.ailab-%ld-%u.tmp", (int)directory_length(target), target,
                 (long)getpid(), i);
        fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    int saved_errno = errno;
    if (fd < 0) {
        free(name);
        name = NULL;
    }
    *name_out = name;
    errno = saved_errno;
    return fd;
}

/* Not every C library has renameat2(). File systems without RENAME_NOREPLACE have hard links, which
 * do not replace either. */
static bool move_into_place(const char *temporary, const char *target, bool force)
{
    if (force)
        return rename(temporary, target) == 0;
    if (syscall(SYS_renameat2, AT_FDCWD, temporary, AT_FDCWD, target, RENAME_NOREPLACE) == 0)
        return true;
    if (errno != EINVAL && errno != ENOSYS)
        return false;
    if (link(temporary, target) != 0)
        return false;
    unlink(temporary);
    return true;
}

static bool replace_file(const char *target, bool force, const void *data, size_t size)
{
    struct stat about;
    char *temporary = NULL;
    int fd = open_temporary(&temporary, target);
    if (fd < 0)
        return false;
    bool ok = write_all(fd, data, size);
    if (ok && force && stat(target, &about) == 0)
        ok = fchmod(fd, about.st_mode & 0777) == 0;
    /* No fsync(): a reader never sees half a file, and after a power cut the call can be made
     * again; waiting for the disk took longer than the call. */
    int saved_errno = errno;
    if (close(fd) != 0 && ok) {
        ok = false;
        saved_errno = errno;
    }
    if (ok && !move_into_place(temporary, target, force)) {
        ok = false;
        saved_errno = errno;
    }
    if (!ok)
        unlink(temporary);
    free(temporary);
    errno = saved_errno;
    return ok;
}

static bool write_straight(const char *path, const void *data, size_t size)
{
    int fd = strcmp(path, "-") == 0 ? STDOUT_FILENO : open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool ok = write_all(fd, data, size);
    int saved_errno = errno;
    if (fd != STDOUT_FILENO)
        close(fd);
    errno = saved_errno;
    return ok;
}

bool output_write(char why[WHY_SIZE], const char *path, bool force, const void *data, size_t size)
{
    struct stat about;
    bool ok = false;
    bool exists = strcmp(path, "-") != 0 && stat(path, &about) == 0;
    if (strcmp(path, "-") == 0 || (exists && !S_ISREG(about.st_mode))) {
        ok = write_straight(path, data, size);
    } else {
        bool follow = force && lstat(path, &about) == 0;
        char *target = follow ? realpath(path, NULL) : strdup(path);
        ok = target && replace_file(target, force, data, size);
        int saved_errno = errno;
        free(target);
        errno = saved_errno;
    }
    if (ok)
        return true;
    return errno == EEXIST ? fail_exists(why, path) : fail(why, path, strerror(errno));
}
