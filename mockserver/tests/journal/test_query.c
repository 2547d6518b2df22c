/* Queries: what they accept, what they refuse, and how they compare with an entry. JSON stands here
 * with ' for ". */
#include "base/count_of.h"
#include "journal/query.h"
#include "journal_sample.h"
#include "scenario_json.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void parse(struct journal_query *out, const char *json)
{
    struct document_error error;
    char *text = scenario_json_text(json);
    memset(out, 0xA5, sizeof *out); /* it owes nothing to what was there before */
    memset(&error, 0xA5, sizeof error);
    if (!journal_query_parse(out, slice_of(text), &error))
        fail_msg("%s: %s: %s", json, error.pointer, error.message);
    assert_string_equal(error.message, "");
    free(text);
}

static void query_accepts_what_it_describes(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        bool expected;
    } rows[] = {
        {"", true},
        {"{}", true},
        {"{'match':{}}", true},
        {"{'match':{'service_choice':12}}", true},
        {"{'match':{'service_choice':[10,11]}}", false},
        {"{'match':{'file_name':'*.jpg'}}", true},
        {"{'match':{'file_name':'*.png'}}", false},
        {"{'match':{'format':'jpeg'}}", true},
        {"{'match':{'format':'png'}}", false},
        {"{'match':{'size':3,'width':{'min':30},'height':{'max':40}}}", true},
        {"{'match':{'size':3,'width':{'min':31},'height':{'max':40}}}", false},
        {"{'match':{'sha256':'" SHA_ABC "'}}", true},
        {"{'match':{'sha256':'" SHA_EMPTY "'}}", false},
        {"{'match':{'request':{'every':3}}}", true},
        {"{'match':{'request':2}}", false},
        {"{'match':{'api_key':'the-key'}}", true},
        {"{'match':{'api_key':'*'}}", true},
        {"{'match':{'api_key':'other'}}", false},
        {"{'match':{'api_key':'we[ird\\\\'}}", false},
        {"{'api_key':'the-key','service_choice':12,'format':'jpeg'}", true},
        {"{'service_choice':12,'status':200}", true},
        {"{'service_choice':13,'status':200}", false},
        {"{'width':30,'match':{'height':40}}", true},
        {"{'width':30,'match':{'height':41}}", false},
        {"{'width':31,'match':{'height':40}}", false},
        {"{'file_name':'*.jpg','request':{'every':3},'size':3}", true},
        {"{'method':'POST','path':'/api/*'}", true},
        {"{'method':'GET'}", false},
        {"{'path':'/api'}", false},
        {"{'status':200,'code':'','rule':''}", true},
        {"{'status':422}", false},
        {"{'code':'ERROR_NO_FACE_IN_FILE'}", false},
        {"{'rule':'image_size'}", false},
        {"{'scenario':'success'}", true},
        {"{'scenario':''}", false},
        {"{'unexpected':false}", true},
        {"{'unexpected':true}", false},
        {"{'headers':{'content-type':'multipart/*'}}", true},
        {"{'match':{'headers':{'Content-Type':'image/*'}}}", false},
        {"{'headers':{'X-Test':null}}", true},
        {"{'headers':{'Content-Type':null}}", false},
        {"{'headers':{'X-Test':'*'}}", false},
    };
    struct journal_entry entry = sample_answered();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct journal_query query;
        parse(&query, rows[i].json);
        if (journal_query_accepts(&query, &entry) != rows[i].expected)
            fail_msg("%s: accepted: %d", rows[i].json, !rows[i].expected);
        journal_query_clear(&query);
    }
}

static void query_refuses_with_the_place(void **state)
{
    (void)state;
    static const struct {
        const char *json, *pointer;
    } rows[] = {
        {"[]", ""},
        {"{", ""},
        {"{} x", ""},
        {"{'matches':{}}", "/matches"},
        {"{'match':[]}", "/match"},
        {"{'match':{'colour':1}}", "/match/colour"},
        {"{'match':{'service_choice':'12'}}", "/match/service_choice"},
        {"{'match':{'api_key':'mock-*'}}", "/match/api_key"},
        {"{'api_key':'mock-*'}", "/api_key"},
        {"{'width':'30'}", "/width"},
        {"{'size':{'min':2,'max':1}}", "/size"},
        {"{'width':1,'match':{'width':1}}", "/width"},
        {"{'match':{'file_name':'a'},'file_name':'a'}", "/file_name"},
        {"{'match':{'api_key':'a'},'api_key':'a'}", "/api_key"},
        {"{'match':{'service_choice':1},'service_choice':1}", "/service_choice"},
        {"{'file_name':'a','file_name':'a'}", "/file_name"},
        {"{'status':'200'}", "/status"},
        {"{'status':99}", "/status"},
        {"{'unexpected':1}", "/unexpected"},
        {"{'code':null}", "/code"},
        {"{'method':''}", "/method"},
        {"{'headers':{}}", "/headers"},
        {"{'headers':{'a':1}}", "/headers/a"},
        {"{'headers':{'a':'b'},'match':{'headers':{'a':'b'}}}", "/headers"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct journal_query query;
        struct document_error error;
        char *text = scenario_json_text(rows[i].json);
        print_message("%s\n", rows[i].json);
        assert_false(journal_query_parse(&query, slice_of(text), &error));
        assert_string_equal(error.pointer, rows[i].pointer);
        assert_true(error.message[0]);
        free(text);
    }
}

/* One row: a field of the comparison. key: stands for a label that begins so. */
static void expect_field(const struct query_field *field, const char *name, const char *expected,
                         const char *actual, bool matched)
{
    const bool is_key = strcmp(expected, "key:") == 0;
    print_message("%s\n", name);
    assert_string_equal(field->name, name);
    assert_int_equal(field->matched, matched);
    if (is_key) {
        assert_memory_equal(field->expected, "key:", 4);
        assert_memory_equal(field->actual, "key:", 4);
        return;
    }
    assert_string_equal(field->expected, expected);
    assert_string_equal(field->actual, actual);
}

static void query_compares_field_by_field(void **state)
{
    (void)state;
    static const char json[] =
        "{'match': {'service_choice': [10, 11], 'file_name': '*.jpg', 'format': 'png', 'size': 3,"
        " 'width': {'min': 31}, 'height': {'min': 1, 'max': 9}, 'sha256': '" SHA_EMPTY "',"
        " 'request': {'min': 2, 'every': 5}, 'api_key': 'the-key'}, 'method': 'GET',"
        " 'path': '/api/*', 'status': 422, 'code': '', 'rule': 'key', 'scenario': 'success',"
        " 'unexpected': true}";
    static const struct {
        const char *name, *expected, *actual;
        bool matched;
    } rows[] = {
        {"match.api_key", "key:", "key:", true},
        {"match.service_choice", "10, 11", "12", false},
        {"match.file_name", "*.jpg", "me.jpg", true},
        {"match.format", "png", "jpeg", false},
        {"match.size", "3", "3", true},
        {"match.width", "at least 31", "30", false},
        {"match.height", "1 to 9", "40", false},
        {"match.sha256", SHA_EMPTY, SHA_ABC, false},
        {"match.request", "at least 2, every 5", "3", false},
        {"method", "GET", "POST", false},
        {"path", "/api/*", "/api/portrait/effects/emotion-editor", true},
        {"status", "422", "200", false},
        {"code", "", "", true},
        {"rule", "key", "", false},
        {"scenario", "success", "success", true},
        {"unexpected", "true", "false", false},
    };
    const struct journal_entry entry = sample_answered();
    struct journal_query query;
    struct query_field *fields = calloc(QUERY_FIELDS_MAX, sizeof *fields);
    parse(&query, json);
    assert_int_equal(journal_query_compare(fields, &query, &entry), COUNT_OF(rows));
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        expect_field(&fields[i], rows[i].name, rows[i].expected, rows[i].actual, rows[i].matched);
    assert_true(journal_query_distance(&query, &entry) == 10.0 / 16);
    journal_query_clear(&query);
    free(fields);
}

static void query_names_a_field_as_it_was_given(void **state)
{
    (void)state;
    static const char *const names[] = {"width", "match.height", "status"};
    static const struct {
        const char *json, *suggestion;
    } wrong[] = {{"{\"widht\":640}", "did you mean width?"},
                 {"{\"stauts\":640}", "did you mean status?"}};
    const struct journal_entry entry = sample_answered();
    struct journal_query query;
    struct document_error error;
    struct query_field *fields = calloc(QUERY_FIELDS_MAX, sizeof *fields);
    parse(&query, "{'match':{'height':9},'width':640,'status':200}");
    assert_int_equal(journal_query_compare(fields, &query, &entry), COUNT_OF(names));
    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_string_equal(fields[i].name, names[i]);
    journal_query_clear(&query);
    journal_query_clear(&query); /* there is nothing left */
    free(fields);
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_false(journal_query_parse(&query, slice_of(wrong[i].json), &error));
        assert_non_null(strstr(error.message, wrong[i].suggestion));
    }
}

/* A scenario's match may have a pattern of keys. The journal keeps digests, so a pattern is met
 * only by a request without a key, and only if the pattern accepts an empty one. */
static void query_takes_a_pattern_of_keys_as_met_without_a_key_alone(void **state)
{
    (void)state;
    static const struct {
        char pattern[8];
        bool has_key, matched;
    } rows[] = {
        {"own-*", true, false}, {"own-*", false, false}, {"**", true, false}, {"**", false, true}};
    struct query_field *fields = calloc(QUERY_FIELDS_MAX, sizeof *fields);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char pattern[sizeof rows[i].pattern];
        struct journal_entry entry = sample_answered();
        struct journal_query query;
        memcpy(pattern, rows[i].pattern, sizeof pattern);
        entry.has_key = rows[i].has_key;
        journal_query_of_match(&query, &(const struct scenario_match){.api_key = pattern});
        print_message("%s, %s a key\n", pattern, rows[i].has_key ? "with" : "without");
        assert_int_equal(journal_query_compare(fields, &query, &entry), 1);
        assert_int_equal(fields->matched, rows[i].matched);
        assert_string_equal(fields->expected, pattern);
        if (rows[i].has_key)
            assert_non_null(strstr(fields->actual, "only the hash is kept"));
        else
            assert_string_equal(fields->actual, "");
    }
    free(fields);
}

static void query_shows_no_choice_where_none_was_sent(void **state)
{
    static const struct {
        int choice;
        const char *shown;
    } rows[] = {{-1, ""}, {0, "0"}, {12, "12"}};
    struct query_field *fields = calloc(QUERY_FIELDS_MAX, sizeof *fields);
    struct journal_query query;
    (void)state;
    parse(&query, "{'service_choice': 10}");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct journal_entry entry = sample_answered();
        entry.number.service_choice = rows[i].choice;
        assert_int_equal(journal_query_compare(fields, &query, &entry), 1);
        assert_string_equal(fields->actual, rows[i].shown);
        assert_false(fields->matched);
    }
    journal_query_clear(&query);
    free(fields);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(query_accepts_what_it_describes),
        cmocka_unit_test(query_refuses_with_the_place),
        cmocka_unit_test(query_compares_field_by_field),
        cmocka_unit_test(query_names_a_field_as_it_was_given),
        cmocka_unit_test(query_shows_no_choice_where_none_was_sent),
        cmocka_unit_test(query_takes_a_pattern_of_keys_as_met_without_a_key_alone),
    };
    return cmocka_run_group_tests_name("query", tests, NULL, NULL);
}
