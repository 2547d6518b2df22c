/* A picture's file, read in pieces, interrupted, cut short, or broken in its middle. The library's
 * calls to read() and fstat() come here; the kernel gives no file that fails where a test wants. */
#include "ailab.h"
#include "file.h"
#include "samples.h"
#include "testing/files.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

ssize_t __real_read(int fd, void *out, size_t size);
ssize_t __wrap_read(int fd, void *out, size_t size);
int __real_fstat(int fd, struct stat *out);
int __wrap_fstat(int fd, struct stat *out);

static struct {
    size_t piece;    /* the most that a call gives; 0: all */
    size_t fails_at; /* byte before which a call fails with error */
    int error;       /* 0: none does */
    bool once;       /* and only one does */
    int fstat_error;
    size_t said; /* the size that fstat() gives; 0: the true one */
    size_t read, calls, most;
} disk;

ssize_t __wrap_read(int fd, void *out, size_t size)
{
    disk.calls++;
    if (disk.read + size > disk.most)
        disk.most = disk.read + size;
    if (disk.piece && size > disk.piece)
        size = disk.piece;
    if (disk.error && disk.read >= disk.fails_at) {
        errno = disk.error;
        disk.error = disk.once ? 0 : disk.error;
        return -1;
    }
    const ssize_t got = __real_read(fd, out, size);
    disk.read += got > 0 ? (size_t)got : 0;
    return got;
}

int __wrap_fstat(int fd, struct stat *out)
{
    errno = disk.fstat_error;
    if (disk.fstat_error || __real_fstat(fd, out) != 0)
        return -1;
    out->st_size = disk.said ? (off_t)disk.said : out->st_size;
    return 0;
}

static char *new_picture(const char *folder)
{
    static char path[PATH_SIZE];
    path_join(path, folder, "picture.png");
    file_write(path, SAMPLE_PNG, SAMPLE_PNG_SIZE);
    return path;
}

static void file_is_read_whole_or_not_at_all(void **state)
{
    static const struct {
        const char *why;
        size_t piece, fails_at;
        int error;
        bool once;
        int fstat_error;
        const char *says; /* NULL: it is read whole */
        size_t said;
    } rows[] = {
        {.why = "in one piece"},
        {.why = "byte by byte", .piece = 1},
        {.why = "interrupted before the first byte", .error = EINTR, .once = true},
        {.why = "interrupted in its middle", 7, 21, EINTR, true, 0, NULL},
        {.why = "broken before the first byte", .error = EIO, .says = "Input/output error"},
        {.why = "broken in its middle", 7, 21, EIO, false, 0, "Input/output error"},
        {.why = "broken for a moment", 7, 21, EIO, true, 0, "Input/output error"},
        {.why = "broken at the last byte",
         1,
         SAMPLE_PNG_SIZE - 1,
         EIO,
         false,
         0,
         "Input/output error"},
        {.why = "gone with its server", .fstat_error = ESTALE, .says = "Stale file handle"},
        {.why = "cut while it is read", .said = SAMPLE_PNG_SIZE + 1},
        {"interrupted, then cut", 7, 21, EINTR, true, 0, NULL, SAMPLE_PNG_SIZE + 1},
        {.why = "as large as a file may be", .said = FILE_BYTES_MAX},
        {.why = "larger", .said = FILE_BYTES_MAX + 1, .says = "are the most"},
    };
    const char *path = new_picture(*state);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        unsigned char old = 0, *data = &old; /* nothing of it is left */
        size_t size = 99;
        const size_t descriptors = folder_count("/proc/self/fd");
        struct ailab_result *result = ai_result_new();
        assert_non_null(result);
        memset(&disk, 0, sizeof disk);
        disk.piece = rows[i].piece;
        disk.fails_at = rows[i].fails_at;
        disk.error = rows[i].error;
        disk.once = rows[i].once;
        disk.fstat_error = rows[i].fstat_error;
        disk.said = rows[i].said;
        const enum ailab_error error = ai_file_read(&data, &size, result, path);
        const char *text = ailab_result_error_text(result);
        const size_t room = rows[i].said ? rows[i].said : SAMPLE_PNG_SIZE;
        if (disk.most > room)
            fail_msg("%s: it asks for %zu bytes, and has room for %zu", rows[i].why, disk.most,
                     room);
        if (error != (rows[i].says ? AILAB_FILE : AILAB_OK) || (rows[i].says != NULL) != !data)
            fail_msg("%s: %s, \"%s\"", rows[i].why, ailab_error_name(error), text);
        if (rows[i].says && (!strstr(text, rows[i].says) || !strstr(text, path)))
            fail_msg("%s: \"%s\"", rows[i].why, text);
        if (!rows[i].fstat_error && rows[i].said <= FILE_BYTES_MAX && disk.calls == 0)
            fail_msg("%s: the library reads by another call", rows[i].why);
        if (data && (size != SAMPLE_PNG_SIZE || memcmp(data, SAMPLE_PNG, size) != 0))
            fail_msg("%s: %zu bytes, or other ones", rows[i].why, size);
        assert_int_equal(folder_count("/proc/self/fd"), descriptors);
        free(data);
        ailab_result_free(result);
    }
}

/* Nothing is something to send: the service says what it thinks of it. */
static void file_may_be_empty(void **state)
{
    char path[PATH_SIZE];
    unsigned char *data = NULL;
    size_t size = 99;
    struct ailab_result *result = ai_result_new();
    path_join(path, *state, "empty.png");
    file_write(path, "", 0);
    memset(&disk, 0, sizeof disk);
    assert_non_null(result);
    assert_int_equal(ai_file_read(&data, &size, result, path), AILAB_OK);
    assert_true(data && size == 0);
    free(data);
    ailab_result_free(result);
}

/* A program that closed its standard input gets descriptor 0 for the file. */
static void file_may_get_any_descriptor(void **state)
{
    unsigned char *data = NULL;
    size_t size = 0;
    const int kept = dup(0);
    const char *path = new_picture(*state);
    struct ailab_result *result = ai_result_new();
    memset(&disk, 0, sizeof disk);
    assert_true(result && kept > 0);
    close(0);
    const enum ailab_error error = ai_file_read(&data, &size, result, path);
    const bool closed = fcntl(0, F_GETFD) < 0;
    assert_int_equal(dup2(kept, 0), 0);
    close(kept);
    assert_int_equal(error, AILAB_OK);
    assert_true(closed && size == SAMPLE_PNG_SIZE);
    free(data);
    ailab_result_free(result);
}

/* Half a picture would be refused, or worse: taken. */
static void file_that_breaks_is_not_sent(void **state)
{
    const struct ailab_options options = {.api_key = "k3y", .base_url = "http://127.0.0.1"};
    struct ailab *client = NULL;
    struct ailab_result *result = NULL;
    assert_int_equal(ailab_new(&client, &options), AILAB_OK);
    memset(&disk, 0, sizeof disk);
    disk.piece = 7;
    disk.fails_at = 21;
    disk.error = EIO;
    assert_int_equal(ailab_edit_file(&result, client, 12, new_picture(*state)), AILAB_FILE);
    assert_int_equal(ailab_result_attempts(result), 0);
    memset(&disk, 0, sizeof disk);
    ailab_result_free(result);
    ailab_free(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(file_is_read_whole_or_not_at_all, folder_make,
                                        folder_remove),
        cmocka_unit_test_setup_teardown(file_may_be_empty, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(file_may_get_any_descriptor, folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(file_that_breaks_is_not_sent, folder_make, folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
