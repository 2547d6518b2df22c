/* The tables. Above a group of rows stands the client's rule behind them. */
#include "outcomes.h"

static const struct situation_outcome situations[] = {
    {"success", AILAB_OK, 200, AILAB_CODE_NONE, false, 0, false},
    {"no-face", AILAB_REFUSED, 422, AILAB_CODE_ERROR_NO_FACE_IN_FILE, false, 0, false},
    {"two-faces", AILAB_REFUSED, 422, AILAB_CODE_ERROR_NO_FACE_IN_FILE, false, 0, false},
    {"side-profile", AILAB_REFUSED, 422, AILAB_CODE_ERROR_NO_FACE_IN_FILE, false, 0, false},
    {"retired", AILAB_REFUSED, 404, AILAB_CODE_ERROR_AI_NOT_EXISTS, false, 0, false},
    {"upstream-file-type", AILAB_REFUSED, 502, AILAB_CODE_AI_SERVICE_INTERNAL_ERROR, true, 0,
     false},
    {"no-credits", AILAB_REFUSED, 429, AILAB_CODE_ERROR_NOT_ENOUGH_CREDITS, false, 0, false},
    {"locked", AILAB_REFUSED, 403, AILAB_CODE_ERROR_USER_LOCKED, false, 0, false},
    {"rate-limited", AILAB_REFUSED, 429, AILAB_CODE_EXCEEDING_LIMITS, true, 1, false},
    /* A gateway's page is no answer of the contract, but its status says that waiting helps. */
    {"gateway-html-502", AILAB_BAD_ANSWER, 502, AILAB_CODE_NONE, true, 0, false},
    {"gateway-empty-504", AILAB_BAD_ANSWER, 504, AILAB_CODE_NONE, true, 0, false},
    {"stall", AILAB_TIMEOUT, 0, AILAB_CODE_NONE, true, 0, true},
    {"slow", AILAB_TIMEOUT, 0, AILAB_CODE_NONE, true, 0, true},
};

/* A broken connection and a time-out may pass by themselves. Nonsense that came whole does not, nor
 * a refusal because of the picture. */
#define OK_                                                                                        \
    {                                                                                              \
        AILAB_OK, false                                                                            \
    }
#define REFUSED                                                                                    \
    {                                                                                              \
        AILAB_REFUSED, false                                                                       \
    }
#define BROKE                                                                                      \
    {                                                                                              \
        AILAB_UNREACHABLE, true                                                                    \
    }
#define TIMED_OUT                                                                                  \
    {                                                                                              \
        AILAB_TIMEOUT, true                                                                        \
    }
#define NONSENSE                                                                                   \
    {                                                                                              \
        AILAB_BAD_ANSWER, false                                                                    \
    }

/* The last column is true where the client saw nothing of a success. A 200 whose head was read may
 * have been charged, so the client never asks for it again. */
static const struct fault_outcome faults[] = {
    {"reset-upload", 100, FAULT_LARGE, BROKE, BROKE, true},
    {"close-upload", 100, FAULT_LARGE, BROKE, BROKE, true},
    {"stall-upload", 600000, FAULT_STALLS, TIMED_OUT, TIMED_OUT, true},
    {"slow-upload", 1000000, FAULT_PLAIN, OK_, REFUSED, false},
    {"early-413", -1, FAULT_LARGE, REFUSED, REFUSED, false},
    /* The client sends the body after a while, with or without 100 Continue. */
    {"no-continue", -1, FAULT_LARGE, OK_, REFUSED, false},
    {"late-continue", 300, FAULT_LARGE, OK_, REFUSED, false},

    {"reset-before-answer", -1, FAULT_PLAIN, BROKE, BROKE, true},
    {"reset-mid-answer", 0, FAULT_PLAIN, BROKE, BROKE, false},
    {"close-before-answer", -1, FAULT_PLAIN, BROKE, BROKE, true},
    {"close-mid-answer", 0, FAULT_PLAIN, BROKE, BROKE, false},
    /* "HTTP/1.1 ", and no status. */
    {"cut-after", 9, FAULT_PLAIN, BROKE, BROKE, true},
    {"stall-before-answer", 600000, FAULT_STALLS, TIMED_OUT, TIMED_OUT, true},
    {"stall-mid-head", 600000, FAULT_STALLS, TIMED_OUT, TIMED_OUT, false},
    {"stall-mid-answer", 600000, FAULT_STALLS, TIMED_OUT, TIMED_OUT, false},
    {"refuse-afterwards", 600000, FAULT_REFUSES, OK_, REFUSED, false},
    {"dribble", 20000, FAULT_PLAIN, OK_, REFUSED, false},

    /* The client believes an error that is readable though more was announced; it does not believe
       such a success. */
    {"length-too-long", 10, FAULT_PLAIN, BROKE, REFUSED, false},
    {"length-too-short", 10, FAULT_PLAIN, NONSENSE, NONSENSE, false},
    {"broken-chunk", -1, FAULT_PLAIN, NONSENSE, NONSENSE, false},
    {"garbage-status", -1, FAULT_PLAIN, NONSENSE, NONSENSE, false},
    /* The body decides, not its Content-Type. */
    {"wrong-content-type", -1, FAULT_PLAIN, OK_, REFUSED, false},
    {"gzip-undeclared", -1, FAULT_PLAIN, NONSENSE, NONSENSE, false},
    {"html-body", -1, FAULT_PLAIN, NONSENSE, NONSENSE, false},
    {"empty-body", -1, FAULT_PLAIN, NONSENSE, NONSENSE, false},

    {"json-truncated", -1, FAULT_PLAIN, NONSENSE, NONSENSE, false},
    {"json-garbage", -1, FAULT_PLAIN, NONSENSE, NONSENSE, false},
    {"json-array", -1, FAULT_PLAIN, NONSENSE, NONSENSE, false},
    {"json-duplicate-key", -1, FAULT_PLAIN, NONSENSE, NONSENSE, false},
    /* Only in a text for support: it is made fit to show, and the rest counts. */
    {"json-invalid-utf8", -1, FAULT_PLAIN, OK_, REFUSED, false},
    {"json-huge", 1000000, FAULT_PLAIN, OK_, REFUSED, false},

    {"base64-data-prefix", -1, FAULT_PLAIN, NONSENSE, REFUSED, false},
    {"base64-line-breaks", -1, FAULT_PLAIN, NONSENSE, REFUSED, false},
    {"base64-url-alphabet", -1, FAULT_PLAIN, NONSENSE, REFUSED, false},
    {"base64-bad-padding", -1, FAULT_PLAIN, NONSENSE, REFUSED, false},
    {"base64-no-image", -1, FAULT_PLAIN, NONSENSE, REFUSED, false},
    {"base64-half-image", -1, FAULT_PLAIN, NONSENSE, REFUSED, false},
};

/* A certificate that is bad stays bad until a person changes it. A broken handshake may pass. The
 * length of an answer tells that it is whole, with close_notify or without. */
static const struct tls_outcome tls[] = {
    {"tls-expired", AILAB_UNREACHABLE, false, false, "expired"},
    {"tls-wrong-host", AILAB_UNREACHABLE, false, false, "match"},
    {"tls-untrusted", AILAB_UNREACHABLE, false, false, "issuer"},
    {"tls-stall", AILAB_TIMEOUT, true, true, "time"},
    {"tls-close-at-hello", AILAB_UNREACHABLE, true, false, "SSL"},
    {"tls-alert", AILAB_UNREACHABLE, true, false, "handshake failure"},
    {"tls-no-close-notify", AILAB_OK, false, false, ""},
};

#define BAD AILAB_BAD_ANSWER
#define NO_FACE AILAB_REFUSED, AILAB_CODE_ERROR_NO_FACE_IN_FILE, 422

/* A wrong text for people does not cost the caller a paid picture. A field that decides whether the
 * call worked must be as documented if it is present. On a refusal, one of the three fields that
 * can name the error is enough. */
static const struct deviation_outcome deviations[] = {
    {"missing-request-id", AILAB_OK, NO_FACE},
    {"null-request-id", AILAB_OK, NO_FACE},
    {"type-request-id", AILAB_OK, NO_FACE},
    {"missing-log-id", AILAB_OK, NO_FACE},
    {"null-log-id", AILAB_OK, NO_FACE},
    {"type-log-id", AILAB_OK, NO_FACE},
    {"missing-error-code", AILAB_OK, NO_FACE},
    {"null-error-code", BAD, NO_FACE},
    {"type-error-code", BAD, NO_FACE},
    {"missing-error-code-str", AILAB_OK, NO_FACE},
    {"null-error-code-str", AILAB_OK, NO_FACE},
    {"type-error-code-str", AILAB_OK, NO_FACE},
    {"missing-error-msg", AILAB_OK, NO_FACE},
    {"null-error-msg", AILAB_OK, NO_FACE},
    {"type-error-msg", AILAB_OK, NO_FACE},
    {"missing-error-detail", AILAB_OK, NO_FACE},
    {"null-error-detail", BAD, NO_FACE},
    {"type-error-detail", BAD, NO_FACE},
    {"missing-status-code", AILAB_OK, NO_FACE},
    {"null-status-code", BAD, NO_FACE},
    {"type-status-code", BAD, NO_FACE},
    {"missing-detail-code", AILAB_OK, NO_FACE},
    {"null-detail-code", BAD, NO_FACE},
    {"type-detail-code", BAD, NO_FACE},
    {"missing-code-message", AILAB_OK, NO_FACE},
    {"null-code-message", AILAB_OK, NO_FACE},
    {"type-code-message", AILAB_OK, NO_FACE},
    {"missing-message", AILAB_OK, NO_FACE},
    {"null-message", AILAB_OK, NO_FACE},
    {"type-message", AILAB_OK, NO_FACE},
    {"missing-data", BAD, NO_FACE},
    {"null-data", BAD, NO_FACE},
    {"type-data", BAD, NO_FACE},
    {"missing-image", BAD, NO_FACE},
    {"null-image", BAD, NO_FACE},
    {"type-image", BAD, NO_FACE},
    {"error-code-text", BAD, NO_FACE},
    {"error-in-200", AILAB_OK, AILAB_REFUSED, AILAB_CODE_ERROR_NO_FACE_IN_FILE, 200},
    {"status-mismatch", AILAB_REFUSED, NO_FACE},
    {"extra-fields", AILAB_OK, NO_FACE},
    {"unknown-code", AILAB_OK, AILAB_REFUSED, AILAB_CODE_UNKNOWN, 422},
    {"empty-message", AILAB_OK, NO_FACE},
    {"same-request-id", AILAB_OK, NO_FACE},
    {"data-on-error", AILAB_OK, NO_FACE},
};

#define TABLE(type, table)                                                                         \
    const struct type##_outcome *type##_outcomes(size_t *count_out)                                \
    {                                                                                              \
        *count_out = sizeof(table) / sizeof(table)[0];                                             \
        return table;                                                                              \
    }

TABLE(situation, situations)
TABLE(fault, faults)
TABLE(deviation, deviations)
TABLE(tls, tls)
