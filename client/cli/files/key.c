/* A key is opaque: only what cannot travel in an HTTP header is refused here. */
#include "files/key.h"
#include "cmdline/text.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(char *why, const char *origin, const char *reason)
{
    snprintf(why, WHY_SIZE, "no API key in %s: %s", TEXT_PATH(origin), reason);
    return false;
}

/* Reads at most one line; *size_out counts what was read of it. */
static bool read_line(int fd, char *out, size_t capacity, size_t *size_out)
{
    size_t size = 0;
    while (size < capacity && !memchr(out, '\n', size)) {
        ssize_t got = read(fd, out + size, capacity - size);
        if (got < 0)
            return false;
        if (got == 0)
            break;
        size += (size_t)got;
    }
    const char *end = memchr(out, '\n', size);
    *size_out = end ? (size_t)(end - out) : size;
    return true;
}

static bool read_file(struct key *out, char *why, const char *path, size_t *size_out)
{
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(why, path, strerror(errno));
    out->open_to_everybody =
        fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && (about.st_mode & S_IROTH) != 0;
    bool ok =
        read_line(fd, out->text, sizeof(out->text), size_out) || fail(why, path, strerror(errno));
    close(fd);
    return ok;
}

static bool read_environment(struct key *out, char *why, size_t *size_out)
{
    const char *value = getenv("AILAB_API_KEY");
    if (!value || !value[0]) {
        snprintf(why, WHY_SIZE, "no API key: set AILAB_API_KEY or use --api-key-file FILE");
        return false;
    }
    size_t length = strlen(value);
    *size_out = length < sizeof(out->text) ? length : sizeof(out->text);
    memcpy(out->text, value, *size_out);
    return true;
}

/* Editors of Windows begin a file with a byte order mark, which is no part of the key. */
static size_t without_mark(char *text, size_t size)
{
    static const char mark[] = "\xEF\xBB\xBF";
    const size_t length = sizeof mark - 1;
    if (size < length || memcmp(text, mark, length) != 0)
        return size;
    memmove(text, text + length, size - length);
    return size - length;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool key_read(struct key *out, char why[WHY_SIZE], const char *file)
{
    size_t size = 0;
    memset(out, 0, sizeof(*out));
    out->origin = file ? file : "AILAB_API_KEY";
    if (!(file ? read_file(out, why, file, &size) : read_environment(out, why, &size)))
        return false;
    size = without_mark(out->text, size);
    while (size > 0 && is_blank(out->text[size - 1]))
        size--;
    if (size == 0)
        return fail(why, out->origin, "the line is empty");
    if (size >= KEY_SIZE)
        return fail(why, out->origin, "the line is longer than 512 characters");
    out->text[size] = '\0';
    for (size_t i = 0; i < size; i++) {
        if (out->text[i] <= ' ' || out->text[i] > '~')
            return fail(why, out->origin, "a key has printable ASCII characters only, no blanks");
    }
    return true;
}

void key_clear(struct key *key)
{
    explicit_bzero(key->text, sizeof(key->text));
}
