/* What the client makes of answers that are written out here: success or not, decided by the public
 * fields before the business fields; every code of the table, and codes outside it; and the
 * envelope of each revision. */
#include "judge/base64.h"
#include "judge/error_table.h"
#include "stage.h"
#include "tables.h"
#include <string.h>

/* A PNG of one pixel. */
#define PIXEL                                                                                      \
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg" \
    "gg=="
#define IDS "\"request_id\":\"A\",\"log_id\":\"1\","
#define DETAIL(status, code)                                                                       \
    "\"error_detail\":{\"status_code\":" #status ",\"code\":\"" code                               \
    "\",\"code_message\":\"c\",\"message\":\"m\"}"
#define DATA(image) "\"data\":{\"image\":\"" image "\"}"

/* An answer and what it must come to, by the last part of the slug. */
static const struct answer_row {
    const char *name;
    int status;
    const char *location, *body;
    enum ailab_error error;
    const char *code;
} answers[] = {
    {"success", 200, NULL, "{" IDS "\"error_code\":0," DETAIL(200, "") "," DATA(PIXEL) "}",
     AILAB_OK, ""},
    {"absent-error-code", 200, NULL, "{" IDS DATA(PIXEL) "}", AILAB_OK, ""},
    {"error-code-with-image", 200, NULL,
     "{" IDS "\"error_code\":422," DETAIL(422, "ERROR_NO_FACE_IN_FILE") "," DATA(PIXEL) "}",
     AILAB_REFUSED, "ERROR_NO_FACE_IN_FILE"},
    {"error-code-alone", 200, NULL, "{" IDS "\"error_code\":500," DATA(PIXEL) "}", AILAB_REFUSED,
     ""},
    {"error-code-behind-image", 200, NULL, "{" DATA(PIXEL) ",\"error_code\":422}", AILAB_REFUSED,
     ""},
    {"detail-code-with-image", 200, NULL,
     "{" IDS "\"error_code\":0," DETAIL(200, "ERROR_NO_FACE_IN_FILE") "," DATA(PIXEL) "}",
     AILAB_REFUSED, "ERROR_NO_FACE_IN_FILE"},
    {"status-with-image", 500, NULL,
     "{" IDS "\"error_code\":0," DETAIL(200, "") "," DATA(PIXEL) "}", AILAB_BAD_ANSWER, ""},
    {"status-201", 201, NULL, "{" IDS "\"error_code\":0," DETAIL(200, "") "," DATA(PIXEL) "}",
     AILAB_BAD_ANSWER, ""},
    {"redirect", 302, "/elsewhere", "{}", AILAB_BAD_ANSWER, ""},
    {"no-data", 200, NULL, "{" IDS "\"error_code\":0," DETAIL(200, "") "}", AILAB_BAD_ANSWER, ""},
    {"empty-image", 200, NULL, "{" IDS "\"error_code\":0," DETAIL(200, "") "," DATA("") "}",
     AILAB_BAD_ANSWER, ""},
    {"image-is-text", 200, NULL,
     "{" IDS "\"error_code\":0," DETAIL(200, "") "," DATA("bm8gcGljdHVyZQ==") "}", AILAB_BAD_ANSWER,
     ""},
};

static void run_answer(struct trial *trial, const struct case_def *def)
{
    size_t at = 0;
    struct client_stage stage;
    struct buf pixel = {0};
    while (strcmp(answers[at].name, def->text) != 0)
        at++;
    const struct answer_row *row = &answers[at];
    const struct client_outcome expected = {
        .error = row->error, .code = row->code, .status = row->status, .attempts = 1};
    const char *broken = base64_decode(&pixel, PIXEL, strlen(PIXEL));
    if (broken)
        trial_error(trial, "the pixel is no Base64: %s", broken);
    else if (client_stage_open(&stage, trial, "2026-01")) {
        stage.wanted = pixel.ptr;
        stage.wanted_size = pixel.len;
        if (client_stage_arm_body(&stage, row->status, row->location, row->body))
            client_stage_call(&stage, &expected);
    }
    if (!broken)
        client_stage_close(&stage);
    buf_clear(&pixel);
}

/* A success and a refusal in the envelope of the revision that the text names. */
static void run_revision(struct trial *trial, const struct case_def *def)
{
    struct client_stage stage;
    enum revision revision = REVISION_2026_01;
    const char *code = "ERROR_NO_FACE_IN_FILE";
    revision_named(&revision, def->text);
    const struct client_outcome refused = {.error = AILAB_REFUSED,
                                           .code = code,
                                           .status = code_status(code_find(code), revision),
                                           .attempts = 1};
    const struct client_outcome success = {
        .error = AILAB_OK, .code = "", .status = 200, .attempts = 1};
    if (client_stage_open(&stage, trial, def->text) && client_stage_call(&stage, &success) &&
        client_stage_arm(&stage, "[{\"error\":\"%s\"}]", code))
        client_stage_call(&stage, &refused);
    client_stage_close(&stage);
}

static void run_codes(struct trial *trial, const struct case_def *def)
{
    size_t count = 0;
    struct client_stage stage;
    const struct code_row *rows = codes(&count);
    (void)def;
    bool going = client_stage_open(&stage, trial, "2026-01");
    for (size_t i = 0; i < count && going; i++) {
        const struct client_outcome expected = {.error = AILAB_REFUSED,
                                                .code = rows[i].name,
                                                .status = rows[i].status_2026_01,
                                                .attempts = 1,
                                                .what = rows[i].name};
        going = client_stage_arm(&stage, "[{\"error\":\"%s\"}]", rows[i].name) &&
                client_stage_call(&stage, &expected);
    }
    client_stage_close(&stage);
}

/* Handed on letter by letter, whatever status it comes with. */
static void run_unknown(struct trial *trial, const struct case_def *def)
{
    static const struct {
        const char *what, *code, *more;
        long status;
    } rows[] = {
        {"with a status of its kind", "A_CODE_OF_TOMORROW", "", 422},
        {"with a server's status", "A_CODE_OF_TOMORROW", "", 503},
        {"inside HTTP 200", "A_CODE_OF_TOMORROW", "\"deviation\":\"error-in-200\",", 422},
        {"not in capitals", "tomorrow.v2-code", "", 400},
        {"nearly one of the table", "ERROR_NO_FACE_IN_FILES", "", 422},
        {"in small letters", "error_no_face_in_file", "", 422},
        {"a long one",
         "A_CODE_THAT_IS_MUCH_LONGER_THAN_ANY_OF_THE_TABLE_BECAUSE_SOMEBODY_WROTE_IT_OUT", "", 422},
    };
    struct client_stage stage;
    (void)def;
    bool going = client_stage_open(&stage, trial, "2026-01");
    for (size_t i = 0; i < COUNT_OF(rows) && going; i++) {
        const struct client_outcome expected = {.error = AILAB_REFUSED,
                                                .code = rows[i].code,
                                                .status = rows[i].more[0] ? 200 : rows[i].status,
                                                .attempts = 1,
                                                .what = rows[i].what};
        going = client_stage_arm(&stage, "[{%s\"error\":\"%s\",\"status\":%ld}]", rows[i].more,
                                 rows[i].code, rows[i].status) &&
                client_stage_call(&stage, &expected);
    }
    client_stage_close(&stage);
}

#define FLOW(name_, clauses_, title_)                                                              \
    {                                                                                              \
        .slug = "client/flow/" name_, .clauses = clauses_, .title = title_, .text = name_,         \
        .run = run_answer, .needs = JUDGES_CLIENT                                                  \
    }
#define REVISION_CASE(slug_, name_)                                                                \
    {                                                                                              \
        .slug = "client/flow/revision-" slug_, .clauses = "client_flow",                           \
        .title = "success and refusal in revision " name_, .text = name_, .run = run_revision,     \
        .needs = JUDGES_CLIENT                                                                     \
    }

const struct case_def client_flow_cases[] = {
    FLOW("success", "client_flow", "the documented success"),
    FLOW("absent-error-code", "client_error_in_200", "200 with an image and no error_code"),
    FLOW("error-code-with-image", "client_error_in_200 client_flow",
         "200 with an error_code, a code and an image"),
    FLOW("error-code-alone", "client_error_in_200 client_flow",
         "200 with error_code 500 and an image"),
    FLOW("error-code-behind-image", "client_error_in_200 client_flow",
         "200 with the image before error_code"),
    FLOW("detail-code-with-image", "client_flow", "200 with error_code 0, a code and an image"),
    FLOW("status-with-image", "client_flow", "500 around a success"),
    FLOW("status-201", "client_flow", "201 around a success"),
    FLOW("redirect", "client_flow", "302 is not followed"),
    FLOW("no-data", "client_flow", "a success without data"),
    FLOW("empty-image", "client_flow", "a success whose image is empty"),
    FLOW("image-is-text", "client_flow", "a success whose image is text"),
    REVISION_CASE("1-0-0", "1.0.0"),
    REVISION_CASE("1-0-1", "1.0.1"),
    REVISION_CASE("2025-09", "2025-09"),
    REVISION_CASE("2026-01", "2026-01"),
    REVISION_CASE("2026-05", "2026-05"),
    {.slug = "client/code/table",
     .clauses = "client_flow",
     .title = "every code of the table is told by name",
     .run = run_codes,
     .needs = JUDGES_CLIENT},
    {.slug = "client/code/unknown",
     .clauses = "client_unknown_code",
     .title = "codes outside the table",
     .run = run_unknown,
     .needs = JUDGES_CLIENT},
};
const size_t client_flow_count = COUNT_OF(client_flow_cases);
