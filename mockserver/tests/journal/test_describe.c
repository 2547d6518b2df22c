/* What an entry says of a request, and how it is printed. */
#include "base/count_of.h"
#include "journal/print.h"
#include "journal_sample.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void journal_describes_parts_and_picture(void **state)
{
    (void)state;
    struct journal_entry entry = sample_answered();
    assert_string_equal(entry.method, "POST");
    assert_string_equal(entry.path, "/api/portrait/effects/emotion-editor");
    assert_string_equal(entry.request_id, "THE-ID");
    assert_int_equal(entry.part_count, 2);
    assert_int_equal(entry.image_part, 2);
    assert_string_equal(entry.parts[1].file_name, "me.jpg");
    assert_string_equal(entry.parts[1].content_type, "image/jpeg");
    assert_string_equal(entry.parts[1].sha256, SHA_ABC);
    assert_int_equal(entry.number.size, 3);
    assert_int_equal(entry.number.service_choice, 12);
    assert_int_equal(entry.number.request, 3);
    struct request_facts facts = journal_facts(&entry);
    assert_true(slice_equal(facts.file_name, slice_of("me.jpg")));
    assert_string_equal(facts.sha256, SHA_ABC);
    assert_int_equal(facts.number.width, 30);
    assert_false(facts.headers.cut);
}

/* The picture may come first, and behind the last part there is none. */
static void journal_describes_only_the_parts_that_came(void **state)
{
    static const char image_first[] =
        "--b\r\nContent-Disposition: form-data; name=\"image_target\"; filename=\"me.jpg\"\r\n\r\n"
        "abc\r\n--b\r\nContent-Disposition: form-data; name=service_choice\r\n\r\n12\r\n--b--\r\n";
    (void)state;
    struct request *request = sample_request(image_first);
    struct journal_entry entry;
    request->facts = (struct image_facts){.format = IMAGE_JPEG, .width = 30, .height = 40};
    sample_describe(&entry, request, ERROR_NONE, RULE_NONE, NULL);
    assert_int_equal(entry.part_count, 2);
    assert_int_equal(entry.image_part, 1);
    assert_string_equal(entry.parts[0].sha256, SHA_ABC);
    assert_string_equal(entry.parts[1].name, "service_choice");
    assert_string_not_equal(entry.parts[1].sha256, SHA_ABC);
    for (size_t i = 2; i < JOURNAL_PARTS_MAX; i++)
        assert_string_equal(entry.parts[i].sha256, "");
    free(request);
}

static void journal_describes_what_refused(void **state)
{
    (void)state;
    struct request *request = sample_request("no form");
    struct journal_entry entry;
    sample_describe(&entry, request, CODE_ERROR_PARAMETERS, RULE_multipart, "why");
    assert_int_equal(entry.rule, RULE_multipart);
    assert_string_equal(entry.code, "ERROR_PARAMETERS");
    assert_string_equal(entry.message, "why");
    assert_int_equal(entry.part_count, 0);
    assert_int_equal(entry.number.service_choice, -1);
    free(request);
}

#define PART_OF(type, body)                                                                        \
    "--b\r\nContent-Disposition: form-data; name=x\r\n" type "\r\n" body "\r\n"

/* Of a small part the journal has a hash, of a large one only what a match made. */
static void journal_hashes_parts_of_up_to_1_kib(void **state)
{
    static const char head[] = PART_OF("", "%s") "--b--\r\n";
    (void)state;
    for (size_t size = 1023; size <= 1025; size++) {
        char content[1026] = "", body[sizeof head + sizeof content];
        struct journal_entry entry;
        memset(content, 'c', size);
        snprintf(body, sizeof body, head, content);
        struct request *request = sample_request(body);
        sample_describe(&entry, request, ERROR_NONE, RULE_NONE, NULL);
        assert_int_equal(entry.part_count, 1);
        assert_int_equal(entry.parts[0].size, size);
        assert_int_equal(strlen(entry.parts[0].sha256), size <= JOURNAL_HASHED_MAX ? 64 : 0);
        request->image = &request->parts.parts[0];
        request->facts.hashed = true;
        memset(request->facts.sha256, 0xab, sizeof request->facts.sha256);
        sample_describe(&entry, request, ERROR_NONE, RULE_NONE, NULL);
        assert_memory_equal(entry.parts[0].sha256, "abababab", 8);
        free(request);
    }
}

static void journal_describes_the_first_of_many_parts(void **state)
{
    static const char body[] = PART_OF("", "1") PART_OF("", "2") PART_OF("Content-Type: t\r\n", "3")
        PART_OF("", "4") PART_OF("", "5") "--b--\r\n";
    struct journal_entry entry;
    struct request *request = sample_request(body);
    (void)state;
    request->image = &request->parts.parts[2];
    request->facts.oddities = 1u << IMAGE_ODDITY_wrong_crc;
    sample_describe(&entry, request, ERROR_NONE, RULE_NONE, NULL);
    assert_int_equal(entry.part_count, 5);
    for (size_t i = 0; i < JOURNAL_PARTS_MAX; i++)
        assert_int_equal(entry.parts[i].size, 1);
    assert_string_equal(entry.parts[2].content_type, "t");
    assert_int_equal(entry.image_part, 3);
    assert_int_equal(entry.oddities, 1u << IMAGE_ODDITY_wrong_crc);
    request->image = &request->parts.parts[4]; /* which is not described */
    sample_describe(&entry, request, ERROR_NONE, RULE_NONE, NULL);
    assert_int_equal(entry.image_part, 0);
    free(request);
}

/* The code of a step, also one that the table does not have. */
static void journal_describes_what_a_scenario_answered(void **state)
{
    (void)state;
    struct request *request = sample_request(sample_form);
    struct verdict verdict;
    struct scenario_step step = {.answer = ANSWER_ERROR,
                                 .code_text = strdup("BRAND_NEW"),
                                 .deviation = strdup("null-request-id"),
                                 .fault = FAULT_early_413};
    struct choice choice = {.step = &step, .scenario = "mine"};
    struct journal_entry entry = {0};
    verdict_make(&verdict, revision_default(), CODE_ERROR_PARAMETERS, 0, "why");
    journal_describe(
        &entry, &(struct journal_source){
                    .request = request, .verdict = &verdict, .choice = &choice, .request_id = ""});
    assert_string_equal(entry.code, "BRAND_NEW");
    assert_string_equal(entry.message, "why");
    assert_string_equal(entry.scenario, "mine");
    assert_string_equal(entry.deviation, "null-request-id");
    assert_int_equal(entry.fault, FAULT_early_413);
    free(step.code_text);
    step.code_text = NULL; /* of the table, as the verdict says */
    journal_describe(
        &entry, &(struct journal_source){
                    .request = request, .verdict = &verdict, .choice = &choice, .request_id = ""});
    assert_string_equal(entry.code, "ERROR_PARAMETERS");
    scenario_step_clear(&step);
    free(request);
}

static void journal_cuts_long_texts(void **state)
{
    (void)state;
    char *path = malloc(100000);
    struct request *request = sample_request(sample_form);
    struct journal_entry entry;
    memset(path, 'x', 100000);
    request->head.path = slice_make(path, 100000);
    sample_describe(&entry, request, ERROR_NONE, RULE_NONE, NULL);
    assert_int_equal(strlen(entry.path), 255);
    for (size_t size = 253; size <= 257; size++) { /* what fits stays as it is */
        request->head.path = slice_make(path, size);
        sample_describe(&entry, request, ERROR_NONE, RULE_NONE, NULL);
        assert_int_equal(strlen(entry.path), size <= 255 ? size : 255);
    }
    free(request);
    free(path);
}

static void add_header(struct request *request, const char *name, const char *value)
{
    request->head.headers[request->head.header_count++] =
        (struct header_field){slice_of(name), slice_of(value)};
}

static void journal_keeps_headers_without_secrets(void **state)
{
    (void)state;
    struct request *request = sample_request(sample_form);
    struct journal_entry entry;
    add_header(request, "AILABAPI-API-KEY", "secret-1");
    add_header(request, "authorization", "Bearer secret-2");
    add_header(request, "Cookie", "a=secret-3");
    add_header(request, "cookie", "secret-4");
    add_header(request, "Proxy-Authorization", "Basic secret-5");
    add_header(request, "x-api-key", "secret-6");
    add_header(request, "ailab-api-kye", "secret-7");
    add_header(request, "X-Auth-Token", "secret-8");
    add_header(request, "Authentication", "secret-9");
    add_header(request, "Idempotency-Key", "order-9");
    add_header(request, "X-Test", "\t one: two ");
    add_header(request, "X-Test", "a\nCookie: b");
    add_header(request, "\nX", "c"); /* the line feed before it stays */
    add_header(request, "X-Empty", "");
    add_header(request, "X-NUL", "");
    request->head.headers[request->head.header_count - 1].value = slice_make("a\0b", 3);
    sample_describe(&entry, request, ERROR_NONE, RULE_NONE, NULL);
    assert_string_equal(entry.headers, "Content-Type: multipart/form-data; boundary=b\n"
                                       "AILABAPI-API-KEY: ***\nauthorization: ***\nCookie: ***\n"
                                       "cookie: ***\nProxy-Authorization: ***\n"
                                       "x-api-key: ***\nailab-api-kye: ***\nX-Auth-Token: ***\n"
                                       "Authentication: ***\nIdempotency-Key: order-9\n"
                                       "X-Test: one: two\nX-Test: a?Cookie: b\n?X: c\n"
                                       "X-Empty: \nX-NUL: a?b\n");
    assert_int_equal(entry.headers_kept, 16);
    assert_int_equal(entry.header_count, 16);
    request->head.doubt = "names say nothing for sure";
    sample_describe(&entry, request, ERROR_NONE, RULE_NONE, NULL);
    assert_null(strstr(entry.headers, "one"));
    assert_null(strstr(entry.headers, "secret"));
    free(request);
}

static void journal_tells_secret_headers_by_the_end_of_their_names(void **state)
{
    static const struct {
        const char *name;
        bool secret;
    } rows[] = {
        {"key", true},
        {"My-Key", true},
        {"Idempotency-Key", false},
        {"Expiry", false},
        {"Sec-WebSocket-Key", false},
        {"access_token", true},
        {"Origin", false},
        {"Authorization", true},
        {"client_SECRET", true},
        {"Accept", false},
        {"X-AUTH", true},
        {"Depth", false},
        {"Set-Cookie", true},
        {"Range", false},
        {"X-Password", true},
        {"Kind", false},
        {"ailabx", true},
        {"ailab", false},
        {"Host", false},
        {"Authentication", true},
        {"X-Ailab", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char shown[80];
        struct request *request = sample_request(sample_form);
        struct journal_entry entry;
        memset(&entry, 'x', sizeof entry); /* nothing that stood there before stays */
        add_header(request, rows[i].name, "hush");
        sample_describe(&entry, request, ERROR_NONE, RULE_NONE, NULL);
        snprintf(shown, sizeof shown, "%s: %s\n", rows[i].name, rows[i].secret ? "***" : "hush");
        const size_t len = strnlen(entry.headers, sizeof entry.headers);
        if (len < strlen(shown) || len == sizeof entry.headers ||
            strcmp(entry.headers + len - strlen(shown), shown) != 0)
            fail_msg("%s is not the end of %.300s", shown, entry.headers);
        free(request);
    }
}

static void journal_bounds_headers(void **state)
{
    (void)state;
    char value[3000];
    struct request *request = sample_request(sample_form);
    struct journal_entry entry;
    memset(value, 'v', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    for (int i = 0; i < 40; i++)
        add_header(request, "X-Long", value);
    sample_describe(&entry, request, ERROR_NONE, RULE_NONE, NULL);
    assert_in_range(strlen(entry.headers), KEPT_HEADERS_MAX - 300, KEPT_HEADERS_MAX);
    assert_int_equal(entry.header_count, 41);
    assert_int_equal(entry.headers_kept, 8);
    assert_true(journal_facts(&entry).headers.cut);
    struct header_field field;
    const struct request_headers kept = journal_facts(&entry).headers;
    size_t at = 0;
    assert_true(request_headers_next(&field, &kept, &at) &&
                request_headers_next(&field, &kept, &at));
    assert_int_equal(field.value.len, KEPT_VALUE_MAX);
    free(request);
}

/* Headers that fill the room to its last byte are kept; one byte more, and the last one is not. */
static void journal_keeps_headers_that_just_fit(void **state)
{
    (void)state;
    for (size_t more = 0; more < 2; more++) {
        char out[KEPT_HEADERS_SIZE + 8], value[KEPT_VALUE_MAX + 1];
        struct request_head head = {.header_count = 8};
        memset(value, 'v', sizeof value);
        memset(out, '!', sizeof out);
        for (size_t i = 0; i < 8; i++) /* "N: " and its line feed make 256 bytes a header */
            head.headers[i] = (struct header_field){slice_of("N"), slice_make(value, 252)};
        head.headers[7].value.len += more;
        assert_int_equal(request_headers_keep(out, &head), 8 - more);
        assert_int_equal(strlen(out), (8 - more) * 256);
        for (size_t i = KEPT_HEADERS_SIZE; i < sizeof out; i++)
            assert_int_equal(out[i], '!');
    }
}

/* Printing */

static char *print(const struct journal_entry *entry, bool with_body)
{
    struct tree tree;
    tree_start(&tree);
    journal_print(&tree, tree.root, "request", entry, with_body);
    char *text = tree_print(&tree);
    assert_non_null(text);
    return text;
}

#define SHA_12 "6b51d431df5d7f141cbececcf79edf3dd861c3b4069f0b11661a3eefacbba918"
#define KEY_HASH "ad44dc8e51cf"

static void journal_prints_every_fact(void **state)
{
    (void)state;
    static const char expected[] =
        "{\"request\":{\"id\":7,\"time\":\"2026-01-08T12:34:56.123Z\",\"time_ms\":1767875696123,"
        "\"method\":\"POST\",\"path\":\"/api/portrait/effects/emotion-editor\","
        "\"remote\":\"[::1]:5000\",\"tls\":true,\"proxied\":true,\"tls_fault\":\"tls-expired\","
        "\"request_id\":\"THE-ID\",\"headers\":[{\"name\":\"Content-Type\","
        "\"value\":\"multipart/form-data; boundary=b\"}],\"header_count\":1,\"key\":\"key:" KEY_HASH
        "\",\"nth\":3,\"service_choice\":12,"
        "\"parts\":[{\"name\":\"service_choice\",\"size\":2,\"sha256\":\"" SHA_12 "\"},"
        "{\"name\":\"image_target\",\"file_name\":\"me.jpg\",\"content_type\":\"image/jpeg\","
        "\"size\":3,\"sha256\":\"" SHA_ABC "\"}],\"part_count\":2,\"form\":{\"oddities\":[]},"
        "\"image\":{\"format\":\"jpeg\",\"width\":30,\"height\":40,\"size\":3,"
        "\"sha256\":\"" SHA_ABC "\",\"oddities\":[\"wrong_crc\",\"bytes_after_end\"]},"
        "\"status\":422,\"code\":\"ERROR_BLURRY_FACE\","
        "\"message\":\"why\",\"hint\":\"near\",\"rule\":\"image_size\",\"clause\":\"error_file_"
        "size\","
        "\"scenario\":\"success\",\"chosen_by\":\"file_name\",\"fault\":\"early-413\","
        "\"deviation\":\"null-request-id\",\"unexpected\":true,\"duration_ms\":1.5,"
        "\"bytes_in\":321,\"bytes_out\":654,\"has_body\":true,\"body_base64\":\"AP8B\"}}";
    struct journal_entry entry = sample_answered();
    entry.id = 7;
    entry.oddities = 1u << IMAGE_ODDITY_wrong_crc | 1u << IMAGE_ODDITY_bytes_after_end;
    entry.status = 422;
    entry.rule = RULE_image_size;
    entry.chosen_by = CHOSEN_BY_FILE_NAME;
    entry.fault = FAULT_early_413;
    entry.unexpected = true;
    entry.body = shared_bytes_copy(slice_make("\0\xff\x01", 3));
    snprintf(entry.code, sizeof entry.code, "ERROR_BLURRY_FACE");
    snprintf(entry.message, sizeof entry.message, "why");
    snprintf(entry.hint, sizeof entry.hint, "near");
    snprintf(entry.deviation, sizeof entry.deviation, "null-request-id");
    char *text = print(&entry, true);
    assert_string_equal(text, expected);
    free(text);
    text = print(&entry, false);
    assert_null(strstr(text, "body_base64"));
    free(text);
    shared_bytes_release(entry.body);
}

static void journal_prints_null_for_what_there_was_not(void **state)
{
    (void)state;
    static const char expected[] =
        "{\"request\":{\"id\":0,\"time\":\"1970-01-01T00:00:00.000Z\",\"time_ms\":0,"
        "\"method\":\"\",\"path\":\"\",\"remote\":\"\",\"tls\":false,\"proxied\":false,\"tls_"
        "fault\":null,"
        "\"request_id\":\"\",\"headers\":[],\"header_count\":0,"
        "\"key\":null,\"nth\":0,"
        "\"service_choice\":null,\"parts\":[],\"part_count\":0,\"form\":{\"oddities\":[]},"
        "\"image\":null,\"status\":0,"
        "\"code\":\"\",\"message\":\"\",\"hint\":null,\"rule\":null,\"clause\":null,\"scenario\":"
        "null,"
        "\"chosen_by\":null,\"fault\":null,\"deviation\":null,\"unexpected\":false,"
        "\"duration_ms\":0,\"bytes_in\":0,\"bytes_out\":0,\"has_body\":false}}";
    const struct journal_entry entry = {.number = {.service_choice = -1}};
    char *text = print(&entry, true);
    assert_string_equal(text, expected);
    free(text);
}

static void journal_prints_a_content_type_of_one_letter(void **state)
{
    (void)state;
    const struct journal_entry entry = {.part_count = 1, .parts = {{.content_type = "t"}}};
    char *text = print(&entry, false);
    assert_non_null(strstr(text, "\"content_type\":\"t\","));
    free(text);
}

static void journal_prints_a_choice_of_zero(void **state)
{
    (void)state;
    const struct journal_entry entry = {.number = {.service_choice = 0}};
    char *text = print(&entry, false);
    assert_non_null(strstr(text, "\"service_choice\":0,"));
    free(text);
}

static void journal_prints_any_bytes_as_utf8(void **state)
{
    (void)state;
    struct journal_entry entry = sample_answered();
    snprintf(entry.path, sizeof entry.path, "/\xff\xc3\xa4\xc3\n\"");
    char *text = print(&entry, false);
    assert_non_null(strstr(text, "\"/?\xc3\xa4?\\n\\\"\""));
    free(text);
}

/* The schema of a form or an image lists the words of its oddities, each with what it means. */
static void check_oddities(const cJSON *schema, const struct oddity_table *table)
{
    const cJSON *words = schema;
    const char *const path[] = {"properties", "oddities", "items", "oneOf"};
    for (size_t i = 0; i < COUNT_OF(path); i++) {
        if (strcmp(path[i], "items") == 0)
            assert_string_equal(
                cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(words, "type")), "array");
        words = cJSON_GetObjectItemCaseSensitive(words, path[i]);
    }
    assert_int_equal(cJSON_GetArraySize(words), table->count);
    for (size_t i = 0; i < table->count; i++) {
        const cJSON *word = cJSON_GetArrayItem(words, (int)i);
        assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(word, "const")),
                            table->rows[i].word);
        assert_string_equal(
            cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(word, "description")),
            table->rows[i].note);
    }
}

static void journal_schemas_explain_every_oddity(void **state)
{
    (void)state;
    struct tree tree;
    tree_start(&tree);
    journal_describe_form(&tree, tree.root, "form");
    journal_describe_image(&tree, tree.root, "image");
    check_oddities(cJSON_GetObjectItemCaseSensitive(tree.root, "form"), &multipart_oddities);
    check_oddities(cJSON_GetObjectItemCaseSensitive(tree.root, "image"), &image_oddities);
    free(tree_print(&tree));
}

static const char *const notes[] = {
#define MOCK_NUMBER(type, name, source, kind, note) note,
#define MOCK_TEXT(name, most, source, kind, note) note,
#define MOCK_VIEW(name, value, kind, note) note,
#include "journal/facts.def"
};

/* Every fact that an entry always has is required; each has a type or a reference to one, and its
 * note where it has one. */
static void journal_schema_of_an_entry_is_that_of_an_object(void **state)
{
    (void)state;
    struct tree tree;
    const cJSON *fact;
    tree_start(&tree);
    journal_describe_entry(&tree, tree.root, "entry");
    const cJSON *schema = cJSON_GetObjectItemCaseSensitive(tree.root, "entry");
    const cJSON *properties = cJSON_GetObjectItemCaseSensitive(schema, "properties");
    const cJSON *required = cJSON_GetObjectItemCaseSensitive(schema, "required");
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(schema, "type")),
                        "object");
    assert_int_equal(cJSON_GetArraySize(required), cJSON_GetArraySize(properties) - 1);
    assert_int_equal(cJSON_GetArraySize(properties), COUNT_OF(notes));
    const char *const *note = notes;
    cJSON_ArrayForEach(fact, properties)
    {
        const cJSON *described = cJSON_GetObjectItemCaseSensitive(fact, "description");
        assert_true(cJSON_HasObjectItem(fact, "type") || cJSON_HasObjectItem(fact, "enum") ||
                    cJSON_HasObjectItem(fact, "$ref"));
        assert_int_equal(described != NULL, *note != NULL);
        if (*note)
            assert_string_equal(cJSON_GetStringValue(described), *note);
        note++;
    }
    free(tree_print(&tree));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(journal_describes_parts_and_picture),
        cmocka_unit_test(journal_describes_only_the_parts_that_came),
        cmocka_unit_test(journal_describes_what_refused),
        cmocka_unit_test(journal_hashes_parts_of_up_to_1_kib),
        cmocka_unit_test(journal_describes_the_first_of_many_parts),
        cmocka_unit_test(journal_describes_what_a_scenario_answered),
        cmocka_unit_test(journal_cuts_long_texts),
        cmocka_unit_test(journal_keeps_headers_without_secrets),
        cmocka_unit_test(journal_tells_secret_headers_by_the_end_of_their_names),
        cmocka_unit_test(journal_bounds_headers),
        cmocka_unit_test(journal_keeps_headers_that_just_fit),
        cmocka_unit_test(journal_prints_every_fact),
        cmocka_unit_test(journal_prints_null_for_what_there_was_not),
        cmocka_unit_test(journal_prints_a_content_type_of_one_letter),
        cmocka_unit_test(journal_prints_a_choice_of_zero),
        cmocka_unit_test(journal_prints_any_bytes_as_utf8),
        cmocka_unit_test(journal_schemas_explain_every_oddity),
        cmocka_unit_test(journal_schema_of_an_entry_is_that_of_an_object),
    };
    return cmocka_run_group_tests_name("describe", tests, NULL, NULL);
}
