/* The budget for bodies in flight: who waits, who goes first, what a stalled body keeps.
 * (labels: threads) */
#include "base/clock.h"
#include "http/body_budget.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PATIENCE_MS 20000
#define BUDGET 1000000
#define LARGE 600000 /* two of them do not fit */

/* A body that asks for a place in a thread of its own. */
struct client {
    struct body_budget *budget;
    struct body_place place;
    size_t size;
    pthread_t thread;
    atomic_int turn; /* 0: waits; otherwise when it was admitted, and -1: never */
    atomic_int *turns;
};

static void *ask(void *context)
{
    struct client *client = context;
    bool taken = body_budget_take(client->budget, &client->place, client->size);
    body_place_work(&client->place);
    atomic_store(&client->turn, taken ? atomic_fetch_add(client->turns, 1) + 1 : -1);
    return NULL;
}

static void wait_until_waiting(struct body_budget *budget, unsigned count)
{
    int64_t until = clock_monotonic_ms() + PATIENCE_MS;
    while (body_budget_use(budget).waiting != count && clock_monotonic_ms() < until)
        usleep(1000);
    assert_int_equal(body_budget_use(budget).waiting, count);
}

/* The next in the queue, after those that wait already. */
static void queue(struct client *client, struct body_budget *budget, size_t size, atomic_int *turns)
{
    unsigned waiting = body_budget_use(budget).waiting;
    *client = (struct client){.budget = budget, .size = size, .turns = turns};
    assert_int_equal(pthread_create(&client->thread, NULL, ask, client), 0);
    wait_until_waiting(budget, waiting + 1);
}

static int turn_of(struct client *client)
{
    pthread_join(client->thread, NULL);
    return atomic_load(&client->turn);
}

static struct body_budget *new_budget(void)
{
    struct body_budget *budget = body_budget_new(BUDGET);
    assert_non_null(budget);
    return budget;
}

static void take(struct body_budget *budget, struct body_place *place, size_t size)
{
    memset(place, 0, sizeof *place);
    assert_true(body_budget_take(budget, place, size));
}

static void budget_admits_what_fits_and_the_rest_in_order(void **state)
{
    (void)state;
    struct body_budget *budget = new_budget();
    struct body_place first, second;
    struct client large, small;
    atomic_int turns = 0;
    take(budget, &first, LARGE);
    body_place_work(&first);
    take(budget, &second, BUDGET - LARGE);
    body_place_work(&second);
    assert_int_equal(body_budget_use(budget).charged, BUDGET);
    queue(&large, budget, LARGE, &turns);
    queue(&small, budget, 10, &turns);
    body_budget_give_back(&second); /* room for the small one, which is not the first */
    assert_int_equal(body_budget_use(budget).waiting, 2);
    body_budget_give_back(&first);
    assert_int_equal(body_budget_use(budget).waiting, 0); /* at once: they need not look for it */
    turn_of(&large);
    turn_of(&small);
    assert_int_equal(body_budget_use(budget).charged, LARGE + 10);
    body_budget_give_back(&large.place);
    body_budget_give_back(&small.place);
    assert_int_equal(body_budget_use(budget).charged, 0);
    body_budget_free(budget);
}

static void budget_serves_the_queue_in_order(void **state)
{
    (void)state;
    struct body_budget *budget = new_budget();
    struct body_place first;
    struct client clients[8];
    atomic_int turns = 0;
    take(budget, &first, BUDGET);
    body_place_work(&first);
    for (int i = 0; i < 8; i++)
        queue(&clients[i], budget, LARGE, &turns);
    body_budget_give_back(&first);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(turn_of(&clients[i]), i + 1);
        body_budget_give_back(&clients[i].place);
    }
    body_budget_free(budget);
}

static void budget_serves_one_that_waits_after_others_have_waited(void **state)
{
    (void)state;
    struct body_budget *budget = new_budget();
    struct body_place first;
    struct client one, two;
    atomic_int turns = 0;
    take(budget, &first, LARGE);
    body_place_work(&first);
    queue(&one, budget, LARGE, &turns);
    body_budget_give_back(&first);
    assert_int_equal(turn_of(&one), 1);
    queue(&two, budget, LARGE, &turns);
    body_budget_give_back(&one.place);
    assert_int_equal(body_budget_use(budget).waiting, 0);
    assert_int_equal(turn_of(&two), 2);
    body_budget_give_back(&two.place);
    body_budget_free(budget);
}

static void budget_serves_a_body_larger_than_itself_alone(void **state)
{
    (void)state;
    struct body_budget *budget = new_budget();
    struct body_place small;
    struct client large, behind;
    atomic_int turns = 0;
    take(budget, &small, 10);
    body_place_work(&small);
    queue(&large, budget, (size_t)5 * BUDGET, &turns);
    queue(&behind, budget, 10, &turns);
    body_budget_give_back(&small);
    assert_int_equal(turn_of(&large), 1);
    assert_int_equal(body_budget_use(budget).waiting, 1);
    body_budget_give_back(&large.place);
    assert_int_equal(turn_of(&behind), 2);
    body_budget_give_back(&behind.place);
    body_budget_free(budget);
}

static void a_stalled_body_gives_its_place_up_and_takes_it_again(void **state)
{
    (void)state;
    struct body_budget *budget = new_budget();
    struct body_place stalled;
    struct client client;
    atomic_int turns = 0;
    int64_t start = clock_monotonic_ms();
    take(budget, &stalled, LARGE);
    assert_true(body_place_progress(&stalled, 1000));
    queue(&client, budget, LARGE, &turns);
    assert_int_equal(turn_of(&client), 1);
    assert_true(clock_monotonic_ms() - start >= BODY_STALL_MS);
    assert_int_equal(body_budget_use(budget).charged, LARGE + 1000 + BODY_PIECE_BYTES);

    assert_false(body_place_progress(&stalled, 2000));
    body_budget_give_back(&client.place);
    assert_true(body_budget_take(budget, &stalled, LARGE));
    assert_int_equal(body_budget_use(budget).charged, LARGE);
    assert_true(body_place_progress(&stalled, 3000));
    body_budget_give_back(&stalled);
    assert_int_equal(body_budget_use(budget).charged, 0);
    body_budget_free(budget);
}

/* At once: the waiting one need not look for it. */
static void a_body_that_yields_lets_the_next_in(void **state)
{
    (void)state;
    struct body_budget *budget = new_budget();
    struct body_place first;
    struct client client;
    atomic_int turns = 0;
    take(budget, &first, LARGE);
    body_place_work(&first);
    queue(&client, budget, LARGE, &turns);
    body_place_yield(&first);
    assert_int_equal(body_budget_use(budget).waiting, 0);
    assert_int_equal(turn_of(&client), 1);
    body_place_yield(&first); /* it has no place any more, and keeps what it counts for */
    assert_int_equal(body_budget_use(budget).charged, LARGE + BODY_PIECE_BYTES);
    body_budget_give_back(&client.place);
    body_budget_give_back(&first);
    assert_true(body_place_progress(&first, 1)); /* there is no place that could be given up */
    assert_int_equal(body_budget_use(budget).charged, 0);
    body_budget_free(budget);
}

/* The first, the one between and the last that came, each of them before the others: no body is at
 * work afterwards, so one larger than the budget gets its place. */
static void places_are_given_back_in_any_order(void **state)
{
    (void)state;
    struct body_budget *budget = new_budget();
    for (int leaves = 0; leaves < 4; leaves++) {
        struct body_place places[4];
        for (int i = 0; i < 4; i++)
            take(budget, &places[i], BUDGET / 4);
        body_budget_give_back(&places[leaves]);
        for (int i = 0; i < 4; i++)
            if (i != leaves)
                body_budget_give_back(&places[i]);
        assert_int_equal(body_budget_use(budget).active, 0);
        assert_int_equal(body_budget_use(budget).charged, 0);
        take(budget, &places[0], (size_t)2 * BUDGET);
        assert_int_equal(body_budget_use(budget).active, 1);
        body_budget_give_back(&places[0]);
    }
    body_budget_free(budget);
}

/* The one at work never stalls; the waiting look at the other in its time all the same. */
static void a_stalled_body_gives_way_beside_one_at_work(void **state)
{
    (void)state;
    struct body_budget *budget = new_budget();
    struct body_place stalled, at_work;
    struct client client;
    atomic_int turns = 0;
    take(budget, &stalled, LARGE);
    take(budget, &at_work, BUDGET - LARGE);
    body_place_work(&at_work);
    int64_t start = clock_monotonic_ms();
    queue(&client, budget, LARGE / 2, &turns);
    assert_int_equal(turn_of(&client), 1);
    assert_true(clock_monotonic_ms() - start < PATIENCE_MS);
    body_budget_give_back(&client.place);
    body_budget_give_back(&at_work);
    body_budget_give_back(&stalled);
    body_budget_free(budget);
}

static void a_body_that_goes_on_keeps_its_place(void **state)
{
    (void)state;
    struct body_budget *budget = new_budget();
    struct body_place steady;
    struct client client;
    atomic_int turns = 0;
    take(budget, &steady, LARGE);
    queue(&client, budget, LARGE, &turns);
    int64_t until = clock_monotonic_ms() + (int64_t)3 * BODY_STALL_MS;
    bool kept = true, late = false; /* late: this test was held up, not the body */
    for (size_t bytes = 1; clock_monotonic_ms() < until; bytes++) {
        int64_t told = clock_monotonic_ms();
        kept &= body_place_progress(&steady, bytes);
        usleep(1000);
        late |= clock_monotonic_ms() - told >= BODY_STALL_MS / 2;
    }
    assert_true(kept || late);
    body_place_work(&steady);
    body_budget_give_back(&steady);
    assert_int_equal(turn_of(&client), 1);
    body_budget_give_back(&client.place);
    body_budget_free(budget);
}

/* Those that have stalled hold more than the budget: bodies then go one at a time. */
static void stalled_bodies_that_fill_the_budget_bar_no_other(void **state)
{
    (void)state;
    struct body_budget *budget = new_budget();
    struct body_place stalled[3];
    struct client one, two;
    atomic_int turns = 0;
    for (int i = 0; i < 3; i++) {
        take(budget, &stalled[i], LARGE);
        assert_true(body_place_progress(&stalled[i], LARGE));
        body_place_yield(&stalled[i]);
    }
    assert_int_equal(body_budget_use(budget).charged, 3 * LARGE);
    assert_int_equal(body_budget_use(budget).active, 0);
    struct body_place at_work;
    take(budget, &at_work, LARGE);
    body_place_work(&at_work);
    queue(&one, budget, LARGE, &turns);
    queue(&two, budget, LARGE, &turns);
    body_budget_give_back(&at_work);
    assert_int_equal(turn_of(&one), 1);
    body_budget_give_back(&one.place);
    assert_int_equal(turn_of(&two), 2);
    body_budget_give_back(&two.place);
    for (int i = 0; i < 3; i++)
        body_budget_give_back(&stalled[i]);
    assert_int_equal(body_budget_use(budget).charged, 0);
    body_budget_free(budget);
}

static void giving_up_keeps_the_bytes_that_came(void **state)
{
    (void)state;
    struct body_budget *budget = new_budget();
    struct body_place place;
    const size_t size = 20 * BODY_PIECE_BYTES, came = 3 * BODY_PIECE_BYTES + 5;
    char *block = malloc(size);
    assert_non_null(block);
    memset(block, 'x', size);
    take(budget, &place, size);
    body_place_lend(&place, block);
    assert_true(body_place_progress(&place, came));
    body_place_yield(&place);
    for (size_t i = 0; i < came + BODY_PIECE_BYTES; i++)
        assert_int_equal(block[i], 'x');
    assert_int_equal(block[size - BODY_PIECE_BYTES], 0); /* given back to the system */
    body_budget_give_back(&place);
    free(block);
    body_budget_free(budget);
}

static void a_growing_body_counts_once(void **state)
{
    (void)state;
    struct body_budget *budget = new_budget();
    struct body_place place = {0};
    for (size_t size = 1000; size <= LARGE; size *= 2) {
        assert_true(body_budget_take(budget, &place, size));
        assert_true(body_place_progress(&place, size));
        assert_int_equal(body_budget_use(budget).charged, size);
        assert_int_equal(body_budget_use(budget).active, 1);
    }
    body_budget_give_back(&place);
    body_budget_give_back(&place); /* there is none any more */
    assert_true(body_place_progress(&place, 1));
    body_place_yield(&place);
    assert_int_equal(body_budget_use(budget).charged, 0);
    body_budget_free(budget);
}

static void stopping_ends_all_waiting(void **state)
{
    (void)state;
    struct body_budget *budget = new_budget();
    struct body_place first;
    struct client clients[4];
    atomic_int turns = 0;
    take(budget, &first, BUDGET);
    body_place_work(&first);
    for (int i = 0; i < 4; i++)
        queue(&clients[i], budget, LARGE, &turns);
    body_budget_stop(budget);
    assert_int_equal(body_budget_use(budget).waiting, 0);
    struct body_place late = {0};
    assert_false(body_budget_take(budget, &late, 0));
    assert_int_equal(body_budget_use(budget).charged, BUDGET);
    body_budget_give_back(&late);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(turn_of(&clients[i]), -1);
        body_budget_give_back(&clients[i].place);
    }
    body_budget_give_back(&first);
    assert_int_equal(body_budget_use(budget).charged, 0);
    body_budget_free(budget);
}

#define CROWD 12
#define ROUNDS 40

struct member {
    struct body_budget *budget;
    pthread_t thread;
    unsigned seed;
    bool failed;
};

/* Bodies of all sizes; some pause, some stall. */
static void *live(void *context)
{
    struct member *member = context;
    for (int round = 0; round < ROUNDS; round++) {
        struct body_place place = {0};
        size_t size = 1 + (size_t)rand_r(&member->seed) % (2 * BUDGET), bytes = 0;
        member->failed |= !body_budget_take(member->budget, &place, size);
        while (bytes < size) {
            size_t piece = 1 + (size_t)rand_r(&member->seed) % 100000;
            bytes = size - bytes < piece ? size : bytes + piece;
            if (rand_r(&member->seed) % 40 == 0)
                body_place_yield(&place);
            if (!body_place_progress(&place, bytes))
                member->failed |= !body_budget_take(member->budget, &place, size);
        }
        body_place_work(&place);
        body_budget_give_back(&place);
    }
    return NULL;
}

static void a_crowd_is_served_whole(void **state)
{
    (void)state;
    struct body_budget *budget = new_budget();
    struct member crowd[CROWD];
    for (unsigned i = 0; i < CROWD; i++) {
        crowd[i] = (struct member){.budget = budget, .seed = i};
        assert_int_equal(pthread_create(&crowd[i].thread, NULL, live, &crowd[i]), 0);
    }
    for (int i = 0; i < CROWD; i++) {
        pthread_join(crowd[i].thread, NULL);
        assert_false(crowd[i].failed);
    }
    const struct body_budget_use use = body_budget_use(budget);
    assert_int_equal(use.charged, 0);
    assert_int_equal(use.active, 0);
    assert_int_equal(use.waiting, 0);
    body_budget_free(budget);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(budget_admits_what_fits_and_the_rest_in_order),
        cmocka_unit_test(budget_serves_the_queue_in_order),
        cmocka_unit_test(budget_serves_one_that_waits_after_others_have_waited),
        cmocka_unit_test(budget_serves_a_body_larger_than_itself_alone),
        cmocka_unit_test(a_stalled_body_gives_its_place_up_and_takes_it_again),
        cmocka_unit_test(a_body_that_yields_lets_the_next_in),
        cmocka_unit_test(places_are_given_back_in_any_order),
        cmocka_unit_test(a_stalled_body_gives_way_beside_one_at_work),
        cmocka_unit_test(a_body_that_goes_on_keeps_its_place),
        cmocka_unit_test(stalled_bodies_that_fill_the_budget_bar_no_other),
        cmocka_unit_test(giving_up_keeps_the_bytes_that_came),
        cmocka_unit_test(a_growing_body_counts_once),
        cmocka_unit_test(stopping_ends_all_waiting),
        cmocka_unit_test(a_crowd_is_served_whole),
    };
    return cmocka_run_group_tests_name("body budget", tests, NULL, NULL);
}
