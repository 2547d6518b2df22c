/* The program seen from outside, everything that needs no server. */
#include "testing/files.h"
#include "testing/program.h"
#include "testing/scripted.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#define WORDS_MAX 12
#define AILAB AILAB_BIN_DIR "/ailab"
#define PORTRAIT IMAGES "/portrait.jpg"

static const char *const with_key[] = {"AILAB_API_KEY=k3y-of-a-test", NULL};

/* Runs it and compares the status; said must be in what it wrote, "" for nothing written. */
static void expect(const char *why, const struct program_call *call, int status, const char *out,
                   const char *err)
{
    struct program_outcome outcome;
    program_run(&outcome, call);
    print_message("%s\n", why);
    if (outcome.status != status || !strstr(outcome.out, out) || !strstr(outcome.err, err) ||
        (out[0] == '\0' && outcome.out_size > 0) || (err[0] == '\0' && outcome.err_size > 0))
        fail_msg("%s: status %d instead of %d\nstdout: %s\nstderr: %s", why, outcome.status, status,
                 outcome.out, outcome.err);
    assert_null(strstr(outcome.err, "k3y-of-a-test"));
    if (status == 2) { /* one line, by us */
        assert_memory_equal(outcome.err, "ailab: ", 7);
        assert_ptr_equal(strchr(outcome.err, '\n'), outcome.err + outcome.err_size - 1);
    }
    program_outcome_clear(&outcome);
}

static void cli_explains_itself(void **state)
{
    static const struct {
        const char *why;
        const char *words[WORDS_MAX];
        const char *said;
    } rows[] = {
        {"help", {"help"}, "Commands:"},
        {"--help", {"--help"}, "Exit status:"},
        {"-h", {"-h"}, "AILAB_BASE_URL"},
        {"help of a command", {"help", "edit"}, "Usage: ailab edit --expression NAME"},
        {"--help after a command", {"edit", "--help"}, "portrait.big-grin.jpg"},
        {"--help before a command", {"--help", "check"}, "Usage: ailab check"},
        {"help without what is required", {"edit", "-h", "-o", "x"}, "Usage: ailab edit"},
        {"--version", {"--version"}, "ailab 0."},
        {"-V of a command", {"edit", "-V"}, "ailab 0."},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        expect(rows[i].why, &(struct program_call){.program = AILAB, .arguments = rows[i].words}, 0,
               rows[i].said, "");
}

static void cli_refuses_what_it_cannot_understand(void **state)
{
    static const struct {
        const char *why;
        const char *words[WORDS_MAX];
        const char *said;
    } rows[] = {
        {"nothing", {NULL}, "no command given"},
        {"unknown command", {"edti"}, "did you mean edit?"},
        {"unknown option", {"edit", "--experssion=sad", PORTRAIT}, "did you mean --expression?"},
        {"no expression", {"edit", PORTRAIT, "-o", "x.jpg"}, "no --expression given"},
        {"unknown expression", {"edit", "-e", "sda", PORTRAIT}, "did you mean sad?"},
        {"a key on the command line", {"edit", "--api-key", "x"}, "seen by every user"},
        {"missing picture", {"edit", "-e", "sad", "missing.jpg"}, "cannot read 'missing.jpg'"},
        {"a directory", {"check", IMAGES}, "it is a directory"},
        {"bad time-out",
         {"edit", "-esad", PORTRAIT, "--timeout=soon"},
         "--timeout 'soon': expected seconds"},
        {"bad retries", {"edit", "-esad", PORTRAIT, "--retries=99"}, "0 to 10"},
        {"missing ca-file", {"edit", "-esad", PORTRAIT, "--ca-file=none.pem"}, "none.pem"},
        {"missing key file", {"edit", "-esad", PORTRAIT, "-oo", "--api-key-file=none"}, "in none:"},
        {"bad address", {"edit", "-esad", PORTRAIT, "-oo", "--base-url=ftp://x"}, "--base-url"},
        {"not an address", {"edit", "-esad", PORTRAIT, "-oo", "--base-url=:"}, "has no scheme"},
        {"JSON and picture", {"edit", "-esad", PORTRAIT, "--json", "-o-"}, "cannot share"},
        {"JSON and stdin", {"edit", "-esad", "-", "--json"}, "cannot share"},
        {"output in no directory", {"edit", "-esad", PORTRAIT, "-onone/x"}, "No such file"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        expect(rows[i].why,
               &(struct program_call){.program = AILAB,
                                      .arguments = rows[i].words,
                                      .environment = with_key,
                                      .directory = *state},
               2, "", rows[i].said);
    assert_int_equal(folder_count(*state), 0);
}

static void cli_names_the_variable_when_the_address_comes_from_it(void **state)
{
    static const char *const words[] = {"edit", "-esad", PORTRAIT, "-ox.jpg", NULL};
    static const char *const bad[] = {"AILAB_API_KEY=k", "AILAB_BASE_URL=nowhere", NULL};
    static const char *const secret[] = {"AILAB_API_KEY=k", "AILAB_BASE_URL=ftp://me:pw@x", NULL};
    struct program_call call = {
        .program = AILAB, .arguments = words, .environment = bad, .directory = *state};
    struct program_outcome outcome;
    expect("bad", &call, 2, "", "AILAB_BASE_URL 'nowhere': base_url");
    call.environment = secret;
    program_run(&outcome, &call);
    assert_int_equal(outcome.status, 2);
    assert_null(strstr(outcome.err, "pw"));
    program_outcome_clear(&outcome);
}

static void cli_asks_for_a_key(void **state)
{
    static const char *const words[] = {"edit", "-esad", PORTRAIT, "-ox.jpg", NULL};
    static const char *const bad[] = {"AILAB_API_KEY=bl\ank", NULL};
    static const char *const empty[] = {"AILAB_API_KEY=", NULL};
    struct program_call call = {.program = AILAB, .arguments = words, .directory = *state};
    expect("no key", &call, 2, "", "no API key: set AILAB_API_KEY or use --api-key-file");
    call.environment = empty;
    expect("empty key", &call, 2, "", "no API key: set AILAB_API_KEY");
    call.environment = bad;
    expect("unfit key", &call, 2, "", "printable ASCII");
}

static void cli_replaces_no_file_unasked(void **state)
{
    static const char *const named[] = {"edit", "-esad", "p.jpg", "-oold.jpg", NULL};
    static const char *const derived[] = {"edit", "-esad", "p.jpg", NULL};
    char path[PATH_SIZE];
    struct program_call call = {
        .program = AILAB, .arguments = named, .environment = with_key, .directory = *state};
    path_join(path, *state, "p.jpg");
    file_write(path, "x", 1);
    path_join(path, *state, "old.jpg");
    file_write(path, "old", 3);
    expect("named", &call, 2, "", "'old.jpg' exists; --force replaces it");
    path_join(path, *state, "p.sad.png");
    file_write(path, "old", 3);
    call.arguments = derived;
    expect("derived, in the other format", &call, 2, "", "'p.sad.png' exists");
    assert_int_equal(folder_count(*state), 3);
}

static void cli_bounds_what_it_reads(void **state)
{
    static const char *const words[] = {"check", "-", NULL};
    size_t size = (size_t)65 * 1024 * 1024;
    char *zeros = calloc(1, size);
    (void)state;
    assert_non_null(zeros);
    struct program_call call = {
        .program = AILAB, .arguments = words, .input = zeros, .input_size = size};
    expect("65 MiB", &call, 2, "", "more than 64 MiB");
    free(zeros);
}

static void cli_writes_no_picture_to_a_terminal(void **state)
{
    static const char *const names[] = {"-", "/dev/stdout"};
    (void)state;
    if (!program_has_terminals())
        skip();
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *const words[] = {"edit", "-esad", PORTRAIT, "-o", names[i], NULL};
        struct program_call call = {
            .program = AILAB, .arguments = words, .environment = with_key, .terminal = true};
        struct program_outcome outcome;
        program_run(&outcome, &call);
        assert_int_equal(outcome.status, 2);
        assert_non_null(strstr(outcome.out, "it is a terminal"));
        program_outcome_clear(&outcome);
    }
}

static void cli_lists_the_expressions(void **state)
{
    static const char *const table[] = {"expressions", NULL};
    static const char *const json[] = {"expressions", "--json", NULL};
    struct program_outcome outcome;
    (void)state;
    expect("table", &(struct program_call){.program = AILAB, .arguments = table}, 0,
           "    12  big-grin            Big Grin            current\n", "");
    expect("older", &(struct program_call){.program = AILAB, .arguments = table}, 0,
           "     0  big-laugh           Big laugh           older only\n", "");
    program_run(&outcome, &(struct program_call){.program = AILAB, .arguments = json});
    cJSON *list = cJSON_Parse(outcome.out);
    assert_true(cJSON_IsArray(list));
    const cJSON *item = NULL;
    bool found = false;
    cJSON_ArrayForEach(item, list)
    {
        const char *slug = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "slug"));
        assert_non_null(slug);
        if (strcmp(slug, "opening-eyes") != 0)
            continue;
        found = true;
        assert_true(cJSON_GetObjectItemCaseSensitive(item, "number")->valuedouble == 100.0);
        assert_true(cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(item, "current")));
        assert_string_equal(cJSON_GetObjectItemCaseSensitive(item, "label")->valuestring,
                            "Opening eyes");
    }
    assert_true(found);
    cJSON_Delete(list);
    program_outcome_clear(&outcome);
}

static void cli_checks_pictures(void **state)
{
    static const struct {
        const char *why;
        const char *words[WORDS_MAX];
        int status;
        const char *out, *err;
    } rows[] = {
        {"JPEG", {"check", PORTRAIT}, 0, "JPEG, 512 x 512, 84294 bytes: nothing to refuse\n", ""},
        {"PNG", {"check", IMAGES "/cat.png"}, 0, "PNG, 451 x 300, 240512 bytes", ""},
        {"with an expression", {"check", "-e12", PORTRAIT}, 0, "nothing to refuse", ""},
        {"outside the list", {"check", "-e99", PORTRAIT}, 1, "JPEG", "ERROR_INVALID_PARAMETER"},
        {"a text", {"check", IMAGES "/README.md"}, 1, "neither", "UNSUPPORTED_FILE_TYPES"},
        {"quiet", {"check", "-q", PORTRAIT}, 0, "", ""},
        {"quiet and refused", {"check", "-q", IMAGES "/README.md"}, 1, "", "UNSUPPORTED"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        expect(rows[i].why, &(struct program_call){.program = AILAB, .arguments = rows[i].words},
               rows[i].status, rows[i].out, rows[i].err);
}

static void cli_checks_what_standard_input_delivers(void **state)
{
    static const char *const words[] = {"check", "--json", "-", NULL};
    static const struct {
        const char *why;
        size_t length; /* of the portrait; more is filled with zeros */
        int status;
        const char *code;
    } rows[] = {
        {"whole", 84294, 0, ""},
        {"nothing", 0, 1, "PARAMETERS_CANNOT_EMPTY"},
        {"5 MiB and a byte", 5 * 1024 * 1024 + 1, 1, "FILE_SIZE_EXCEEDS_LIMIT"},
    };
    size_t size = 0;
    char *picture = file_read(PORTRAIT, &size);
    char *data = calloc(1, 6 * 1024 * 1024);
    (void)state;
    assert_non_null(data);
    memcpy(data, picture, size);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct program_outcome outcome;
        print_message("%s\n", rows[i].why);
        program_run(&outcome, &(struct program_call){.program = AILAB,
                                                     .arguments = words,
                                                     .input = data,
                                                     .input_size = rows[i].length});
        assert_int_equal(outcome.status, rows[i].status);
        cJSON *object = cJSON_Parse(outcome.out);
        assert_true(cJSON_IsObject(object));
        assert_string_equal(cJSON_GetObjectItemCaseSensitive(object, "code")->valuestring,
                            rows[i].code);
        assert_int_equal(cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, "ok")),
                         rows[i].status == 0);
        assert_true(cJSON_GetObjectItemCaseSensitive(object, "input_bytes")->valuedouble ==
                    (double)rows[i].length);
        cJSON_Delete(object);
        program_outcome_clear(&outcome);
    }
    free(data);
    free(picture);
}

static void cli_shows_hostile_file_names_harmlessly(void **state)
{
    static const char name[] = "a\033[2J\xFF.txt";
    static const char *const words[] = {"check", name, NULL};
    static const char *const json[] = {"check", "--json", name, NULL};
    char path[PATH_SIZE];
    struct program_call call = {.program = AILAB, .arguments = words, .directory = *state};
    expect("missing", &call, 2, "", "cannot read 'a?[2J?.txt'");
    path_join(path, *state, name);
    file_write(path, "x", 1);
    expect("there", &call, 1, "a?[2J?.txt: neither", "would be refused");
    call.arguments = json;
    expect("as JSON", &call, 1, "\"a\\u001b[2J?.txt\"", "would be refused");
}

static void cli_reports_a_full_standard_output(void **state)
{
    static const char *const words[] = {"help", NULL};
    (void)state;
    struct program_call call = {.program = AILAB, .arguments = words, .output_file = "/dev/full"};
    expect("full", &call, 2, "", "cannot write standard output");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, folder_make, folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(cli_explains_itself),
        TEST(cli_refuses_what_it_cannot_understand),
        TEST(cli_names_the_variable_when_the_address_comes_from_it),
        TEST(cli_asks_for_a_key),
        TEST(cli_replaces_no_file_unasked),
        TEST(cli_bounds_what_it_reads),
        TEST(cli_writes_no_picture_to_a_terminal),
        TEST(cli_lists_the_expressions),
        TEST(cli_checks_pictures),
        TEST(cli_checks_what_standard_input_delivers),
        TEST(cli_shows_hostile_file_names_harmlessly),
        TEST(cli_reports_a_full_standard_output),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
