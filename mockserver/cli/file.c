/* Reading and writing whole files. */
#include "file.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINKS_MAX 40 /* as the kernel's */

static bool fail(char *why, const char *doing, const char *path, const char *reason)
{
    snprintf(why, FILE_WHY_SIZE, "cannot %s '%.200s': %s", doing, path, reason);
    return false;
}

bool file_read(unsigned char **out, size_t *size_out, const char *path, size_t max_bytes,
               char why[FILE_WHY_SIZE])
{
    struct stat about;
    bool done = false;
    FILE *file = fopen(path, "rb");
    *out = NULL;
    if (!file)
        return fail(why, "read", path, strerror(errno));
    if (fstat(fileno(file), &about) != 0) {
        fail(why, "read", path, strerror(errno));
    } else if (!S_ISREG(about.st_mode)) {
        fail(why, "read", path, "it is not a regular file");
    } else if ((size_t)about.st_size > max_bytes) {
        fail(why, "read", path, "it is too large");
    } else if (!(*out = malloc((size_t)about.st_size + 1))) {
        fail(why, "read", path, "out of memory");
    } else {
        *size_out = fread(*out, 1, (size_t)about.st_size, file);
        (*out)[*size_out] = '\0';
        done = !ferror(file) || fail(why, "read", path, "an input error");
    }
    fclose(file);
    if (!done) {
        free(*out);
        *out = NULL;
    }
    return done;
}

bool file_read_standard_input(unsigned char **out, size_t *size_out, size_t max_bytes,
                              char why[FILE_WHY_SIZE])
{
    const char *reason = NULL;
    size_t room = 64 * 1024, used = 0;
    unsigned char *data = malloc(room + 1);
    *out = NULL;
    while (data && !reason) {
        size_t got = fread(data + used, 1, room - used, stdin);
        used += got;
        if (got == 0)
            break;
        if (used > max_bytes)
            reason = "it is too large";
        if (used < room)
            continue;
        unsigned char *larger = realloc(data, 2 * room + 1);
        if (!larger)
            free(data);
        data = larger;
        room *= 2;
    }
    if (!data)
        reason = "out of memory";
    else if (ferror(stdin))
        reason = strerror(errno);
    if (reason) {
        free(data);
        snprintf(why, FILE_WHY_SIZE, "cannot read standard input: %s", reason);
        return false;
    }
    data[used] = '\0';
    *out = data;
    *size_out = used;
    return true;
}

static bool write_all(int fd, const char *data, size_t size)
{
    while (size) {
        ssize_t written = write(fd, data, size);
        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0) {
            data += written;
            size -= (size_t)written;
        }
    }
    return true;
}

/* Where the links end, there or not; to be freed. NULL with errno. realpath() would refuse a link
 * to a file that is yet to be made. */
static char *follow_links(const char *path)
{
    char link[PATH_MAX];
    char *at = strdup(path);
    for (int hops = 0; at && hops < LINKS_MAX; hops++) {
        ssize_t size = readlink(at, link, sizeof link - 1);
        if (size < 0)
            return at;
        link[size] = '\0';
        const char *slash = strrchr(at, '/');
        int folder = slash && link[0] != '/' ? (int)(slash - at) + 1 : 0;
        char *next = NULL;
        if (asprintf(&next, "%.*s%s", folder, at, link) < 0)
            next = NULL;
        free(at);
        at = next;
    }
    errno = at ? ELOOP : ENOMEM;
    free(at);
    return NULL;
}

/* The descriptor, 1 or 2, that the file is open as for writing, such as by /dev/stdout; else -1.
 * A rename onto it would take it away from the program that reads it. */
static int standard_descriptor(const struct stat *about)
{
    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
        struct stat standard;
        int flags = fcntl(fd, F_GETFL);
        if (flags >= 0 && (flags & O_ACCMODE) != O_RDONLY && fstat(fd, &standard) == 0 &&
            standard.st_dev == about->st_dev && standard.st_ino == about->st_ino)
            return fd;
    }
    return -1;
}

static bool write_straight(const char *path, const void *data, size_t size)
{
    int fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool done = write_all(fd, data, size);
    int kept = errno;
    close(fd);
    errno = kept;
    return done;
}

/* mode is that of the file to be. */
static bool replace(const char *path, mode_t mode, const void *data, size_t size)
{
    char *temporary = NULL;
    if (asprintf(&temporary, "%s.XXXXXX", path) < 0) {
        errno = ENOMEM;
        return false;
    }
    int fd = mkostemp(temporary, O_CLOEXEC);
    bool made = fd >= 0;
    bool done = made && fchmod(fd, mode) == 0 && write_all(fd, data, size);
    int kept = errno;
    if (made && close(fd) != 0 && done) {
        done = false;
        kept = errno;
    }
    if (done && rename(temporary, path) != 0) {
        done = false;
        kept = errno;
    }
    if (made && !done)
        unlink(temporary);
    free(temporary);
    errno = kept;
    return done;
}

static bool write_at(const char *path, const void *data, size_t size)
{
    struct stat about;
    bool exists = stat(path, &about) == 0;
    int standard = strcmp(path, "-") == 0 ? STDOUT_FILENO
                   : exists               ? standard_descriptor(&about)
                                          : -1;
    if (standard >= 0)
        return write_all(standard, data, size);
    if (exists && !S_ISREG(about.st_mode))
        return write_straight(path, data, size);
    char *target = follow_links(path);
    bool done = target && replace(target, exists ? about.st_mode & 0777 : 0644, data, size);
    int kept = errno;
    free(target);
    errno = kept;
    return done;
}

bool file_write(const char *path, const void *data, size_t size, char why[FILE_WHY_SIZE])
{
    return write_at(path, data, size) || fail(why, "write", path, strerror(errno));
}

void file_remove(const char *path)
{
    struct stat about;
    if (stat(path, &about) != 0 || !S_ISREG(about.st_mode) || standard_descriptor(&about) >= 0)
        return;
    char *target = follow_links(path);
    if (target)
        unlink(target);
    free(target);
}
