/* Matching: each criterion alone accepts and refuses. */
#include "base/count_of.h"
#include "scenario_json.h"
#include "scenarios/match.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct request_facts usual = {
    .api_key = {"team-a/1", 8},
    .file_name = {"Caf\xc3\xa9 (1).jpg", 13},
    .headers = {.kept = "X-Test: one\nx-test: two\nEmpty: \nCookie: ***\n"},
    .sha256 = DIGEST,
    .number = {.service_choice = 12,
               .format = IMAGE_JPEG,
               .size = 1000,
               .width = 640,
               .height = 480,
               .request = 6},
};

/* NULL when the match accepts the facts, else the criterion that they do not fulfil. */
static const char *refusal(const char *match, const struct request_facts *facts)
{
    struct scenario scenario;
    char json[600];
    const char *refused = NULL;
    snprintf(json, sizeof json, "{'name': 'a', 'match': {%s}, 'steps': [{'delay': 1}]}", match);
    scenario_json_scenario(&scenario, json);
    for (enum criterion i = 0; i < CRITERIA; i++) {
        if (match_fulfils(&scenario.match, facts, i))
            continue;
        assert_true(match_has(&scenario.match, i));
        assert_null(refused); /* the tables below break one at a time */
        refused = criterion_name(i);
    }
    assert_int_equal(match_accepts(&scenario.match, facts), refused == NULL);
    scenario_clear(&scenario);
    return refused;
}

static void expect_refusal(const char *match, const struct request_facts *facts,
                           const char *expected)
{
    const char *refused = refusal(match, facts);
    if (refused && expected ? strcmp(refused, expected) != 0 : refused != expected)
        fail_msg("{%s}: %s", match, refused ? refused : "accepted");
}

static void match_judges_each_criterion(void **state)
{
    (void)state;
    static const struct {
        const char *match, *refused; /* NULL: accepted */
    } table[] = {
        {"", NULL},
        {"'service_choice': 12", NULL},
        {"'service_choice': [10, 12]", NULL},
        {"'service_choice': 10", "service_choice"},
        {"'service_choice': [10, 11]", "service_choice"},
        {"'file_name': '*'", NULL},
        {"'file_name': '*.jpg'", NULL},
        {"'file_name': 'Caf? (?).jpg'", NULL},
        {"'file_name': 'Caf?? (1).jpg'", "file_name"},
        {"'file_name': 'Caf\xc3\xa9*'", NULL},
        {"'file_name': '*a*1*g'", NULL},
        {"'file_name': '***'", NULL},
        {"'file_name': '*.jpg?'", "file_name"},
        {"'file_name': '*.JPG'", "file_name"},
        {"'file_name': 'Caf\xc3\xa9'", "file_name"},
        {"'file_name': '[C]af*'", "file_name"},
        {"'api_key': 'team-a/1'", NULL},
        {"'api_key': 'team-*'", NULL},
        {"'api_key': '*/*'", NULL},
        {"'api_key': 'team-b*'", "api_key"},
        {"'api_key': 'team-a/'", "api_key"},
        {"'format': 'jpeg'", NULL},
        {"'format': 'png'", "format"},
        {"'size': 1000", NULL},
        {"'size': 999", "size"},
        {"'size': {'min': 1000}", NULL},
        {"'size': {'min': 1001}", "size"},
        {"'size': {'max': 1000}", NULL},
        {"'size': {'max': 999}", "size"},
        {"'size': {'min': 1000, 'max': 1000}", NULL},
        {"'width': 640", NULL},
        {"'width': {'min': 641}", "width"},
        {"'height': {'min': 100, 'max': 500}", NULL},
        {"'height': {'max': 479}", "height"},
        {"'sha256': '" DIGEST "'", NULL},
        {"'sha256': '1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'", "sha256"},
        {"'request': 6", NULL},
        {"'request': 5", "request"},
        {"'request': {'max': 5}", "request"},
        {"'request': {'min': 6}", NULL},
        {"'request': {'min': 7}", "request"},
        {"'request': {'every': 3}", NULL},
        {"'request': {'every': 4}", "request"},
        {"'request': {'every': 6}", NULL},
        {"'request': {'every': 1}", NULL},
        {"'request': {'min': 2, 'every': 4}", NULL},
        {"'request': {'min': 1, 'every': 3}", "request"},
        {"'request': {'every': 2, 'max': 5}", "request"},
        {"'headers': {'X-TEST': 'one'}", NULL},
        {"'headers': {'X-Test': 't?o'}", NULL},
        {"'headers': {'X-Test': 'three'}", "headers"},
        {"'headers': {'X-Tes': '*'}", "headers"},
        {"'headers': {'X-Test': null}", "headers"},
        {"'headers': {'X-Other': null}", NULL},
        {"'headers': {'X-Other': '*'}", "headers"},
        {"'headers': {'Empty': ''}", NULL},
        {"'headers': {'Empty': '?*'}", "headers"},
        {"'headers': {'Cookie': '*', 'X-Test': 't*', 'A': null}", NULL},
        {"'headers': {'Cookie': '*', 'X-Test': 't*', 'Empty': null}", "headers"},
        {"'width': 640, 'height': 480, 'format': 'jpeg', 'request': 7", "request"},
    };
    for (size_t i = 0; i < COUNT_OF(table); i++)
        expect_refusal(table[i].match, &usual, table[i].refused);
}

static void match_takes_no_picture_for_none(void **state)
{
    (void)state;
    static const struct {
        const char *match, *refused;
    } table[] = {
        {"", NULL},
        {"'service_choice': 0", "service_choice"},
        {"'file_name': '*'", NULL},
        {"'file_name': '?'", "file_name"},
        {"'format': 'png'", "format"},
        {"'width': {'max': 100}", "width"},
        {"'height': {'min': 0}", "height"},
        {"'size': {'max': 0}", NULL},
        {"'sha256': '" DIGEST "'", "sha256"},
    };
    static const struct request_facts nothing = {.number = {.service_choice = -1, .request = 1}};
    for (size_t i = 0; i < COUNT_OF(table); i++)
        expect_refusal(table[i].match, &nothing, table[i].refused);
}

/* A header that is not kept may have been there. */
static void match_knows_no_absence_where_headers_were_cut(void **state)
{
    (void)state;
    struct request_facts facts = usual;
    facts.headers.cut = true;
    assert_string_equal(refusal("'headers': {'X-Other': null}", &facts), "headers");
    assert_null(refusal("'headers': {'X-Test': 'one'}", &facts));
}

/* The least side that a picture can have; 0 is one that is not known. */
static void match_takes_a_side_of_one_pixel(void **state)
{
    (void)state;
    static const struct request_facts narrow = {.number = {.width = 1}};
    expect_refusal("'width': 1", &narrow, NULL);
    expect_refusal("'width': {'max': 100}", &narrow, NULL);
    expect_refusal("'height': {'max': 100}", &narrow, "height");
}

/* While a request is served its head is looked at, and its text when the journal has it. */
static void match_reads_the_headers_of_a_head_as_it_reads_kept_ones(void **state)
{
    (void)state;
    const struct request_head head = {
        .headers = {{slice_of("X-Test"), slice_of("one")},
                    {slice_of("x-test"), slice_of(" two ")},
                    {slice_of("Empty"), slice_of("")}},
        .header_count = 3,
    };
    struct request_facts facts = {.headers = {.head = &head}};
    expect_refusal("'headers': {'X-Test': 'one'}", &facts, NULL);
    expect_refusal("'headers': {'X-Test': 'two'}", &facts, NULL);
    expect_refusal("'headers': {'Empty': ''}", &facts, NULL);
    expect_refusal("'headers': {'X-Test': 'three'}", &facts, "headers");
    expect_refusal("'headers': {'X-Test': null}", &facts, "headers");
    expect_refusal("'headers': {'X-Other': null}", &facts, NULL);
}

/* A long list is cut to what fits. */
static void match_shows_no_more_than_fits(void **state)
{
    (void)state;
    struct scenario scenario;
    char json[1200], text[CRITERION_TEXT_SIZE + 200], value[256] = "";
    memset(value, 'v', sizeof value - 1);
    memset(text, '!', sizeof text);
    snprintf(json, sizeof json,
             "{'name': 'a', 'steps': [{'delay': 1}], 'match': {'headers':"
             " {'A': '%s', 'B': '%s', 'C': '%s'}}}",
             value, value, value);
    scenario_json_scenario(&scenario, json);
    match_print(text, &scenario.match, CRITERION_headers);
    assert_int_equal(strlen(text), CRITERION_TEXT_SIZE - 1);
    assert_memory_equal(text, "A: vvv", 6);
    for (size_t i = CRITERION_TEXT_SIZE; i < sizeof text; i++)
        assert_int_equal(text[i], '!');
    scenario_clear(&scenario);
}

static void match_shows_the_headers_that_it_names(void **state)
{
    (void)state;
    struct scenario scenario;
    char text[CRITERION_TEXT_SIZE];
    scenario_json_scenario(&scenario, "{'name': 'a', 'steps': [{'delay': 1}], 'match': {'headers':"
                                      " {'X-Test': 't*', 'Cookie': null, 'A': '?'}}}");
    match_print(text, &scenario.match, CRITERION_headers);
    assert_string_equal(text, "X-Test: t*, Cookie: (none), A: ?");
    match_print_fact(text, &scenario.match, &usual, CRITERION_headers);
    assert_string_equal(text, "X-Test: one, X-Test: two, Cookie: ***, A: (none)");
    scenario_clear(&scenario);
}

static void match_compares_whole_names(void **state)
{
    (void)state;
    char name[3000];
    struct request_facts facts = usual;
    memset(name, 'a', sizeof name);
    facts.file_name = slice_make(name, sizeof name);
    assert_null(refusal("'file_name': 'a*a'", &facts));
    name[sizeof name - 1] = 'b';
    assert_string_equal(refusal("'file_name': 'a*a'", &facts), "file_name");
    facts.file_name = slice_make("a\0b", 3);
    assert_string_equal(refusal("'file_name': 'a'", &facts), "file_name");
    assert_null(refusal("'file_name': 'a?b'", &facts));
}

static void match_needs_little_time_when_a_pattern_is_hostile(void **state)
{
    (void)state;
    char name[5000];
    struct request_facts facts = usual;
    memset(name, 'a', sizeof name);
    facts.file_name = slice_make(name, sizeof name);
    clock_t start = clock();
    assert_string_equal(
        refusal("'file_name': '*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b'", &facts),
        "file_name");
    assert_true(clock() - start < 2 * CLOCKS_PER_SEC); /* some milliseconds; or for ever */
}

#define FORM "--b\r\nContent-Disposition: form-data; name=service_choice\r\n\r\n%s\r\n--b--\r\n"

/* service_choice, as the rules read it: a number or none. */
static void match_reads_the_choice_as_a_number(void **state)
{
    (void)state;
    static const struct {
        const char *why, *text;
        int expected;
    } rows[] = {{"plain", "100", 100},
                {"empty", "", -1},
                {"sign", "-1", -1},
                {"space", " 1", -1},
                {"exponent", "1e3", -1},
                {"leading zeros", "000012", -1},
                {"zero", "0", 0},
                {"too large", "1000000", CHOICE_LARGE},
                {"far too large", "99999999999999999999", CHOICE_LARGE},
                {"largest", "999999", 999999}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char body[160];
        struct request *request = calloc(1, sizeof *request);
        assert_non_null(request);
        snprintf(body, sizeof body, FORM, rows[i].text);
        request->body = slice_of(body);
        request->head.headers[request->head.header_count++] = (struct header_field){
            slice_of("Content-Type"), slice_of("multipart/form-data; boundary=b")};
        request_parse_body(request);
        assert_true(request->parsed);
        print_message("%s\n", rows[i].why);
        assert_int_equal(request_facts_of(request, 1).number.service_choice, rows[i].expected);
        free(request);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(match_judges_each_criterion),
        cmocka_unit_test(match_takes_no_picture_for_none),
        cmocka_unit_test(match_knows_no_absence_where_headers_were_cut),
        cmocka_unit_test(match_takes_a_side_of_one_pixel),
        cmocka_unit_test(match_reads_the_headers_of_a_head_as_it_reads_kept_ones),
        cmocka_unit_test(match_shows_the_headers_that_it_names),
        cmocka_unit_test(match_shows_no_more_than_fits),
        cmocka_unit_test(match_compares_whole_names),
        cmocka_unit_test(match_needs_little_time_when_a_pattern_is_hostile),
        cmocka_unit_test(match_reads_the_choice_as_a_number),
    };
    return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
