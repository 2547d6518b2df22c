/* The three programs over the same rows: what one understands, says and refuses, all do. */
#include "testing/files.h"
#include "testing/program.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WORDS_MAX 8

/* What the programs have of each kind. The names are written without their dashes. */
static const struct program_words {
    const char *name;
    const char *words[4];                /* that lead to the options below */
    const char *misspelt, *meant;        /* options */
    const char *whole, *too_much, *from; /* an option for a whole number, and "A to B" */
    const char *variable;                /* of that option */
    const char *text;                    /* an option for a file that is read */
    const char *a_switch;
    const char *foreign[3], *owner; /* an option of another command; NULL: there are no commands */
    const char *command;            /* a misspelt one */
    const char *too_many[4];        /* arguments */
} programs[] = {
    {.name = "ailab",
     .words = {"edit", "-esad", "p.jpg"},
     .misspelt = "retires",
     .meant = "retries",
     .whole = "retries",
     .too_much = "11",
     .from = "0 to 10",
     .variable = "AILAB_RETRIES",
     .text = "ca-file",
     .a_switch = "force",
     .foreign = {"check", "--force", "p.jpg"},
     .owner = "no option of 'ailab check' but of 'ailab edit'; 'ailab help check' lists",
     .command = "edti",
     .too_many = {"check", "p.jpg", "q.jpg"}},
    {.name = "ailab-mock",
     .words = {"--port=0"},
     .misspelt = "tust-images",
     .meant = "trust-images",
     .whole = "max-connections",
     .too_much = "1025",
     .from = "1 to 1024",
     .variable = "AILAB_MOCK_MAX_CONNECTIONS",
     .text = "result",
     .a_switch = "strict",
     .foreign = {"contract", "--strict"},
     .owner = "no option of 'ailab-mock contract' but of 'ailab-mock'; 'ailab-mock help contract'",
     .command = "contarct",
     .too_many = {"contract", "q.jpg"}},
    {.name = "ailab-conformance",
     .words = {"--target", "mock"},
     .misspelt = "skip-mustfail",
     .meant = "skip-must-fail",
     .whole = "jobs",
     .too_much = "65",
     .from = "1 to 64",
     .variable = "AILAB_CONFORMANCE_JOBS",
     .text = "known",
     .a_switch = "arm",
     .too_many = {"q.jpg"}},
};

struct run {
    const struct program_words *program;
    struct program_outcome outcome;
};

/* Runs it with its own words, when asked to, and those given, up to NULL. */
static void start(struct run *run, const char *variable, bool own, const char *const *words)
{
    char path[PATH_SIZE];
    const char *arguments[WORDS_MAX + 4] = {NULL}, *environment[] = {variable, NULL};
    size_t count = 0;
    path_join(path, AILAB_BIN_DIR, run->program->name);
    while (own && count < 4 && run->program->words[count]) {
        arguments[count] = run->program->words[count];
        count++;
    }
    for (size_t i = 0; words[i]; i++)
        arguments[count++] = words[i];
    const struct program_call call = {
        .program = path, .arguments = arguments, .environment = environment};
    program_run(&run->outcome, &call);
}

/* One line on standard error says it, and nothing is printed. */
static void refuses(const struct program_words *program, const char *variable, bool own,
                    const char *said, const char *const *words)
{
    struct run run = {.program = program};
    char prefix[64];
    start(&run, variable, own, words);
    const struct program_outcome *outcome = &run.outcome;
    int length = snprintf(prefix, sizeof prefix, "%s: ", program->name);
    if (outcome->status != 2 || outcome->out_size > 0 || !strstr(outcome->err, said) ||
        strncmp(outcome->err, prefix, (size_t)length) != 0 ||
        strchr(outcome->err, '\n') != outcome->err + outcome->err_size - 1)
        fail_msg("%s %s: status %d instead of 2, or not a word of \"%s\":\n%s%s", program->name,
                 words[0], outcome->status, said, outcome->err, outcome->out);
    program_outcome_clear(&run.outcome);
}
#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

#define EACH_PROGRAM(at)                                                                           \
    for (const struct program_words *at = programs;                                                \
         (at) < programs + sizeof programs / sizeof programs[0]; (at)++)

static void cmdline_suggests_the_right_name(void **state)
{
    char option[64], said[160];
    (void)state;
    EACH_PROGRAM(at)
    {
        snprintf(option, sizeof option, "--%s", at->misspelt);
        snprintf(said, sizeof said, "unknown option '%s'; did you mean --%s?", option, at->meant);
        refuses(at, NULL, true, said, WORDS(option));
        snprintf(option, sizeof option, "--%.6s", at->meant);
        snprintf(said, sizeof said, "unknown option '%s'; did you mean --%s?", option, at->meant);
        refuses(at, NULL, true, said, WORDS(option));
        if (at->command)
            refuses(at, NULL, false, "did you mean ", WORDS(at->command));
    }
}

static void cmdline_repeats_no_value_of_an_unknown_option(void **state)
{
    (void)state;
    EACH_PROGRAM(at)
    {
        struct run run = {.program = at};
        start(&run, NULL, true, WORDS("--frobnicate=s3cret"));
        assert_int_equal(run.outcome.status, 2);
        assert_non_null(strstr(run.outcome.err, "unknown option '--frobnicate'; '"));
        assert_non_null(strstr(run.outcome.err, "lists them"));
        assert_null(strstr(run.outcome.err, "s3cret"));
        program_outcome_clear(&run.outcome);
    }
}

static void cmdline_asks_for_a_missing_value(void **state)
{
    char option[64], a_switch[64], said[160];
    (void)state;
    EACH_PROGRAM(at)
    {
        snprintf(option, sizeof option, "--%s", at->whole);
        snprintf(a_switch, sizeof a_switch, "--%s", at->a_switch);
        snprintf(said, sizeof said, "%s needs a value: %s N", option, option);
        refuses(at, NULL, true, said, WORDS(option));
        refuses(at, NULL, true, said, WORDS(option, a_switch));
    }
}

static void cmdline_bounds_numbers_from_flags_and_variables(void **state)
{
    char option[64], joined[80], variable[80], said[160];
    (void)state;
    EACH_PROGRAM(at)
    {
        const char *values[] = {at->too_much, "x", "1x", "+1", "0x1"};
        for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
            snprintf(option, sizeof option, "--%s", at->whole);
            snprintf(joined, sizeof joined, "--%s=%s", at->whole, values[i]);
            snprintf(variable, sizeof variable, "%s=%s", at->variable, values[i]);
            snprintf(said, sizeof said, "%s '%s': expected a number from %s\n", option, values[i],
                     at->from);
            refuses(at, NULL, true, said, WORDS(option, values[i]));
            refuses(at, NULL, true, said, WORDS(joined));
            refuses(at, variable, true, said, WORDS(joined)); /* the flag wins */
            snprintf(said, sizeof said, "%s '%s': expected a number from %s\n", at->variable,
                     values[i], at->from);
            refuses(at, variable, true, said, WORDS("--"));
        }
    }
}

static void cmdline_takes_the_last_of_two(void **state)
{
    char first[64], second[64];
    (void)state;
    EACH_PROGRAM(at)
    {
        snprintf(first, sizeof first, "--%s=/no/first", at->text);
        snprintf(second, sizeof second, "--%s", at->text);
        refuses(at, NULL, true, "/no/second", WORDS(first, second, "/no/second"));
    }
}

static void cmdline_takes_no_value_for_a_switch(void **state)
{
    char option[64], said[96];
    (void)state;
    EACH_PROGRAM(at)
    {
        snprintf(option, sizeof option, "--%s=maybe", at->a_switch);
        snprintf(said, sizeof said, "--%s takes no value", at->a_switch);
        refuses(at, NULL, true, said, WORDS(option));
    }
}

static void cmdline_tells_whose_option_it_is(void **state)
{
    (void)state;
    EACH_PROGRAM(at)
    {
        if (at->owner)
            refuses(at, NULL, false, at->owner,
                    WORDS(at->foreign[0], at->foreign[1], at->foreign[2]));
        refuses(at, NULL, false, "one argument too many: 'q.jpg'; usage: ", at->too_many);
    }
}

static void fits_80_columns(const char *name, char *text)
{
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        if (strlen(line) > 80 || line[strlen(line) - 1] == ' ')
            fail_msg("help of %s: '%s'", name, line);
}

static void cmdline_explains_itself(void **state)
{
    static const char *const asking[][3] = {
        {"--help"}, {"-h"}, {"--nonsense", "--help"}, {"-h", "--version"}};
    (void)state;
    EACH_PROGRAM(at)
    {
        char path[PATH_SIZE], golden[PATH_SIZE + 64], version[64];
        struct run run = {.program = at};
        snprintf(golden, sizeof golden, AILAB_SOURCE_DIR "/client/cmdline/tests/golden/%s.help",
                 at->name);
        char *text = file_read(golden, NULL);
        path_join(path, AILAB_BIN_DIR, at->name);
        for (size_t i = 0; i < sizeof asking / sizeof asking[0]; i++) {
            start(&run, NULL, false, asking[i]);
            assert_int_equal(run.outcome.status, 0);
            assert_string_equal(run.outcome.err, "");
            if (strncmp(run.outcome.out, text, run.outcome.out_size) != 0)
                fail_msg("%s %s is not %s; if the change is wanted, run ci/update-fixtures:\n%s",
                         at->name, asking[i][0], golden, run.outcome.out);
            program_outcome_clear(&run.outcome);
        }
        fits_80_columns(at->name, text);
        free(text);
        if (at->foreign[0]) {
            start(&run, NULL, false, WORDS("help", at->foreign[0]));
            assert_int_equal(run.outcome.status, 0);
            fits_80_columns(at->foreign[0], run.outcome.out);
            program_outcome_clear(&run.outcome);
        }
        snprintf(version, sizeof version, "%s " AILAB_VERSION_STRING "\n", at->name);
        for (int i = 0; i < 2; i++) {
            start(&run, NULL, false, WORDS(i ? "-V" : "--version"));
            assert_int_equal(run.outcome.status, 0);
            assert_string_equal(run.outcome.out, version);
            program_outcome_clear(&run.outcome);
        }
    }
}

/* False, with the reason printed, when there is no such program. */
static bool finds_no_fault(const char *reader, const char *const *words,
                           const struct program_outcome *page)
{
    struct program_outcome outcome;
    const struct program_call call = {.program = reader,
                                      .arguments = words,
                                      .inherits = true,
                                      .input = page->out,
                                      .input_size = page->out_size};
    program_run(&outcome, &call);
    bool there = outcome.status != 127;
    if (!there)
        print_message("%s is not installed: it has not read the page\n", reader);
    else if (outcome.status != 0 || outcome.out_size + outcome.err_size > 0)
        fail_msg("%s: status %d\n%s%s", reader, outcome.status, outcome.out, outcome.err);
    program_outcome_clear(&outcome);
    return there;
}

static void cmdline_prints_a_manual_page_that_readers_take(void **state)
{
    bool read = false;
    (void)state;
    EACH_PROGRAM(at)
    {
        struct run run = {.program = at};
        start(&run, NULL, false, WORDS("--roff"));
        assert_int_equal(run.outcome.status, 0);
        assert_non_null(strstr(run.outcome.out, at->variable ? "\n.SH ENVIRONMENT\n" : ""));
        read |= finds_no_fault("groff", WORDS("-man", "-ww", "-z", "-Tascii"), &run.outcome);
        read |= finds_no_fault("mandoc", WORDS("-Tlint", "-Wwarning"), &run.outcome);
        program_outcome_clear(&run.outcome);
    }
    if (!read)
        skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cmdline_suggests_the_right_name),
        cmocka_unit_test(cmdline_repeats_no_value_of_an_unknown_option),
        cmocka_unit_test(cmdline_asks_for_a_missing_value),
        cmocka_unit_test(cmdline_bounds_numbers_from_flags_and_variables),
        cmocka_unit_test(cmdline_takes_the_last_of_two),
        cmocka_unit_test(cmdline_takes_no_value_for_a_switch),
        cmocka_unit_test(cmdline_tells_whose_option_it_is),
        cmocka_unit_test(cmdline_explains_itself),
        cmocka_unit_test(cmdline_prints_a_manual_page_that_readers_take),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
