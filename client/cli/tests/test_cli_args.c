/* The parser of the command line, with and without mistakes. */
#include "ailab.h"
#include "program.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WORDS_MAX 10

static bool parse(struct cmdline *out, char why[WHY_SIZE], const char *const *words)
{
    char *argv[WORDS_MAX + 2] = {NULL};
    static char program[] = "ailab";
    int argc = 1;
    argv[0] = program;
    for (; words[argc - 1]; argc++)
        memcpy(&argv[argc], &words[argc - 1], sizeof(char *));
    return cmdline_parse(out, &ailab_program, why, argc, argv);
}

static void cli_args_takes_options_wherever_they_stand(void **state)
{
    static const struct {
        const char *why;
        const char *words[WORDS_MAX];
    } rows[] = {
        {"before the command", {"-o", "x.jpg", "-e", "sad", "edit", "p.jpg"}},
        {"between", {"edit", "-o", "x.jpg", "p.jpg", "-e", "sad"}},
        {"with an equals sign", {"edit", "--output=x.jpg", "--expression=sad", "p.jpg"}},
        {"long with a space", {"edit", "--output", "x.jpg", "--expression", "sad", "p.jpg"}},
        {"letter and value in one word", {"edit", "-ox.jpg", "-esad", "p.jpg"}},
        {"letters in one word", {"edit", "-fqo", "x.jpg", "-e", "sad", "p.jpg"}},
        {"the last one wins", {"edit", "-o", "y", "-o", "x.jpg", "-e", "sad", "p.jpg"}},
        {"after the end of options", {"edit", "-ox.jpg", "-esad", "--", "p.jpg"}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct cmdline line;
        char why[WHY_SIZE] = "";
        print_message("%s\n", rows[i].why);
        assert_true(parse(&line, why, rows[i].words));
        assert_string_equal(line.command->name, "edit");
        assert_string_equal(cmdline_text(&line, OPTION_output), "x.jpg");
        assert_string_equal(cmdline_text(&line, OPTION_expression), "sad");
        assert_int_equal(line.operand_count, 1);
        assert_string_equal(line.operands[0], "p.jpg");
    }
}

static void cli_args_takes_dashes_as_file_names_where_they_are(void **state)
{
    struct cmdline line;
    char why[WHY_SIZE];
    (void)state;
    assert_true(parse(&line, why, (const char *const[]){"check", "-", NULL}));
    assert_string_equal(line.operands[0], "-");
    assert_true(parse(&line, why, (const char *const[]){"check", "--", "--json", NULL}));
    assert_string_equal(line.operands[0], "--json");
    assert_false(cmdline_given(&line, OPTION_json));
    assert_true(parse(&line, why, (const char *const[]){"edit", "-o", "-", "-e0", "x", NULL}));
    assert_string_equal(cmdline_text(&line, OPTION_output), "-");
}

static void cli_args_refuses_mistakes_with_the_nearest_right_name(void **state)
{
    static const struct {
        const char *why;
        const char *words[WORDS_MAX];
        const char *said;
    } rows[] = {
        {"misspelt option", {"edit", "--expresion", "sad"}, "did you mean --expression?"},
        {"abbreviated option", {"edit", "--expr=sad"}, "did you mean --expression?"},
        {"swapped letters", {"edit", "--jsno"}, "did you mean --json?"},
        {"nothing near", {"edit", "--colour"}, "'ailab help edit' lists them"},
        {"no command yet", {"--colour"}, "'ailab help' lists them"},
        {"unknown letter", {"edit", "-x"}, "unknown option '-x'"},
        {"misspelt command", {"edti", "p.jpg"}, "did you mean edit?"},
        {"abbreviated command", {"exp"}, "did you mean expressions?"},
        {"unknown command", {"frobnicate"}, "'ailab help' lists them"},
        {"help for nothing", {"help", "chekc"}, "did you mean check?"},
        {"option of another command", {"check", "--force", "p.jpg"}, "no option of 'ailab check'"},
        {"value missing at the end", {"edit", "p.jpg", "-o"}, "--output needs a value"},
        {"value missing before an option", {"edit", "-o", "--json", "p"}, "--output needs a value"},
        {"empty value", {"edit", "--output=", "p"}, "--output needs a value"},
        {"value for a flag", {"edit", "--force=yes", "p"}, "--force takes no value"},
        {"no file", {"edit", "-e", "sad"}, "an argument is missing; usage: ailab edit"},
        {"two files", {"check", "a.jpg", "b.jpg"}, "one argument too many: 'b.jpg'"},
        {"a file for expressions", {"expressions", "a.jpg"}, "one argument too many"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct cmdline line;
        char why[WHY_SIZE] = "";
        print_message("%s\n", rows[i].why);
        assert_false(parse(&line, why, rows[i].words));
        if (!strstr(why, rows[i].said))
            fail_msg("%s: '%s' does not say '%s'", rows[i].why, why, rows[i].said);
        assert_null(strchr(why, '\n'));
    }
}

static void cli_args_refuses_a_key_without_repeating_it(void **state)
{
    static const char *const words[][WORDS_MAX] = {
        {"edit", "--api-key=s3cret", "p.jpg"},
        {"edit", "--api-key", "s3cret", "p.jpg"},
        {"--api-key=s3cret"},
        {"edit", "--key=s3cret"},
        {"edit", "--api_key", "s3cret"},
        {"edit", "--api-kee=s3cret", "p.jpg"},
        {"edit", "-ks3cret", "p.jpg"},
        {"edit", "--frobnicate=s3cret", "p.jpg"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        struct cmdline line;
        char why[WHY_SIZE] = "";
        assert_false(parse(&line, why, words[i]));
        assert_null(strstr(why, "s3cret"));
        if (i < 5) {
            assert_non_null(strstr(why, "seen by every user"));
            assert_non_null(strstr(why, "AILAB_API_KEY"));
        }
    }
}

static void cli_args_reads_the_environment_unless_an_option_says_otherwise(void **state)
{
    struct cmdline line;
    char why[WHY_SIZE];
    (void)state;
    setenv("AILAB_BASE_URL", "http://environment", 1);
    assert_true(parse(&line, why, (const char *const[]){"edit", "-e0", "x", NULL}));
    assert_string_equal(cmdline_text(&line, OPTION_base_url), "http://environment");
    assert_int_equal(line.values[OPTION_base_url].source, CMDLINE_ENVIRONMENT);
    assert_true(parse(&line, why, (const char *const[]){"edit", "--base-url=x", "-e0", "x", NULL}));
    assert_string_equal(cmdline_text(&line, OPTION_base_url), "x");
    assert_int_equal(line.values[OPTION_base_url].source, CMDLINE_FLAG);
    setenv("AILAB_BASE_URL", "", 1);
    assert_true(parse(&line, why, (const char *const[]){"edit", "-e0", "x", NULL}));
    assert_string_equal(cmdline_text(&line, OPTION_base_url), AILAB_DEFAULT_BASE_URL);
    assert_false(cmdline_given(&line, OPTION_base_url));
    unsetenv("AILAB_BASE_URL");
}

static void cli_args_survives_any_single_word(void **state)
{
    (void)state;
    for (unsigned i = 1; i < 65536; i++) {
        char word[4] = {(char)(i & 255), (char)(i >> 8), '-', '\0'};
        const char *words[] = {"edit", word, NULL};
        struct cmdline line;
        char why[WHY_SIZE] = "";
        if (!parse(&line, why, words))
            assert_true(why[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cli_args_takes_options_wherever_they_stand),
        cmocka_unit_test(cli_args_takes_dashes_as_file_names_where_they_are),
        cmocka_unit_test(cli_args_refuses_mistakes_with_the_nearest_right_name),
        cmocka_unit_test(cli_args_refuses_a_key_without_repeating_it),
        cmocka_unit_test(cli_args_reads_the_environment_unless_an_option_says_otherwise),
        cmocka_unit_test(cli_args_survives_any_single_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
