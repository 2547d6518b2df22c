/* Reads until the end rather than trusting a size: the input may be a pipe, and a file may grow. */
#include "files/input.h"
#include "../../src/large.h"
#include "cmdline/text.h"
#include "signals.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_BYTES ((size_t)256 * 1024)

static bool fail(char *why, const char *path, const char *reason)
{
    if (strcmp(path, "-") == 0)
        snprintf(why, WHY_SIZE, "cannot read standard input: %s", reason);
    else
        snprintf(why, WHY_SIZE, "cannot read '%s': %s", TEXT_PATH(path), reason);
    return false;
}

/* Of a regular file the size is known, and one byte more shows its end; of a pipe it is not. */
static size_t first_capacity(int fd)
{
    struct stat about;
    bool known = fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0 &&
                 (uintmax_t)about.st_size <= INPUT_BYTES_MAX;
    return known ? (size_t)about.st_size + 1 : FIRST_BYTES;
}

static bool grow(struct input *input, size_t *capacity, int fd)
{
    size_t wanted = *capacity ? *capacity * 2 : first_capacity(fd);
    unsigned char *data = input->data ? realloc(input->data, wanted) : ai_large_malloc(wanted);
    if (!data)
        return false;
    input->data = data;
    *capacity = wanted;
    return true;
}

static bool read_all(struct input *out, char *why, const char *path, int fd)
{
    size_t capacity = 0;
    for (;;) {
        if (out->size == capacity && !grow(out, &capacity, fd))
            return fail(why, path, "out of memory");
        ssize_t got = read(fd, out->data + out->size, capacity - out->size);
        if (got == 0)
            return true;
        if (got < 0 && wait_again(fd, POLLIN))
            continue;
        if (got < 0)
            return fail(why, path, errno == EINTR ? "interrupted" : strerror(errno));
        out->size += (size_t)got;
        if (out->size > INPUT_BYTES_MAX)
            return fail(why, path, "more than 64 MiB; the service takes 5 MB");
    }
}

/* A directory opens well and fails late, with a text that does not help. */
static bool is_directory(int fd)
{
    struct stat about;
    return fstat(fd, &about) == 0 && S_ISDIR(about.st_mode);
}

bool input_read(struct input *out, char why[WHY_SIZE], const char *path)
{
    bool ok = false;
    int fd = STDIN_FILENO;
    memset(out, 0, sizeof(*out));
    if (strcmp(path, "-") != 0) {
        fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            return fail(why, path, strerror(errno));
    } else if (isatty(fd)) {
        return fail(why, path, "it is a terminal; redirect a picture into it, < portrait.jpg");
    }
    if (is_directory(fd))
        fail(why, path, "it is a directory; name a picture in it");
    else
        ok = read_all(out, why, path, fd);
    if (!ok)
        input_clear(out);
    if (fd != STDIN_FILENO)
        close(fd);
    return ok;
}

void input_clear(struct input *input)
{
    free(input->data);
    memset(input, 0, sizeof(*input));
}
