/* The scenario document: JSON in, scenarios and account settings out, or one exact complaint.
 * mockserver/SCENARIOS.md describes it for people.
 *
 * Refused whole: an unknown field, a wrong type, an impossible range, a name twice. Pure. */
#ifndef AILAB_MOCK_DOCUMENT_H
#define AILAB_MOCK_DOCUMENT_H

#include "scenarios/scenario.h"

#define DOCUMENT_BYTES_MAX ((size_t)4 * 1024 * 1024)
#define DOCUMENT_SCENARIOS_MAX 1000
#define DOCUMENT_ACCOUNTS_MAX 1000

/* What an account is set to; a field that is not given keeps what was in force. */
struct account_setting {
    char *api_key; /* owned; "*" for every key that has no setting of its own */
    bool has_credits, has_locked, has_rate, has_concurrency;
    int64_t credits; /* -1: unlimited */
    bool locked;
    uint32_t rate_requests; /* at most this many in rate_window_ms; 0: no limit */
    uint32_t rate_window_ms;
    uint32_t concurrency; /* at most this many at once; 0: no limit */
};

struct document {
    bool has_seed;
    uint64_t seed;
    struct scenario *scenarios; /* owned */
    size_t scenario_count;
    struct account_setting *accounts; /* owned */
    size_t account_count;
};

struct document_error {
    /* JSON pointer (RFC 6901) of the place, "" for the whole document and for what is no JSON.
     * Control characters stand as '?', a long one ends in "...", and of an API key a quarter, at
     * most four characters, is shown: /accounts/SECR.../credits. */
    char pointer[256];
    char message[256]; /* what was found and what was expected; UTF-8, one line, no API key */
};

/* True and a document to be cleared, or false with the first complaint. */
bool document_parse(struct document *out, struct slice json, struct document_error *error);
/* The same for one scenario object, one step object and one account object: what admin calls and
 * the library take. An account object holds settings only, so its api_key stays NULL. */
bool document_parse_scenario(struct scenario *out, struct slice json, struct document_error *error);
bool document_parse_step(struct scenario_step *out, struct slice json,
                         struct document_error *error);
bool document_parse_account(struct account_setting *out, struct slice json,
                            struct document_error *error);
void document_clear(struct document *document);
void scenario_step_clear(struct scenario_step *step);
void account_setting_clear(struct account_setting *setting);

struct cJSON;
/* A scenario as the document would write it; for listing. NULL when memory ran out. */
struct cJSON *document_print_scenario(const struct scenario *scenario);

#endif
