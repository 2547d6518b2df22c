/* Wrong documents: each row of document_wrong.tsv is refused whole, with the exact pointer of the
 * place and words that say what was found and what would be right. */
#include "api/deviation.h"
#include "documents/shapes.h"
#include "mock_requests.h"
#include "testing/files.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define TABLE AILAB_SOURCE_DIR "/mockserver/tests/documents/document_wrong.tsv"
#define ROWS_MIN 180

/* Parses and lets go again; ends the test when anything is left of a refused document. */
typedef bool parser(struct slice json, struct document_error *error);

static bool parse_document(struct slice json, struct document_error *error)
{
    struct document document;
    bool parsed = document_parse(&document, json, error);
    if (parsed)
        document_clear(&document);
    else
        assert_true(!document.scenarios && !document.accounts && !document.tls &&
                    !document.has_seed);
    return parsed;
}

static bool parse_scenario(struct slice json, struct document_error *error)
{
    struct scenario scenario;
    bool parsed = document_parse_scenario(&scenario, json, error);
    if (parsed)
        scenario_clear(&scenario);
    else
        assert_true(!scenario.steps && !scenario.summary && !scenario.step_count);
    return parsed;
}

static bool parse_step(struct slice json, struct document_error *error)
{
    struct scenario_step step;
    bool parsed = shape_parse(&step, &step_shape, json, error);
    scenario_step_clear(&step);
    return parsed;
}

static bool parse_account(struct slice json, struct document_error *error)
{
    struct account_setting setting;
    bool parsed = shape_parse(&setting, &account_shape, json, error);
    account_setting_clear(&setting);
    return parsed;
}

static parser *parser_of(const char *kind)
{
    static const struct {
        const char *kind;
        parser *parse;
    } rows[] = {{"document", parse_document},
                {"scenario", parse_scenario},
                {"step", parse_step},
                {"account", parse_account}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].kind, kind) == 0)
            return rows[i].parse;
    fail_msg("unknown kind %s", kind);
    return NULL;
}

/* <0a>, or <3*ab> with the first # for the number of the copy. */
static void expand_bracket(struct mock_text *out, struct slice inside)
{
    char *star;
    const long times = strtol(inside.ptr, &star, 10);
    if (*star != '*') {
        const char byte = (char)strtol(inside.ptr, &star, 16);
        assert_true(inside.len == 2 && *star == '>');
        mock_text_add(out, slice_make(&byte, 1));
        return;
    }
    const struct slice each = slice_make(star + 1, (size_t)(inside.ptr + inside.len - star) - 1);
    const char *number = memchr(each.ptr, '#', each.len);
    const size_t before = number ? (size_t)(number - each.ptr) : each.len;
    for (long i = 0; i < times; i++) {
        mock_text_add(out, slice_make(each.ptr, before));
        if (number) {
            mock_text_print(out, "%ld", i);
            mock_text_add(out, slice_make(number + 1, each.len - before - 1));
        }
    }
}

static struct mock_text expand(const char *text)
{
    struct mock_text out = {0};
    while (*text) {
        size_t plain = strcspn(text, "<");
        mock_text_add(&out, slice_make(text, plain));
        text += plain;
        if (*text) {
            const char *end = strchr(text, '>');
            assert_non_null(end);
            expand_bracket(&out, slice_make(text + 1, (size_t)(end - text) - 1));
            text = end + 1;
        }
    }
    return out;
}

/* The text in memory of exactly its size, so that a sanitizer sees one byte too far. */
static bool parse(parser *parse_kind, const char *text, struct document_error *error)
{
    struct mock_text json = expand(text);
    char *exact = malloc(json.len ? json.len : 1);
    assert_non_null(exact);
    if (json.len)
        memcpy(exact, json.ptr, json.len);
    bool parsed = parse_kind(slice_make(exact, json.len), error);
    free(exact);
    mock_text_clear(&json);
    return parsed;
}

static bool is_row_right(char *line)
{
    struct document_error error;
    bool right = true;
    const char *kind = strsep(&line, "\t"), *why = strsep(&line, "\t");
    const char *text = strsep(&line, "\t"), *pointer = strsep(&line, "\t");
    if (!text || !pointer) {
        print_error("%s: a row of less than four columns\n", kind);
        return false;
    }
    const bool accepted = strcmp(pointer, "accepted") == 0;
    assert_true(accepted || line); /* a complaint has words */
    if (parse(parser_of(kind), text, &error) != accepted) {
        print_error("%s: %s %s\n", why, accepted ? error.message : "accepted", error.pointer);
        return false;
    }
    if (!accepted && strcmp(pointer, "-") != 0 && strcmp(error.pointer, pointer) != 0) {
        print_error("%s: at %s instead of %s\n", why, error.pointer, pointer);
        right = false;
    }
    for (const char *word; (word = strsep(&line, "\t"));)
        if (!*word || !strstr(error.message, word)) {
            print_error("%s: \"%s\" does not say \"%s\"\n", why, error.message, word);
            right = false;
        }
    return right;
}

/* A complaint names the account that it is about, and what comes behind the accounts is about none.
 */
static void complaint_names_the_account_that_it_is_about(void **state)
{
    static const struct {
        const char *json, *begin; /* NULL: no account is named */
    } rows[] = {
        {"{\"accounts\":{\"a\":{},\"b\":5}}", "account 2: "},
        {"{\"accounts\":{\"a\":{},\"b\":{\"credits\":true}}}", "account 2: "},
        {"{\"accounts\":{\"a\":{},\"b\":{}},\"scenarios\":5}", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct document_error error;
        assert_false(parse_document(slice_of(rows[i].json), &error));
        print_message("%s\n", error.message);
        if (rows[i].begin)
            assert_memory_equal(error.message, rows[i].begin, strlen(rows[i].begin));
        else
            assert_null(strstr(error.message, "account"));
    }
}

static void document_is_refused_as_its_row_says(void **state)
{
    (void)state;
    size_t rows = 0, wrong = 0;
    char *table = file_read(TABLE, NULL), *next = table;
    assert_non_null(table);
    for (char *line; (line = strsep(&next, "\n"));)
        if (*line && *line != '#') {
            rows++;
            wrong += !is_row_right(line);
        }
    free(table);
    assert_true(rows >= ROWS_MIN);
    assert_int_equal(wrong, 0);
}

static void document_never_shows_a_key_when_it_complains(void **state)
{
    (void)state;
    static const char *const documents[] = {
        "{\"accounts\": {\"*\": {}, \"SECRET0123456789abcdef\": {\"credits\": -1}}}",
        "{\"accounts\": {\"SECRET0123456789abcdef\": 1}}",
        "{\"accounts\": {\"SECRET0123456789abcdef \": {}}}",
        "{\"accounts\": {\"SECRET0123456789abcdef\": {}, \"SECRET0123456789abcdef\": {}}}",
    };
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++) {
        struct document_error error;
        assert_false(parse_document(slice_of(documents[i]), &error));
        assert_null(strstr(error.pointer, "SECRE"));
        assert_null(strstr(error.message, "SECRE"));
        assert_non_null(strstr(error.pointer, "/accounts/SECR..."));
        assert_non_null(strstr(error.message, "account "));
    }
}

static void document_never_shows_a_key_that_is_matched(void **state)
{
    (void)state;
    struct document_error error;
    struct mock_text json = expand("{\"name\":\"a\",\"steps\":[{\"status\":500}],"
                                   "\"match\":{\"api_key\":\"SECRET<300*x>\"}}");
    assert_false(parse_scenario(mock_text_slice(&json), &error));
    mock_text_clear(&json);
    assert_string_equal(error.pointer, "/match/api_key");
    assert_null(strstr(error.message, "SECRE"));
}

static void document_cuts_a_pointer_that_is_too_long(void **state)
{
    (void)state;
    struct document_error error;
    assert_false(parse(parse_document, "{\"<5000*\xc3\xa4/>\": 1}", &error));
    size_t len = strlen(error.pointer);
    assert_in_range(len, 200, sizeof error.pointer - 1);
    assert_string_equal(error.pointer + len - 3, "...");
    assert_memory_equal(error.pointer, "/\xc3\xa4~1", 5);
    assert_non_null(strstr(error.message, "unknown field"));
}

/* The name that was meant, as it is listed, stands in the complaint about a misspelt one. */
static void expect_suggestion(const char *field, const char *name)
{
    struct document_error error;
    char json[160], suggested[160];
    snprintf(json, sizeof json, "{\"%s\": \"%.*s\"}", field, (int)strlen(name) - 1, name);
    snprintf(suggested, sizeof suggested, " %s", name);
    assert_false(parse_step(slice_of(json), &error));
    if (!strstr(error.message, suggested))
        fail_msg("%s: %s", json, error.message);
}

static void document_suggests_every_name_that_there_is(void **state)
{
    (void)state;
    size_t count;
    const struct deviation *deviations = deviation_table(&count);
    for (size_t i = 0; i < count; i++)
        expect_suggestion("deviation", deviations[i].name);
    for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++)
        expect_suggestion("error", error_info(code)->name);
    for (enum fault_id fault = FAULT_NONE + 1; fault < FAULT_COUNT; fault++)
        expect_suggestion("fault", fault_info(fault)->name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(complaint_names_the_account_that_it_is_about),
        cmocka_unit_test(document_is_refused_as_its_row_says),
        cmocka_unit_test(document_never_shows_a_key_when_it_complains),
        cmocka_unit_test(document_never_shows_a_key_that_is_matched),
        cmocka_unit_test(document_cuts_a_pointer_that_is_too_long),
        cmocka_unit_test(document_suggests_every_name_that_there_is),
    };
    return cmocka_run_group_tests_name("document_wrong", tests, NULL, NULL);
}
