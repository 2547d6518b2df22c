/* Each cue that a report names provokes its item: a mock that follows them all has met everything.
 */
#include "admin/admin.h"
#include "exchange/exchange.h"
#include "mock_requests.h"
#include "testing/image_make.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ALWAYS_ACCEPTED "100" /* by every revision */

/* What the cues of one report can name. */
struct pictures {
    struct image_file jpeg, png, narrow, wide;
    char *full; /* a JPEG with zeros behind it, longer than the limit */
};

static void call_with(struct mock *mock, const char *key, const char *choice, struct slice image)
{
    char length_text[24];
    struct exchange exchange = {0};
    struct mock_call call = mock_call_right(image);
    const struct exchange_figures figures = {.bytes_out = 1};
    call.choice = slice_of(choice);
    mock_call_header(&call, REQUEST_KEY_HEADER, NULL);
    mock_call_header(&call, REQUEST_KEY_HEADER, key);
    struct mock_text body = mock_call_body(&call);
    mock_call_head(&exchange.request.head, &call, body.len, length_text);
    if (exchange_begin(&exchange, mock, MOCK_NOW) == EXCHANGE_READ_BODY)
        exchange_body(&exchange, mock_text_slice(&body), BODY_COMPLETE);
    exchange_finish(&exchange, &figures);
    exchange_end(&exchange);
    mock_text_clear(&body);
}

static struct slice picture_of(const struct pictures *pictures, const char *cue)
{
    unsigned long least = 0;
    if (strcmp(cue, "a PNG as image_target") == 0)
        return image_make_slice(&pictures->png);
    if (strcmp(cue, "a JPEG as image_target") == 0)
        return image_make_slice(&pictures->jpeg);
    assert_int_equal(sscanf(cue, "a picture of %lu", &least), 1);
    if (strstr(cue, "bytes"))
        return slice_make(pictures->full, least);
    return image_make_slice(least < 4096 ? &pictures->narrow : &pictures->wide);
}

static void follow(struct mock *mock, const char *cue, const struct pictures *pictures)
{
    const struct slice jpeg = image_make_slice(&pictures->jpeg);
    if (strncmp(cue, "mock:", 5) == 0)
        call_with(mock, cue, ALWAYS_ACCEPTED, jpeg);
    else if (strncmp(cue, "service_choice=", 15) == 0)
        call_with(mock, "k", cue + 15, jpeg);
    else if (strcmp(cue, "a right call") == 0)
        call_with(mock, "k", ALWAYS_ACCEPTED, jpeg);
    else
        call_with(mock, "k", ALWAYS_ACCEPTED, picture_of(pictures, cue));
}

static cJSON *coverage_of_mock(struct mock *mock, const char *query)
{
    struct admin_answer answer;
    const struct admin_host host = {.version = "0", .revision = "2026-01"};
    const struct admin_request request = {
        .method = slice_of("GET"), .path = slice_of("/__admin/coverage"), .query = slice_of(query)};
    admin_answer(&answer, mock_state(mock), &host, &request);
    assert_int_equal(answer.status, 200);
    cJSON *json = cJSON_Parse(answer.text);
    admin_answer_clear(&answer);
    return json;
}

static double number_of(const cJSON *json, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(json, name)->valuedouble;
}

static void make_pictures(struct pictures *out)
{
    const struct image_png_recipe narrow = {.width = 4095, .height = 2, .depth = 8, .flat = true},
                                  wide = {.width = 2, .height = 4096, .depth = 8, .flat = true};
    out->jpeg = image_make_read("portrait.jpg");
    out->png = image_make_read("portrait.png");
    out->narrow = image_make_png(&narrow);
    out->wide = image_make_png(&wide);
    out->full = calloc(1, (size_t)LIMIT_IMAGE_BYTES_MAX + 1);
    assert_non_null(out->full);
    memcpy(out->full, out->jpeg.data, out->jpeg.len);
}

static void clear_pictures(struct pictures *pictures)
{
    free(pictures->jpeg.data);
    free(pictures->png.data);
    free(pictures->narrow.data);
    free(pictures->wide.data);
    free(pictures->full);
}

/* Follows each cue and sees that its item was not met before, and is after it. */
static void follow_all(struct mock *mock, const cJSON *groups, const struct pictures *pictures)
{
    const cJSON *group, *item;
    int g = 0, i = 0;
    cJSON_ArrayForEach(group, groups)
    {
        if (!cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(group, "counts")))
            continue;
        i = 0;
        cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(group, "items"))
        {
            const char *cue = cJSON_GetObjectItemCaseSensitive(item, "cue")->valuestring;
            follow(mock, cue, pictures);
            cJSON *now = coverage_of_mock(mock, "");
            const cJSON *after = cJSON_GetArrayItem(
                cJSON_GetObjectItemCaseSensitive(
                    cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(now, "groups"), g),
                    "items"),
                i++);
            if (!cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(after, "met")))
                fail_msg("'%s' does not provoke %s", cue,
                         cJSON_GetObjectItemCaseSensitive(item, "name")->valuestring);
            cJSON_Delete(now);
        }
        g++;
    }
}

static void coverage_is_whole_once_each_cue_is_followed(void **state)
{
    (void)state;
    struct pictures pictures;
    make_pictures(&pictures);
    for (enum revision_id id = 0; id < REVISION_COUNT; id++) {
        struct mock_options options = mock_options_in(id);
        options.trust_images = true;
        struct mock *mock = mock_new(&options);
        assert_non_null(mock);
        cJSON *before = coverage_of_mock(mock, "");
        assert_true(number_of(before, "percent") == 0);
        assert_true(number_of(before, "of") > 150);
        follow_all(mock, cJSON_GetObjectItemCaseSensitive(before, "groups"), &pictures);
        cJSON *after = coverage_of_mock(mock, "");
        assert_true(number_of(after, "percent") == 100);
        assert_true(number_of(after, "met") == number_of(before, "of"));
        cJSON_Delete(before);
        cJSON_Delete(after);
        mock_free(mock);
    }
    clear_pictures(&pictures);
}

static double met_of(struct mock *mock, const char *query)
{
    cJSON *json = coverage_of_mock(mock, query);
    const double met = number_of(json, "met");
    cJSON_Delete(json);
    return met;
}

static void reset(struct mock *mock, const char *method, const char *path, const char *query)
{
    struct admin_answer answer;
    const struct admin_host host = {.version = "0", .revision = "2026-01"};
    const struct admin_request request = {
        .method = slice_of(method), .path = slice_of(path), .query = slice_of(query)};
    admin_answer(&answer, mock_state(mock), &host, &request);
    assert_int_equal(answer.status, 200);
    admin_answer_clear(&answer);
}

/* A success meets three items: success, the expression, the format. */
static void coverage_is_kept_and_forgotten_by_key(void **state)
{
    static const struct {
        const char *method, *path, *query;
        double all, a, b;
    } rows[] = {
        {"DELETE", "/__admin/coverage", "", 0, 0, 0},
        {"DELETE", "/__admin/coverage", "api_key=a", 4, 0, 3},
        {"POST", "/__admin/reset", "", 0, 0, 0},
        {"POST", "/__admin/reset", "api_key=b", 4, 3, 0},
        {"DELETE", "/__admin/requests", "", 4, 3, 3},
        {"POST", "/__admin/accounts/reset", "", 4, 3, 3},
        {"POST", "/__admin/scenarios/reset", "", 4, 3, 3},
        {"POST", "/__admin/mappings/reset", "", 4, 3, 3},
    };
    const struct slice jpeg = image_make_slice(*state);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mock *mock = mock_new_in(REVISION_R2026_01);
        call_with(mock, "a", "12", jpeg);
        call_with(mock, "b", "13", jpeg);
        assert_true(met_of(mock, "") == 4);
        assert_true(met_of(mock, "api_key=a") == 3);
        assert_true(met_of(mock, "api_key=unused") == 0);
        reset(mock, rows[i].method, rows[i].path, rows[i].query);
        assert_true(met_of(mock, "") == rows[i].all);
        assert_true(met_of(mock, "api_key=a") == rows[i].a);
        assert_true(met_of(mock, "api_key=b") == rows[i].b);
        assert_true(met_of(mock, "since=start") == 4);
        call_with(mock, "a", "14", jpeg);
        assert_true(met_of(mock, "since=start") == 5);
        mock_free(mock);
    }
}

/* A request that no account admits counts for all keys, and for its own once that is known. */
static void coverage_counts_what_was_refused_before_its_account(void **state)
{
    (void)state;
    static const char *const keys[] = {"known"};
    struct mock_options options = mock_options_in(REVISION_R2026_01);
    options.api_keys = keys;
    options.api_key_count = 1;
    struct mock *mock = mock_new(&options);
    assert_non_null(mock);
    call_with(mock, "stranger", "12", slice_of("x"));
    assert_true(met_of(mock, "") == 1);
    assert_true(met_of(mock, "api_key=stranger") == 0);
    call_with(mock, "known", "99", slice_of("x"));
    assert_true(met_of(mock, "") == 2);
    assert_true(met_of(mock, "api_key=known") == 1);
    mock_free(mock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coverage_is_whole_once_each_cue_is_followed),
        cmocka_unit_test(coverage_is_kept_and_forgotten_by_key),
        cmocka_unit_test(coverage_counts_what_was_refused_before_its_account),
    };
    return cmocka_run_group_tests(tests, image_make_state, image_free_state);
}
