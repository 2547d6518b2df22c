#include "certificates/stored_file.h"
#include "certificates/refuse.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OF_OTHERS (S_IRWXG | S_IRWXO)

/* -1: not opened, errno says why; 0: it is not a regular file. A pipe or a device is never waited
 * for. */
static int open_regular(struct stat *about, const char *path)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, about) == 0 && S_ISREG(about->st_mode) &&
        about->st_size <= (off_t)STORED_FILE_BYTES_MAX)
        return fd;
    if (fd >= 0) {
        close(fd);
        errno = S_ISREG(about->st_mode) ? EFBIG : 0;
    }
    return -1;
}

static bool read_whole(char **out, size_t *size, int fd, size_t expected)
{
    char *bytes = malloc(expected + 1);
    size_t got = 0;
    ssize_t count = 1;
    while (bytes && got < expected && count > 0) {
        count = read(fd, bytes + got, expected - got);
        if (count > 0)
            got += (size_t)count;
        else if (count < 0 && errno == EINTR)
            count = 1;
    }
    if (!bytes || count < 0) {
        free(bytes);
        return false;
    }
    bytes[got] = '\0';
    *out = bytes;
    *size = got;
    return true;
}

static bool is_private(const struct stat *about, const char *path, char why[AILAB_MOCK_ERROR_SIZE])
{
    if (about->st_uid != geteuid())
        return refuse(why,
                      "'%.200s' belongs to user %u, not to you (%u): name a directory of your "
                      "own with --ca-dir",
                      path, (unsigned)about->st_uid, (unsigned)geteuid());
    if (about->st_mode & OF_OTHERS)
        return refuse(why,
                      "other users could read the key '%.200s': 'chmod 600' it if they did "
                      "not, else remove it, and the next start makes another",
                      path);
    return true;
}

static enum file_state read_file(char **out, size_t *size, const char *path, bool private,
                                 char why[AILAB_MOCK_ERROR_SIZE])
{
    struct stat about = {0};
    *out = NULL;
    *size = 0;
    int fd = open_regular(&about, path);
    if (fd < 0 && errno == ENOENT)
        return FILE_ABSENT;
    bool done = fd >= 0;
    if (done && private && !is_private(&about, path, why)) {
        close(fd);
        return FILE_WRONG;
    }
    done = done && read_whole(out, size, fd, (size_t)about.st_size);
    if (!done)
        refuse(why, "cannot read '%.200s': %s", path,
               errno ? strerror(errno) : "it is not a regular file");
    if (fd >= 0)
        close(fd);
    return done ? FILE_READ : FILE_WRONG;
}

enum file_state stored_file_read(char **out, size_t *size, const char *path,
                                 char why[AILAB_MOCK_ERROR_SIZE])
{
    return read_file(out, size, path, false, why);
}

enum file_state stored_file_read_private(char **out, size_t *size, const char *path,
                                         char why[AILAB_MOCK_ERROR_SIZE])
{
    return read_file(out, size, path, true, why);
}

static bool write_whole(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t count = write(fd, bytes, size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        bytes += count;
        size -= (size_t)count;
    }
    return true;
}

bool stored_file_write(const char *path, unsigned mode, const void *bytes, size_t size,
                       char why[AILAB_MOCK_ERROR_SIZE])
{
    char next[PATH_MAX + 8];
    snprintf(next, sizeof next, "%s.new", path);
    unlink(next); /* left by a process that was killed here */
    int fd = open(next, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    bool done =
        fd >= 0 && write_whole(fd, bytes, size) && fchmod(fd, (mode_t)mode) == 0 && fsync(fd) == 0;
    int error = errno;
    if (fd >= 0 && close(fd) != 0 && done) {
        error = errno;
        done = false;
    }
    if (done && rename(next, path) != 0) {
        error = errno;
        done = false;
    }
    if (done)
        return true;
    if (fd >= 0)
        unlink(next);
    return refuse(why, "cannot write '%.200s': %s", path, strerror(error));
}
