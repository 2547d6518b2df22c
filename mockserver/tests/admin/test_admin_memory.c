/* The admin API when memory runs out: for every call of admin_calls.def, and for every allocation
 * of it, once failing alone and once with all that follow, the answer is the right one, or a 507
 * that has changed nothing, or a 500: then the change was made whole or not at all. Nothing leaks.
 */
#include "admin_ask.h"
#include "base/count_of.h"
#include "testing/failing_malloc.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* So many allocations of a call fail one by one, of those behind them ever fewer. */
#define EACH 60

/* A row of admin_calls.def. */
struct row {
    enum { NEW, CALL, ASK } kind;
    const char *method, *target, *body;
    int status;
};

/* clang-format off */
#define NEW(why) {NEW, "", why, "", 0},
#define CALL(key, code, scenario, service_choice) {CALL, scenario, key, code, service_choice},
#define ASK(method, target, body, status, ...) {ASK, method, target, body, status},
/* clang-format on */
static const struct row rows[] = {
#include "admin_calls.def"
};

/* The state that a row meets: what the rows since the last NEW have made. */
static struct state *state_before(const struct row *row)
{
    struct state *state = admin_state();
    const struct row *at = row;
    while (at->kind != NEW)
        at--;
    for (; at < row; at++)
        if (at->kind == CALL) {
            admin_journal(state, at->target, at->body, at->method, at->status);
        } else if (at->kind == ASK) {
            struct admin_answer answer = admin_ask(state, at->method, at->target, at->body);
            admin_answer_clear(&answer);
        }
    return state;
}

/* What a call answers without a failure, and what it does when it is asked again. */
struct right {
    struct admin_answer first, again;
};

static struct right right_of(const struct row *row)
{
    struct state *state = state_before(row);
    struct right right;
    right.first = admin_ask(state, row->method, row->target, row->body);
    right.again = admin_ask(state, row->method, row->target, row->body);
    state_free(state);
    assert_int_equal(right.first.status, row->status);
    return right;
}

static bool is_same(const struct admin_answer *a, const struct admin_answer *b)
{
    return a->text && a->status == b->status && strcmp(a->text, b->text) == 0;
}

static void expect(bool holds, const struct row *row, const struct admin_answer *answer,
                   const char *when)
{
    if (!holds)
        fail_msg("%s %s %s, allocation %lu%s: %s: %d %s", row->method, row->target, row->body,
                 memory.fails_at, memory.for_ever ? " and all later" : "", when,
                 answer ? answer->status : 0, answer && answer->text ? answer->text : "no text");
}

/* Whether the answer says that memory ran out. */
static bool says_no_memory(const struct admin_answer *answer)
{
    return answer->status == 500 ? !answer->text || strstr(answer->text, "memory")
                                 : answer->status == 507 && strstr(answer->text, "memory");
}

/* After an answer without memory. */
static void expect_whole_or_nothing(struct state *state, const struct row *row,
                                    const struct right *right, int status)
{
    struct admin_answer answer = admin_ask(state, row->method, row->target, row->body);
    expect(is_same(&answer, &right->first) || (status == 500 && is_same(&answer, &right->again)),
           row, &answer, "asked again");
    admin_answer_clear(&answer);
}

/* One call with the n-th allocation failing. Returns whether one did. */
static bool run(const struct row *row, const struct right *right, unsigned long fails_at,
                bool for_ever)
{
    memory_start(0, false);
    memory_stop();
    struct state *state = state_before(row);
    const long held = memory.live;
    memory_start(fails_at, for_ever);
    memory.live = held;
    struct admin_answer answer = admin_ask_for(state, row->method, row->target, row->body);
    memory_stop();
    const bool failed = memory.failed;
    const bool refused = failed && says_no_memory(&answer);
    expect(refused || is_same(&answer, &right->first), row, &answer, "asked");
    if (refused)
        expect_whole_or_nothing(state, row, right, answer.status);
    admin_answer_clear(&answer);
    state_free(state);
    expect(memory.live == 0, row, NULL, "something leaks");
    return failed;
}

static void admin_answers_rightly_or_changes_nothing_whichever_allocation_fails(void **unused)
{
    (void)unused;
    SKIP_UNLESS_MEMORY_COUNTS();
    for (const struct row *row = rows; row < rows + COUNT_OF(rows); row++) {
        if (row->kind != ASK)
            continue;
        struct right right = right_of(row);
        unsigned long n = 1;
        for (; run(row, &right, n, false); n += n < EACH ? 1 : n / 16)
            run(row, &right, n, true);
        print_message("%s %s: %lu allocations\n", row->method, row->target, n - 1);
        assert_true(n > 1); /* something was allocated, so something was tested */
        admin_answer_clear(&right.first);
        admin_answer_clear(&right.again);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(admin_answers_rightly_or_changes_nothing_whichever_allocation_fails),
    };
    return cmocka_run_group_tests_name("admin_memory", tests, NULL, NULL);
}
