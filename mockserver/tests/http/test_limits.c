/* Both sides of every boundary of the rules: what service_choice may say in each revision, bytes
 * and sides of a picture, bytes of a body. Pictures are really decoded here. */
#include "api/rules.h"
#include "mock_requests.h"
#include "testing/image_make.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])
#define BYTES(literal)                                                                             \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

static const char *rule_name(const struct verdict *verdict)
{
    return verdict->rule == RULE_NONE ? "nothing" : rule_info(verdict->rule)->name;
}

static const char *judge_choice(struct slice choice, enum revision_id id, struct verdict *verdict)
{
    struct image_file image = image_make_png(
        &(struct image_png_recipe){.width = 1, .height = 1, .colour = 0, .depth = 8, .flat = true});
    struct mock_world world = mock_world_in(id);
    struct mock_call call = mock_call_right(image_make_slice(&image));
    call.choice = choice;
    *verdict = mock_judge(&call, &world);
    free(image.data);
    return rule_name(verdict);
}

static void limits_accept_the_numbers_of_each_revision_and_none_beside(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *accepted; /* in the oldest revision to 2026-05; newer ones are as the last */
    } rows[] = {
        {"0", "yy..."},     {"1", "yy..."},         {"2", "yy..."},   {"3", "yy..."},
        {"4", "....."},     {"9", "....."},         {"10", ".yyyy"},  {"11", ".yyyy"},
        {"15", ".yyyy"},    {"16", ".yyyy"},        {"17", "....."},  {"99", "....."},
        {"100", "yyyyy"},   {"101", "....."},       {"110", "....."}, {"1000", "....."},
        {"65552", "....."}, {"999999999", "....."},
    };
    for (size_t i = 0; i < ROWS(rows); i++)
        for (enum revision_id id = 0; id < REVISION_COUNT; id++) {
            struct verdict verdict;
            const char *rule = judge_choice(slice_of(rows[i].text), id, &verdict);
            size_t last = strlen(rows[i].accepted) - 1;
            char accepted = rows[i].accepted[id < last ? id : last];
            const char *wanted = accepted == 'y' ? "nothing" : "choice_scope";
            char value[32];
            if (strcmp(rule, wanted) != 0)
                fail_msg("%s in %s: %s", rows[i].text, revision_info(id)->name, rule);
            snprintf(value, sizeof value, " %s is not in scope", rows[i].text);
            if (verdict.rule && !strstr(verdict.message, value))
                fail_msg("'%s' does not name %s", verdict.message, rows[i].text);
        }
}

static void limits_call_a_large_number_out_of_scope_not_malformed(void **state)
{
    (void)state;
    static const char *const numbers[] = {
        "1000000000",
        "2147483647",
        "2147483648",
        "4294967306",
        "4294967396",
        "18446744073709551626",
        "10000000000000000000000000000000000000000000010",
    };
    for (size_t i = 0; i < ROWS(numbers); i++) {
        struct verdict verdict;
        const char *rule = judge_choice(slice_of(numbers[i]), REVISION_R2026_01, &verdict);
        if (strcmp(rule, "choice_scope") != 0)
            fail_msg("%s: %s, %s", numbers[i], rule, verdict.message);
        assert_memory_equal(verdict.message, "Invalid parameter. - service_choice: ", 37);
        assert_non_null(strstr(verdict.message, "is not in scope; it is one of 10, 11"));
    }
}

static void limits_refuse_a_choice_that_is_not_plain_decimal(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct slice text;
        const char *shown;
    } rows[] = {
        {"a space before", BYTES(" 12"), "' 12'"},
        {"a space after", BYTES("12 "), "'12 '"},
        {"a line end after", BYTES("12\r\n"), "'12?\?'"},
        {"a tab", BYTES("\t12"), "'?12'"},
        {"a space alone", BYTES(" "), "' '"},
        {"a plus sign", BYTES("+12"), "'+12'"},
        {"a minus sign", BYTES("-12"), "'-12'"},
        {"minus zero", BYTES("-0"), "'-0'"},
        {"a leading zero", BYTES("012"), "'012'"},
        {"two zeros", BYTES("00"), "'00'"},
        {"an exponent", BYTES("1e1"), "'1e1'"},
        {"a fraction", BYTES("12.0"), "'12.0'"},
        {"hexadecimal", BYTES("0xc"), "'0xc'"},
        {"digits of another script", BYTES("\xef\xbc\x91\xef\xbc\x92"), "'?\?\?\?\?\?'"},
        {"a NUL after", BYTES("12\0"), "'12?'"},
        {"a NUL before",
         BYTES("\0"
               "12"),
         "'?12'"},
        {"a name", BYTES("Big Grin"), "'Big Grin'"},
        {"quotes", BYTES("\"12\""), "'\"12\"'"},
        {"two numbers", BYTES("10,11"), "'10,11'"},
        {"a letter at the end", BYTES("12a"), "'12a'"},
        {"a byte order mark",
         BYTES("\xef\xbb\xbf"
               "12"),
         "'?\?\?12'"},
        {"the character before 0", BYTES("1/"), "'1/'"},
        {"the character after 9", BYTES("1:"), "'1:'"},
    };
    for (size_t i = 0; i < ROWS(rows); i++)
        for (enum revision_id id = 0; id < REVISION_COUNT; id++) {
            struct verdict verdict;
            const char *rule = judge_choice(rows[i].text, id, &verdict);
            if (strcmp(rule, "choice_text") != 0)
                fail_msg("%s in %s: %s", rows[i].why, revision_info(id)->name, rule);
            if (!strstr(verdict.message, rows[i].shown))
                fail_msg("%s: '%s' does not show %s", rows[i].why, verdict.message, rows[i].shown);
            assert_string_equal(error_info(verdict.code)->name, "ERROR_INVALID_PARAMETER");
            assert_int_equal(verdict.status, 400);
        }
}

static void limits_survive_a_very_long_choice(void **state)
{
    (void)state;
    size_t len = (size_t)1024 * 1024;
    char *text = malloc(len);
    struct verdict verdict;
    memset(text, '1', len);
    assert_string_equal(judge_choice(slice_make(text, len), REVISION_R2026_01, &verdict),
                        "choice_scope");
    assert_non_null(strstr(verdict.message, "11... is not in scope"));
    memset(text, 'x', len);
    assert_string_equal(judge_choice(slice_make(text, len), REVISION_R2026_01, &verdict),
                        "choice_text");
    assert_non_null(strstr(verdict.message, "xx...' is not a plain decimal integer"));
    free(text);
}

/* The picture, made longer with bytes behind its end. */
static struct image_file padded(struct image_file file, size_t len)
{
    file.data = realloc(file.data, len);
    assert_non_null(file.data);
    memset(file.data + file.len, 'p', len - file.len);
    file.len = len;
    return file;
}

static void limits_accept_5_mib_and_not_a_byte_more(void **state)
{
    (void)state;
    const size_t most = (size_t)5 * 1024 * 1024;
    for (int png = 0; png < 2; png++)
        for (size_t len = most - 1; len <= most + 1; len++) {
            struct image_file image =
                png ? image_make_png(&(struct image_png_recipe){.colour = 2, .depth = 8})
                    : image_make_jpeg(&(struct image_jpeg_recipe){.why = "baseline"});
            image = padded(image, len);
            for (enum revision_id id = 0; id < REVISION_COUNT; id++) {
                struct mock_world world = mock_world_in(id);
                struct mock_call call = mock_call_right(image_make_slice(&image));
                struct verdict verdict = mock_judge(&call, &world);
                const char *wanted = len <= most ? "nothing" : "image_size";
                if (strcmp(rule_name(&verdict), wanted) != 0)
                    fail_msg("%s of %zu bytes: %s, %s", png ? "PNG" : "JPEG", len,
                             rule_name(&verdict), verdict.message);
            }
            free(image.data);
        }
}

static void limits_accept_4095_px_and_not_one_more(void **state)
{
    (void)state;
    static const struct {
        unsigned width, height;
        bool accepted;
    } rows[] = {
        {4095, 1, true},     {1, 4095, true},     {4095, 4095, true},
        {4096, 1, false},    {1, 4096, false},    {4096, 4096, false},
        {4095, 4096, false}, {4096, 4095, false}, {1, 1, true},
    };
    for (size_t i = 0; i < ROWS(rows); i++)
        for (int png = 0; png < 2; png++) {
            const unsigned width = rows[i].width, height = rows[i].height;
            struct image_file image =
                png ? image_make_png(&(struct image_png_recipe){
                          .width = width, .height = height, .colour = 0, .depth = 1, .flat = true})
                    : image_make_jpeg(&(struct image_jpeg_recipe){
                          .width = width, .height = height, .components = 1, .flat = true});
            for (enum revision_id id = 0; id < REVISION_COUNT; id++) {
                struct mock_world world = mock_world_in(id);
                struct mock_call call = mock_call_right(image_make_slice(&image));
                struct verdict verdict = mock_judge(&call, &world);
                char size[32];
                snprintf(size, sizeof size, " %ux%u px", width, height);
                if (strcmp(rule_name(&verdict),
                           rows[i].accepted ? "nothing" : "image_resolution") != 0)
                    fail_msg("%s of%s: %s, %s", png ? "PNG" : "JPEG", size, rule_name(&verdict),
                             verdict.message);
                if (!rows[i].accepted && !strstr(verdict.message, size))
                    fail_msg("'%s' does not name%s", verdict.message, size);
            }
            free(image.data);
        }
}

static void limits_accept_an_announced_body_of_the_bound_and_not_a_byte_more(void **state)
{
    (void)state;
    static const struct {
        const char *length, *rule;
    } rows[] = {
        {"6291455", "nothing"},
        {"6291456", "nothing"},
        {"6291457", "body_announced"},
        {"104857600", "body_announced"},
        {"999999999999999999", "body_announced"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char length_text[24];
        struct verdict verdict;
        struct request request = {0};
        struct mock_world world = mock_world_in(REVISION_R2026_01);
        struct rule_context context = {
            .revision = world.revision, .account = &world.account, .max_body_bytes = MOCK_BODY_MAX};
        struct mock_call call = mock_call_right(slice_of("x"));
        mock_call_header(&call, "Content-Length", rows[i].length);
        mock_call_head(&request.head, &call, 0, length_text);
        request_head_derive(&request.head);
        rules_judge(&verdict, STAGE_HEAD, &request, &context);
        assert_string_equal(rule_name(&verdict), rows[i].rule);
        if (verdict.rule)
            assert_non_null(strstr(verdict.message, rows[i].length));
    }
}

static void limits_tell_how_an_unfinished_body_ended(void **state)
{
    (void)state;
    static const struct {
        enum body_end end;
        bool chunked;
        const char *rule, *says;
    } rows[] = {
        {BODY_CUT, false, "body_whole", "that Content-Length announces"},
        {BODY_CUT, true, "body_whole", "before the last chunk"},
        {BODY_TIMED_OUT, false, "body_whole", "not complete in time"},
        {BODY_TIMED_OUT, true, "body_whole", "not complete in time"},
        {BODY_BAD_CHUNK, true, "body_whole", "a chunk of the chunked transfer coding"},
        {BODY_TOO_LARGE, true, "body_received", "longer than 6291456 bytes"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct mock_world world = mock_world_in(REVISION_R2026_01);
        struct mock_call call = mock_call_right(slice_of("x"));
        call.end = rows[i].end;
        call.chunked = rows[i].chunked;
        struct verdict verdict = mock_judge(&call, &world);
        assert_string_equal(rule_name(&verdict), rows[i].rule);
        if (!strstr(verdict.message, rows[i].says))
            fail_msg("'%s' does not say '%s'", verdict.message, rows[i].says);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_accept_the_numbers_of_each_revision_and_none_beside),
        cmocka_unit_test(limits_call_a_large_number_out_of_scope_not_malformed),
        cmocka_unit_test(limits_refuse_a_choice_that_is_not_plain_decimal),
        cmocka_unit_test(limits_survive_a_very_long_choice),
        cmocka_unit_test(limits_accept_5_mib_and_not_a_byte_more),
        cmocka_unit_test(limits_accept_4095_px_and_not_one_more),
        cmocka_unit_test(limits_accept_an_announced_body_of_the_bound_and_not_a_byte_more),
        cmocka_unit_test(limits_tell_how_an_unfinished_body_ended),
    };
    return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
