/* The journal: what an entry says of a request, what leaves when it is full, and how it is
 * searched. */
#include "journal/journal.h"
#include "journal/print.h"
#include "journal/query.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SHA_EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define SHA_ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static const char form[] =
    "--b\r\nContent-Disposition: form-data; name=service_choice\r\n\r\n12\r\n"
    "--b\r\nContent-Disposition: form-data; name=\"image_target\"; filename=\"me.jpg\"\r\n"
    "Content-Type: image/jpeg\r\n\r\nabc\r\n--b--\r\n";

static struct request *request_new(const char *body)
{
    struct request *request = calloc(1, sizeof *request);
    assert_non_null(request);
    request->head.method = slice_of("POST");
    request->head.path = slice_of("/api/portrait/effects/emotion-editor");
    request->head.headers[0] = (struct header_field){slice_of("Content-Type"),
                                                     slice_of("multipart/form-data; boundary=b")};
    request->head.header_count = 1;
    request->body = slice_of(body);
    request_parse_body(request);
    return request;
}

static struct verdict accepted(void)
{
    struct verdict verdict;
    verdict_make(&verdict, revision_default(), ERROR_NONE, 0, NULL);
    return verdict;
}

static struct journal_entry entry_of(const char *key, const char *code)
{
    struct journal_entry entry = {.service_choice = -1, .status = code[0] ? 400 : 200};
    entry.has_key = key != NULL;
    if (key)
        key_digest_of(&entry.key, slice_of(key));
    snprintf(entry.code, sizeof entry.code, "%s", code);
    return entry;
}

static bool all(void *context, const struct journal_entry *entry)
{
    (void)context;
    (void)entry;
    return true;
}

static struct journal_counts counts_of(const struct journal *journal)
{
    struct journal_counts counts;
    journal_count(&counts, journal);
    return counts;
}

/* Describing */

static void journal_describes_parts_and_picture(void **state)
{
    (void)state;
    struct request *request = request_new(form);
    struct verdict verdict = accepted();
    struct journal_entry entry = {0};
    assert_true(request->parsed);
    request->facts = (struct image_facts){.format = IMAGE_JPEG, .width = 30, .height = 40};
    journal_describe(&entry, request, &verdict, "");
    assert_string_equal(entry.method, "POST");
    assert_string_equal(entry.path, "/api/portrait/effects/emotion-editor");
    assert_int_equal(entry.part_count, 2);
    assert_int_equal(entry.image_part, 2);
    assert_string_equal(entry.parts[1].file_name, "me.jpg");
    assert_string_equal(entry.parts[1].content_type, "image/jpeg");
    assert_string_equal(entry.parts[1].sha256, SHA_ABC);
    assert_int_equal(entry.image_size, 3);
    assert_int_equal(entry.service_choice, 12);
    struct request_facts facts = journal_facts(&entry);
    assert_true(slice_equal(facts.file_name, slice_of("me.jpg")));
    assert_string_equal(facts.sha256, SHA_ABC);
    assert_int_equal(facts.width, 30);
    free(request);
}

static void journal_describes_what_refused(void **state)
{
    (void)state;
    struct request *request = request_new("no form");
    struct verdict verdict;
    struct journal_entry entry = {0};
    verdict_make(&verdict, revision_default(), CODE_ERROR_PARAMETERS, 0, "why");
    verdict.rule = RULE_multipart;
    journal_describe(&entry, request, &verdict, "");
    assert_int_equal(entry.rule, RULE_multipart);
    assert_string_equal(entry.code, "ERROR_PARAMETERS");
    assert_string_equal(entry.message, "why");
    assert_int_equal(entry.part_count, 0);
    assert_int_equal(entry.service_choice, -1);
    free(request);
}

static void journal_reads_the_choice_as_a_number(void **state)
{
    (void)state;
    static const struct {
        const char *why, *text;
        int expected;
    } rows[] = {{"plain", "100", 100},       {"empty", "", -1},
                {"sign", "-1", -1},          {"space", " 1", -1},
                {"exponent", "1e3", -1},     {"zeros", "000012", 12},
                {"too long", "1234567", -1}, {"largest", "999999", 999999}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct multipart_part part = {.body = slice_of(rows[i].text)};
        struct request *request = calloc(1, sizeof *request);
        print_message("%s\n", rows[i].why);
        request->choice = &part;
        assert_int_equal(journal_choice_of(request), rows[i].expected);
        free(request);
    }
}

static void journal_cuts_long_texts(void **state)
{
    (void)state;
    char *path = malloc(100000);
    struct request *request = request_new(form);
    struct verdict verdict = accepted();
    struct journal_entry entry = {0};
    memset(path, 'x', 100000);
    request->head.path = slice_make(path, 100000);
    journal_describe(&entry, request, &verdict, "");
    assert_int_equal(strlen(entry.path), sizeof entry.path - 1);
    free(request);
    free(path);
}

/* Keeping */

static void journal_is_bounded_by_entries(void **state)
{
    (void)state;
    struct journal *journal = journal_new(10, JOURNAL_DEFAULT_BYTES);
    struct journal_selection found;
    for (int i = 0; i < 1000; i++) {
        struct journal_entry entry = entry_of("key", "");
        journal_add(journal, &entry);
    }
    assert_true(journal_select(&found, journal, all, NULL, 100));
    assert_int_equal(found.count, 10);
    assert_int_equal(found.entries[0].id, 1000);
    assert_int_equal(found.entries[9].id, 991);
    struct journal_entry entry;
    assert_false(journal_find(&entry, journal, 990));
    assert_true(journal_find(&entry, journal, 995));
    assert_int_equal(entry.id, 995);
    assert_false(journal_find(&entry, journal, 1001));
    journal_selection_clear(&found);
    journal_free(journal);
}

static void fill(char *text, size_t size, char with)
{
    memset(text, with, size - 1);
    text[size - 1] = '\0';
}

/* Every text as long as it may be, every number used, more parts than are kept. */
static struct journal_entry full_entry(void)
{
    struct journal_entry entry = entry_of("key", "");
    fill(entry.method, sizeof entry.method, 'a');
    fill(entry.path, sizeof entry.path, 'b');
    fill(entry.request_id, sizeof entry.request_id, 'c');
    fill(entry.code, sizeof entry.code, 'd');
    fill(entry.message, sizeof entry.message, 'e');
    fill(entry.scenario, sizeof entry.scenario, 'f');
    fill(entry.deviation, sizeof entry.deviation, 'g');
    for (size_t i = 0; i < JOURNAL_PARTS_MAX; i++) {
        struct journal_part *part = &entry.parts[i];
        fill(part->name, sizeof part->name, (char)('h' + i));
        fill(part->file_name, sizeof part->file_name, (char)('l' + i));
        fill(part->content_type, sizeof part->content_type, (char)('p' + i));
        fill(part->sha256, sizeof part->sha256, (char)('t' + i));
        part->size = 1000 + i;
        part->has_file_name = i % 2;
    }
    entry.part_count = JOURNAL_PARTS_MAX + 3;
    entry.image_part = 2;
    entry.duration_ms = 1.5;
    entry.bytes_out = UINT64_MAX;
    return entry;
}

static void expect_equal(const struct journal_entry *a, const struct journal_entry *b)
{
    assert_int_equal(a->id, b->id);
    assert_memory_equal(&a->key, &b->key, sizeof a->key);
    assert_int_equal(a->part_count, b->part_count);
    assert_int_equal(a->image_part, b->image_part);
    assert_int_equal(a->status, b->status);
    assert_true(a->duration_ms == b->duration_ms);
    assert_int_equal(a->bytes_out, b->bytes_out);
    assert_int_equal(a->unexpected, b->unexpected);
    assert_ptr_equal(a->body, b->body);
    assert_string_equal(a->method, b->method);
    assert_string_equal(a->path, b->path);
    assert_string_equal(a->request_id, b->request_id);
    assert_string_equal(a->code, b->code);
    assert_string_equal(a->message, b->message);
    assert_string_equal(a->scenario, b->scenario);
    assert_string_equal(a->deviation, b->deviation);
    for (size_t i = 0; i < JOURNAL_PARTS_MAX; i++) {
        assert_int_equal(a->parts[i].size, b->parts[i].size);
        assert_int_equal(a->parts[i].has_file_name, b->parts[i].has_file_name);
        assert_string_equal(a->parts[i].name, b->parts[i].name);
        assert_string_equal(a->parts[i].file_name, b->parts[i].file_name);
        assert_string_equal(a->parts[i].content_type, b->parts[i].content_type);
        assert_string_equal(a->parts[i].sha256, b->parts[i].sha256);
    }
}

static void journal_gives_back_what_it_was_given(void **state)
{
    (void)state;
    struct journal *journal = journal_new(10, JOURNAL_DEFAULT_BYTES);
    struct journal_entry found, given[] = {full_entry(), {0}, full_entry()};
    given[2].part_count = 0;
    memset(given[2].parts, 0, sizeof given[2].parts);
    for (size_t i = 0; i < 3; i++) {
        struct blob *body = i ? NULL : blob_copy(slice_of("body"));
        given[i].body = body;
        journal_add(journal, &given[i]);
        assert_null(given[i].body);
        given[i].body = body;
        assert_true(journal_find(&found, journal, i + 1));
        expect_equal(&found, &given[i]);
    }
    assert_true(counts_of(journal).bytes < 3 * sizeof found);
    journal_free(journal);
}

static void journal_of_nothing_keeps_nothing(void **state)
{
    (void)state;
    static const size_t bounds[][2] = {{0, JOURNAL_DEFAULT_BYTES}, {10, 1}};
    for (size_t i = 0; i < 2; i++) {
        struct journal *journal = journal_new(bounds[i][0], bounds[i][1]);
        struct journal_entry entry = full_entry();
        entry.body = blob_copy(slice_of("body"));
        journal_add(journal, &entry);
        assert_null(entry.body);
        assert_int_equal(entry.id, 1);
        assert_int_equal(counts_of(journal).entries, 0);
        assert_int_equal(counts_of(journal).bytes, 0);
        journal_free(journal);
    }
}

static void journal_is_bounded_by_bytes_of_bodies(void **state)
{
    (void)state;
    struct journal *journal = journal_new(1000, 100000);
    char *body = calloc(1, 30000);
    for (int i = 0; i < 50; i++) {
        struct journal_entry entry = entry_of("key", "");
        entry.body = blob_copy(slice_make(body, 30000));
        journal_add(journal, &entry);
        assert_null(entry.body);
        assert_true(counts_of(journal).bytes <= 100000);
    }
    assert_int_equal(counts_of(journal).entries, 3);
    struct journal_entry large = entry_of("key", "");
    large.body = blob_take(calloc(1, 200000), 200000);
    journal_add(journal, &large);
    assert_true(journal_find(&large, journal, 51));
    assert_null(large.body);
    assert_true(counts_of(journal).entries >= 3);
    free(body);
    journal_free(journal);
}

static void journal_keeps_the_newest_when_bounds_narrow(void **state)
{
    (void)state;
    struct journal *journal = journal_new(20, JOURNAL_DEFAULT_BYTES);
    for (int i = 0; i < 33; i++) {
        struct journal_entry entry = entry_of("key", "");
        journal_add(journal, &entry);
    }
    assert_true(journal_resize(journal, 5, JOURNAL_DEFAULT_BYTES));
    assert_int_equal(counts_of(journal).entries, 5);
    struct journal_entry found;
    assert_true(journal_find(&found, journal, 29));
    assert_false(journal_find(&found, journal, 28));
    assert_true(journal_resize(journal, 7, JOURNAL_DEFAULT_BYTES));
    for (int i = 0; i < 3; i++) {
        struct journal_entry entry = entry_of("key", "");
        journal_add(journal, &entry);
    }
    assert_int_equal(counts_of(journal).entries, 7);
    assert_true(journal_find(&found, journal, 36));
    journal_free(journal);
}

static void journal_reset_of_one_key_leaves_the_others(void **state)
{
    (void)state;
    struct journal *journal = journal_new(8, JOURNAL_DEFAULT_BYTES);
    struct key_digest digest;
    struct journal_selection found;
    for (int i = 0; i < 13; i++) { /* past the end of the ring */
        struct journal_entry entry = entry_of(i % 2 ? "odd" : "even", "");
        entry.body = blob_copy(slice_of("body"));
        journal_add(journal, &entry);
    }
    key_digest_of(&digest, slice_of("odd"));
    journal_reset(journal, &digest);
    assert_true(journal_select(&found, journal, all, NULL, 100));
    assert_int_equal(found.count, 4);
    for (size_t i = 0; i < found.count; i++)
        assert_int_equal(found.entries[i].id, 13 - 2 * i);
    journal_selection_clear(&found);
    journal_reset(journal, NULL);
    assert_int_equal(counts_of(journal).bytes, 0);
    struct journal_entry entry = entry_of("odd", "");
    journal_add(journal, &entry);
    assert_int_equal(entry.id, 14);
    journal_free(journal);
}

static void journal_knows_what_nobody_asked_for(void **state)
{
    (void)state;
    static const struct {
        const char *why, *code, *scenario;
        enum rule_id rule;
        bool expected;
    } rows[] = {
        {"a success", "", "", RULE_NONE, false},
        {"a refusal", "MISSING_PARAMETERS", "", RULE_image_missing, true},
        {"broken HTTP", "ERROR_PARAMETERS", "", RULE_NONE, true},
        {"a scenario", "ERROR_NO_FACE_IN_FILE", "no-face", RULE_NONE, false},
        {"an unknown key", "ERROR_USER_NOT_EXISTS", "", RULE_key, true},
        {"a locked account", "ERROR_USER_LOCKED", "", RULE_account_locked, false},
        {"no credits", "ERROR_NOT_ENOUGH_CREDITS", "", RULE_credits, false},
        {"a limit", "EXCEEDING_LIMITS", "", RULE_rate, false},
    };
    struct journal *journal = journal_new(8, JOURNAL_DEFAULT_BYTES);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct journal_entry entry = entry_of("key", rows[i].code);
        print_message("%s\n", rows[i].why);
        entry.rule = rows[i].rule;
        snprintf(entry.scenario, sizeof entry.scenario, "%s", rows[i].scenario);
        journal_add(journal, &entry);
        assert_int_equal(entry.unexpected, rows[i].expected);
    }
    journal_free(journal);
}

/* Searching */

static struct journal_entry sample(void)
{
    struct journal_entry entry = entry_of("the-key", "");
    struct request *request = request_new(form);
    struct verdict verdict = accepted();
    request->facts = (struct image_facts){.format = IMAGE_JPEG, .width = 30, .height = 40};
    journal_describe(&entry, request, &verdict, "");
    entry.nth = 3;
    snprintf(entry.scenario, sizeof entry.scenario, "success");
    free(request);
    return entry;
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
        {"{\"match\":{}}", true},
        {"{\"match\":{\"service_choice\":12}}", true},
        {"{\"match\":{\"service_choice\":[10,11]}}", false},
        {"{\"match\":{\"file_name\":\"*.jpg\"}}", true},
        {"{\"match\":{\"file_name\":\"*.png\"}}", false},
        {"{\"match\":{\"format\":\"jpeg\"}}", true},
        {"{\"match\":{\"format\":\"png\"}}", false},
        {"{\"match\":{\"size\":3,\"width\":{\"min\":30},\"height\":{\"max\":40}}}", true},
        {"{\"match\":{\"size\":3,\"width\":{\"min\":31},\"height\":{\"max\":40}}}", false},
        {"{\"match\":{\"sha256\":\"" SHA_ABC "\"}}", true},
        {"{\"match\":{\"sha256\":\"" SHA_EMPTY "\"}}", false},
        {"{\"match\":{\"request\":{\"every\":3}}}", true},
        {"{\"match\":{\"request\":2}}", false},
        {"{\"match\":{\"api_key\":\"the-key\"}}", true},
        {"{\"match\":{\"api_key\":\"*\"}}", true},
        {"{\"match\":{\"api_key\":\"other\"}}", false},
        {"{\"match\":{\"api_key\":\"we[ird\\\\\"}}", false},
        {"{\"api_key\":\"the-key\",\"service_choice\":12,\"format\":\"jpeg\"}", true},
        {"{\"service_choice\":12,\"status\":200}", true},
        {"{\"service_choice\":13,\"status\":200}", false},
        {"{\"width\":30,\"match\":{\"height\":40}}", true},
        {"{\"width\":30,\"match\":{\"height\":41}}", false},
        {"{\"width\":31,\"match\":{\"height\":40}}", false},
        {"{\"file_name\":\"*.jpg\",\"request\":{\"every\":3},\"size\":3}", true},
        {"{\"method\":\"POST\",\"path\":\"/api/*\"}", true},
        {"{\"method\":\"GET\"}", false},
        {"{\"path\":\"/api\"}", false},
        {"{\"status\":200,\"code\":\"\",\"rule\":\"\"}", true},
        {"{\"status\":422}", false},
        {"{\"code\":\"ERROR_NO_FACE_IN_FILE\"}", false},
        {"{\"rule\":\"image_size\"}", false},
        {"{\"scenario\":\"success\"}", true},
        {"{\"scenario\":\"\"}", false},
        {"{\"unexpected\":false}", true},
        {"{\"unexpected\":true}", false},
    };
    struct journal_entry entry = sample();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct journal_query query;
        struct document_error error;
        print_message("%s\n", rows[i].json);
        assert_true(journal_query_parse(&query, slice_of(rows[i].json), &error));
        assert_int_equal(journal_query_accepts(&query, &entry), rows[i].expected);
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
        {"{\"matches\":{}}", "/matches"},
        {"{\"match\":[]}", "/match"},
        {"{\"match\":{\"colour\":1}}", "/match/colour"},
        {"{\"match\":{\"service_choice\":\"12\"}}", "/match/service_choice"},
        {"{\"match\":{\"api_key\":\"mock-*\"}}", "/match/api_key"},
        {"{\"api_key\":\"mock-*\"}", "/api_key"},
        {"{\"width\":\"30\"}", "/width"},
        {"{\"size\":{\"min\":2,\"max\":1}}", "/size"},
        {"{\"width\":1,\"match\":{\"width\":1}}", "/width"},
        {"{\"match\":{\"file_name\":\"a\"},\"file_name\":\"a\"}", "/file_name"},
        {"{\"file_name\":\"a\",\"file_name\":\"a\"}", "/file_name"},
        {"{\"status\":\"200\"}", "/status"},
        {"{\"status\":99}", "/status"},
        {"{\"unexpected\":1}", "/unexpected"},
        {"{\"code\":null}", "/code"},
        {"{\"method\":\"\"}", "/method"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct journal_query query;
        struct document_error error;
        print_message("%s\n", rows[i].json);
        assert_false(journal_query_parse(&query, slice_of(rows[i].json), &error));
        assert_string_equal(error.pointer, rows[i].pointer);
        assert_true(error.message[0]);
    }
}

static void query_compares_field_by_field(void **state)
{
    (void)state;
    static const char json[] =
        "{\"match\":{\"service_choice\":[10,11],\"file_name\":\"*.jpg\",\"width\":{\"min\":31},"
        "\"height\":{\"min\":1,\"max\":9},\"request\":{\"min\":2,\"every\":5},"
        "\"api_key\":\"the-key\"},\"status\":422}";
    static const struct {
        const char *name, *expected, *actual;
        bool matched;
    } rows[] = {
        {"match.api_key", "key:", "key:", true},
        {"match.service_choice", "10, 11", "12", false},
        {"match.file_name", "*.jpg", "me.jpg", true},
        {"match.width", "at least 31", "30", false},
        {"match.height", "1 to 9", "40", false},
        {"match.request", "at least 2, every 5", "3", false},
        {"status", "422", "200", false},
    };
    struct journal_entry entry = sample();
    struct journal_query query;
    struct document_error error;
    struct query_field *fields = calloc(QUERY_FIELDS_MAX, sizeof *fields);
    assert_true(journal_query_parse(&query, slice_of(json), &error));
    assert_int_equal(journal_query_compare(fields, &query, &entry), 7);
    for (size_t i = 0; i < 7; i++) {
        assert_string_equal(fields[i].name, rows[i].name);
        assert_memory_equal(fields[i].expected, rows[i].expected, strlen(rows[i].expected));
        assert_memory_equal(fields[i].actual, rows[i].actual, strlen(rows[i].actual));
        assert_int_equal(fields[i].matched, rows[i].matched);
    }
    double distance = journal_query_distance(&query, &entry);
    assert_true(distance > 5.0 / 7 - 1e-9 && distance < 5.0 / 7 + 1e-9);
    journal_query_clear(&query);
    free(fields);
}

static void query_names_a_field_as_it_was_given(void **state)
{
    (void)state;
    struct journal_entry entry = sample();
    struct journal_query query;
    struct document_error error;
    struct query_field *fields = calloc(QUERY_FIELDS_MAX, sizeof *fields);
    assert_true(journal_query_parse(
        &query, slice_of("{\"match\":{\"height\":9},\"width\":640,\"status\":200}"), &error));
    assert_int_equal(journal_query_compare(fields, &query, &entry), 3);
    assert_string_equal(fields[0].name, "width");
    assert_string_equal(fields[1].name, "match.height");
    assert_string_equal(fields[2].name, "status");
    journal_query_clear(&query);
    assert_false(journal_query_parse(&query, slice_of("{\"widht\":640}"), &error));
    assert_non_null(strstr(error.message, "did you mean width?"));
    assert_false(journal_query_parse(&query, slice_of("{\"stauts\":640}"), &error));
    assert_non_null(strstr(error.message, "did you mean status?"));
    free(fields);
}

/* Printing */

static void journal_prints_bodies_only_when_asked(void **state)
{
    (void)state;
    struct journal_entry entry = sample();
    entry.body = blob_copy(slice_make("\0\xff\x01", 3));
    for (int with_body = 0; with_body < 2; with_body++) {
        struct tree tree;
        tree_start(&tree);
        journal_print(&tree, tree.root, "request", &entry, with_body);
        char *text = tree_print(&tree);
        assert_non_null(text);
        assert_int_equal(strstr(text, "\"body_base64\":\"AP8B\"") != NULL, with_body);
        assert_non_null(strstr(text, "\"sha256\":\"" SHA_ABC "\""));
        assert_null(strstr(text, "the-key"));
        free(text);
    }
    blob_release(entry.body);
}

static void journal_prints_any_bytes_as_utf8(void **state)
{
    (void)state;
    struct journal_entry entry = sample();
    struct tree tree;
    tree_start(&tree);
    snprintf(entry.path, sizeof entry.path, "/\xff\xc3\xa4\xc3\n\"");
    journal_print(&tree, tree.root, "request", &entry, false);
    char *text = tree_print(&tree);
    assert_non_null(strstr(text, "\"/?\xc3\xa4?\\n\\\"\""));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(journal_describes_parts_and_picture),
        cmocka_unit_test(journal_describes_what_refused),
        cmocka_unit_test(journal_reads_the_choice_as_a_number),
        cmocka_unit_test(journal_cuts_long_texts),
        cmocka_unit_test(journal_is_bounded_by_entries),
        cmocka_unit_test(journal_gives_back_what_it_was_given),
        cmocka_unit_test(journal_of_nothing_keeps_nothing),
        cmocka_unit_test(journal_is_bounded_by_bytes_of_bodies),
        cmocka_unit_test(journal_keeps_the_newest_when_bounds_narrow),
        cmocka_unit_test(journal_reset_of_one_key_leaves_the_others),
        cmocka_unit_test(journal_knows_what_nobody_asked_for),
        cmocka_unit_test(query_accepts_what_it_describes),
        cmocka_unit_test(query_refuses_with_the_place),
        cmocka_unit_test(query_compares_field_by_field),
        cmocka_unit_test(query_names_a_field_as_it_was_given),
        cmocka_unit_test(journal_prints_bodies_only_when_asked),
        cmocka_unit_test(journal_prints_any_bytes_as_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
