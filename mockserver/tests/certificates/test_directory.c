/* The directory of an authority: where it is, what in it is refused, how it is removed. */
#include "certificates/directory.h"
#include "certificates/keeper.h"
#include "certificates_kit.h"
#include <openssl/pem.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define STRANGER 65534

static void make_authority(const char *folder)
{
    struct clock_hand clock = {NOW_S};
    authority_close(open_authority(folder, &clock));
}

/* Opening fails for this reason and leaves the key as it is. */
static void assert_refused(const char *folder, const char *words)
{
    char why[AILAB_MOCK_ERROR_SIZE] = "", path[PATH_SIZE];
    struct clock_hand clock = {NOW_S};
    struct authority *authority;
    size_t size = 0, size_after = 0;
    path_join(path, folder, KEY_FILE);
    char *before = file_exists(path) ? file_read(path, &size) : NULL;
    enum ailab_mock_error error = authority_open_at(&authority, folder, clock_hand_ms, &clock, why);
    assert_int_equal(error, AILAB_MOCK_SYSTEM);
    assert_null(authority);
    if (!strstr(why, words))
        fail_msg("expected '%s' in: %s", words, why);
    char *after = file_exists(path) ? file_read(path, &size_after) : NULL;
    assert_int_equal(size, size_after);
    if (before)
        assert_memory_equal(before, after, size);
    free(before);
    free(after);
}

static void directory_refuses_a_key_that_others_could_read(void **state)
{
    static const mode_t modes[] = {0640, 0604, 0660, 0644};
    char path[PATH_SIZE];
    make_authority(*state);
    path_join(path, *state, KEY_FILE);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        assert_int_equal(chmod(path, modes[i]), 0);
        assert_refused(*state, "other users could read the key");
    }
    assert_int_equal(chmod(path, 0600), 0); /* as the words say */
    make_authority(*state);
}

static void directory_refuses_to_be_writable_by_others(void **state)
{
    assert_int_equal(chmod(*state, 0770), 0);
    assert_refused(*state, "'chmod go-w' it");
    assert_int_equal(chmod(*state, 0702), 0);
    assert_refused(*state, "'chmod go-w' it");
    assert_int_equal(chmod(*state, 0755), 0);
    make_authority(*state);
}

static void directory_refuses_what_is_another_users(void **state)
{
    char path[PATH_SIZE];
    if (geteuid() != 0) {
        print_message("# only root can give a file to another user: skipped\n");
        skip();
    }
    make_authority(*state);
    path_join(path, *state, KEY_FILE);
    assert_int_equal(chown(path, STRANGER, STRANGER), 0);
    assert_refused(*state, "belongs to user 65534, not to you");
    assert_int_equal(chown(path, 0, 0), 0);
    assert_int_equal(chown(*state, STRANGER, STRANGER), 0);
    assert_refused(*state, "belongs to user 65534, not to you");
}

/* The first folder that is missing, not one below it, says why. */
static void directory_tells_why_it_cannot_be_made(void **state)
{
    char *resolved, why[AILAB_MOCK_ERROR_SIZE] = "", path[PATH_SIZE];
    const uid_t user = geteuid();
    path_join(path, *state, "missing/below");
    assert_int_equal(chmod(*state, 0555), 0);
    assert_int_equal(user == 0 ? seteuid(STRANGER) : 0, 0);
    const enum ailab_mock_error error = directory_prepare(&resolved, path, why);
    assert_int_equal(seteuid(user), 0);
    assert_int_equal(chmod(*state, 0700), 0);
    assert_int_equal(error, AILAB_MOCK_SYSTEM);
    if (!strstr(why, "Permission denied"))
        fail_msg("expected 'Permission denied' in: %s", why);
}

static void directory_refuses_what_is_no_directory(void **state)
{
    char path[PATH_SIZE], below[PATH_SIZE];
    path_join(path, *state, "file");
    path_join(below, path, "below");
    file_write(path, "", 0);
    assert_refused(path, "is not a directory");
    assert_refused(below, "Not a directory");
    assert_refused("", "cannot make the directory");
}

/* A key and a certificate that belong together, of an authority that may sign for all. */
static void write_other_authority(const char *path)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509_EXTENSION *extension =
        X509V3_EXT_nconf_nid(NULL, NULL, NID_basic_constraints, "critical,CA:TRUE");
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_TIME_set(X509_getm_notBefore(certificate), (time_t)(NOW_S - DAY_S));
    ASN1_TIME_set(X509_getm_notAfter(certificate), (time_t)(NOW_S + 700 * DAY_S));
    X509_set_pubkey(certificate, key);
    X509_add_ext(certificate, extension, -1);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL);
    PEM_write_X509(file, certificate);
    PEM_write_X509(file, certificate);
    fclose(file);
    X509_EXTENSION_free(extension);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

/* The same key, but asking for a passphrase. */
static void write_encrypted(const char *path)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    PEM_write_PKCS8PrivateKey(file, key, EVP_aes_128_cbc(), "secret", 6, NULL, NULL);
    fclose(file);
    EVP_PKEY_free(key);
}

static void directory_refuses_a_damaged_key(void **state)
{
    char path[PATH_SIZE];
    size_t size;
    make_authority(*state);
    path_join(path, *state, KEY_FILE);
    char *whole = file_read(path, &size);
    for (size_t kept = 0; kept < size - 30; kept += 97) {
        file_write(path, whole, kept);
        assert_refused(*state, "is damaged");
    }
    file_write(path, whole, size);
    make_authority(*state);
    free(whole);
    write_other_authority(path);
    assert_refused(*state, "is damaged");
    write_encrypted(path);
    assert_refused(*state, "remove it, and the next start makes another");
}

static void directory_refuses_a_key_that_is_no_file(void **state)
{
    char path[PATH_SIZE], why[AILAB_MOCK_ERROR_SIZE];
    struct clock_hand clock = {NOW_S};
    struct authority *authority;
    path_join(path, *state, KEY_FILE);
    assert_int_equal(mkfifo(path, 0600), 0); /* to open it would wait for ever */
    assert_int_equal(authority_open_at(&authority, *state, clock_hand_ms, &clock, why),
                     AILAB_MOCK_SYSTEM);
    assert_non_null(strstr(why, KEY_FILE));
    assert_non_null(strstr(why, "not a regular file"));
}

static void directory_waits_for_another_process_and_gives_up(void **state)
{
    char why[AILAB_MOCK_ERROR_SIZE] = "";
    struct keeper keeper;
    assert_int_equal(keeper_init(&keeper, *state, why), AILAB_MOCK_OK);
    int lock = directory_lock(*state, 0, why);
    assert_in_range(lock, 0, 100000);
    assert_int_equal(keeper_refresh(&keeper, NOW_S, DAY_S, 30, why), AILAB_MOCK_SYSTEM);
    assert_non_null(strstr(why, "another process has held"));
    close(lock);
    assert_int_equal(keeper_refresh(&keeper, NOW_S, DAY_S, 30, why), AILAB_MOCK_OK);
    lock = directory_lock(*state, 0, why); /* nothing is to be done, so nothing is locked */
    assert_int_equal(keeper_refresh(&keeper, NOW_S, DAY_S, 0, why), AILAB_MOCK_OK);
    close(lock);
    keeper_clear(&keeper);
}

/* In a process that is not root. */
static void open_read_only(const char *folder)
{
    char why[AILAB_MOCK_ERROR_SIZE];
    struct clock_hand clock = {NOW_S};
    struct authority *authority;
    if ((geteuid() == 0 && setuid(STRANGER) != 0) || access(folder, W_OK) == 0)
        _exit(1);
    if (authority_open_at(&authority, folder, clock_hand_ms, &clock, why) != AILAB_MOCK_OK) {
        fprintf(stderr, "%s\n", why);
        _exit(2);
    }
    authority_close(authority);
    _exit(0);
}

static void directory_may_be_read_only_when_all_is_there(void **state)
{
    static const char *const names[] = {"", KEY_FILE, "ailab-mock-ca.pem", "ailab-mock-bundle.pem",
                                        "ailab-mock-trust.p12"};
    char path[PATH_SIZE];
    int status;
    make_authority(*state);
    for (size_t i = 0; i < sizeof names / sizeof names[0] && geteuid() == 0; i++) {
        path_join(path, *state, names[i]);
        assert_int_equal(chown(path, STRANGER, STRANGER), 0);
    }
    assert_int_equal(chmod(*state, 0500), 0);
    pid_t child = fork();
    if (child == 0)
        open_read_only(*state);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(chmod(*state, 0700), 0);
    assert_int_equal(status, 0);
}

static void directory_is_where_the_environment_says(void **state)
{
    static const struct {
        const char *named, *state_home, *home, *expected;
    } cases[] = {
        {"relative/dir", "/state", "/at/home", "relative/dir"},
        {"", "/state", "/at/home", "/state/ailab-mock"},
        {NULL, "/state", "/at/home", "/state/ailab-mock"},
        {NULL, "", "/at/home", "/at/home/.local/state/ailab-mock"},
        {NULL, "not/absolute", "/at/home", "/at/home/.local/state/ailab-mock"},
        {NULL, NULL, "/at/home", "/at/home/.local/state/ailab-mock"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char out[PATH_SIZE], why[AILAB_MOCK_ERROR_SIZE] = "";
        unsetenv("AILAB_MOCK_CA_DIR");
        unsetenv("XDG_STATE_HOME");
        if (cases[i].named)
            setenv("AILAB_MOCK_CA_DIR", cases[i].named, 1);
        if (cases[i].state_home)
            setenv("XDG_STATE_HOME", cases[i].state_home, 1);
        setenv("HOME", cases[i].home, 1);
        assert_true(authority_directory(out, sizeof out, why));
        assert_string_equal(out, cases[i].expected);
        assert_false(authority_directory(out, strlen(cases[i].expected), why));
        assert_non_null(strstr(why, "--ca-dir"));
    }
    unsetenv("AILAB_MOCK_CA_DIR");
}

static void directory_paths_hold_in_every_folder(void **state)
{
    struct clock_hand clock = {NOW_S};
    char *before = getcwd(NULL, 0);
    assert_int_equal(chdir(*state), 0);
    struct authority *authority = open_authority("./a//b", &clock);
    assert_int_equal(chdir(before), 0);
    assert_int_equal(authority_ca_file(authority)[0], '/');
    assert_int_equal(certificates_in(authority_ca_file(authority)), 1);
    authority_close(authority);
    free(before);
}

static void directory_is_removed_but_for_files_of_others(void **state)
{
    char folder[PATH_SIZE], dear[PATH_SIZE], why[AILAB_MOCK_ERROR_SIZE];
    bool removed;
    path_join(folder, *state, "ca");
    path_join(dear, folder, "ca-key.pem");
    make_authority(folder);
    file_write(dear, "dear", 4);
    assert_int_equal(authority_remove(folder, &removed, why), AILAB_MOCK_OK);
    assert_true(removed);
    assert_int_equal(folder_count(folder), 1);
    assert_true(file_exists(dear));
    assert_int_equal(unlink(dear), 0);
    assert_int_equal(authority_remove(folder, &removed, why), AILAB_MOCK_OK);
    assert_false(removed);
    assert_false(file_exists(folder));
    assert_int_equal(authority_remove(folder, &removed, why), AILAB_MOCK_OK);
    assert_false(removed);
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_remove)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(directory_refuses_a_key_that_others_could_read),
        IN_FOLDER(directory_refuses_to_be_writable_by_others),
        IN_FOLDER(directory_refuses_what_is_another_users),
        IN_FOLDER(directory_tells_why_it_cannot_be_made),
        IN_FOLDER(directory_refuses_what_is_no_directory),
        IN_FOLDER(directory_refuses_a_damaged_key),
        IN_FOLDER(directory_refuses_a_key_that_is_no_file),
        IN_FOLDER(directory_waits_for_another_process_and_gives_up),
        IN_FOLDER(directory_may_be_read_only_when_all_is_there),
        cmocka_unit_test(directory_is_where_the_environment_says),
        IN_FOLDER(directory_paths_hold_in_every_folder),
        IN_FOLDER(directory_is_removed_but_for_files_of_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
