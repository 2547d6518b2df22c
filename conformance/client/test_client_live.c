/* The client against the mock by default or, when asked, against a live server.
 *
 *   AILAB_LIVE=1 AILAB_API_KEY=… AILAB_BASE_URL=… [AILAB_LIVE_CREDITS=12] ctest -L live
 *
 * All calls but one are refused, and a refusal is free. The one success is asked for only when
 * AILAB_LIVE_CREDITS allows its price. A server that charges for a refusal fails the test, which
 * then sends no further call; its price counts against AILAB_LIVE_CREDITS. Where the documentation
 * leaves several answers open, each of them is accepted. labels: live */
#include "codes.h"
#include "live.h"
#include <stdlib.h>
#include <string.h>

#define MIB ((size_t)1024 * 1024)
#define CHOICE 100 /* known to every revision */

struct live_row {
    const char *why;
    struct image_file (*picture)(void);
    int service_choice;
    const char *key;      /* NULL: the right one */
    const char *codes[3]; /* any of these */
    const char *scenario; /* steps that arm the mock; NULL: the request is enough */
};

static struct image_file no_bytes(void)
{
    return (struct image_file){malloc(1), 0};
}

static struct image_file gif(void)
{
    return image_make_copy(slice_of("GIF89a\1\1\1\1 and so on"));
}

static struct image_file half_a_jpeg(void)
{
    struct image_file file = fixture_small_jpeg();
    file.len /= 2;
    return file;
}

static struct image_file wide(void)
{
    return image_make_jpeg(&(struct image_jpeg_recipe){.width = 4096, .height = 8, .flat = true});
}

static struct image_file too_large(void)
{
    return fixture_padded_jpeg(5 * MIB + 1);
}

/* A refusal with one of the row's codes and a status that the table has for it. */
static bool is_expected(const struct live_row *row, const struct ailab_result *result)
{
    const char *text = ailab_result_code_text(result);
    long status = ailab_result_http_status(result);
    const struct code_row *known = code_row_find(text);
    bool listed = false;
    for (size_t i = 0; i < ROWS(row->codes) && row->codes[i]; i++)
        listed = listed || strcmp(row->codes[i], text) == 0;
    return listed && known && ailab_result_error(result) == AILAB_REFUSED &&
           ailab_result_attempts(result) == 1 &&
           (status == known->status_2025_09 || status == known->status_2026_01);
}

static void check_row(struct live *live, const struct live_row *row)
{
    char text[FIXTURE_PROBLEM_SIZE];
    if (row->scenario && !live_can_arm(live, row->why))
        return;
    fixture_picture(&live->fixture, row->picture ? row->picture() : fixture_small_jpeg());
    live_client(live, row->key);
    if (row->scenario)
        fixture_arm(&live->fixture, "%s", row->scenario);
    enum ailab_error error = fixture_call_with(&live->fixture, row->why, row->service_choice, NULL);
    const struct ailab_result *result = live->fixture.result;
    if (error == AILAB_OK) {
        live_note_success(live);
        fail_msg("%s: expected %s, which is free: a success, which costs %d credits", row->why,
                 row->codes[0], LIVE_CALL_CREDITS);
    }
    if (!is_expected(row, result))
        fail_msg("%s: expected %s: %s", row->why, row->codes[0], fixture_describe(text, result));
    if (!*ailab_result_message(result) || !*ailab_result_request_id(result) ||
        !*ailab_result_log_id(result))
        fail_msg("%s: message '%s', request_id '%s', log_id '%s'", row->why,
                 ailab_result_message(result), ailab_result_request_id(result),
                 ailab_result_log_id(result));
}

static void client_flow_reports_the_refusals_of_the_server(void **state)
{
    static const struct live_row rows[] = {
        {"an unknown key",
         NULL,
         CHOICE,
         "n0t-a-key-of-any-account-8d1c",
         {"ERROR_USER_NOT_EXISTS", "ERROR_APPLICATIONS_NOT_EXISTS"},
         NULL},
        {"service_choice 17",
         NULL,
         17,
         NULL,
         {"ERROR_INVALID_PARAMETER", "UNSUPPORTED_PARAMETER_VALUES"},
         NULL},
        {"service_choice -12",
         NULL,
         -12,
         NULL,
         {"ERROR_INVALID_PARAMETER", "UNSUPPORTED_PARAMETER_VALUES"},
         NULL},
        {"an empty picture",
         no_bytes,
         CHOICE,
         NULL,
         {"PARAMETERS_CANNOT_EMPTY", "UNSUPPORTED_PARAMETER_VALUES"},
         NULL},
        {"a GIF", gif, CHOICE, NULL, {"UNSUPPORTED_FILE_TYPES"}, NULL},
        {"half a JPEG", half_a_jpeg, CHOICE, NULL, {"FILE_DECODING_FAILURE"}, NULL},
        {"4096 px", wide, CHOICE, NULL, {"FILE_RESOLUTION_EXCEEDS_LIMITS"}, NULL},
        {"5 MiB and a byte", too_large, CHOICE, NULL, {"FILE_SIZE_EXCEEDS_LIMIT"}, NULL},
        {"no face",
         NULL,
         CHOICE,
         NULL,
         {"ERROR_NO_FACE_IN_FILE"},
         "[{\"error\":\"ERROR_NO_FACE_IN_FILE\"}]"},
        {"no credits",
         NULL,
         CHOICE,
         NULL,
         {"ERROR_NOT_ENOUGH_CREDITS"},
         "[{\"error\":\"ERROR_NOT_ENOUGH_CREDITS\"}]"},
        {"too many requests",
         NULL,
         CHOICE,
         NULL,
         {"EXCEEDING_LIMITS"},
         "[{\"error\":\"EXCEEDING_LIMITS\"}]"},
    };
    struct live live;
    (void)state;
    live_open(&live);
    for (size_t i = 0; i < ROWS(rows); i++)
        check_row(&live, &rows[i]);
    live_close(&live);
}

static void client_flow_takes_a_success_of_the_server(void **state)
{
    char text[FIXTURE_PROBLEM_SIZE];
    struct live live;
    (void)state;
    live_open(&live);
    if (!live_may_spend(&live)) {
        live_close(&live);
        skip();
    }
    fixture_picture(&live.fixture, image_make_read("portrait.jpg"));
    live_client(&live, NULL);
    if (fixture_call_with(&live.fixture, "a portrait", CHOICE, NULL) != AILAB_OK ||
        ailab_result_http_status(live.fixture.result) != 200 ||
        ailab_result_attempts(live.fixture.result) != 1)
        fail_msg("a portrait: %s", fixture_describe(text, live.fixture.result));
    if (!*ailab_result_request_id(live.fixture.result) ||
        !*ailab_result_log_id(live.fixture.result))
        fail_msg("a success without request_id or log_id");
    live_close(&live);
}

CLIENT_SUITE("client_live", cmocka_unit_test(client_flow_reports_the_refusals_of_the_server),
             cmocka_unit_test(client_flow_takes_a_success_of_the_server))
