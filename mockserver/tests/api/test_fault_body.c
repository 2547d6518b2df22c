/* Faults of the JSON and of the Base64 in it, as a reader of the body sees them: exactly one thing
 * is wrong, and the head announces what comes. */
#include "documents/shapes.h"
#include "fault_wire.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

/* In JSON. The head always announces what comes. */

/* NULL when the body is no JSON. */
static cJSON *parse_body(const struct seen *seen)
{
    struct document_error error;
    assert_true(wire_announced(seen) == (long long)seen->body_len);
    assert_int_equal(seen->end, REPLY_SEND);
    assert_false(seen->close);
    if (!syntax_check(slice_make(seen->body, seen->body_len), &error))
        return NULL;
    cJSON *tree = cJSON_ParseWithLength(seen->body, seen->body_len);
    assert_non_null(tree);
    return tree;
}

static void fault_replaces_the_body_where_it_says(void **state)
{
    (void)state;
    static const struct {
        enum fault_id fault;
        const char *type, *contains;
    } table[] = {
        {FAULT_html_body, "text/html; charset=utf-8", "</html>"},
        {FAULT_empty_body, "application/json", ""},
        {FAULT_json_garbage, "application/json", "not JSON"},
    };
    for (size_t i = 0; i < ROWS(table); i++)
        for (int ok = 0; ok < 2; ok++) {
            struct seen seen;
            wire_see(&seen, ok, WIRE_IMAGE_SIZE, table[i].fault, 0);
            assert_null(parse_body(&seen));
            assert_non_null(strstr(seen.body, table[i].contains));
            assert_true((seen.body_len == 0) == !*table[i].contains);
            assert_true(wire_header_is(&seen, "Content-Type", table[i].type));
            assert_memory_equal(seen.bytes, ok ? "HTTP/1.1 200 " : "HTTP/1.1 422 ", 13);
            free(seen.bytes);
        }
}

static void fault_damages_json_in_one_way(void **state)
{
    (void)state;
    for (int ok = 0; ok < 2; ok++) {
        struct seen right, seen;
        wire_see_right(&right, ok, WIRE_IMAGE_SIZE, true);
        cJSON *document = parse_body(&right);

        wire_see(&seen, ok, WIRE_IMAGE_SIZE, FAULT_json_truncated, 0);
        assert_int_equal(seen.body_len, right.body_len / 2);
        assert_memory_equal(seen.body, right.body, seen.body_len);
        assert_null(parse_body(&seen));
        free(seen.bytes);

        wire_see(&seen, ok, WIRE_IMAGE_SIZE, FAULT_json_array, 0);
        cJSON *tree = parse_body(&seen);
        assert_true(cJSON_IsArray(tree) && cJSON_GetArraySize(tree) == 1);
        assert_true(cJSON_Compare(tree->child, document, true));
        cJSON_Delete(tree);
        free(seen.bytes);

        wire_see(&seen, ok, WIRE_IMAGE_SIZE, FAULT_json_duplicate_key, 0);
        tree = parse_body(&seen);
        cJSON *first = cJSON_DetachItemFromObjectCaseSensitive(tree, "error_detail");
        assert_true(cJSON_IsObject(first));
        assert_true(cJSON_Compare(tree, document, true)); /* the rest is the right document */
        assert_false(cJSON_Compare(first, cJSON_GetObjectItem(document, "error_detail"), true));
        cJSON_Delete(first);
        cJSON_Delete(tree);
        free(seen.bytes);

        cJSON_Delete(document);
        free(right.bytes);
    }
}

static void fault_puts_bytes_that_are_no_utf8_into_one_text(void **state)
{
    (void)state;
    struct seen right, seen;
    wire_see_right(&right, true, WIRE_IMAGE_SIZE, true);
    wire_see(&seen, true, WIRE_IMAGE_SIZE, FAULT_json_invalid_utf8, 0);
    size_t at = utf8_length(slice_make(seen.body, seen.body_len));
    assert_in_range(at, 1, seen.body_len - 1);
    assert_true(wire_announced(&seen) == (long long)seen.body_len);
    size_t more = seen.body_len - right.body_len;
    assert_memory_equal(seen.body, right.body, at);
    assert_memory_equal(seen.body + at + more, right.body + at, right.body_len - at);
    /* Everything else reads well: the bytes stand inside a text. */
    cJSON *tree = cJSON_ParseWithLength(seen.body, seen.body_len);
    const char *log_id = cJSON_GetStringValue(cJSON_GetObjectItem(tree, "log_id"));
    assert_non_null(log_id);
    assert_string_equal(log_id + more, "12345678");
    cJSON_Delete(tree);
    free(seen.bytes);
    free(right.bytes);
}

/* Where there is no log_id of text, they come first. */
static void fault_puts_bytes_that_are_no_utf8_before_an_answer_without_log_id(void **state)
{
    (void)state;
    static const char *const bodies[] = {"{}", "{\"log_id\":12345}", ""};
    for (size_t i = 0; i < ROWS(bodies); i++) {
        struct reply_head head = wire_head(true, true);
        struct reply reply;
        struct seen seen;
        char expected[64];
        snprintf(expected, sizeof expected, "\xff\xfe\xc0\x80%s", bodies[i]);
        assert_true(fault_reply(&reply, &head, slice_of(bodies[i]), slice_make(NULL, 0),
                                FAULT_json_invalid_utf8, 0));
        wire_carry_out(&seen, &reply);
        assert_string_equal(seen.body, expected);
        free(seen.bytes);
    }
}

static void fault_json_huge_is_right_json_of_exactly_that_size(void **state)
{
    (void)state;
    struct seen right, seen;
    wire_see_right(&right, true, WIRE_IMAGE_SIZE, true);
    wire_see(&seen, true, WIRE_IMAGE_SIZE, FAULT_json_huge, 100000);
    assert_int_equal(seen.body_len, 100000);
    cJSON *tree = parse_body(&seen), *document = parse_body(&right);
    cJSON *padding = cJSON_DetachItemFromObjectCaseSensitive(tree, "padding");
    assert_true(cJSON_IsString(padding));
    assert_true(cJSON_Compare(tree, document, true));
    cJSON_Delete(padding);
    cJSON_Delete(tree);
    cJSON_Delete(document);
    free(seen.bytes);
    wire_see(&seen, true, WIRE_IMAGE_SIZE, FAULT_json_huge, 1); /* smaller than the document */
    tree = parse_body(&seen);
    assert_in_range(seen.body_len, right.body_len + 1, right.body_len + 100);
    cJSON_Delete(tree);
    free(seen.bytes);
    free(right.bytes);
}

/* The smallest has one byte of padding. */
static void fault_json_huge_is_never_smaller_than_its_document(void **state)
{
    (void)state;
    struct seen right, seen;
    wire_see_right(&right, true, WIRE_IMAGE_SIZE, true);
    const size_t smallest = right.body_len + strlen("\"padding\":\"x\",");
    for (size_t amount = smallest - 2; amount <= smallest + 1; amount++) {
        wire_see(&seen, true, WIRE_IMAGE_SIZE, FAULT_json_huge, amount);
        assert_int_equal(seen.body_len, amount > smallest ? amount : smallest);
        cJSON_Delete(parse_body(&seen));
        free(seen.bytes);
    }
    free(right.bytes);
}

static void fault_json_huge_takes_no_memory_for_its_50_mb(void **state)
{
    (void)state;
    unsigned char image[WIRE_IMAGE_SIZE + 1];
    wire_make_image(image);
    struct reply_head head = wire_head(true, true);
    struct reply reply;
    assert_int_equal(fault_info(FAULT_json_huge)->fallback, 50 * 1024 * 1024);
    assert_true(fault_reply(&reply, &head, slice_of(wire_success),
                            slice_make(image, WIRE_IMAGE_SIZE), FAULT_json_huge, 50 * 1024 * 1024));
    uint64_t held = 0;
    for (size_t i = 0; i < reply.step_count; i++)
        held += reply.steps[i].bytes.len;
    assert_in_range(held, 1, 10000);
    assert_int_equal(reply_size(&reply) - reply.steps[0].bytes.len, 50 * 1024 * 1024);
    reply_clear(&reply);
}

static void fault_json_huge_announces_what_it_sends_when_the_body_is_empty(void **state)
{
    (void)state;
    struct reply_head head = wire_head(true, true);
    struct reply reply;
    struct seen seen;
    assert_true(
        fault_reply(&reply, &head, slice_of(""), slice_make(NULL, 0), FAULT_json_huge, 1000));
    wire_carry_out(&seen, &reply);
    assert_true(wire_announced(&seen) == (long long)seen.body_len);
    free(seen.bytes);
}

/* In the Base64 */

/* data.image of the answer, to be freed; the rest of the document is the right one. */
static char *image_text(enum fault_id fault, size_t image_size)
{
    struct seen right, seen;
    wire_see_right(&right, true, image_size, true);
    wire_see(&seen, true, image_size, fault, 0);
    cJSON *tree = parse_body(&seen), *document = parse_body(&right);
    cJSON *data = cJSON_GetObjectItemCaseSensitive(tree, "data");
    cJSON *found = cJSON_DetachItemFromObjectCaseSensitive(data, "image");
    assert_true(cJSON_IsString(found));
    cJSON_DeleteItemFromObjectCaseSensitive(cJSON_GetObjectItem(document, "data"), "image");
    assert_true(cJSON_Compare(tree, document, true));
    char *text = strdup(found->valuestring);
    cJSON_Delete(found);
    cJSON_Delete(tree);
    cJSON_Delete(document);
    free(seen.bytes);
    free(right.bytes);
    assert_non_null(text);
    return text;
}

static void fault_damages_base64_in_one_way(void **state)
{
    (void)state;
    /* With no, two and one '='; and with Base64 that fills the room of the text to its end, so that
     * a sanitizer sees one byte too far. */
    static const size_t sizes[] = {WIRE_IMAGE_SIZE - 1, WIRE_IMAGE_SIZE, WIRE_IMAGE_SIZE + 1, 192};
    unsigned char image[WIRE_IMAGE_SIZE + 1];
    wire_make_image(image);
    for (size_t i = 0; i < ROWS(sizes); i++) {
        const size_t size = sizes[i];
        char *right = wire_encode(image, size), *text = image_text(FAULT_base64_data_prefix, size);
        size_t len = strlen(right);
        assert_memory_equal(text, "data:image/jpeg;base64,", 23);
        assert_string_equal(text + 23, right);
        free(text);

        text = image_text(FAULT_base64_line_breaks, size);
        size_t at = 0;
        for (size_t line = 0; line < len; line += 76) {
            size_t length = len - line < 76 ? len - line : 76;
            assert_memory_equal(text + at, right + line, length);
            assert_memory_equal(text + at + length, "\r\n", 2);
            at += length + 2;
        }
        assert_int_equal(strlen(text), at);
        free(text);

        text = image_text(FAULT_base64_url_alphabet, size);
        assert_true(strchr(right, '+') && strchr(right, '/'));
        assert_int_equal(strlen(text), len);
        for (size_t k = 0; k < len; k++)
            assert_int_equal(text[k], right[k] == '+' ? '-' : right[k] == '/' ? '_' : right[k]);
        free(text);
        free(right);
    }
}

/* Each line has an end, and no line is empty. */
static void fault_base64_line_breaks_follow_76_characters(void **state)
{
    (void)state;
    static const struct {
        size_t size, text; /* of the picture, and of its Base64 with line breaks */
    } rows[] = {{0, 0}, {1, 4 + 2}, {54, 72 + 2}, {57, 76 + 2}, {58, 80 + 4}, {114, 152 + 4}};
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *text = image_text(FAULT_base64_line_breaks, rows[i].size);
        assert_int_equal(strlen(text), rows[i].text);
        free(text);
    }
}

/* The room of a text grows with what it is to hold, wherever the large piece stands. */
static void fault_keeps_every_byte_of_a_long_answer(void **state)
{
    (void)state;
    static const struct {
        int message, tail;
        size_t image;
    } rows[] = {{1, 1, 30000}, {30000, 1, 15000}, {1, 30000, 15000}, {15000, 30000, 1}};
    unsigned char *image = calloc(1, 30000);
    assert_non_null(image);
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *json = calloc(1, 65536);
        struct reply_head head = wire_head(true, true);
        struct reply reply;
        struct seen right, seen;
        assert_non_null(json);
        snprintf(json, 65536, "{\"message\":\"%0*d\",\"image\":\"@\",\"tail\":\"%0*d\"}",
                 rows[i].message, 0, rows[i].tail, 0);
        const struct slice picture = slice_make((char *)image, rows[i].image);
        assert_true(reply_json(&reply, &head, slice_of(json), picture));
        wire_carry_out(&right, &reply);
        assert_true(fault_reply(&reply, &head, slice_of(json), picture, FAULT_json_array, 0));
        wire_carry_out(&seen, &reply);
        assert_int_equal(seen.body_len, right.body_len + 2);
        assert_memory_equal(seen.body + 1, right.body, right.body_len);
        free(seen.bytes);
        free(right.bytes);
        free(json);
    }
    free(image);
}

/* One padding character goes where there is one; else one comes. All others stay. */
static void fault_base64_bad_padding_changes_the_padding_alone(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, WIRE_IMAGE_SIZE - 1, WIRE_IMAGE_SIZE, WIRE_IMAGE_SIZE + 1};
    unsigned char image[WIRE_IMAGE_SIZE + 1];
    wire_make_image(image);
    for (size_t i = 0; i < ROWS(sizes); i++) {
        char expected[300];
        char *right = wire_encode(image, sizes[i]);
        char *text = image_text(FAULT_base64_bad_padding, sizes[i]);
        const size_t len = strlen(right);
        const bool padded = len && right[len - 1] == '=';
        snprintf(expected, sizeof expected, "%.*s%s", (int)(len - padded), right,
                 padded ? "" : "=");
        assert_string_equal(text, expected);
        free(text);
        free(right);
    }
}

static void fault_encodes_other_bytes_rightly(void **state)
{
    (void)state;
    unsigned char image[WIRE_IMAGE_SIZE + 1];
    wire_make_image(image);
    char *text = image_text(FAULT_base64_half_image, WIRE_IMAGE_SIZE);
    char *half = wire_encode(image, WIRE_IMAGE_SIZE / 2);
    assert_string_equal(text, half);
    free(half);
    free(text);
    text = image_text(FAULT_base64_no_image, WIRE_IMAGE_SIZE);
    assert_int_equal(strlen(text) % 4, 0);
    assert_memory_equal(text, "VGhlc2UgYnl0ZXMg", 16); /* "These bytes " */
    assert_int_not_equal(strncmp(text, "/9j/", 4), 0);
    free(text);
}

static void fault_of_base64_leaves_an_answer_without_image_alone(void **state)
{
    (void)state;
    for (enum fault_id id = FAULT_base64_data_prefix; id <= FAULT_base64_half_image; id++) {
        struct seen right, seen;
        wire_see_right(&right, false, 0, true);
        wire_see(&seen, false, 0, id, 0);
        assert_int_equal(seen.len, right.len);
        assert_memory_equal(seen.bytes, right.bytes, right.len);
        free(seen.bytes);
        free(right.bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fault_replaces_the_body_where_it_says),
        cmocka_unit_test(fault_damages_json_in_one_way),
        cmocka_unit_test(fault_puts_bytes_that_are_no_utf8_into_one_text),
        cmocka_unit_test(fault_puts_bytes_that_are_no_utf8_before_an_answer_without_log_id),
        cmocka_unit_test(fault_json_huge_is_never_smaller_than_its_document),
        cmocka_unit_test(fault_json_huge_is_right_json_of_exactly_that_size),
        cmocka_unit_test(fault_json_huge_takes_no_memory_for_its_50_mb),
        cmocka_unit_test(fault_json_huge_announces_what_it_sends_when_the_body_is_empty),
        cmocka_unit_test(fault_damages_base64_in_one_way),
        cmocka_unit_test(fault_base64_line_breaks_follow_76_characters),
        cmocka_unit_test(fault_keeps_every_byte_of_a_long_answer),
        cmocka_unit_test(fault_base64_bad_padding_changes_the_padding_alone),
        cmocka_unit_test(fault_encodes_other_bytes_rightly),
        cmocka_unit_test(fault_of_base64_leaves_an_answer_without_image_alone),
    };
    return cmocka_run_group_tests_name("fault_body", tests, NULL, NULL);
}
