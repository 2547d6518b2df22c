#include "certificates/directory.h"
#include "base/clock.h"
#include "certificates/authority.h"
#include "certificates/refuse.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOOK_AGAIN_MS 10

static const char *home(void)
{
    const char *named = getenv("HOME");
    if (named && named[0] == '/')
        return named;
    const struct passwd *user = getpwuid(geteuid());
    return user && user->pw_dir && user->pw_dir[0] == '/' ? user->pw_dir : NULL;
}

bool authority_directory(char *out, size_t size, char why[AILAB_MOCK_ERROR_SIZE])
{
    const char *named = getenv("AILAB_MOCK_CA_DIR"), *state = getenv("XDG_STATE_HOME");
    int length;
    if (named && named[0])
        length = snprintf(out, size, "%s", named);
    else if (state && state[0] == '/') /* the specification: others are ignored */
        length = snprintf(out, size, "%s/ailab-mock", state);
    else if ((state = home()) != NULL)
        length = snprintf(out, size, "%s/.local/state/ailab-mock", state);
    else
        return refuse(why, "there is no home directory to keep certificates in: name a directory "
                           "with --ca-dir or AILAB_MOCK_CA_DIR");
    if (length >= 0 && (size_t)length < size)
        return true;
    return refuse(why,
                  "the directory for certificates has a path of more than %zu bytes: name "
                  "another with --ca-dir or AILAB_MOCK_CA_DIR",
                  size - 1);
}

/* Of a directory that is there, some systems say that it may not be made. */
static bool make_one(const char *path)
{
    if (mkdir(path, S_IRWXU) == 0 || errno == EEXIST)
        return true;
    const int reason = errno;
    const bool is_there = access(path, F_OK) == 0;
    errno = reason;
    return is_there;
}

static bool make_with_parents(const char *path)
{
    char part[PATH_MAX];
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof part) {
        errno = length == 0 ? ENOENT : ENAMETOOLONG;
        return false;
    }
    memcpy(part, path, length + 1);
    for (size_t i = 1; i <= length; i++) {
        if (part[i] != '/' && part[i] != '\0')
            continue;
        part[i] = '\0';
        if (!make_one(part))
            return false;
        part[i] = path[i];
    }
    return true;
}

static bool is_own(const char *path, char why[AILAB_MOCK_ERROR_SIZE])
{
    struct stat about;
    if (stat(path, &about) != 0 || !S_ISDIR(about.st_mode))
        return refuse(why, "'%.200s' is not a directory: certificates need one, see --ca-dir",
                      path);
    if (about.st_uid != geteuid())
        return refuse(why,
                      "'%.200s' belongs to user %u, not to you (%u): name a directory of your "
                      "own with --ca-dir",
                      path, (unsigned)about.st_uid, (unsigned)geteuid());
    if (about.st_mode & (S_IWGRP | S_IWOTH))
        return refuse(why,
                      "other users may write to '%.200s', so they could put a key there: "
                      "'chmod go-w' it, or name another directory with --ca-dir",
                      path);
    return true;
}

enum ailab_mock_error directory_prepare(char **resolved, const char *path,
                                        char why[AILAB_MOCK_ERROR_SIZE])
{
    *resolved = NULL;
    if (!make_with_parents(path)) {
        refuse(why,
               "cannot make the directory '%.200s' for certificates: %s; name another with "
               "--ca-dir",
               path, strerror(errno));
        return AILAB_MOCK_SYSTEM;
    }
    if (!is_own(path, why))
        return AILAB_MOCK_SYSTEM;
    *resolved = realpath(path, NULL);
    if (*resolved)
        return AILAB_MOCK_OK;
    refuse(why, "cannot find '%.200s': %s", path, strerror(errno));
    return AILAB_MOCK_SYSTEM;
}

int directory_lock(const char *directory, unsigned wait_ms, char why[AILAB_MOCK_ERROR_SIZE])
{
    char path[PATH_MAX + sizeof "/" DIRECTORY_LOCK_NAME];
    const struct timespec look_again = {.tv_nsec = LOOK_AGAIN_MS * 1000000L};
    int64_t until = clock_monotonic_ms() + wait_ms;
    snprintf(path, sizeof path, "%s/" DIRECTORY_LOCK_NAME, directory);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    while (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno == EINTR)
            continue;
        if (errno == EWOULDBLOCK && clock_monotonic_ms() < until) {
            nanosleep(&look_again, NULL);
            continue;
        }
        int error = errno;
        close(fd);
        fd = -1;
        errno = error;
    }
    if (fd < 0 && errno == EWOULDBLOCK)
        refuse(why,
               "another process has held '%.200s' for %u ms: end it, or name another "
               "directory with --ca-dir",
               path, wait_ms);
    else if (fd < 0)
        refuse(why, "cannot lock '%.200s': %s; name another directory with --ca-dir", path,
               strerror(errno));
    return fd;
}
