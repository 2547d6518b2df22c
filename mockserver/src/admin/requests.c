/* The journal's routes: listing, finding, counting, near misses. */
#include "admin/admin_call.h"
#include "admin/near_misses.h"
#include "base/decimal.h"
#include "journal/print.h"
#include <stdlib.h>

struct search {
    const struct admin_call *call;
    const struct journal_query *query; /* NULL: all */
    bool only_unexpected, only_unanswered;
    size_t total; /* on all pages */
};

static bool is_of_key(const struct admin_call *call, const struct journal_entry *entry)
{
    return !call->has_key ||
           (entry->has_key && memcmp(&call->digest, &entry->key, sizeof entry->key) == 0);
}

static bool is_found(void *context, const struct journal_entry *entry)
{
    const struct search *search = context;
    return is_of_key(search->call, entry) && (!search->only_unexpected || entry->unexpected) &&
           (!search->only_unanswered || !entry->scenario[0]) &&
           (!search->query || journal_query_accepts(search->query, entry));
}

static bool is_on_page(void *context, const struct journal_entry *entry)
{
    struct search *search = context;
    if (!is_found(context, entry))
        return false;
    search->total++;
    return entry->id < search->call->before;
}

/* False with an answer made. */
static bool await(struct admin_call *call, struct search *search)
{
    const struct admin_host *host = call->host;
    const struct state_wait wait = {call->at_least, (uint32_t)call->wait_ms, host->waiters_max,
                                    host->is_gone, host->caller};
    if (!call->at_least || state_await(call->state, is_found, search, &wait))
        return true;
    admin_fail(call, 503, "", "%u callers wait already, and this mock lets no more than that wait",
               host->waiters_max);
    return false;
}

/* False with an answer made. */
static bool search_journal(struct journal_selection *out, struct admin_call *call,
                           struct search *search, size_t limit)
{
    search->call = call;
    if (!await(call, search))
        return false;
    if (state_select(out, call->state, is_on_page, search, limit))
        return true;
    call->tree.failed = true;
    return false;
}

static void add_meta(struct admin_call *call, size_t total, uint64_t forgotten)
{
    struct tree *tree = &call->tree;
    cJSON *meta = tree_object(tree, tree->root, "meta");
    tree_number(tree, meta, "total", (double)total);
    tree_number(tree, meta, "forgotten", (double)forgotten);
}

static void answer_search(struct admin_call *call, struct search *search)
{
    struct journal_selection found;
    if (!search_journal(&found, call, search, call->limit))
        return;
    cJSON *array = tree_array(&call->tree, call->tree.root, "requests");
    for (size_t i = 0; i < found.count; i++)
        journal_print(&call->tree, array, NULL, &found.entries[i], false);
    add_meta(call, search->total, found.forgotten);
    journal_selection_clear(&found);
}

/* False with an answer made. */
static bool parse_query(struct journal_query *out, struct admin_call *call)
{
    struct document_error error;
    if (journal_query_parse(out, call->body, &error))
        return true;
    admin_refuse(call, &error);
    return false;
}

void admin_list_requests(struct admin_call *call)
{
    answer_search(call, &(struct search){0});
}

void admin_list_unexpected(struct admin_call *call)
{
    answer_search(call, &(struct search){.only_unexpected = true});
}

void admin_list_unmatched(struct admin_call *call)
{
    admin_list_unexpected(call);
}

void admin_find_requests(struct admin_call *call)
{
    struct journal_query query;
    if (!parse_query(&query, call))
        return;
    answer_search(call, &(struct search){.query = &query});
    journal_query_clear(&query);
}

void admin_count_requests(struct admin_call *call)
{
    struct journal_query query;
    struct journal_selection counted;
    if (!parse_query(&query, call))
        return;
    struct search search = {.query = &query};
    if (search_journal(&counted, call, &search, 0)) {
        tree_number(&call->tree, call->tree.root, "count", (double)search.total);
        tree_number(&call->tree, call->tree.root, "forgotten", (double)counted.forgotten);
    }
    journal_query_clear(&query);
}

void admin_near_misses(struct admin_call *call)
{
    struct journal_query query;
    if (!parse_query(&query, call))
        return;
    near_misses_add(&call->tree, tree_array(&call->tree, call->tree.root, "nearMisses"),
                    call->state, &query, call->has_key ? &call->digest : NULL);
    journal_query_clear(&query);
}

void admin_near_mappings(struct admin_call *call)
{
    struct search search = {.only_unanswered = true};
    struct journal_selection found;
    if (!search_journal(&found, call, &search, call->limit))
        return;
    struct scenario_set *set = state_scenarios(call->state);
    near_scenarios_add(&call->tree, tree_array(&call->tree, call->tree.root, "nearMisses"),
                       call->state, &found, set);
    add_meta(call, search.total, found.forgotten);
    scenario_set_release(set);
    journal_selection_clear(&found);
}

void admin_get_request(struct admin_call *call)
{
    struct journal_entry entry;
    uint64_t id;
    if (!decimal_read(&id, slice_of(call->segment), 19) ||
        !state_journal_entry(call->state, id, &entry)) {
        admin_fail(call, 404, "", "the journal has no request of this id (any more)");
        return;
    }
    cJSON_Delete(call->tree.root);
    call->tree.root = NULL;
    cJSON *holder = cJSON_CreateArray();
    journal_print(&call->tree, holder, NULL, &entry, true);
    call->tree.root = holder ? cJSON_DetachItemFromArray(holder, 0) : NULL;
    call->tree.failed |= call->tree.root == NULL;
    cJSON_Delete(holder);
    shared_bytes_release(entry.body);
}
