/* The table of variables: what is set, kept and taken away; and the folder beside it. */
#include "environment/environment.h"
#include "environment/template.h"
#include "testing/files.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static const struct environment_facts facts = {.url = "http://127.0.0.1:4000",
                                               .address = "127.0.0.1",
                                               .port = "4000",
                                               .ca_file = "/ca/ca.pem",
                                               .bundle_file = "/ca/bundle.pem",
                                               .java_file = "/ca/java.p12",
                                               .folder = "/tmp/f"};

#define NOTHING ((const char *const[]){NULL})

/* NULL when it is not among them. */
static const char *value_of(char **variables, const char *name)
{
    const char *found = NULL;
    for (; *variables; variables++)
        if (strncmp(*variables, name, strlen(name)) == 0 && (*variables)[strlen(name)] == '=') {
            assert_null(found); /* each once */
            found = *variables + strlen(name) + 1;
        }
    return found;
}

static void has(const char *name, const char *expected, enum environment_part last,
                const char *const *inherited)
{
    char **made = environment_new(&facts, last, inherited);
    assert_non_null(made);
    const char *value = value_of(made, name);
    if (expected && !value)
        fail_msg("%s is missing", name);
    if (expected)
        assert_string_equal(value, expected);
    else
        assert_null(value);
    free(made);
}

static void environment_leads_to_the_mock(void **state)
{
    static const char *const names[] = {"http_proxy", "HTTP_PROXY", "https_proxy",   "HTTPS_PROXY",
                                        "all_proxy",  "ALL_PROXY",  "AILAB_BASE_URL"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        has(names[i], "http://127.0.0.1:4000", ENVIRONMENT_ROUTE, NOTHING);
    has("NO_PROXY", "localhost,127.0.0.1,::1", ENVIRONMENT_ROUTE,
        (const char *const[]){"NO_PROXY=*", NULL});
    has("AILAB_PROXY", "", ENVIRONMENT_ROUTE, NOTHING);
}

static void environment_names_the_certificates(void **state)
{
    (void)state;
    has("SSL_CERT_FILE", "/ca/bundle.pem", ENVIRONMENT_TRUST, NOTHING);
    has("NODE_EXTRA_CA_CERTS", "/ca/ca.pem", ENVIRONMENT_TRUST, NOTHING);
    has("WGETRC", "/tmp/f/wgetrc", ENVIRONMENT_TRUST, NOTHING);
    has("PHP_INI_SCAN_DIR", ":/tmp/f/php", ENVIRONMENT_TRUST, NOTHING);
}

static void environment_keeps_what_a_list_had(void **state)
{
    static const char trust[] = "-Djavax.net.ssl.trustStore='/ca/java.p12' "
                                "-Djavax.net.ssl.trustStoreType=PKCS12";
    static const char *const set[] = {"JAVA_TOOL_OPTIONS=-Xmx1g", "NODE_OPTIONS=--no-warnings",
                                      "PYTHONPATH=/lib/a:/lib/b", "PHP_INI_SCAN_DIR=/php", NULL};
    static const char *const empty[] = {"JAVA_TOOL_OPTIONS=", "NODE_OPTIONS=", "PYTHONPATH=", NULL};
    char expected[512];
    (void)state;
    has("JAVA_TOOL_OPTIONS", trust, ENVIRONMENT_TRUST, NOTHING);
    has("JAVA_TOOL_OPTIONS", trust, ENVIRONMENT_TRUST, empty);
    snprintf(expected, sizeof expected,
             "-Xmx1g %s -Dhttp.proxyHost=127.0.0.1 -Dhttp.proxyPort=4000 "
             "-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=4000",
             trust);
    has("JAVA_TOOL_OPTIONS", expected, ENVIRONMENT_ROUTE, set);
    has("NODE_OPTIONS", "--no-warnings --require \"/tmp/f/node.cjs\"", ENVIRONMENT_ROUTE, set);
    has("NODE_OPTIONS", "--require \"/tmp/f/node.cjs\"", ENVIRONMENT_ROUTE, empty);
    has("PYTHONPATH", "/tmp/f/python:/lib/a:/lib/b", ENVIRONMENT_ROUTE, set);
    has("PYTHONPATH", "/tmp/f/python", ENVIRONMENT_ROUTE,
        empty); /* "" would be the current folder */
    has("PHP_INI_SCAN_DIR", "/php:/tmp/f/php", ENVIRONMENT_ROUTE, set);
}

static void environment_has_the_parts_that_are_asked_for(void **state)
{
    char **own = environment_new(&facts, ENVIRONMENT_OWN, NOTHING);
    (void)state;
    assert_string_equal(own[0], "AILAB_BASE_URL=http://127.0.0.1:4000");
    assert_null(own[1]);
    free(own);
    has("HTTPS_PROXY", NULL, ENVIRONMENT_TRUST, NOTHING);
    has("NODE_OPTIONS", NULL, ENVIRONMENT_TRUST, NOTHING);
}

static void environment_merge_replaces_and_removes(void **state)
{
    static const char *const inherited[] = {
        "PATH=/bin",        "SSL_CERT_FILE=/old", "HTTPS_PROXY=http://p",
        "NODE_OPTIONS=--x", "SSL_CERT_FILES=1",   NULL};
    static const char *const added[] = {"SSL_CERT_FILE=/new", NULL};
    char **merged = environment_merge(inherited, added, ENVIRONMENT_TRUST);
    (void)state;
    assert_string_equal(value_of(merged, "PATH"), "/bin");
    assert_string_equal(value_of(merged, "SSL_CERT_FILE"), "/new");
    assert_string_equal(value_of(merged, "SSL_CERT_FILES"), "1");
    assert_string_equal(value_of(merged, "NODE_OPTIONS"),
                        "--x"); /* the user's own, which only grows */
    assert_null(value_of(merged, "HTTPS_PROXY"));
    free(merged);
    merged = environment_merge(inherited, added, ENVIRONMENT_ROUTE);
    assert_string_equal(value_of(merged, "HTTPS_PROXY"), "http://p");
    free(merged);
}

static void written(const char *expected, const char *text)
{
    static const struct template_word words[] = {{"a", "1"}, {"none", NULL}, {"long", "{a}"}};
    char *out = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&out, &size);
    template_write(file, text, words, 3);
    fclose(file);
    assert_string_equal(out, expected);
    free(out);
}

static void template_replaces_words_alone(void **state)
{
    (void)state;
    written("x1y", "x{a}y");
    written("1 1", "{a }{a}");
    written(":1", "{:a}");
    written("", "{none }{:none}{none}");
    written("{a}", "{long}"); /* a value is no template */
    written("{b} { } {} {a", "{b} { } {} {a");
    written("{:}{ }", "{:}{ }");
}

static void environment_folder_holds_the_files_and_goes_away(void **state)
{
    char why[AILAB_MOCK_ERROR_SIZE], path[PATH_SIZE];
    struct stat about;
    static const char *const names[] = {"node.cjs", "python/sitecustomize.py", "php/ailab-mock.ini",
                                        "wgetrc"};
    struct held_folder folder;
    (void)state;
    assert_true(environment_folder_make(&folder, &facts, why));
    assert_int_equal(stat(folder.path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0700);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        path_join(path, folder.path, names[i]);
        assert_int_equal(stat(path, &about), 0);
        assert_true(about.st_size > 20);
    }
    path_join(path, folder.path, "php/ailab-mock.ini");
    char *text = file_read(path, NULL);
    assert_string_equal(text,
                        "curl.cainfo = \"/ca/bundle.pem\"\nopenssl.cafile = \"/ca/bundle.pem\"\n");
    free(text);
    char *name = strdup(folder.path);
    held_folder_remove(&folder);
    assert_null(folder.path);
    assert_int_not_equal(access(name, F_OK), 0);
    free(name);
}

static bool folder_in(struct held_folder *out, const char *parent, char why[AILAB_MOCK_ERROR_SIZE])
{
    const char *before = getenv("TMPDIR");
    char *kept = before ? strdup(before) : NULL;
    setenv("TMPDIR", parent, 1);
    const bool made = environment_folder_make(out, &facts, why);
    if (kept)
        setenv("TMPDIR", kept, 1);
    else
        unsetenv("TMPDIR");
    free(kept);
    return made;
}

static void environment_folder_says_where_it_could_not_be(void **state)
{
    char why[AILAB_MOCK_ERROR_SIZE];
    struct held_folder folder;
    (void)state;
    assert_false(folder_in(&folder, "/no/such/folder", why));
    assert_non_null(strstr(why, "/no/such/folder"));
    assert_non_null(strstr(why, "TMPDIR"));
}

/* Node takes a name without a slash before it for a package. */
static void environment_folder_has_an_absolute_path(void **state)
{
    char why[AILAB_MOCK_ERROR_SIZE];
    struct held_folder folder;
    (void)state;
    assert_true(folder_in(&folder, ".", why));
    assert_int_equal(folder.path[0], '/');
    assert_null(strstr(folder.path, "./"));
    held_folder_remove(&folder);
}

/* Makes one and is killed; its path is in `path`. */
static void make_one_and_die(char path[PATH_SIZE], const char *parent)
{
    int ends[2], status;
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
        char why[AILAB_MOCK_ERROR_SIZE], name[PATH_SIZE] = "";
        struct held_folder folder;
        if (folder_in(&folder, parent, why))
            snprintf(name, sizeof name, "%s", folder.path);
        (void)!write(ends[1], name, sizeof name);
        raise(SIGKILL);
    }
    assert_int_equal(read(ends[0], path, PATH_SIZE), PATH_SIZE);
    assert_int_equal(waitpid(child, &status, 0), child);
    close(ends[0]);
    close(ends[1]);
}

static void environment_folder_removes_what_a_killed_process_left(void **state)
{
    char why[AILAB_MOCK_ERROR_SIZE], left[PATH_SIZE], empty[PATH_SIZE], other[PATH_SIZE];
    struct held_folder first, second;
    char *parent = folder_new();
    (void)state;
    path_join(empty, parent, "ailab-mock-files-aaaaaa");
    path_join(other, parent, "ailab-mock-files-of-mine");
    assert_int_equal(mkdir(empty, 0700), 0); /* as one that is not locked yet */
    file_write(other, "", 0);
    assert_true(folder_in(&first, parent, why));
    make_one_and_die(left, parent);
    assert_true(file_exists(left));
    assert_true(folder_in(&second, parent, why));
    assert_false(file_exists(left));
    assert_true(file_exists(first.path));
    assert_true(file_exists(empty));
    assert_true(file_exists(other));
    held_folder_remove(&second);
    held_folder_remove(&first);
    assert_int_equal(folder_count(parent), 2);
    folder_free(parent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(environment_leads_to_the_mock),
        cmocka_unit_test(environment_names_the_certificates),
        cmocka_unit_test(environment_keeps_what_a_list_had),
        cmocka_unit_test(environment_has_the_parts_that_are_asked_for),
        cmocka_unit_test(environment_merge_replaces_and_removes),
        cmocka_unit_test(template_replaces_words_alone),
        cmocka_unit_test(environment_folder_holds_the_files_and_goes_away),
        cmocka_unit_test(environment_folder_says_where_it_could_not_be),
        cmocka_unit_test(environment_folder_has_an_absolute_path),
        cmocka_unit_test(environment_folder_removes_what_a_killed_process_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
