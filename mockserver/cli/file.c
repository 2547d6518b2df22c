/* Reading and writing whole files. */
#include "file.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
    if (fstat(fileno(file), &about) != 0 || !S_ISREG(about.st_mode)) {
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
    return done;
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

bool file_write(const char *path, const void *data, size_t size, char why[FILE_WHY_SIZE])
{
    char temporary[4096];
    int used = snprintf(temporary, sizeof temporary, "%s.XXXXXX", path);
    if (used < 0 || (size_t)used >= sizeof temporary)
        return fail(why, "write", path, "the name is too long");
    int fd = mkstemp(temporary);
    if (fd < 0)
        return fail(why, "write", path, strerror(errno));
    bool done = fchmod(fd, 0644) == 0 && write_all(fd, data, size);
    int kept = errno;
    if (close(fd) != 0 && done) {
        done = false;
        kept = errno;
    }
    if (done && rename(temporary, path) == 0)
        return true;
    if (done)
        kept = errno;
    unlink(temporary);
    return fail(why, "write", path, strerror(kept));
}
