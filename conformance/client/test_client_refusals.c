/* Every refusal of the endpoint's rules as the client reports it, in each revision. The client
 * sends the wrong request if it can, and the journal says that this very rule refused. A request
 * that it never sends (another method, a body without a part) is answered on demand. */
#include "ailab_mock.h"
#include "api/rules.h"
#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIB ((size_t)1024 * 1024)
#define OTHER_KEY "n0t-among-the-known-keys"

static const char *const known_keys[] = {FIXTURE_KEY};

enum trick {
    TRICK_NONE,
    TRICK_PATH,   /* a base URL with an unknown path */
    TRICK_KEY,    /* an unknown one */
    TRICK_DEMAND, /* the client cannot cause it: the mock is told to answer so */
};

struct refusal {
    const char *rule; /* of the mock */
    enum trick trick;
    const char *account; /* settings of the key */
    struct image_file (*picture)(void);
    int service_choice;
    const char *file_name;
    enum ailab_code code;
    long status_2025_09, status_2026_01;
    bool retryable;
};

static struct image_file empty_picture(void)
{
    return (struct image_file){malloc(1), 0};
}

static struct image_file huge_picture(void)
{
    return fixture_padded_jpeg(7 * MIB); /* more than a whole request may have */
}

static struct image_file large_picture(void)
{
    return fixture_padded_jpeg(5 * MIB + 1);
}

static struct image_file gif(void)
{
    return image_make_copy(slice_of("GIF89a\1\1\1\1 and so on"));
}

static struct image_file half_picture(void)
{
    struct image_file file = fixture_small_jpeg();
    file.len /= 2;
    return file;
}

static struct image_file wide_picture(void)
{
    return image_make_jpeg(&(struct image_jpeg_recipe){.width = 4096, .height = 8, .flat = true});
}

/* Longer than the 64 KiB that the headers of a part may have. */
static char long_name[70000];

static const struct refusal rows[] = {
#define CODE(name) AILAB_CODE_##name
    {"framing", TRICK_DEMAND, NULL, NULL, 100, NULL, CODE(ERROR_PARAMETERS), 400, 400, false},
    {"path", TRICK_PATH, NULL, NULL, 100, NULL, CODE(ERROR_AI_NOT_EXISTS), 404, 404, false},
    {"method", TRICK_DEMAND, NULL, NULL, 100, NULL, CODE(ERROR_ILLEGAL_OPERATION), 405, 405, false},
    {"key", TRICK_KEY, NULL, NULL, 100, NULL, CODE(ERROR_USER_NOT_EXISTS), 401, 401, false},
    {"account_locked", TRICK_NONE, "{\"locked\":true}", NULL, 100, NULL, CODE(ERROR_USER_LOCKED),
     403, 403, false},
    {"credits", TRICK_NONE, "{\"credits\":11}", NULL, 100, NULL, CODE(ERROR_NOT_ENOUGH_CREDITS),
     429, 429, false},
    {"rate", TRICK_NONE, "{\"rate\":{\"requests\":1,\"window_ms\":86400000}}", NULL, 100, NULL,
     CODE(EXCEEDING_LIMITS), 422, 429, true},
    {"body_announced", TRICK_NONE, NULL, huge_picture, 100, NULL, CODE(FILE_SIZE_EXCEEDS_LIMIT),
     413, 413, false},
    {"body_received", TRICK_DEMAND, NULL, NULL, 100, NULL, CODE(FILE_SIZE_EXCEEDS_LIMIT), 413, 413,
     false},
    {"body_whole", TRICK_DEMAND, NULL, NULL, 100, NULL, CODE(ERROR_PARAMETERS), 400, 400, false},
    {"multipart", TRICK_NONE, NULL, NULL, 100, long_name, CODE(ERROR_PARAMETERS), 400, 400, false},
    {"field_twice", TRICK_DEMAND, NULL, NULL, 100, NULL, CODE(ERROR_PARAMETERS), 400, 400, false},
    {"image_missing", TRICK_DEMAND, NULL, NULL, 100, NULL, CODE(MISSING_PARAMETERS), 400, 400,
     false},
    {"choice_missing", TRICK_DEMAND, NULL, NULL, 100, NULL, CODE(MISSING_PARAMETERS), 400, 400,
     false},
    {"image_empty", TRICK_NONE, NULL, empty_picture, 100, NULL, CODE(PARAMETERS_CANNOT_EMPTY), 400,
     400, false},
    {"choice_empty", TRICK_DEMAND, NULL, NULL, 100, NULL, CODE(PARAMETERS_CANNOT_EMPTY), 400, 400,
     false},
    {"choice_text", TRICK_NONE, NULL, NULL, -12, NULL, CODE(ERROR_INVALID_PARAMETER), 400, 400,
     false},
    {"choice_scope", TRICK_NONE, NULL, NULL, 17, NULL, CODE(ERROR_INVALID_PARAMETER), 400, 400,
     false},
    {"image_size", TRICK_NONE, NULL, large_picture, 100, NULL, CODE(FILE_SIZE_EXCEEDS_LIMIT), 413,
     413, false},
    {"image_type", TRICK_NONE, NULL, gif, 100, NULL, CODE(UNSUPPORTED_FILE_TYPES), 415, 415, false},
    {"image_decoding", TRICK_NONE, NULL, half_picture, 100, NULL, CODE(FILE_DECODING_FAILURE), 400,
     422, false},
    {"image_resolution", TRICK_NONE, NULL, wide_picture, 100, NULL,
     CODE(FILE_RESOLUTION_EXCEEDS_LIMITS), 422, 413, false},
#undef CODE
};

static void prepare(struct fixture *fixture, const struct refusal *row, long status)
{
    char url[128], accounts[256], why[AILAB_MOCK_ERROR_SIZE] = "";
    struct ailab_options options = {.api_key = row->trick == TRICK_KEY ? OTHER_KEY : FIXTURE_KEY};
    snprintf(url, sizeof url, "%s/elsewhere", ailab_mock_url(fixture->mock));
    options.base_url = row->trick == TRICK_PATH ? url : NULL;
    fixture_client(fixture, options);
    fixture_picture(fixture, row->picture ? row->picture() : fixture_small_jpeg());
    assert_int_equal(ailab_mock_reset(fixture->mock, NULL, why), AILAB_MOCK_OK);
    snprintf(accounts, sizeof accounts, "{\"accounts\":{\"" FIXTURE_KEY "\":%s}}",
             row->account ? row->account : "{\"locked\":false,\"credits\":null,\"rate\":null}");
    if (ailab_mock_set_accounts(fixture->mock, accounts, why) != AILAB_MOCK_OK)
        fail_msg("%s: %s", row->rule, why);
    if (row->trick == TRICK_DEMAND)
        fixture_arm(fixture, "[{\"error\":\"%s\",\"status\":%ld}]", ailab_code_name(row->code),
                    status);
    if (strcmp(row->rule, "rate") == 0)
        fixture_call_with(fixture, "the one call that is allowed", 100, NULL);
}

static void check_refusal(struct fixture *fixture, const struct refusal *row, const char *revision,
                          long status)
{
    char text[FIXTURE_PROBLEM_SIZE], match[128];
    const struct ailab_result *result = fixture->result;
    if (ailab_result_error(result) != AILAB_REFUSED || ailab_result_http_status(result) != status ||
        ailab_result_code(result) != row->code ||
        ailab_result_retryable(result) != row->retryable || ailab_result_attempts(result) != 1)
        fail_msg("%s in %s: %s", row->rule, revision, fixture_describe(text, result));
    if (!*ailab_result_message(result) || strlen(ailab_result_request_id(result)) != 36 ||
        strlen(ailab_result_log_id(result)) != 8 ||
        strcmp(ailab_result_code_message(result), ailab_code_description(row->code)) != 0)
        fail_msg("%s in %s: message '%s', code_message '%s', request_id '%s', log_id '%s'",
                 row->rule, revision, ailab_result_message(result),
                 ailab_result_code_message(result), ailab_result_request_id(result),
                 ailab_result_log_id(result));
    if (!strstr(ailab_result_error_text(result), ailab_result_message(result)))
        fail_msg("%s in %s: '%s' is not in '%s'", row->rule, revision, ailab_result_message(result),
                 ailab_result_error_text(result));
    snprintf(match, sizeof match, "{\"rule\":\"%s\"}", row->rule);
    if (row->trick != TRICK_DEMAND && fixture_count(fixture, match) != 1)
        fail_msg("%s in %s: another rule refused: %s", row->rule, revision,
                 fixture_describe(text, result));
}

static void refusals_of(const char *revision, bool is_old)
{
    struct fixture fixture;
    memset(long_name, 'n', sizeof long_name - 1);
    fixture_open(&fixture, &(struct ailab_mock_options){
                               .revision = revision, .api_keys = known_keys, .api_key_count = 1});
    for (size_t i = 0; i < ROWS(rows); i++) {
        long status = is_old ? rows[i].status_2025_09 : rows[i].status_2026_01;
        prepare(&fixture, &rows[i], status);
        fixture_call_with(&fixture, rows[i].rule, rows[i].service_choice, rows[i].file_name);
        check_refusal(&fixture, &rows[i], revision, status);
        assert_int_equal(ailab_result_retry_after_s(fixture.result) > 0, rows[i].retryable);
    }
    fixture_close(&fixture);
}

static void client_flow_reports_refusals_in_1_0_0(void **state)
{
    (void)state;
    refusals_of("1.0.0", true);
}

static void client_flow_reports_refusals_in_1_0_1(void **state)
{
    (void)state;
    refusals_of("1.0.1", true);
}

static void client_flow_reports_refusals_in_2025_09(void **state)
{
    (void)state;
    refusals_of("2025-09", true);
}

static void client_flow_reports_refusals_in_2026_01(void **state)
{
    (void)state;
    refusals_of("2026-01", false);
}

static void client_flow_reports_refusals_in_2026_05(void **state)
{
    (void)state;
    refusals_of("2026-05", false);
}

static void refusals_cover_every_rule_of_the_mock(void **state)
{
    (void)state;
    for (enum rule_id id = RULE_NONE + 1; id < RULE_COUNT; id++) {
        size_t found = 0;
        for (size_t i = 0; i < ROWS(rows); i++)
            found += strcmp(rows[i].rule, rule_info(id)->name) == 0;
        if (found != 1)
            fail_msg("the rule %s has %zu rows", rule_info(id)->name, found);
    }
}

CLIENT_SUITE("client_refusals", cmocka_unit_test(client_flow_reports_refusals_in_1_0_0),
             cmocka_unit_test(client_flow_reports_refusals_in_1_0_1),
             cmocka_unit_test(client_flow_reports_refusals_in_2025_09),
             cmocka_unit_test(client_flow_reports_refusals_in_2026_01),
             cmocka_unit_test(client_flow_reports_refusals_in_2026_05),
             cmocka_unit_test(refusals_cover_every_rule_of_the_mock))
