/* One function a rule, and the table of what each must lead to. */
#include "mock_wrong.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void break_framing(struct mock_wrong *w)
{
    mock_call_header(&w->call, "Host", NULL);
}

static void break_path(struct mock_wrong *w)
{
    w->call.path = "/api/portrait/effects/emotion-editors";
}

static void break_method(struct mock_wrong *w)
{
    w->call.method = "PUT";
}

static void break_key(struct mock_wrong *w)
{
    w->world.account.known = false;
}

static void break_account(struct mock_wrong *w)
{
    w->world.account.locked = true;
}

static void break_credits(struct mock_wrong *w)
{
    w->world.account.out_of_credits = true;
}

static void break_rate(struct mock_wrong *w)
{
    w->world.account.over_limit = true;
    snprintf(w->world.account.limit_text, sizeof w->world.account.limit_text,
             "at most 3 requests a second");
}

static void break_announced(struct mock_wrong *w)
{
    mock_call_header(&w->call, "Content-Length", "6291457");
}

static void break_received(struct mock_wrong *w)
{
    w->call.end = BODY_TOO_LARGE;
}

static void break_whole(struct mock_wrong *w)
{
    w->call.end = BODY_CUT;
}

static void break_multipart(struct mock_wrong *w)
{
    w->call.not_closed = true;
}

static void break_twice(struct mock_wrong *w)
{
    w->call.choice_twice = true;
}

static void break_image_missing(struct mock_wrong *w)
{
    w->call.image = (struct slice){NULL, 0};
}

static void break_choice_missing(struct mock_wrong *w)
{
    w->call.choice = (struct slice){NULL, 0};
}

static void break_image_empty(struct mock_wrong *w)
{
    w->call.image = slice_of("");
}

static void break_choice_empty(struct mock_wrong *w)
{
    w->call.choice = slice_of("");
}

static void break_choice_text(struct mock_wrong *w)
{
    w->call.choice = slice_of("12 ");
}

static void break_choice_scope(struct mock_wrong *w)
{
    w->call.choice = slice_of("99");
}

static void break_image_size(struct mock_wrong *w)
{
    w->call.image = slice_make(w->pictures->large, (size_t)LIMIT_IMAGE_BYTES_MAX + 1);
}

static void break_image_type(struct mock_wrong *w)
{
    w->call.image = slice_of("GIF89a, which is no JPEG");
}

static void break_image_decoding(struct mock_wrong *w)
{
    w->call.image = slice_make(w->pictures->sound.data, w->pictures->sound.len - 1);
}

static void break_image_resolution(struct mock_wrong *w)
{
    w->call.image = image_make_slice(&w->pictures->wide);
}

static const struct mock_rule_row rows[] = {
    {"framing", break_framing, "ERROR_PARAMETERS", 400, 400, {"HTTP framing", "Host"}, false},
    {"path",
     break_path,
     "ERROR_AI_NOT_EXISTS",
     404,
     404,
     {"path", "/api/portrait/effects/emotion-editors", "POST " MOCK_PATH "."},
     false},
    {"method",
     break_method,
     "ERROR_ILLEGAL_OPERATION",
     405,
     405,
     {"method", "PUT", "use POST"},
     false},
    {"key",
     break_key,
     "ERROR_USER_NOT_EXISTS",
     401,
     401,
     {"ailabapi-api-key", "13 characters"},
     false},
    {"account_locked", break_account, "ERROR_USER_LOCKED", 403, 403, {"locked"}, false},
    {"credits", break_credits, "ERROR_NOT_ENOUGH_CREDITS", 429, 429, {"12 credits"}, false},
    {"rate", break_rate, "EXCEEDING_LIMITS", 422, 429, {"at most 3 requests a second"}, false},
    {"body_announced",
     break_announced,
     "FILE_SIZE_EXCEEDS_LIMIT",
     413,
     413,
     {"request body", "6291457 bytes", "at most 5242880", "at most 6291456"},
     false},
    {"body_received",
     break_received,
     "FILE_SIZE_EXCEEDS_LIMIT",
     413,
     413,
     {"request body", "longer than 6291456 bytes", "at most 5242880"},
     true},
    {"body_whole",
     break_whole,
     "ERROR_PARAMETERS",
     400,
     400,
     {"request body", "Content-Length"},
     true},
    {"multipart", break_multipart, "ERROR_PARAMETERS", 400, 400, {"request body"}, true},
    {"field_twice",
     break_twice,
     "ERROR_PARAMETERS",
     400,
     400,
     {"service_choice", "more than once"},
     true},
    {"image_missing",
     break_image_missing,
     "MISSING_PARAMETERS",
     400,
     400,
     {"image_target", "missing", "JPEG or PNG"},
     true},
    {"choice_missing",
     break_choice_missing,
     "MISSING_PARAMETERS",
     400,
     400,
     {"service_choice", "missing", MOCK_CHOICES},
     true},
    {"image_empty",
     break_image_empty,
     "PARAMETERS_CANNOT_EMPTY",
     400,
     400,
     {"image_target: Cannot be empty."},
     true},
    {"choice_empty",
     break_choice_empty,
     "PARAMETERS_CANNOT_EMPTY",
     400,
     400,
     {"service_choice: Cannot be empty."},
     true},
    {"choice_text",
     break_choice_text,
     "ERROR_INVALID_PARAMETER",
     400,
     400,
     {"service_choice", "'12 '"},
     true},
    {"choice_scope",
     break_choice_scope,
     "ERROR_INVALID_PARAMETER",
     400,
     400,
     {"service_choice", "99", "100"},
     true},
    {"image_size",
     break_image_size,
     "FILE_SIZE_EXCEEDS_LIMIT",
     413,
     413,
     {"image_target", "5242881 bytes", "at most 5242880"},
     true},
    {"image_type",
     break_image_type,
     "UNSUPPORTED_FILE_TYPES",
     415,
     415,
     {"image_target", "GIF"},
     true},
    {"image_decoding",
     break_image_decoding,
     "FILE_DECODING_FAILURE",
     400,
     422,
     {"image_target", "PNG", "does not decode"},
     true},
    {"image_resolution",
     break_image_resolution,
     "FILE_RESOLUTION_EXCEEDS_LIMITS",
     422,
     413,
     {"image_target", "4096x16 px", "at most 4095 px"},
     true},
};

struct mock_wrong mock_right_in(enum revision_id revision,
                                const struct mock_wrong_pictures *pictures)
{
    return (struct mock_wrong){
        .call = mock_call_right(image_make_slice(&pictures->sound)),
        .world = mock_world_in(revision),
        .pictures = pictures,
    };
}

static struct image_file make_png(unsigned width, unsigned height)
{
    return image_make_png(&(struct image_png_recipe){
        .width = width, .height = height, .colour = 0, .depth = 8, .flat = true});
}

int mock_make_pictures(void **state)
{
    struct mock_wrong_pictures *pictures = calloc(1, sizeof *pictures);
    pictures->sound = make_png(16, 16);
    pictures->wide = make_png(4096, 16);
    pictures->cut_wide = (struct image_file){pictures->wide.data, pictures->wide.len - 1};
    pictures->large = calloc(1, (size_t)LIMIT_IMAGE_BYTES_MAX + 1);
    assert_non_null(pictures->large);
    *state = pictures;
    return 0;
}

int mock_free_pictures(void **state)
{
    struct mock_wrong_pictures *pictures = *state;
    free(pictures->sound.data);
    free(pictures->wide.data);
    free(pictures->large);
    free(pictures);
    return 0;
}

const struct mock_rule_row *mock_rule_rows(size_t *count_out)
{
    *count_out = sizeof rows / sizeof rows[0];
    return rows;
}

void mock_break(struct mock_wrong *wrong, const char *rule)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].rule, rule) == 0) {
            rows[i].breaks(wrong);
            return;
        }
    fail_msg("no rule %s", rule);
}

const char *mock_rule_name(const struct verdict *verdict)
{
    return verdict->rule == RULE_NONE ? "nothing" : rule_info(verdict->rule)->name;
}
