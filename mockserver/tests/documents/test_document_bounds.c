/* The bounds of documents: as much as is stated is accepted, one more is refused. */
#include "api/rules.h"
#include "document_wrong.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

/* Bounds, with generated documents. */

static char *repeat(const char *before, const char *each, size_t count, const char *after)
{
    size_t len = strlen(each), size = strlen(before) + count * len + strlen(after) + 1;
    char *text = malloc(size);
    assert_non_null(text);
    size_t used = (size_t)snprintf(text, size, "%s", before);
    for (size_t i = 0; i < count; i++, used += len)
        memcpy(text + used, each, len);
    snprintf(text + used, size - used, "%s", after);
    return text;
}

static void document_keeps_its_bounds(void **state)
{
    (void)state;
    static const struct {
        struct wrong wrong; /* json: what stands before */
        const char *each;
        size_t right; /* how many are accepted; one more is not */
        const char *after;
        wrong_parser *parse;
    } table[] = {
        {{"steps", "{\"name\":\"a\",\"steps\":[{\"delay\":1}", "/steps", {"65 steps", "1 to 64"}},
         ",{\"delay\":1}",
         63,
         "]}",
         wrong_scenario},
        {{"name", "{\"steps\":[{\"delay\":1}],\"name\":\"", "/name", {"1 to 64"}},
         "n",
         64,
         "\"}",
         wrong_scenario},
        {{"body", "{\"status\":500,\"body\":\"", "/body", {"1 MiB"}},
         "x",
         1048576,
         "\"}",
         wrong_step},
        {{"body in Base64", "{\"status\":500,\"body_base64\":\"", "/body_base64", {"1 MiB"}},
         "AAAA",
         1048576 / 3,
         "\"}",
         wrong_step},
        {{"summary",
          "{\"name\":\"a\",\"steps\":[{\"delay\":1}],\"summary\":\"",
          "/summary",
          {"1 to 200 bytes"}},
         "s",
         200,
         "\"}",
         wrong_scenario},
        {{"file name",
          "{\"name\":\"a\",\"steps\":[{\"delay\":1}],\"match\":{\"file_name\":\"",
          "/match/file_name",
          {"1 to 255 bytes"}},
         "*",
         255,
         "\"}}",
         wrong_scenario},
        {{"message", "{\"error\":\"EXCEEDING_LIMITS\",\"message\":\"", "/message", {"383"}},
         "m",
         VERDICT_MESSAGE_SIZE - 1,
         "\"}",
         wrong_step},
        {{"header value", "{\"headers\":{\"A\":\"", "/headers/A", {"1024"}},
         "v",
         1024,
         "\"}}",
         wrong_step},
        {{"header name", "{\"headers\":{\"", NULL, {"1 to 64"}}, "n", 64, "\":\"\"}}", wrong_step},
        {{"error code", "{\"status\":500,\"error\":\"", "/error", {"1 to 128"}},
         "E",
         128,
         "\"}",
         wrong_step},
        {{"API key", "{\"accounts\":{\"", NULL, {"1 to 255"}}, "k", 255, "\":{}}}", wrong_document},
    };
    for (size_t i = 0; i < ROWS(table); i++) {
        const struct wrong *wrong = &table[i].wrong;
        struct document_error error;
        char *right = repeat(wrong->json, table[i].each, table[i].right, table[i].after);
        char *more = repeat(wrong->json, table[i].each, table[i].right + 1, table[i].after);
        bool accepted = table[i].parse(slice_of(right), &error);
        bool refused = wrong_complains(wrong, slice_of(more), table[i].parse);
        free(right);
        free(more);
        if (!accepted || !refused)
            fail_msg("%s: %s: %s", wrong->why, error.pointer, error.message);
    }
}

/* {"scenarios":[…]} or {"accounts":{…}} with so many of them. */
static char *numbered(bool accounts, int count)
{
    const size_t size = (size_t)count * 48 + 64;
    char *text = malloc(size);
    assert_non_null(text);
    int used = snprintf(text, size, accounts ? "{\"accounts\":{" : "{\"scenarios\":[");
    for (int i = 0; i < count; i++)
        used += snprintf(text + used, size - (size_t)used,
                         accounts ? "%s\"key-%d\":{}"
                                  : "%s{\"name\":\"s%d\",\"steps\":[{\"delay\":1}]}",
                         i ? "," : "", i);
    snprintf(text + used, size - (size_t)used, accounts ? "}}" : "]}");
    return text;
}

static void document_keeps_a_thousand_scenarios_and_accounts(void **state)
{
    (void)state;
    static const struct wrong wrongs[] = {
        {"scenarios", "", "/scenarios", {"1001 scenarios", "at most 1000"}},
        {"accounts", "", "/accounts", {"1001 accounts", "at most 1000"}},
    };
    for (int i = 0; i < 2; i++) {
        struct document_error error;
        char *right = numbered(i == 1, 1000), *more = numbered(i == 1, 1001);
        bool accepted = wrong_document(slice_of(right), &error);
        bool refused = wrong_complains(&wrongs[i], slice_of(more), wrong_document);
        free(right);
        free(more);
        if (!accepted || !refused)
            fail_msg("%s: %s: %s", wrongs[i].why, error.pointer, error.message);
    }
}

static void document_refuses_when_it_is_too_big(void **state)
{
    (void)state;
    static const struct wrong size = {"size", "", "", {"4194305 bytes", "4194304"}};
    static const struct wrong values = {"values", "", "", {"at most 250000 values"}};
    static const struct wrong headers = {
        "headers", "", "/headers/e", {"at most 4096 bytes of them"}};
    char *text = repeat("{", " ", DOCUMENT_BYTES_MAX - 1, "}");
    assert_true(wrong_complains(&size, slice_of(text), wrong_document));
    struct document_error error;
    text[DOCUMENT_BYTES_MAX - 1] = '}'; /* one byte less is accepted */
    assert_true(wrong_document(slice_make(text, DOCUMENT_BYTES_MAX), &error));
    free(text);
    text = repeat("[0", ",0", 250000, "]");
    assert_true(wrong_complains(&values, slice_of(text), wrong_document));
    free(text);

    char *value = repeat("", "v", 1000, ""), json[8192];
    snprintf(json, sizeof json,
             "{\"headers\":{\"a\":\"%s\",\"b\":\"%s\",\"c\":\"%s\",\"d\":\"%s\",\"e\":\"%s\"}}",
             value, value, value, value, value);
    free(value);
    assert_true(wrong_complains(&headers, slice_of(json), wrong_step));
}

static void document_cuts_a_pointer_that_is_too_long(void **state)
{
    (void)state;
    struct document_error error;
    char *text = repeat("{\"", "\xc3\xa4/", 5000, "\": 1}");
    assert_false(wrong_document(slice_of(text), &error));
    free(text);
    size_t len = strlen(error.pointer);
    assert_in_range(len, 200, sizeof error.pointer - 1);
    assert_string_equal(error.pointer + len - 3, "...");
    assert_memory_equal(error.pointer, "/\xc3\xa4~1", 5);
    assert_non_null(strstr(error.message, "unknown field"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(document_keeps_its_bounds),
        cmocka_unit_test(document_keeps_a_thousand_scenarios_and_accounts),
        cmocka_unit_test(document_refuses_when_it_is_too_big),
        cmocka_unit_test(document_cuts_a_pointer_that_is_too_long),
    };
    return cmocka_run_group_tests_name("document_bounds", tests, NULL, NULL);
}
