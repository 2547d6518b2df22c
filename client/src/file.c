/* Reads a picture file into memory. It takes regular files only: a pipe or a device could block or
 * never end, so a caller reads those itself and uses ailab_edit(). */
#include "file.h"
#include "large.h"
#include "shorten.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SHOWN_BYTES 301

/* strerror() is safe among threads in the C libraries in use; strerror_r() differs in them. */
static enum ailab_error cannot_read(struct ailab_result *result, const char *path)
{
    return ai_result_fail(result, AILAB_FILE, "cannot read \"%s\": %s", path, strerror(errno));
}

static enum ailab_error check_kind(struct ailab_result *result, const struct stat *info,
                                   const char *path)
{
    if (!S_ISREG(info->st_mode))
        return ai_result_fail(result, AILAB_FILE, "\"%s\" is not a regular file", path);
    if (info->st_size < 0 || (unsigned long long)info->st_size > FILE_BYTES_MAX)
        return ai_result_fail(result, AILAB_FILE, "\"%s\" has %lld bytes; %zu are the most", path,
                              (long long)info->st_size, FILE_BYTES_MAX);
    return AILAB_OK;
}

/* Reads until size bytes or the end; *done, 0 at first, counts those that came. */
static bool read_all(int fd, unsigned char *data, size_t size, size_t *done)
{
    while (*done < size) {
        ssize_t got = read(fd, data + *done, size - *done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        *done += (size_t)got;
    }
    return true;
}

enum ailab_error ai_file_read(unsigned char **out, size_t *size_out, struct ailab_result *result,
                              const char *path)
{
    unsigned char *data = NULL;
    struct stat info;
    char shown[PATH_SHOWN_BYTES];
    ai_text_shorten(shown, sizeof shown, path);
    *out = NULL;
    *size_out = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return cannot_read(result, shown);
    if (fstat(fd, &info)) {
        cannot_read(result, shown);
        goto out;
    }
    if (check_kind(result, &info, shown) != AILAB_OK)
        goto out;
    size_t size = (size_t)info.st_size;
    data = ai_large_malloc(size ? size : 1);
    if (!data)
        ai_result_fail(result, AILAB_NO_MEMORY, "out of memory for \"%s\": %zu bytes", shown, size);
    else if (!read_all(fd, data, size, size_out))
        cannot_read(result, shown);
    if (result->error == AILAB_OK) {
        *out = data;
        data = NULL;
    }
out:
    free(data);
    close(fd);
    return result->error;
}

const char *ai_file_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}
