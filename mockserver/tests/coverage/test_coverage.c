/* From requests to what was met: which facts meet which items, and how the three reports say it. */
#include "base/count_of.h"
#include "base/json_tree.h"
#include "coverage/coverage.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* A success with a JPEG of 640 x 480. */
static struct coverage_facts plain(void)
{
    return (struct coverage_facts){
        .revision = revision_default(),
        .answered = true,
        .code = "",
        .deviation = "",
        .success = true,
        .service_choice = 12,
        .format = IMAGE_JPEG,
        .bytes = 20000,
        .side = 640,
    };
}

/* The names of what is met, but for the revisions: "codes/success expressions/12". */
static void met_by(char out[512], const struct coverage_facts *facts)
{
    struct coverage_set set;
    size_t used = 0;
    struct coverage_item item;
    const struct coverage_report report = {.set = &set, .revision = facts->revision};
    coverage_of(&set, facts);
    out[0] = '\0';
    for (enum coverage_group group = 0; group < COVERAGE_revisions; group++)
        for (size_t place = 0; place < coverage_group_info(group)->size; place++)
            if (coverage_item(&item, &report, group, place) && item.met)
                used += (size_t)snprintf(out + used, 512 - used, "%s%s/%s", used ? " " : "",
                                         coverage_group_info(group)->name, item.name);
}

static void coverage_meets_what_a_request_met(void **state)
{
    (void)state;
    struct coverage_facts png = plain(), refused = plain(), unknown = plain(), unsent = plain(),
                          fault = plain(), deviation = plain(), raw = plain(), old = plain(),
                          elsewhere = plain();
    png.format = IMAGE_PNG;
    refused.success = unknown.success = unsent.success = raw.success = elsewhere.success = false;
    refused.code = unsent.code = "ERROR_NO_FACE_IN_FILE";
    unknown.code = "TOMORROW";
    elsewhere.code = "ERROR_INVALID_BIG_EYES_PARAMETER";
    unsent.answered = false;
    unsent.fault = FAULT_reset_before_answer;
    fault.fault = FAULT_json_garbage;
    deviation.deviation = "null-data";
    old.revision = revision_info(REVISION_R1_0_0);
    old.service_choice = 3;
    const struct {
        const char *why, *expected;
        const struct coverage_facts *facts;
    } rows[] = {
        {"a PNG", "codes/success expressions/12 formats/PNG", &png},
        {"a refusal by a scenario", "codes/ERROR_NO_FACE_IN_FILE", &refused},
        {"a code that is in no table", "", &unknown},
        {"a code that this endpoint cannot meet", "", &elsewhere},
        {"a reset in place of an answer", "faults/reset-before-answer", &unsent},
        {"a success that is damaged", "faults/json-garbage", &fault},
        {"a success that deviates", "deviations/null-data", &deviation},
        {"an answer that is no envelope", "", &raw},
        {"an expression of an older revision", "codes/success expressions/3 formats/JPEG", &old},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char met[512];
        met_by(met, rows[i].facts);
        if (strcmp(met, rows[i].expected) != 0)
            fail_msg("%s: '%s', expected '%s'", rows[i].why, met, rows[i].expected);
    }
}

/* The numbers are those of the documented limits: 5 MiB and 4095 px, and 1 % of them. */
static void coverage_meets_a_limit_from_each_side(void **state)
{
    (void)state;
    static const struct {
        uint64_t bytes, side;
        enum rule_id rule;
        const char *expected;
    } rows[] = {
        {5242880, 10, RULE_NONE, "below-IMAGE_BYTES_MAX"},
        {5190453, 10, RULE_NONE, "below-IMAGE_BYTES_MAX"},
        {5190452, 10, RULE_NONE, NULL},
        {5242881, 10, RULE_image_size, "above-IMAGE_BYTES_MAX"},
        {5295308, 10, RULE_image_size, "above-IMAGE_BYTES_MAX"},
        {5295309, 10, RULE_image_size, NULL},
        {5242881, 10, RULE_choice_text, NULL},
        {10, 4095, RULE_NONE, "below-IMAGE_SIDE_MAX"},
        {10, 4056, RULE_NONE, "below-IMAGE_SIDE_MAX"},
        {10, 4055, RULE_NONE, NULL},
        {10, 4096, RULE_image_resolution, "above-IMAGE_SIDE_MAX"},
        {10, 4135, RULE_image_resolution, "above-IMAGE_SIDE_MAX"},
        {10, 4136, RULE_image_resolution, NULL},
        {10, 4096, RULE_NONE, NULL}, /* the rule was switched off */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char met[512], expected[64];
        struct coverage_facts facts = plain();
        facts.bytes = rows[i].bytes;
        facts.side = rows[i].side;
        facts.rule = rows[i].rule;
        facts.success = rows[i].rule == RULE_NONE;
        facts.code = facts.success ? "" : error_info(rule_info(rows[i].rule)->error)->name;
        met_by(met, &facts);
        snprintf(expected, sizeof expected, "limits/%s", rows[i].expected ? rows[i].expected : "");
        if ((strstr(met, "limits/") != NULL) != (rows[i].expected != NULL) ||
            (rows[i].expected && !strstr(met, expected)))
            fail_msg("row %zu: '%s', expected '%s'", i, met, expected);
    }
}

static void coverage_has_only_what_the_revision_can_meet(void **state)
{
    (void)state;
    static const size_t expressions[] = {5, 12, 8, 8, 8};
    const struct coverage_set nothing = {{0}};
    for (enum revision_id id = 0; id < REVISION_COUNT; id++) {
        const struct coverage_report report = {.set = &nothing, .revision = revision_info(id)};
        const struct coverage_counts counts = coverage_count_group(&report, COVERAGE_expressions);
        assert_int_equal(counts.of, expressions[id]);
        assert_int_equal(counts.met, 0);
    }
}

static void coverage_counts_round_down(void **state)
{
    (void)state;
    static const struct {
        struct coverage_counts counts;
        unsigned expected;
    } rows[] = {{{0, 0}, 0},        {{0, 9}, 0},          {{1, 3}, 333}, {{2, 3}, 666},
                {{999, 1000}, 999}, {{9999, 10000}, 999}, {{7, 7}, 1000}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(coverage_permille(rows[i].counts), rows[i].expected);
}

/* Reports */

static struct coverage_set sample(void)
{
    struct coverage_set set, more;
    struct coverage_facts facts = plain();
    coverage_of(&set, &facts);
    facts.success = false;
    facts.code = "ERROR_NO_FACE_IN_FILE";
    coverage_of(&more, &facts);
    coverage_add(&set, &more);
    return set;
}

/* All groups but the revisions, whose sum the percentage is of. */
static void coverage_json_adds_up(void **state)
{
    (void)state;
    struct tree tree;
    const struct coverage_set set = sample();
    const struct coverage_report report = {
        .set = &set, .revision = revision_default(), .key = "key:abc"};
    double met = 0, of = 0;
    tree_start(&tree);
    coverage_print_json(&tree, &report);
    char *text = tree_print(&tree);
    cJSON *json = cJSON_Parse(text);
    const cJSON *group;
    cJSON_ArrayForEach(group, cJSON_GetObjectItemCaseSensitive(json, "groups"))
    {
        const cJSON *items = cJSON_GetObjectItemCaseSensitive(group, "items"), *item;
        double met_items = 0;
        cJSON_ArrayForEach(item, items) met_items +=
            cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(item, "met"));
        assert_true(cJSON_GetObjectItemCaseSensitive(group, "of")->valuedouble ==
                    cJSON_GetArraySize(items));
        assert_true(cJSON_GetObjectItemCaseSensitive(group, "met")->valuedouble == met_items);
        if (!cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(group, "counts")))
            continue;
        met += met_items;
        of += cJSON_GetArraySize(items);
    }
    assert_true(met == 4); /* success, no face, 12, JPEG */
    assert_true(cJSON_GetObjectItemCaseSensitive(json, "met")->valuedouble == met);
    assert_true(cJSON_GetObjectItemCaseSensitive(json, "of")->valuedouble == of);
    assert_true(cJSON_GetObjectItemCaseSensitive(json, "percent")->valuedouble ==
                (double)((int)(met * 1000 / of)) / 10.0);
    assert_string_equal(cJSON_GetObjectItemCaseSensitive(json, "key")->valuestring, "key:abc");
    assert_string_equal(cJSON_GetObjectItemCaseSensitive(json, "since")->valuestring, "reset");
    cJSON_Delete(json);
    free(text);
}

static void coverage_text_names_what_was_not_met_with_its_cue(void **state)
{
    (void)state;
    const struct coverage_set set = sample();
    const struct coverage_report report = {
        .set = &set, .revision = revision_default(), .since_start = true};
    char *text = coverage_print_text(&report);
    assert_non_null(text);
    static const char *const there[] = {
        " at revision 2026-01, since the start, of all keys\n",
        "\n  ERROR_BLURRY_FACE                          mock:ERROR_BLURRY_FACE\n",
        "\n  json-garbage                               mock:json-garbage\n",
        "\n  null-data                                  mock:null-data\n",
        "\n  100                                        service_choice=100\n",
        "\n  PNG                                        a PNG as image_target\n",
        "\n  above-IMAGE_SIDE_MAX                       a picture of 4096 to 4135 px on its longer",
        "\n  2026-05                                    ailab-mock --revision 2026-05\n",
        "\nExpressions: 1 of 8; not met, and the part to send\n",
        "\nRevisions: 1 of 5, not in the percentage; not met, and how to start the mock\n",
    };
    static const char *const away[] = {"mock:ERROR_NO_FACE_IN_FILE", "service_choice=12", "a JPEG",
                                       "a right call", "ERROR_INVALID_BIG_EYES"};
    for (size_t i = 0; i < COUNT_OF(there); i++)
        if (!strstr(text, there[i]))
            fail_msg("'%s' is missing in %s", there[i], text);
    for (size_t i = 0; i < COUNT_OF(away); i++)
        if (strstr(text, away[i]))
            fail_msg("'%s' is in %s", away[i], text);
    free(text);
}

static void coverage_page_stands_alone(void **state)
{
    (void)state;
    const struct coverage_set set = sample();
    const struct coverage_report report = {
        .set = &set, .revision = revision_default(), .key = "<key>&\""};
    static const char *const away[] = {"<script",  "<link",   "<img", "http://",
                                       "https://", "@import", "url(", "<key>"};
    char *page = coverage_print_page(&report, "9.8.7");
    assert_non_null(page);
    assert_memory_equal(page, "<!doctype html>", 15);
    assert_non_null(strstr(page, "prefers-color-scheme:dark"));
    assert_non_null(strstr(page, "&lt;key>&amp;&quot;"));
    assert_non_null(strstr(page, "<code>mock:ERROR_BLURRY_FACE</code>"));
    assert_non_null(strstr(page, "<dd>9.8.7</dd>"));
    assert_non_null(strstr(page, "</html>\n"));
    for (size_t i = 0; i < COUNT_OF(away); i++)
        if (strstr(page, away[i]))
            fail_msg("'%s' is in the page", away[i]);
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coverage_meets_what_a_request_met),
        cmocka_unit_test(coverage_meets_a_limit_from_each_side),
        cmocka_unit_test(coverage_has_only_what_the_revision_can_meet),
        cmocka_unit_test(coverage_counts_round_down),
        cmocka_unit_test(coverage_json_adds_up),
        cmocka_unit_test(coverage_text_names_what_was_not_met_with_its_cue),
        cmocka_unit_test(coverage_page_stands_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
