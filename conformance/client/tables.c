/* What the client must make of every fault, deviation and situation that the mock has by name.
 * Typed here, from ailab.h and the contract, and taken from no table of the mock or of the client:
 * a test holds the names against the mock's own list, so that none is without a row. */
#include "tables.h"

#define OK_ AILAB_OK
#define REFUSED AILAB_REFUSED
#define BROKE AILAB_UNREACHABLE
#define LATE AILAB_TIMEOUT
#define BAD AILAB_BAD_ANSWER
#define STALL_MS 600000 /* longer than any time-out here */

/* `again` is true where nothing of a success was seen: a 200 whose head was read may have been
 * billed, and is never asked for twice. */
static const struct client_fault faults[] = {
    {"reset-upload", 100, DAMAGE_LARGE, BROKE, BROKE, true},
    {"close-upload", 100, DAMAGE_LARGE, BROKE, BROKE, true},
    {"stall-upload", STALL_MS, DAMAGE_STALLS, LATE, LATE, true},
    {"slow-upload", 2000000, DAMAGE_PLAIN, OK_, REFUSED, false},
    {"early-413", -1, DAMAGE_LARGE, REFUSED, REFUSED, false},
    {"no-continue", -1, DAMAGE_LARGE, OK_, REFUSED, false},
    {"late-continue", 100, DAMAGE_LARGE, OK_, REFUSED, false},

    {"reset-before-answer", -1, DAMAGE_PLAIN, BROKE, BROKE, true},
    {"reset-mid-answer", 0, DAMAGE_PLAIN, BROKE, BROKE, false},
    {"close-before-answer", -1, DAMAGE_PLAIN, BROKE, BROKE, true},
    {"close-mid-answer", 0, DAMAGE_PLAIN, BROKE, BROKE, false},
    {"cut-after", 9, DAMAGE_PLAIN, BROKE, BROKE, true}, /* "HTTP/1.1 ", and no status */
    {"stall-before-answer", STALL_MS, DAMAGE_STALLS, LATE, LATE, true},
    {"stall-mid-head", STALL_MS, DAMAGE_STALLS, LATE, LATE, false}, /* its status line was seen */
    {"stall-mid-answer", STALL_MS, DAMAGE_STALLS, LATE, LATE, false},
    {"dribble", 1000000, DAMAGE_PLAIN, OK_, REFUSED, false},
    {"refuse-afterwards", STALL_MS, DAMAGE_REFUSES, OK_, REFUSED, false},

    /* An error that came whole is believed though more was announced; a success is not. */
    {"length-too-long", 10, DAMAGE_PLAIN, BROKE, REFUSED, false},
    {"length-too-short", 10, DAMAGE_PLAIN, BAD, BAD, false},
    {"broken-chunk", -1, DAMAGE_PLAIN, BAD, BAD, false},
    {"garbage-status", -1, DAMAGE_PLAIN, BAD, BAD, false},
    /* The body decides, not what it is called. */
    {"wrong-content-type", -1, DAMAGE_PLAIN, OK_, REFUSED, false},
    {"gzip-undeclared", -1, DAMAGE_PLAIN, BAD, BAD, false},
    {"html-body", -1, DAMAGE_PLAIN, BAD, BAD, false},
    {"empty-body", -1, DAMAGE_PLAIN, BAD, BAD, false},

    {"json-truncated", -1, DAMAGE_PLAIN, BAD, BAD, false},
    {"json-garbage", -1, DAMAGE_PLAIN, BAD, BAD, false},
    {"json-array", -1, DAMAGE_PLAIN, BAD, BAD, false},
    {"json-duplicate-key", -1, DAMAGE_PLAIN, BAD, BAD, false},
    {"json-invalid-utf8", -1, DAMAGE_PLAIN, OK_, REFUSED,
     false}, /* in log_id, a text for support */
    {"json-huge", 1000000, DAMAGE_PLAIN, OK_, REFUSED, false},

    {"base64-data-prefix", -1, DAMAGE_PLAIN, BAD, REFUSED, false},
    {"base64-line-breaks", -1, DAMAGE_PLAIN, BAD, REFUSED, false},
    {"base64-url-alphabet", -1, DAMAGE_PLAIN, BAD, REFUSED, false},
    {"base64-bad-padding", -1, DAMAGE_PLAIN, BAD, REFUSED, false},
    {"base64-no-image", -1, DAMAGE_PLAIN, BAD, REFUSED, false},
    {"base64-half-image", -1, DAMAGE_PLAIN, BAD, REFUSED, false},
};

#define NO_FACE "ERROR_NO_FACE_IN_FILE", 422

/* A lacking or odd text for support or for people is no reason to withhold a picture that was paid
 * for; a field that says whether the call worked must be right wherever it is there. A refusal can
 * be read from what is left of it. */
static const struct client_deviation deviations[] = {
    {"missing-request-id", OK_, NO_FACE},
    {"null-request-id", OK_, NO_FACE},
    {"type-request-id", OK_, NO_FACE},
    {"missing-log-id", OK_, NO_FACE},
    {"null-log-id", OK_, NO_FACE},
    {"type-log-id", OK_, NO_FACE},
    {"missing-error-code", OK_, NO_FACE},
    {"null-error-code", BAD, NO_FACE},
    {"type-error-code", BAD, NO_FACE},
    {"missing-error-code-str", OK_, NO_FACE},
    {"null-error-code-str", OK_, NO_FACE},
    {"type-error-code-str", OK_, NO_FACE},
    {"missing-error-msg", OK_, NO_FACE},
    {"null-error-msg", OK_, NO_FACE},
    {"type-error-msg", OK_, NO_FACE},
    {"missing-error-detail", OK_, NO_FACE},
    {"null-error-detail", BAD, NO_FACE},
    {"type-error-detail", BAD, NO_FACE},
    {"missing-status-code", OK_, NO_FACE},
    {"null-status-code", BAD, NO_FACE},
    {"type-status-code", BAD, NO_FACE},
    {"missing-detail-code", OK_, NO_FACE},
    {"null-detail-code", BAD, NO_FACE},
    {"type-detail-code", BAD, NO_FACE},
    {"missing-code-message", OK_, NO_FACE},
    {"null-code-message", OK_, NO_FACE},
    {"type-code-message", OK_, NO_FACE},
    {"missing-message", OK_, NO_FACE},
    {"null-message", OK_, NO_FACE},
    {"type-message", OK_, NO_FACE},
    {"missing-data", BAD, NO_FACE},
    {"null-data", BAD, NO_FACE},
    {"type-data", BAD, NO_FACE},
    {"missing-image", BAD, NO_FACE},
    {"null-image", BAD, NO_FACE},
    {"type-image", BAD, NO_FACE},
    {"error-code-text", BAD, NO_FACE},
    {"error-in-200", OK_, "ERROR_NO_FACE_IN_FILE", 200},
    {"status-mismatch", REFUSED, NO_FACE},
    {"extra-fields", OK_, NO_FACE},
    {"unknown-code", OK_, NULL, 422},
    {"empty-message", OK_, NO_FACE},
    {"same-request-id", OK_, NO_FACE},
    {"data-on-error", OK_, NO_FACE},
};

static const struct client_situation situations[] = {
    {"success", OK_, "", 200, 0},
    {"no-face", REFUSED, NO_FACE, 0},
    {"two-faces", REFUSED, NO_FACE, 0},
    {"side-profile", REFUSED, NO_FACE, 0},
    {"retired", REFUSED, "ERROR_AI_NOT_EXISTS", 404, 0},
    {"upstream-file-type", REFUSED, "AI_SERVICE_INTERNAL_ERROR", 502, 0},
    {"no-credits", REFUSED, "ERROR_NOT_ENOUGH_CREDITS", 429, 0},
    {"locked", REFUSED, "ERROR_USER_LOCKED", 403, 0},
    {"rate-limited", REFUSED, "EXCEEDING_LIMITS", 429, 1},
    {"gateway-html-502", BAD, "", 502, 0},
    {"gateway-empty-504", BAD, "", 504, 0},
    {"stall", LATE, "", 0, 0},
    {"slow", LATE, "", 0, 0},
};

const struct client_fault *client_faults(size_t *count_out)
{
    *count_out = COUNT_OF(faults);
    return faults;
}

const struct client_deviation *client_deviations(size_t *count_out)
{
    *count_out = COUNT_OF(deviations);
    return deviations;
}

const struct client_situation *client_situations(size_t *count_out)
{
    *count_out = COUNT_OF(situations);
    return situations;
}
