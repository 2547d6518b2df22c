/* The live feed without a socket: what it writes, in which order, and that watchers, calls, resets
 * and the end of all waiting go together. The wire is tests/console/feed.py's. labels: threads */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "admin/admin.h"
#include "base/count_of.h"

#define CALLERS 3
#define CALLS 200 /* of each caller */

static const struct admin_host host = {
    .version = "1", .revision = "2026-01", .waiters_max = 1, .watchers_max = 2, .boot = 0xabc};

static struct state *state_with(size_t entries)
{
    return state_new(&(struct state_options){.settings = {.journal_entries = entries}});
}

static void call(struct state *state)
{
    struct visit visit;
    struct journal_entry entry = {.status = 400, .method = "GET", .path = "/line\nbreak"};
    state_enter(&visit, state, &(struct visit_head){VISIT_CALL, slice_of("k"), true, 1, 1});
    state_leave(&visit, &entry, slice_make(NULL, 0), false);
}

static struct admin_answer ask(struct state *state, const char *query)
{
    struct admin_answer answer;
    const struct admin_request request = {
        .method = slice_of("GET"),
        .path = slice_of("/__admin/events"),
        .query = slice_of(query),
        .can_follow = true,
    };
    admin_answer(&answer, state, &host, &request);
    return answer;
}

/* The feed of an answer; it is the caller's. */
static struct admin_feed *follow(struct state *state, const char *query)
{
    struct admin_answer answer = ask(state, query);
    assert_int_equal(answer.status, 200);
    assert_non_null(answer.feed);
    assert_string_equal(answer.content_type, "text/event-stream");
    return answer.feed;
}

/* The next piece as text. */
static const char *next(struct admin_feed *feed, char out[8192])
{
    struct slice piece;
    assert_true(admin_feed_next(feed, &piece, 0));
    assert_true(piece.len < 8192);
    snprintf(out, 8192, "%.*s", (int)piece.len, piece.len ? piece.ptr : "");
    return out;
}

static void feed_tells_what_happens_in_order(void **unused)
{
    (void)unused;
    char text[8192];
    struct state *state = state_with(0);
    struct admin_feed *feed = follow(state, "");
    assert_ptr_equal(strstr(next(feed, text), "event: hello\ndata: {\"boot\":\"0000000000000abc\""),
                     text);
    assert_string_equal(next(feed, text), "");
    call(state);
    next(feed, text);
    assert_ptr_equal(strstr(text, "event: request\nid: 1\ndata: {\"id\":1,"), text);
    assert_non_null(strstr(text, "line\\nbreak")); /* an event is one line */
    assert_non_null(strstr(text, "\n\nevent: status\ndata: {"));
    assert_true(state_reset(state, RESET_JOURNAL, NULL));
    assert_ptr_equal(strstr(next(feed, text), "event: reset\ndata: {\"kept\":0}\n\n"), text);
    assert_string_equal(next(feed, text), "");
    admin_feed_free(feed);
    state_free(state);
}

static void feed_skips_what_was_forgotten_before_it_could_be_told(void **unused)
{
    (void)unused;
    char text[8192];
    struct state *state = state_with(2);
    struct admin_feed *feed = follow(state, "after=0");
    next(feed, text);
    for (int i = 0; i < 5; i++)
        call(state);
    next(feed, text);
    assert_null(strstr(text, "id: 3\n"));
    assert_non_null(strstr(text, "id: 4\n"));
    assert_non_null(strstr(text, "id: 5\n"));
    assert_non_null(strstr(text, "\"kept\":2,\"forgotten\":3,\"last_id\":5"));
    assert_string_equal(next(feed, text), "");
    admin_feed_free(feed);
    state_free(state);
}

static void feed_admits_so_many_watchers_and_no_more(void **unused)
{
    (void)unused;
    struct state *state = state_with(0);
    struct admin_feed *first = follow(state, ""), *second = follow(state, "");
    struct admin_answer refused = ask(state, "");
    assert_int_equal(refused.status, 503);
    assert_non_null(strstr(refused.text, "2 watchers follow the feed already"));
    admin_answer_clear(&refused);
    admin_feed_free(first);
    first = follow(state, "");
    admin_feed_free(first);
    admin_feed_free(second);
    state_free(state);
}

struct crowd {
    struct state *state;
    atomic_uint told; /* requests that the watcher heard of */
};

static void *make_calls(void *context)
{
    struct crowd *crowd = context;
    for (int i = 0; i < CALLS; i++)
        call(crowd->state);
    return NULL;
}

static unsigned count(struct slice text, const char *word)
{
    unsigned found = 0;
    const size_t len = strlen(word);
    for (const char *at = text.ptr;
         text.len && (at = memmem(at, text.len - (size_t)(at - text.ptr), word, len)) != NULL;
         at += len)
        found++;
    return found;
}

static void *watch(void *context)
{
    struct crowd *crowd = context;
    struct admin_feed *feed = follow(crowd->state, "after=0");
    struct slice piece;
    while (admin_feed_next(feed, &piece, 1000))
        atomic_fetch_add(&crowd->told, count(piece, "event: request\n"));
    admin_feed_free(feed);
    return NULL;
}

/* The watcher hears each request once, whatever else goes on; it ends when waiting ends. */
static void feed_hears_every_request_of_a_crowd(void **unused)
{
    (void)unused;
    struct crowd crowd = {.state = state_with(10000)};
    pthread_t watcher, callers[CALLERS];
    atomic_init(&crowd.told, 0);
    assert_int_equal(pthread_create(&watcher, NULL, watch, &crowd), 0);
    for (size_t i = 0; i < CALLERS; i++)
        assert_int_equal(pthread_create(&callers[i], NULL, make_calls, &crowd), 0);
    for (size_t i = 0; i < CALLERS; i++)
        pthread_join(callers[i], NULL);
    for (int i = 0; i < 3000 && atomic_load(&crowd.told) < CALLERS * CALLS; i++)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    assert_int_equal(atomic_load(&crowd.told), CALLERS * CALLS);
    state_end_waits(crowd.state);
    pthread_join(watcher, NULL);
    state_free(crowd.state);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* It neither spins nor looks away. */
static void watcher_sleeps_until_something_happens(void **unused)
{
    (void)unused;
    struct state *state = state_with(10);
    struct state_moment moment = {0}, seen;
    assert_true(state_watch(state, &moment, 60000)); /* the first look */
    seen = moment;
    const int64_t began_ms = now_ms();
    assert_true(state_watch(state, &moment, 60));
    assert_in_range(now_ms() - began_ms, 59, 59999);
    assert_true(state_moments_equal(&moment, &seen));
    call(state);
    assert_true(state_watch(state, &moment, 60000));
    assert_false(state_moments_equal(&moment, &seen));
    state_free(state);
}

struct watcher {
    struct state *state;
    atomic_bool done;
};

/* Each time it sleeps until something happens; the first looks may find what has happened before.
 */
static void *watch_five(void *context)
{
    struct watcher *watcher = context;
    struct state_moment moment = {0};
    for (int i = 0; i < 5; i++)
        state_watch(watcher->state, &moment, 120000);
    atomic_store(&watcher->done, true);
    return NULL;
}

static void reset_one(struct state *state)
{
    const struct slice key = slice_of("k");
    state_reset(state, RESET_JOURNAL, &key);
}

static void reset_all(struct state *state)
{
    state_reset(state, RESET_JOURNAL, NULL);
}

static void watcher_hears_of_every_call_and_reset(void **unused)
{
    (void)unused;
    static void (*const happens[])(struct state *) = {call, reset_one, reset_all};
    for (size_t i = 0; i < COUNT_OF(happens); i++) {
        struct watcher watcher = {.state = state_with(10)};
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, watch_five, &watcher), 0);
        const int64_t until_ms = now_ms() + 30000;
        while (!atomic_load(&watcher.done) && now_ms() < until_ms) {
            happens[i](watcher.state);
            nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
        }
        const bool heard = atomic_load(&watcher.done);
        state_end_waits(watcher.state);
        pthread_join(thread, NULL);
        state_free(watcher.state);
        assert_true(heard);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(feed_tells_what_happens_in_order),
        cmocka_unit_test(feed_skips_what_was_forgotten_before_it_could_be_told),
        cmocka_unit_test(feed_admits_so_many_watchers_and_no_more),
        cmocka_unit_test(feed_hears_every_request_of_a_crowd),
        cmocka_unit_test(watcher_sleeps_until_something_happens),
        cmocka_unit_test(watcher_hears_of_every_call_and_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
