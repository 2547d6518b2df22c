/* Values of options: numbers, the key, how an outcome becomes a status. */
#include "files/key.h"
#include "report.h"
#include "settings.h"
#include "testing/files.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

/* ailab edit with one more option, --name=value. */
static bool parse(struct cmdline *out, char why[WHY_SIZE], const char *name, const char *value)
{
    static char option[128]; /* the values are borrowed from it */
    char edit[] = "edit", file[] = "p.jpg", self[] = "ailab";
    char *argv[] = {self, edit, file, option, NULL};
    snprintf(option, sizeof(option), "--%s=%s", name, value);
    return cmdline_parse(out, &ailab_program, why, 4, argv);
}

static void cli_settings_reads_seconds_strictly(void **state)
{
    static const struct {
        const char *text;
        long ms; /* 0: refused */
    } rows[] = {
        {"30", 30000},       {"0.25", 250},    {"0.001", 1}, {"1.5", 1500},
        {"86400", 86400000}, {"2.0009", 2000}, {"0", 0},     {"0.0001", 0},
        {"86400.001", 0},    {"86401", 0},     {"-1", 0},    {"+1", 0},
        {" 1", 0},           {"1 ", 0},        {"1e3", 0},   {"1.", 0},
        {".5", 0},           {"1s", 0},        {"0x10", 0},  {"99999999999999999999", 0},
        {"1.5.5", 0},        {"nan", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct cmdline line;
        struct ailab_options options;
        char why[WHY_SIZE] = "";
        print_message("%s\n", rows[i].text);
        assert_int_equal(parse(&line, why, "timeout", rows[i].text), rows[i].ms != 0);
        if (!rows[i].ms) {
            assert_non_null(strstr(why, "expected seconds from 0.001 to 86400"));
            continue;
        }
        assert_true(settings_connection(&options, why, &line));
        assert_int_equal(options.timeout_ms, rows[i].ms);
    }
}

static void cli_settings_reads_retries_from_0_to_10(void **state)
{
    static const struct {
        const char *text;
        int expected; /* -1: refused */
    } rows[] = {{"0", 0}, {"10", 10}, {"11", -1}, {"-1", -1}, {"", -1}, {"3x", -1}};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct cmdline line;
        struct ailab_options options;
        char why[WHY_SIZE] = "";
        print_message("'%s'\n", rows[i].text);
        assert_int_equal(parse(&line, why, "retries", rows[i].text), rows[i].expected >= 0);
        if (rows[i].expected < 0)
            continue;
        assert_true(settings_connection(&options, why, &line));
        assert_int_equal(options.retries, rows[i].expected);
    }
}

static void cli_settings_takes_the_last_of_preflight_and_no_preflight(void **state)
{
    static const struct {
        const char *words[2];
        bool preflight;
    } rows[] = {{{NULL}, false},
                {{"--preflight"}, true},
                {{"--no-preflight"}, false},
                {{"--preflight", "--no-preflight"}, false},
                {{"--no-preflight", "--preflight"}, true}};
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char self[] = "ailab", edit[] = "edit", file[] = "p.jpg", words[2][32], why[WHY_SIZE];
        char *argv[] = {self, edit, file, words[0], words[1], NULL};
        struct ailab_options options;
        struct cmdline line;
        int argc = 3;
        for (; argc < 5 && rows[i].words[argc - 3]; argc++)
            snprintf(words[argc - 3], sizeof(words[0]), "%s", rows[i].words[argc - 3]);
        assert_true(cmdline_parse(&line, &ailab_program, why, argc, argv));
        assert_true(settings_connection(&options, why, &line));
        assert_int_equal(options.preflight, rows[i].preflight);
    }
}

static void cli_settings_understands_expressions(void **state)
{
    static const struct {
        const char *why, *text;
        int number; /* -2: refused */
        const char *name_or_reason;
    } rows[] = {
        {"slug", "big-grin", 12, "big-grin"},
        {"label", "big GRIN", 12, "big-grin"},
        {"number", "12", 12, "big-grin"},
        {"number of an older revision", "0", 0, "big-laugh"},
        {"number outside the list", "99", 99, "99"},
        {"misspelt", "big-gin", -2, "did you mean big-grin?"},
        {"nothing like it", "zebra", -2, "'ailab expressions' lists them"},
        {"negative", "-5", -2, "unknown expression '-5'"},
        {"too large", "99999999999", -2, "unknown expression"},
        {"number and more", "12a", -2, "unknown expression"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct cmdline line;
        char why[WHY_SIZE] = "", name[EXPRESSION_NAME_SIZE];
        int number = 0;
        print_message("%s\n", rows[i].why);
        assert_true(parse(&line, why, "expression", rows[i].text));
        bool ok = settings_expression(&number, name, why, &line);
        assert_int_equal(ok, rows[i].number != -2);
        if (ok) {
            assert_int_equal(number, rows[i].number);
            assert_string_equal(name, rows[i].name_or_reason);
        } else if (!strstr(why, rows[i].name_or_reason)) {
            fail_msg("%s: %s", rows[i].why, why);
        }
    }
}

#define MARK "\xEF\xBB\xBF"

static void cli_key_is_the_first_line_of_its_file(void **state)
{
    char long_line[2000], longest[513], marked[516], marked_too_long[517];
    memset(long_line, 'k', sizeof(long_line));
    long_line[sizeof(long_line) - 1] = '\0';
    snprintf(longest, sizeof(longest), "%.512s", long_line);
    snprintf(marked, sizeof(marked), MARK "%.512s", long_line);
    snprintf(marked_too_long, sizeof(marked_too_long), MARK "%.513s", long_line);
    const struct {
        const char *why, *content, *expected; /* NULL: refused */
    } rows[] = {
        {"a line", "k3y\n", "k3y"},
        {"no line end", "k3y", "k3y"},
        {"Windows", "k3y\r\nrest", "k3y"},
        {"further lines", "k3y\nnotes: mine\n", "k3y"},
        {"blanks at the end", "k3y \t\n", "k3y"},
        {"a byte order mark", MARK "k3y\r\n", "k3y"},
        {"a mark before the longest key", marked, longest},
        {"a mark before a key too long", marked_too_long, NULL},
        {"a mark alone", MARK "\n", NULL},
        {"half a mark", "\xEF\xBBk3y\n", NULL},
        {"nothing", "", NULL},
        {"empty first line", "\nk3y\n", NULL},
        {"blank inside", "k3 y\n", NULL},
        {"control character", "k3\033y\n", NULL},
        {"not ASCII", "k3\xC3\xA4\n", NULL},
        {"far too long", long_line, NULL},
    };
    char path[PATH_SIZE];
    path_join(path, *state, "key");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct key key;
        char why[WHY_SIZE] = "";
        print_message("%s\n", rows[i].why);
        file_write(path, rows[i].content, strlen(rows[i].content));
        assert_int_equal(key_read(&key, why, path), rows[i].expected != NULL);
        if (rows[i].expected)
            assert_string_equal(key.text, rows[i].expected);
        else
            assert_null(strstr(why, "k3"));
        key_clear(&key);
        assert_int_equal(key.text[0], 0);
    }
}

static void cli_key_notices_a_file_that_everybody_can_read(void **state)
{
    char path[PATH_SIZE], why[WHY_SIZE];
    struct key key;
    path_join(path, *state, "key");
    file_write(path, "k3y\n", 4);
    assert_int_equal(chmod(path, 0600), 0);
    assert_true(key_read(&key, why, path));
    assert_false(key.open_to_everybody);
    assert_int_equal(chmod(path, 0640), 0);
    assert_true(key_read(&key, why, path));
    assert_false(key.open_to_everybody);
    assert_int_equal(chmod(path, 0644), 0);
    assert_true(key_read(&key, why, path));
    assert_true(key.open_to_everybody);
}

static void cli_report_turns_every_outcome_into_a_documented_status(void **state)
{
    static const struct {
        enum ailab_error outcome;
        enum status status;
    } rows[] = {
        {AILAB_OK, STATUS_DONE},
        {AILAB_REFUSED, STATUS_REFUSED},
        {AILAB_ARGUMENT, STATUS_USAGE},
        {AILAB_PREFLIGHT, STATUS_REFUSED},
        {AILAB_FILE, STATUS_USAGE},
        {AILAB_NO_MEMORY, STATUS_USAGE},
        {AILAB_TIMEOUT, STATUS_UNREACHED},
        {AILAB_UNREACHABLE, STATUS_UNREACHED},
        {AILAB_CANCELLED, STATUS_UNREACHED},
        {AILAB_BAD_ANSWER, STATUS_NONSENSE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(report_status(rows[i].outcome), rows[i].status);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cli_settings_reads_seconds_strictly),
        cmocka_unit_test(cli_settings_reads_retries_from_0_to_10),
        cmocka_unit_test(cli_settings_takes_the_last_of_preflight_and_no_preflight),
        cmocka_unit_test(cli_settings_understands_expressions),
        cmocka_unit_test_setup_teardown(cli_key_is_the_first_line_of_its_file, folder_make,
                                        folder_remove),
        cmocka_unit_test_setup_teardown(cli_key_notices_a_file_that_everybody_can_read, folder_make,
                                        folder_remove),
        cmocka_unit_test(cli_report_turns_every_outcome_into_a_documented_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
