/* The live feed: what happens, as Server-Sent Events. A feed compares moments of the state and
 * writes what came between them; nothing is printed under the state's lock. */
#include "admin/admin_call.h"
#include "base/clock.h"
#include "base/decimal.h"
#include "journal/print.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define SILENCE_MAX_MS 10000 /* then a comment is sent */
#define PACE_MS 25           /* of a busy mock the feed tells so often, not of each request alone */
#define BATCH_MAX 100        /* entries in one piece */

struct admin_feed {
    struct state *state;
    struct admin_host host; /* its texts are static or the mock's */
    bool greeted, failed;
    uint64_t after; /* the id of the newest request that was told */
    struct state_moment seen;
    int64_t looked_ms, spoke_ms; /* monotonic */
    char *text;                  /* owned: what next() gave last */
    size_t size, room;
};

/* Writing */

static void put(struct admin_feed *feed, struct slice text)
{
    if (feed->size + text.len > feed->room) {
        const size_t room = (feed->size + text.len) * 2;
        char *grown = realloc(feed->text, room);
        if (!grown) {
            feed->failed = true;
            return;
        }
        feed->text = grown;
        feed->room = room;
    }
    if (text.len)
        memcpy(feed->text + feed->size, text.ptr, text.len);
    feed->size += text.len;
}

/* The tree is consumed. id 0: none. */
static void put_event(struct admin_feed *feed, const char *name, uint64_t id, struct tree *tree)
{
    char line[64];
    char *data = tree_print(tree); /* one line: cJSON escapes line breaks */
    snprintf(line, sizeof line, "event: %s\n", name);
    put(feed, slice_of(line));
    if (id) {
        snprintf(line, sizeof line, "id: %" PRIu64 "\n", id);
        put(feed, slice_of(line));
    }
    put(feed, slice_of("data: "));
    put(feed, slice_of(data ? data : ""));
    put(feed, slice_of("\n\n"));
    feed->failed |= !data;
    free(data);
}

void admin_print_moment(struct tree *tree, const struct admin_host *host,
                        const struct state_moment *moment)
{
    char boot[17];
    snprintf(boot, sizeof boot, "%016" PRIx64, host->boot);
    tree_text(tree, tree->root, "boot", boot);
    tree_text(tree, tree->root, "version", host->version);
    tree_text(tree, tree->root, "revision", host->revision);
    tree_flag(tree, tree->root, "strict", moment->settings.strict);
    tree_number(tree, tree->root, "seed", (double)moment->settings.seed);
    tree_flag(tree, tree->root, "journal_bodies", moment->settings.journal_bodies);
    tree_number(tree, tree->root, "kept", (double)moment->kept);
    tree_number(tree, tree->root, "forgotten", (double)moment->forgotten);
    tree_number(tree, tree->root, "last_id", (double)moment->added);
}

static void put_status(struct admin_feed *feed, const char *name)
{
    struct tree tree;
    tree_start(&tree);
    admin_print_moment(&tree, &feed->host, &feed->seen);
    put_event(feed, name, 0, &tree);
}

static void put_reset(struct admin_feed *feed)
{
    struct tree tree;
    tree_start(&tree);
    tree_number(&tree, tree.root, "kept", (double)feed->seen.kept);
    put_event(feed, "reset", 0, &tree);
}

static void put_request(struct admin_feed *feed, const struct journal_entry *entry)
{
    struct tree holder;
    tree_start(&holder);
    struct tree tree = {journal_print(&holder, holder.root, "entry", entry, false), holder.failed};
    if (tree.root)
        cJSON_DetachItemViaPointer(holder.root, tree.root);
    cJSON_Delete(holder.root);
    put_event(feed, "request", entry->id, &tree);
}

static void put_requests(struct admin_feed *feed)
{
    struct journal_selection found;
    if (!state_follow(&found, feed->state, feed->after, BATCH_MAX)) {
        feed->failed = true;
        return;
    }
    for (size_t i = 0; i < found.count; i++)
        put_request(feed, &found.entries[i]);
    if (found.count)
        feed->after = found.entries[found.count - 1].id;
    if (found.total == found.count && feed->after < feed->seen.added)
        feed->after = feed->seen.added; /* the rest was forgotten before it could be told */
    journal_selection_clear(&found);
}

/* Watching */

/* An id of an earlier start may be ahead of this one's: then all that is kept is told. */
static void greet(struct admin_feed *feed)
{
    feed->greeted = true;
    if (feed->after > feed->seen.added)
        feed->after = feed->after == UINT64_MAX ? feed->seen.added : 0;
    put_status(feed, "hello");
    put_requests(feed);
}

static void tell_changes(struct admin_feed *feed, const struct state_moment *before)
{
    const struct state_moment *now = &feed->seen;
    if (now->resets != before->resets)
        put_reset(feed);
    if (now->added > feed->after)
        put_requests(feed);
    if (!state_moments_equal(now, before))
        put_status(feed, "status");
}

static void keep_pace(const struct admin_feed *feed)
{
    const int64_t left = feed->looked_ms + PACE_MS - clock_monotonic_ms();
    const struct timespec pause = {.tv_nsec = left * 1000000L};
    if (feed->looked_ms && left > 0)
        nanosleep(&pause, NULL);
}

bool admin_feed_next(struct admin_feed *feed, struct slice *out, uint64_t ms)
{
    const struct state_moment before = feed->seen;
    const bool behind = feed->greeted && feed->after < feed->seen.added;
    feed->size = 0;
    keep_pace(feed);
    if (!state_watch(feed->state, &feed->seen, feed->greeted && !behind ? (uint32_t)ms : 0))
        return false;
    if (feed->greeted)
        tell_changes(feed, &before);
    else
        greet(feed);
    if (!feed->size && clock_monotonic_ms() - feed->spoke_ms >= SILENCE_MAX_MS)
        put(feed, slice_of(": still here\n\n"));
    feed->looked_ms = clock_monotonic_ms();
    if (feed->size)
        feed->spoke_ms = feed->looked_ms;
    *out = slice_make(feed->text, feed->size);
    return !feed->failed;
}

void admin_feed_free(struct admin_feed *feed)
{
    if (!feed)
        return;
    state_watch_end(feed->state);
    free(feed->text);
    free(feed);
}

/* False with an answer made. */
static bool find_start(struct admin_call *call, uint64_t *after)
{
    *after = call->has_after ? call->after : UINT64_MAX;
    if (!call->last_event_id.ptr || decimal_read(after, call->last_event_id, 15))
        return true;
    admin_fail(call, 400, "", "Last-Event-ID is not the id of a request");
    return false;
}

void admin_events(struct admin_call *call)
{
    uint64_t after;
    if (!find_start(call, &after))
        return;
    if (!call->can_follow) {
        admin_fail(call, 400, "", "the feed has no end; only a GET over HTTP takes it");
        return;
    }
    if (!call->host->watchers_max) {
        admin_fail(call, 503, "",
                   "with so few connections the mock serves no watcher; --max-connections sets "
                   "their number");
        return;
    }
    if (!state_watch_begin(call->state, call->host->watchers_max)) {
        admin_fail(call, 503, "",
                   "%u watchers follow the feed already, and this mock serves no more at once; "
                   "close another one",
                   call->host->watchers_max);
        return;
    }
    call->feed = calloc(1, sizeof *call->feed);
    if (!call->feed) {
        state_watch_end(call->state);
        call->tree.failed = true;
        return;
    }
    *call->feed = (struct admin_feed){
        .state = call->state,
        .host = *call->host,
        .after = after,
        .spoke_ms = clock_monotonic_ms(),
    };
}
