/* Writing a file whole or not at all. */
#include "files/output.h"
#include "testing/files.h"
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void assert_holds(const char *path, const char *text)
{
    size_t size = 0;
    char *data = file_read(path, &size);
    assert_string_equal(data, text);
    free(data);
}

static mode_t mode_of(const char *path)
{
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    return about.st_mode & 0777;
}

static void cli_output_writes_a_new_file_with_the_umask_s_mode(void **state)
{
    char path[PATH_SIZE], why[WHY_SIZE];
    mode_t before = umask(027);
    path_join(path, *state, "new.jpg");
    assert_true(output_check(why, path, false));
    assert_true(output_write(why, path, false, "new", 3));
    umask(before);
    assert_holds(path, "new");
    assert_int_equal(mode_of(path), 0640);
    assert_int_equal(folder_count(*state), 1);
}

static void cli_output_keeps_an_existing_file_unless_forced(void **state)
{
    char path[PATH_SIZE], why[WHY_SIZE] = "";
    path_join(path, *state, "old.jpg");
    file_write(path, "old", 3);
    assert_int_equal(chmod(path, 0600), 0);
    assert_false(output_check(why, path, false));
    assert_non_null(strstr(why, "--force"));
    assert_false(output_write(why, path, false, "new", 3));
    assert_non_null(strstr(why, "--force"));
    assert_holds(path, "old");
    assert_true(output_check(why, path, true));
    assert_true(output_write(why, path, true, "new", 3));
    assert_holds(path, "new");
    assert_int_equal(mode_of(path), 0600);
    assert_int_equal(folder_count(*state), 1);
}

static void cli_output_follows_a_link_and_keeps_it(void **state)
{
    char path[PATH_SIZE], to[PATH_SIZE], why[WHY_SIZE] = "";
    struct stat about;
    path_join(path, *state, "link.jpg");
    path_join(to, *state, "old.jpg");
    file_write(to, "old", 3);
    assert_int_equal(symlink("old.jpg", path), 0);
    assert_false(output_write(why, path, false, "new", 3));
    assert_true(output_write(why, path, true, "new", 3));
    assert_holds(to, "new");
    assert_int_equal(lstat(path, &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    assert_int_equal(folder_count(*state), 2);
}

static void cli_output_writes_straight_to_what_is_no_regular_file(void **state)
{
    char path[PATH_SIZE], why[WHY_SIZE] = "", got[8] = "";
    struct stat about;
    assert_true(output_check(why, "/dev/null", false));
    assert_true(output_write(why, "/dev/null", false, "new", 3));
    assert_int_equal(stat("/dev/null", &about), 0);
    assert_true(S_ISCHR(about.st_mode));
    path_join(path, *state, "pipe");
    assert_int_equal(mkfifo(path, 0600), 0);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_true(output_write(why, path, false, "new", 3));
    assert_int_equal(read(fd, got, sizeof(got)), 3);
    assert_string_equal(got, "new");
    close(fd);
}

static void cli_output_refuses_places_that_cannot_hold_a_file(void **state)
{
    char path[PATH_SIZE], why[WHY_SIZE] = "";
    assert_false(output_check(why, *state, true));
    assert_non_null(strstr(why, "it is a directory"));
    assert_false(output_write(why, *state, true, "new", 3));
    path_join(path, *state, "missing/new.jpg");
    assert_false(output_check(why, path, false));
    assert_non_null(strstr(why, "No such file or directory"));
    assert_false(output_write(why, path, false, "new", 3));
    assert_int_equal(folder_count(*state), 0);
    char name[300] = "";
    memset(name, 'n', sizeof(name) - 1);
    path_join(path, *state, name);
    assert_false(output_check(why, path, false));
    assert_non_null(strstr(why, "File name too long"));
    path_join(path, *state, "link");
    assert_int_equal(symlink("nowhere", path), 0);
    assert_false(output_check(why, path, true));
    assert_non_null(strstr(why, "leads nowhere"));
    assert_false(output_write(why, path, true, "new", 3));
}

static void cli_output_leaves_nothing_when_the_disk_refuses(void **state)
{
    static const char bytes[4096];
    char path[PATH_SIZE], why[WHY_SIZE] = "";
    struct rlimit before, tight;
    struct sigaction ignore = {.sa_handler = SIG_IGN}, handler;
    path_join(path, *state, "big.jpg");
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    tight = before;
    tight.rlim_cur = 1000;
    sigaction(SIGXFSZ, &ignore, &handler);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    bool ok = output_write(why, path, false, bytes, sizeof(bytes));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    sigaction(SIGXFSZ, &handler, NULL);
    assert_false(ok);
    assert_non_null(strstr(why, "File too large"));
    assert_int_equal(folder_count(*state), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, folder_make, folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(cli_output_writes_a_new_file_with_the_umask_s_mode),
        TEST(cli_output_keeps_an_existing_file_unless_forced),
        TEST(cli_output_follows_a_link_and_keeps_it),
        TEST(cli_output_writes_straight_to_what_is_no_regular_file),
        TEST(cli_output_refuses_places_that_cannot_hold_a_file),
        TEST(cli_output_leaves_nothing_when_the_disk_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
