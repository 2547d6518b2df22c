/* The command of the exam: placeholders, where it is found, how it is shown. */
#include "caller/process/arguments.h"
#include "testing/files.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static void arguments_know_their_placeholders(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        unsigned used;
        const char *why; /* NULL: it is fine */
    } rows[] = {
        {"plain", 0, NULL},
        {"{picture}", 1 << PLACEHOLDER_picture, NULL},
        {"--out={output}.{choice}", 1 << PLACEHOLDER_output | 1 << PLACEHOLDER_choice, NULL},
        {"{key}{url}", 1 << PLACEHOLDER_key | 1 << PLACEHOLDER_url, NULL},
        {"{\"json\": {}}", 0, NULL},
        {"{} { {1}", 0, NULL},
        {"{pictur}", 0, "there is no placeholder {pictur}; did you mean {picture}?"},
        {"{out_put}", 0, "did you mean {output}?"},
        {"{Key}", 0, "did you mean {key}?"},
        {"{elephant}", 0, "expected {picture}, {choice}, {output}, {key} or {url}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char why[ARGUMENTS_WHY_SIZE] = "", *word = strdup(rows[i].word);
        unsigned used = 0;
        const bool fine = arguments_check(&used, (char *const[]){word, NULL}, why);
        if (fine != !rows[i].why || (fine && used != rows[i].used) ||
            (!fine && !strstr(why, rows[i].why)))
            fail_msg("%s: used %u, \"%s\"", word, used, why);
        free(word);
    }
}

static void arguments_are_filled(void **state)
{
    (void)state;
    static const char *const values[PLACEHOLDER_COUNT] = {"p.jpg", "12", "o.jpg", "secret",
                                                          "http://h"};
    char first[] = "run", second[] = "{picture}:{choice}", third[] = "{\"a\":{}}{output}",
         last[] = "";
    char **filled = arguments_fill((char *const[]){first, second, third, last, NULL}, values);
    assert_non_null(filled);
    assert_string_equal(filled[0], "run");
    assert_string_equal(filled[1], "p.jpg:12");
    assert_string_equal(filled[2], "{\"a\":{}}o.jpg");
    assert_string_equal(filled[3], "");
    assert_null(filled[4]);
    arguments_free(filled);
}

static void arguments_are_shown_as_a_shell_reads_them(void **state)
{
    (void)state;
    struct buf out = {0};
    char first[] = "a b", second[] = "it's", third[] = "{picture}", last[] = "";
    arguments_quote(&out, (char *const[]){first, second, third, last, NULL});
    assert_string_equal(buf_str(&out), "'a b' 'it'\\''s' {picture} ''");
    buf_clear(&out);
}

static void arguments_find_the_program(void **state)
{
    char why[ARGUMENTS_WHY_SIZE], plain[PATH_SIZE];
    char *found = arguments_find("sh", why);
    assert_non_null(found);
    assert_int_equal(found[0], '/');
    free(found);
    path_join(plain, *state, "plain");
    file_write(plain, "text", 4);
    const struct {
        const char *command, *words;
    } rows[] = {
        {"no-such-program", "no program \"no-such-program\" in the folders of PATH"},
        {"./no/such/program", "cannot be run: No such file or directory"},
        {plain, "it is no executable file (chmod +x)"},
        {*state, "it is a folder"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        found = arguments_find(rows[i].command, why);
        if (found || !strstr(why, rows[i].words))
            fail_msg("%s: \"%s\"", rows[i].command, why);
    }
    assert_int_equal(chmod(plain, 0700), 0);
    found = arguments_find(plain, why);
    assert_string_equal(found, plain);
    free(found);
}

static void arguments_replace_variables(void **state)
{
    (void)state;
    static const char *const additions[] = {"PATH=/there", "AILAB_TEST_NEW=1", NULL};
    size_t paths = 0, added = 0;
    static const char *const route[] = {"PATH=/elsewhere", "AILAB_TEST_ROUTE=1", NULL};
    char **environment = arguments_environment(route, additions);
    assert_non_null(environment);
    for (size_t i = 0; environment[i]; i++) {
        paths += strncmp(environment[i], "PATH=", 5) == 0;
        added += strcmp(environment[i], "AILAB_TEST_NEW=1") == 0 ||
                 strcmp(environment[i], "PATH=/there") == 0 ||
                 strcmp(environment[i], "AILAB_TEST_ROUTE=1") == 0;
    }
    assert_int_equal(paths, 1);
    assert_int_equal(added, 3);
    arguments_free(environment);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_know_their_placeholders),
        cmocka_unit_test(arguments_are_filled),
        cmocka_unit_test(arguments_are_shown_as_a_shell_reads_them),
        cmocka_unit_test_setup_teardown(arguments_find_the_program, folder_make, folder_remove),
        cmocka_unit_test(arguments_replace_variables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
