/* See expect.h. */
#include "judge/expect.h"
#include "judge/error_table.h"
#include <string.h>

#define OUTCOMES_MAX 4

struct outcome {
    int status_2025_09, status_2026_01;
    const char *code;
    const char *note; /* why it is accepted without being preferred; NULL for the preferred one */
};

static const struct outcome outcomes[EXPECT_COUNT][OUTCOMES_MAX] = {
    [EXPECT_ACCEPTED] = {{422, 422, "ERROR_NO_FACE_IN_FILE", "refused for its content only"},
                         {422, 422, "FILE_CONTENT_NON_COMPLIANCE", "refused for its content only"},
                         {422, 422, "ERROR_LOW_RESOLUTION", "refused for its content only"}},
    [EXPECT_KEY] = {{401, 401, "ERROR_USER_NOT_EXISTS", NULL},
                    {401, 401, "ERROR_APPLICATIONS_NOT_EXISTS", "the older table points to it"}},
    [EXPECT_PATH] = {{404, 404, "ERROR_AI_NOT_EXISTS", NULL}},
    [EXPECT_METHOD] = {{405, 405, "ERROR_ILLEGAL_OPERATION", NULL},
                       {405, 403, "ERROR_ILLEGAL_OPERATION", "the table's own status"}},
    [EXPECT_MISSING] = {{400, 400, "MISSING_PARAMETERS", NULL}},
    [EXPECT_EMPTY] = {{400, 400, "PARAMETERS_CANNOT_EMPTY", NULL},
                      {422, 400, "UNSUPPORTED_PARAMETER_VALUES", "seen live on siblings"}},
    [EXPECT_INVALID] = {{400, 400, "ERROR_INVALID_PARAMETER", NULL},
                        {422, 400, "UNSUPPORTED_PARAMETER_VALUES", "seen live on siblings"}},
    [EXPECT_MULTIPART] = {{400, 400, "ERROR_PARAMETERS", NULL}},
    [EXPECT_SIZE] = {{413, 413, "FILE_SIZE_EXCEEDS_LIMIT", NULL}},
    [EXPECT_SIZE_OR_BODY] = {{413, 413, "FILE_SIZE_EXCEEDS_LIMIT", NULL},
                             {413, 413, "ERROR_REQUEST_BODY_TOO_LARGE",
                              "refused before the parts"}},
    [EXPECT_TYPE] = {{415, 415, "UNSUPPORTED_FILE_TYPES", NULL}},
    [EXPECT_DECODING] = {{400, 422, "FILE_DECODING_FAILURE", NULL}},
    [EXPECT_LOCKED] = {{403, 403, "ERROR_USER_LOCKED", NULL}},
    [EXPECT_NO_CREDITS] = {{429, 429, "ERROR_NOT_ENOUGH_CREDITS", NULL}},
    [EXPECT_LIMIT] = {{422, 429, "EXCEEDING_LIMITS", NULL}},
    [EXPECT_RESOLUTION] = {{422, 413, "FILE_RESOLUTION_EXCEEDS_LIMITS", NULL}},
};

static int status_of(const struct outcome *outcome, enum revision revision)
{
    return revision_has(revision, NEW_STATUSES) ? outcome->status_2026_01 : outcome->status_2025_09;
}

static bool is_result(const struct answer *answer)
{
    if (!answer_is_success(answer) || !answer->json || !answer->image)
        return false;
    return strncmp(answer->image, "/9j/", 4) == 0 || strncmp(answer->image, "iVBORw0KGgo", 11) == 0;
}

enum match expect_match(const struct answer *answer, enum expect expect, enum revision revision,
                        struct buf *note)
{
    if ((expect == EXPECT_SUCCESS || expect == EXPECT_ACCEPTED) && is_result(answer))
        return MATCH_PREFERRED;
    if (!answer->code)
        return MATCH_NONE;
    if (expect == EXPECT_REFUSED)
        return answer->http.status >= 400 && answer->http.status < 500 &&
                       error_row_find(answer->code)
                   ? MATCH_PREFERRED
                   : MATCH_NONE;
    for (size_t i = 0; i < OUTCOMES_MAX && outcomes[expect][i].code; i++) {
        const struct outcome *outcome = &outcomes[expect][i];
        if (answer->http.status != status_of(outcome, revision) ||
            strcmp(answer->code, outcome->code) != 0)
            continue;
        if (!outcome->note)
            return MATCH_PREFERRED;
        if (note)
            buf_printf(note, "accepted: %d %s (%s)", answer->http.status, answer->code,
                       outcome->note);
        return MATCH_ACCEPTED;
    }
    return MATCH_NONE;
}

void expect_describe(struct buf *out, enum expect expect, enum revision revision)
{
    if (expect == EXPECT_REFUSED) {
        buf_text(out, "a status from 400 to 499 with a code of the table");
        return;
    }
    bool more = expect == EXPECT_SUCCESS || expect == EXPECT_ACCEPTED;
    if (more)
        buf_text(out, "200 with data.image");
    for (size_t i = 0; i < OUTCOMES_MAX && outcomes[expect][i].code; i++) {
        const struct outcome *outcome = &outcomes[expect][i];
        buf_printf(out, "%s%d %s", more ? ", or " : "", status_of(outcome, revision),
                   outcome->code);
        more = true;
    }
}

unsigned expect_credits(enum expect expect)
{
    return expect == EXPECT_SUCCESS || expect == EXPECT_ACCEPTED ? CALL_CREDITS : 0;
}
