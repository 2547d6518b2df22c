/* Matching: each criterion alone accepts and refuses, and the one that refuses is named. */
#include "scenario_json.h"
#include "scenarios/choose.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct request_facts usual = {
    .api_key = {"team-a/1", 8},
    .file_name = {"Caf\xc3\xa9 (1).jpg", 13},
    .service_choice = 12,
    .format = IMAGE_JPEG,
    .image_size = 1000,
    .width = 640,
    .height = 480,
    .sha256 = DIGEST,
    .nth = 6,
};

/* NULL when the match accepts the facts, else the criterion that refuses. */
static const char *refusal(const char *match, const struct request_facts *facts)
{
    static char why[32];
    struct scenario scenario;
    char json[600];
    const char *criterion = NULL;
    snprintf(json, sizeof json, "{'name': 'a', 'match': {%s}, 'steps': [{'delay': 1}]}", match);
    scenario_json_scenario(&scenario, json);
    bool accepted = match_accepts(&scenario.match, facts, &criterion);
    assert_int_equal(match_accepts(&scenario.match, facts, NULL), accepted);
    scenario_clear(&scenario);
    assert_true(accepted == (criterion == NULL));
    snprintf(why, sizeof why, "%s", criterion ? criterion : "");
    return accepted ? NULL : why;
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
        {"'width': 640, 'height': 480, 'format': 'jpeg', 'request': 7", "request"},
    };
    for (size_t i = 0; i < ROWS(table); i++) {
        const char *why = refusal(table[i].match, &usual);
        if ((why == NULL) != (table[i].refused == NULL) ||
            (why && strcmp(why, table[i].refused) != 0))
            fail_msg("{%s}: %s", table[i].match, why ? why : "accepted");
    }
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
    static const struct request_facts nothing = {.service_choice = -1, .nth = 1};
    for (size_t i = 0; i < ROWS(table); i++) {
        const char *why = refusal(table[i].match, &nothing);
        if ((why == NULL) != (table[i].refused == NULL) ||
            (why && strcmp(why, table[i].refused) != 0))
            fail_msg("{%s}: %s", table[i].match, why ? why : "accepted");
    }
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(match_judges_each_criterion),
        cmocka_unit_test(match_takes_no_picture_for_none),
        cmocka_unit_test(match_compares_whole_names),
        cmocka_unit_test(match_needs_little_time_when_a_pattern_is_hostile),
    };
    return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
