/* Tests of the envelope: which fields each of its three shapes has, in which order and of which
 * JSON type, judged on the printed text; and of the ids in it. */
#include "api/envelope.h"
#include <cjson/cJSON.h>
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

static const struct answer_ids ids = {"0123ABCD-4567-4890-8BCD-EF0123456789", "00012345"};

static char *print(enum revision_id revision, const struct verdict *verdict, cJSON *data)
{
    cJSON *tree = envelope_make(revision_info(revision), verdict, &ids, data);
    assert_non_null(tree);
    char *text = cJSON_PrintUnformatted(tree);
    assert_non_null(text);
    cJSON_Delete(tree);
    return text;
}

/* "name:type name:type …", objects in parentheses: n number, s string. */
static void describe(char *out, size_t size, const cJSON *object)
{
    size_t used = 0;
    out[0] = '\0';
    for (const cJSON *item = object->child; item; item = item->next) {
        char inner[256] = "?";
        if (cJSON_IsNumber(item))
            snprintf(inner, sizeof inner, "n");
        else if (cJSON_IsString(item))
            snprintf(inner, sizeof inner, "s");
        else if (cJSON_IsObject(item)) {
            inner[0] = '(';
            describe(inner + 1, sizeof inner - 2, item);
            strncat(inner, ")", sizeof inner - strlen(inner) - 1);
        }
        used += (size_t)snprintf(out + used, size - used, "%s%s:%s", used ? " " : "", item->string,
                                 inner);
        assert_true(used < size);
    }
}

#define PUBLIC "request_id:s log_id:s error_code:n error_code_str:s error_msg:s "
#define DETAIL "error_detail:(status_code:n code:s code_message:s message:s)"
#define SHORT "request_id:s log_id:s error_detail:(code:s code_message:s message:s)"

static const char *const shapes[] = {
    [ENVELOPE_A] = PUBLIC DETAIL, [ENVELOPE_B] = PUBLIC DETAIL, [ENVELOPE_C] = SHORT};

static const char *shape_in(enum revision_id id)
{
    return shapes[revision_info(id)->envelope];
}

static void check_shape(const char *text, const char *wanted)
{
    char found[512];
    cJSON *tree = cJSON_Parse(text);
    assert_non_null(tree);
    describe(found, sizeof found, tree);
    assert_string_equal(found, wanted);
    cJSON_Delete(tree);
}

static void envelope_has_the_documented_fields_in_order_on_errors(void **state)
{
    (void)state;
    for (enum revision_id id = 0; id < REVISION_COUNT; id++)
        for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++) {
            struct verdict verdict;
            verdict_make(&verdict, revision_info(id), code, 0, "what \"was\" wrong\n");
            char *text = print(id, &verdict, NULL);
            check_shape(text, shape_in(id));
            cJSON_free(text);
        }
}

static void envelope_has_the_documented_fields_in_order_on_success(void **state)
{
    (void)state;
    for (enum revision_id id = 0; id < REVISION_COUNT; id++) {
        struct verdict verdict;
        char wanted[512];
        verdict_make(&verdict, revision_info(id), ERROR_NONE, 0, NULL);
        char *text = print(id, &verdict, envelope_image_data());
        snprintf(wanted, sizeof wanted, "%s data:(image:s)", shape_in(id));
        check_shape(text, wanted);
        cJSON_free(text);
    }
}

static void check_text(const char *what, const char *found, const char *wanted)
{
    if (!found || strcmp(found, wanted) != 0)
        fail_msg("%s: '%s' instead of '%s'", what, found ? found : "(none)", wanted);
}

static void check_values(const char *text, const struct verdict *verdict, enum revision_id id)
{
    cJSON *tree = cJSON_Parse(text);
    const struct error_info *info = error_info(verdict->code);
    const cJSON *detail = cJSON_GetObjectItemCaseSensitive(tree, "error_detail");
    check_text("request_id",
               cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(tree, "request_id")),
               ids.request_id);
    check_text("log_id", cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(tree, "log_id")),
               ids.log_id);
    check_text("code", cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(detail, "code")),
               info->name);
    check_text("code_message",
               cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(detail, "code_message")),
               info->description);
    check_text("message", cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(detail, "message")),
               verdict->message);
    if (revision_info(id)->envelope != ENVELOPE_C) {
        int status = cJSON_GetObjectItemCaseSensitive(detail, "status_code")->valueint;
        int error_code = cJSON_GetObjectItemCaseSensitive(tree, "error_code")->valueint;
        assert_int_equal(status, verdict->status);
        assert_int_equal(error_code, verdict->status == 200 ? 0 : verdict->status);
    }
    if (revision_info(id)->envelope == ENVELOPE_B) {
        check_text("error_code_str",
                   cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(tree, "error_code_str")),
                   info->name);
        check_text("error_msg",
                   cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(tree, "error_msg")),
                   verdict->message);
    }
    cJSON_Delete(tree);
}

static void envelope_says_what_the_verdict_says(void **state)
{
    (void)state;
    static const char *const messages[] = {
        "service_choice: '?' \\ \"quoted\" / \t \r\n control \x01", "\xc3\xa4\xe4\xb8\xad", "x"};
    for (enum revision_id id = 0; id < REVISION_COUNT; id++)
        for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++) {
            struct verdict verdict;
            int status = code % 7 == 0 ? 200 : 0; /* an error in 200, too */
            verdict_make(&verdict, revision_info(id), code, status, messages[code % 3]);
            char *text = print(id, &verdict, NULL);
            check_values(text, &verdict, id);
            cJSON_free(text);
        }
}

static void envelope_is_empty_of_errors_on_success(void **state)
{
    (void)state;
    struct verdict verdict;
    verdict_make(&verdict, revision_default(), ERROR_NONE, 0, NULL);
    char *text = print(REVISION_R2026_01, &verdict, envelope_image_data());
    assert_string_equal(
        text, "{\"request_id\":\"0123ABCD-4567-4890-8BCD-EF0123456789\",\"log_id\":\"00012345\","
              "\"error_code\":0,\"error_code_str\":\"\",\"error_msg\":\"\",\"error_detail\":{"
              "\"status_code\":200,\"code\":\"\",\"code_message\":\"\",\"message\":\"\"},"
              "\"data\":{\"image\":\"@\"}}");
    cJSON_free(text);
    text = print(REVISION_R2026_05, &verdict, envelope_image_data());
    assert_string_equal(
        text, "{\"request_id\":\"0123ABCD-4567-4890-8BCD-EF0123456789\",\"log_id\":\"00012345\","
              "\"error_detail\":{\"code\":\"\",\"code_message\":\"\",\"message\":\"\"},"
              "\"data\":{\"image\":\"@\"}}");
    cJSON_free(text);
}

static void envelope_b_is_the_documented_example(void **state)
{
    (void)state;
    struct verdict verdict;
    verdict_make(&verdict, revision_default(), CODE_ERROR_NO_FACE_IN_FILE, 0, "pic not has face");
    char *text = print(REVISION_R2026_01, &verdict, NULL);
    assert_string_equal(
        text,
        "{\"request_id\":\"0123ABCD-4567-4890-8BCD-EF0123456789\",\"log_id\":\"00012345\","
        "\"error_code\":422,\"error_code_str\":\"ERROR_NO_FACE_IN_FILE\","
        "\"error_msg\":\"pic not has face\",\"error_detail\":{\"status_code\":422,"
        "\"code\":\"ERROR_NO_FACE_IN_FILE\",\"code_message\":\"No face detected in the file.\","
        "\"message\":\"pic not has face\"}}");
    cJSON_free(text);
}

static void envelope_a_gives_the_coarser_class(void **state)
{
    (void)state;
    static const struct {
        enum error_code code;
        const char *message, *coarse, *text;
    } rows[] = {
        {CODE_ERROR_NO_FACE_IN_FILE, "222202 - pic not has face", "FILE_CONTENT_NON_COMPLIANCE",
         "File content does not meet requirements. - 222202 - pic not has face"},
        {CODE_ERROR_PARAMETERS, "x", "ERROR_PARAMETERS", "Invalid parameters. - x"},
        {CODE_ERROR_PARAMETERS, "Invalid parameters. - x", "ERROR_PARAMETERS",
         "Invalid parameters. - x"},
        {CODE_MISSING_PARAMETERS, "x", "MISSING_PARAMETERS", "Missing parameters. - x"},
        {CODE_FILE_SIZE_EXCEEDS_LIMIT, "x", "FILE_CONTENT_NON_COMPLIANCE",
         "File content does not meet requirements. - x"},
        {CODE_ERROR_NOT_ENOUGH_CREDITS, "x", "ERROR_NOT_ENOUGH_CREDITS",
         "Insufficient credits. - x"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct verdict verdict;
        verdict_make(&verdict, revision_info(REVISION_R1_0_0), rows[i].code, 0, rows[i].message);
        char *text = print(REVISION_R1_0_0, &verdict, NULL);
        cJSON *tree = cJSON_Parse(text);
        check_text("error_code_str",
                   cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(tree, "error_code_str")),
                   rows[i].coarse);
        check_text("error_msg",
                   cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(tree, "error_msg")),
                   rows[i].text);
        cJSON_Delete(tree);
        cJSON_free(text);
    }
}

/* Of a code that was no class itself, the status tells the class. */
static void envelope_a_takes_the_class_of_the_status(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *coarse;
    } rows[] = {
        {400, "ERROR_PARAMETERS"},
        {401, "ERROR_USER_NOT_EXISTS"},
        {403, "ERROR_USER_LOCKED"},
        {404, "ERROR_AI_NOT_EXISTS"},
        {413, "FILE_CONTENT_NON_COMPLIANCE"},
        {415, "FILE_CONTENT_NON_COMPLIANCE"},
        {422, "FILE_CONTENT_NON_COMPLIANCE"},
        {429, "ERROR_NO_FACE_IN_FILE"},
        {500, "ERROR_NO_FACE_IN_FILE"},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct verdict verdict;
        verdict_make(&verdict, revision_info(REVISION_R1_0_0), CODE_ERROR_NO_FACE_IN_FILE,
                     rows[i].status, "x");
        char *text = print(REVISION_R1_0_0, &verdict, NULL);
        cJSON *tree = cJSON_Parse(text);
        check_text("error_code_str",
                   cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(tree, "error_code_str")),
                   rows[i].coarse);
        cJSON_Delete(tree);
        cJSON_free(text);
    }
}

static void envelope_spells_each_status_as_a_number(void **state)
{
    (void)state;
    for (int status = 100; status <= 599; status++) {
        struct verdict verdict;
        verdict_make(&verdict, revision_default(), CODE_ERROR_PARAMETERS, status, "x");
        char *text = print(revision_default()->id, &verdict, NULL);
        check_values(text, &verdict, revision_default()->id);
        cJSON_free(text);
    }
}

static void envelope_never_leaves_an_error_without_a_message(void **state)
{
    (void)state;
    for (enum revision_id id = 0; id < REVISION_COUNT; id++)
        for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++) {
            struct verdict verdict;
            verdict_make(&verdict, revision_info(id), code, 0, NULL);
            char *text = print(id, &verdict, NULL);
            cJSON *tree = cJSON_Parse(text);
            const cJSON *detail = cJSON_GetObjectItemCaseSensitive(tree, "error_detail");
            const cJSON *message = cJSON_GetObjectItemCaseSensitive(detail, "message");
            assert_true(strlen(cJSON_GetStringValue(message)) > 0);
            assert_null(cJSON_GetObjectItemCaseSensitive(tree, "data"));
            cJSON_Delete(tree);
            cJSON_free(text);
        }
}

static void envelope_splits_at_the_mark_and_nowhere_else(void **state)
{
    (void)state;
    static const struct {
        const char *why, *text, *before, *after;
    } rows[] = {
        {"the mark", "{\"data\":{\"image\":\"@\"}}", "{\"data\":{\"image\":\"", "\"}}"},
        {"the first of two", "{\"image\":\"@\",\"image\":\"@\"}", "{\"image\":\"",
         "\",\"image\":\"@\"}"},
        {"none", "{\"data\":{}}", NULL, NULL},
        {"a picture is there already", "{\"image\":\"@@\"}", NULL, NULL},
        {"a text that looks like it", "{\"message\":\"\\\"image\\\":\\\"@\\\"\"}", NULL, NULL},
        {"nothing", "", NULL, NULL},
        {"cut off", "{\"image\":\"@", NULL, NULL},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct slice before = {NULL, 0}, after = {NULL, 0};
        bool found = envelope_split(slice_of(rows[i].text), &before, &after);
        if (found != (rows[i].before != NULL))
            fail_msg("%s: %s", rows[i].why, found ? "split" : "not split");
        if (found) {
            assert_true(slice_equal(before, slice_of(rows[i].before)));
            assert_true(slice_equal(after, slice_of(rows[i].after)));
        }
    }
}

static void envelope_is_not_split_by_what_a_client_says(void **state)
{
    (void)state;
    struct verdict verdict;
    struct slice before, after;
    verdict_make(&verdict, revision_default(), CODE_ERROR_PARAMETERS, 0,
                 "\"image\":\"@\" and \\\"image\\\":\\\"@\\\"");
    char *text = print(REVISION_R2026_01, &verdict, NULL);
    assert_false(envelope_split(slice_of(text), &before, &after));
    cJSON_free(text);
}

static bool is_uuid_v4(const char *text)
{
    if (strlen(text) != 36 || text[14] != '4' || !strchr("89AB", text[19]))
        return false;
    for (size_t i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !isdigit((unsigned char)text[i]) && !strchr("ABCDEF", text[i]))
            return false;
    }
    return true;
}

static void envelope_ids_are_made_of_all_their_random_bits(void **state)
{
    struct answer_ids made;
    (void)state;
    answer_ids_make(&made, UINT64_C(0x0123456789abcdef), UINT64_C(0xfedcba9876543210));
    assert_string_equal(made.request_id, "01234567-89AB-4DEF-BFB7-2EA61D950C84");
    assert_string_equal(made.log_id, "09551615");
}

static void envelope_ids_have_the_form_seen_live(void **state)
{
    (void)state;
    static const uint64_t bits[] = {0,
                                    1,
                                    UINT64_MAX,
                                    UINT64_C(0xf000),
                                    UINT64_C(0x8000000000000000),
                                    UINT64_C(0x123456789abcdef0)};
    for (size_t a = 0; a < ROWS(bits); a++)
        for (size_t b = 0; b < ROWS(bits); b++) {
            struct answer_ids made;
            answer_ids_make(&made, bits[a], bits[b]);
            if (!is_uuid_v4(made.request_id))
                fail_msg("%s is no UUID of version 4", made.request_id);
            assert_int_equal(strlen(made.log_id), 8);
            assert_int_equal(strspn(made.log_id, "0123456789"), 8);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(envelope_has_the_documented_fields_in_order_on_errors),
        cmocka_unit_test(envelope_has_the_documented_fields_in_order_on_success),
        cmocka_unit_test(envelope_says_what_the_verdict_says),
        cmocka_unit_test(envelope_is_empty_of_errors_on_success),
        cmocka_unit_test(envelope_b_is_the_documented_example),
        cmocka_unit_test(envelope_a_gives_the_coarser_class),
        cmocka_unit_test(envelope_a_takes_the_class_of_the_status),
        cmocka_unit_test(envelope_spells_each_status_as_a_number),
        cmocka_unit_test(envelope_never_leaves_an_error_without_a_message),
        cmocka_unit_test(envelope_splits_at_the_mark_and_nowhere_else),
        cmocka_unit_test(envelope_is_not_split_by_what_a_client_says),
        cmocka_unit_test(envelope_ids_are_made_of_all_their_random_bits),
        cmocka_unit_test(envelope_ids_have_the_form_seen_live),
    };
    return cmocka_run_group_tests_name("envelope", tests, NULL, NULL);
}
