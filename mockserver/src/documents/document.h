/* The scenario document: JSON in, scenarios and account settings out, or one exact complaint.
 * mockserver/SCENARIOS.md describes it for people.
 *
 * Refused whole: an unknown field, a wrong type, an impossible range, a name twice. Pure. */
#ifndef AILAB_MOCKSERVER_DOCUMENTS_DOCUMENT_H
#define AILAB_MOCKSERVER_DOCUMENTS_DOCUMENT_H

#include "accounts/account_setting.h"
#include "api/tls_fault.h"
#include "base/json_syntax.h"
#include "scenarios/scenario.h"

#define DOCUMENT_SCENARIOS_MAX 1000
#define DOCUMENT_ACCOUNTS_MAX ACCOUNT_SETTINGS_MAX

struct document {
    bool has_seed;
    uint64_t seed;
    struct scenario *scenarios; /* owned */
    size_t scenario_count;
    struct account_setting *accounts; /* owned */
    size_t account_count;
    struct tls_arming *tls; /* owned */
    size_t tls_count;
};

/* True and a document to be cleared, or false with the first complaint. */
bool document_parse(struct document *out, struct slice json, struct document_error *error);
/* The same for one scenario object, which admin calls take. */
bool document_parse_scenario(struct scenario *out, struct slice json, struct document_error *error);
void document_clear(struct document *document);

/* The same for one arming of a fault of TLS. */
bool document_parse_tls(struct tls_arming *out, struct slice json, struct document_error *error);

struct cJSON;
/* A scenario as the document would write it; for listing. NULL when memory ran out. */
struct cJSON *document_print_scenario(const struct scenario *scenario);

#endif
