/* The routes of accounts, settings and the mock itself. */
#include "admin/admin_call.h"
#include "api/contract_document.h"
#include "documents/shapes.h"
#include <math.h>
#include <stdlib.h>

/* Accounts */

static void add_terms(struct tree *tree, cJSON *object, const struct account_setting *terms)
{
    tree_flag(tree, object, "locked", terms->locked);
    if (terms->rate_requests) {
        cJSON *rate = tree_object(tree, object, "rate");
        tree_number(tree, rate, "requests", terms->rate_requests);
        tree_number(tree, rate, "window_ms", terms->rate_window_ms);
    } else
        tree_null(tree, object, "rate");
    if (terms->concurrency)
        tree_number(tree, object, "concurrency", terms->concurrency);
    else
        tree_null(tree, object, "concurrency");
}

static void add_account(struct tree *tree, cJSON *array, const struct account_row *row)
{
    char label[KEY_LABEL_SIZE];
    const struct account_setting *own = &row->own;
    cJSON *object = tree_object(tree, array, NULL);
    tree_text(tree, object, "key", key_label(label, &row->digest));
    tree_flag(tree, object, "has_own_settings",
              own->has_credits || own->has_locked || own->has_rate || own->has_concurrency);
    if (row->balance.granted == ACCOUNT_UNLIMITED)
        tree_null(tree, object, "credits");
    else
        tree_number(tree, object, "credits", (double)row->balance.balance);
    tree_number(tree, object, "credits_reserved", (double)row->reserved);
    add_terms(tree, object, &row->terms);
    tree_number(tree, object, "in_flight", row->in_flight);
    tree_number(tree, object, "queued", (double)row->queued);
    tree_number(tree, object, "calls", (double)row->calls);
    tree_number(tree, object, "successes", (double)row->successes);
    tree_number(tree, object, "failures", (double)row->failures);
    tree_number(tree, object, "refused", (double)row->refused);
}

void admin_list_accounts(struct admin_call *call)
{
    size_t count;
    struct tree *tree = &call->tree;
    struct account_row *rows = state_accounts(call->state, &count);
    if (count == SIZE_MAX) {
        tree->failed = true;
        return;
    }
    cJSON *array = tree_array(tree, tree->root, "accounts");
    for (size_t i = 0; i < count; i++)
        add_account(tree, array, &rows[i]);
    tree_number(tree, tree_object(tree, tree->root, "meta"), "total", (double)count);
    free(rows);
}

/* The "accounts" of a scenario document, and nothing else of it. */
void admin_set_accounts(struct admin_call *call)
{
    struct document_error error;
    struct document document;
    if (!document_parse(&document, call->body, &error)) {
        admin_refuse(call, &error);
        return;
    }
    if (document.scenarios || document.has_seed)
        admin_fail(call, 400, document.scenarios ? "/scenarios" : "/seed",
                   "found more than accounts, expected {\"accounts\": …}; PUT /__admin/mappings "
                   "takes whole documents");
    else if (!state_set_accounts(call->state, document.accounts, document.account_count))
        admin_fail_full(
            call,
            "more than " TEXT_OF(ACCOUNTS_SET_MAX) " keys would have settings, or every account is "
                                                   "in use");
    document_clear(&document);
}

/* False with an answer made. */
static bool find_account(struct key_digest *out, struct admin_call *call)
{
    if (state_find_label(out, call->state, slice_of(call->segment)))
        return true;
    admin_fail(call, 404, "", "no account is listed as '%s'; /__admin/accounts lists them",
               call->segment);
    return false;
}

void admin_set_account(struct admin_call *call)
{
    struct document_error error;
    struct account_setting setting;
    struct key_digest digest;
    if (!shape_parse(&setting, &account_shape, call->body, &error))
        admin_refuse(call, &error);
    else if (find_account(&digest, call) && !state_set_account(call->state, &digest, &setting))
        admin_fail_full(call, "more than " TEXT_OF(ACCOUNTS_SET_MAX) " keys would have settings");
}

void admin_reset_account(struct admin_call *call)
{
    struct key_digest digest;
    if (find_account(&digest, call))
        state_reset_account(call->state, &digest);
}

/* Settings */

#define MOCK_SETTING(type, name, kind, least, most, fallback, note_text)                           \
    {#name,                                                                                        \
     SHAPE_##kind,                                                                                 \
     0,                                                                                            \
     SHAPE_AT(struct state_change, to.name),                                                       \
     .minimum = (least),                                                                           \
     .maximum = (int64_t)(most),                                                                   \
     SHAPE_GIVEN(struct state_change, given.name),                                                 \
     .note = (note_text)},
static const struct shape_row setting_rows[] = {
#include "state/settings.def"
};

const struct shape settings_shape = {"settings: an object", SHAPE_ROWS(setting_rows),
                                     .size = sizeof(struct state_change)};

#define PRINT_FLAG tree_flag
#define PRINT_WHOLE(tree, object, name, value) tree_number(tree, object, name, (double)(value))

static void answer_settings(struct admin_call *call, const struct state_settings *settings)
{
#define MOCK_SETTING(type, name, kind, minimum, maximum, fallback, note)                           \
    PRINT_##kind(&call->tree, call->tree.root, #name, settings->name);
#include "state/settings.def"
}

void admin_get_settings(struct admin_call *call)
{
    struct state_settings settings;
    state_get_settings(call->state, &settings);
    answer_settings(call, &settings);
}

void admin_set_settings(struct admin_call *call)
{
    struct document_error error;
    struct state_change change;
    struct state_settings now;
    if (!shape_parse(&change, &settings_shape, call->body, &error))
        admin_refuse(call, &error);
    else if (!state_change_settings(call->state, &change, &now))
        admin_fail_full(call, "the journal would be too large");
    else
        answer_settings(call, &now);
}

/* The mock */

void admin_health(struct admin_call *call)
{
    tree_text(&call->tree, call->tree.root, "status", "ok");
    admin_version(call);
    tree_number(&call->tree, call->tree.root, "uptimeInSeconds",
                floor((double)call->host->uptime_ms / 1000));
}

void admin_version(struct admin_call *call)
{
    tree_text(&call->tree, call->tree.root, "version", call->host->version);
    tree_text(&call->tree, call->tree.root, "revision", call->host->revision);
}

void admin_shutdown(struct admin_call *call)
{
    call->shutdown = true;
}

void admin_metrics(struct admin_call *call)
{
    call->text = state_metrics(call->state, call->host->version, call->host->revision);
    call->content_type = METRICS_CONTENT_TYPE;
    call->tree.failed |= !call->text;
}

void admin_contract(struct admin_call *call)
{
    cJSON_Delete(call->tree.root);
    call->tree.root = contract_document();
    call->tree.failed |= !call->tree.root;
}

void admin_openapi(struct admin_call *call)
{
    call->text = admin_openapi_print(call->host->version);
    call->content_type = "application/json";
    call->tree.failed |= !call->text;
}
