/* The suite of the client: puts together the cases that follow from tables and those that are
 * written out. They judge library ailab against mocks of their own, not the target of the run. */
#include "cases/suites.h"
#include "tables.h"
#include <string.h>

/* Texts of a case in the store, as offsets: the store moves while it grows. */
struct texts {
    size_t slug, title;
};

__attribute__((format(printf, 2, 3))) static size_t put(struct buf *store, const char *format, ...)
{
    size_t at = store->len;
    va_list args;
    va_start(args, format);
    buf_vprintf(store, format, args);
    va_end(args);
    buf_add(store, "", 1);
    return at;
}

static size_t add_faults(struct case_def *cases, struct texts *texts, struct buf *store)
{
    size_t count = 0;
    const struct client_fault *rows = client_faults(&count);
    for (size_t i = 0; i < count; i++) {
        texts[i].slug = put(store, "client/fault/%s", rows[i].name);
        texts[i].title = put(store, "a success becomes \"%s\"%s", ailab_error_name(rows[i].success),
                             rows[i].again ? ", and the call is tried again" : "");
        cases[i] = (struct case_def){
            .text = rows[i].name,
            .clauses = rows[i].again ? "client_retry_transient client_flow" : "client_flow",
            .run = run_client_fault,
            .needs =
                JUDGES_CLIENT | (rows[i].kind == DAMAGE_PLAIN && rows[i].amount <= 0 ? 0 : WAITS)};
    }
    return count;
}

static const char *deviation_clauses(const char *name)
{
    if (strcmp(name, "unknown-code") == 0)
        return "client_unknown_code client_flow";
    if (strcmp(name, "error-in-200") == 0 || strcmp(name, "missing-error-code") == 0 ||
        strcmp(name, "status-mismatch") == 0)
        return "client_error_in_200 client_flow";
    return "client_flow";
}

static size_t add_deviations(struct case_def *cases, struct texts *texts, struct buf *store)
{
    size_t count = 0;
    const struct client_deviation *rows = client_deviations(&count);
    for (size_t i = 0; i < count; i++) {
        texts[i].slug = put(store, "client/deviation/%s", rows[i].name);
        texts[i].title = put(store, "a success becomes \"%s\", a refusal stays one",
                             ailab_error_name(rows[i].success));
        cases[i] = (struct case_def){.text = rows[i].name,
                                     .clauses = deviation_clauses(rows[i].name),
                                     .run = run_client_deviation,
                                     .needs = JUDGES_CLIENT};
    }
    return count;
}

static size_t add_situations(struct case_def *cases, struct texts *texts, struct buf *store)
{
    size_t count = 0;
    const struct client_situation *rows = client_situations(&count);
    for (size_t i = 0; i < count; i++) {
        texts[i].slug = put(store, "client/situation/%s", rows[i].name);
        texts[i].title = put(store, "it becomes \"%s\"", ailab_error_name(rows[i].error));
        cases[i] = (struct case_def){.text = rows[i].name,
                                     .clauses = "client_flow",
                                     .run = run_client_situation,
                                     .needs = JUDGES_CLIENT |
                                              (rows[i].error == AILAB_TIMEOUT ? WAITS : 0)};
    }
    return count;
}

static size_t make_client(struct case_def cases[SUITE_CASES_MAX], struct buf *store)
{
    struct texts texts[SUITE_CASES_MAX];
    size_t made = 0, written = client_flow_count + client_retry_count;
    memcpy(cases, client_flow_cases, client_flow_count * sizeof *cases);
    memcpy(cases + client_flow_count, client_retry_cases, client_retry_count * sizeof *cases);
    made = written;
    made += add_faults(cases + made, texts + made, store);
    made += add_deviations(cases + made, texts + made, store);
    made += add_situations(cases + made, texts + made, store);
    for (size_t i = written; i < made; i++) {
        cases[i].slug = buf_str(store) + texts[i].slug;
        cases[i].title = buf_str(store) + texts[i].title;
    }
    return made;
}

const struct suite_maker suite_client = {"client", "The client", true, make_client};
