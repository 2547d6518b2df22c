/* Many keys at once: they do not see one another, the same seed replays the same run whatever the
 * threads do, and documents are replaced while requests run. Threads only collect; what they found
 * is judged in the main thread. */
#include "scenarios_fixture.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define KEYS 200
#define CALLS 6
#define PLAYERS 8
#define ROUNDS 40
#define ASKERS 4
#define LOADS 60

struct player {
    pthread_t thread;
    uint16_t port;
    size_t index;
    pthread_barrier_t *start;
    char key[64];
    char got[ROUNDS + 1]; /* a letter an answer */
    char wrong[400];      /* the first answer that no test asked for */
    atomic_bool *stop;
    size_t asked;
};

static void note(struct player *player, const struct scenarios_answer *answer, const char *what)
{
    if (!player->wrong[0])
        snprintf(player->wrong, sizeof player->wrong, "%s, %s: %.280s", player->key, what,
                 answer->size ? answer->bytes : "(nothing)");
}

/* Two hundred keys. Key i has queued its code i twice, then falls to a match of its own (code
 * i + 1), and asks twice by header (code i + 2). */

static const struct scenarios_error *code_of(size_t index)
{
    return &scenarios_errors()[index % SCENARIOS_ERRORS];
}

struct expectation {
    char code[64];
    int status;
};

static struct expectation expectations[SCENARIOS_ERRORS];

static void *ask_for_own_codes(void *context)
{
    struct player *player = context;
    pthread_barrier_wait(player->start);
    int fd = scenarios_connect(player->port);
    for (size_t i = 0; i < CALLS; i++) {
        struct scenarios_answer answer;
        const struct expectation *due = &expectations[(player->index + i / 2) % SCENARIOS_ERRORS];
        struct scenarios_call call = {.key = player->key};
        if (i >= 4)
            call.header = due->code;
        scenarios_ask_on(&answer, fd, &call);
        if (!scenarios_is(&answer, due->status, due->code))
            note(player, &answer, due->code);
        scenarios_clear(&answer);
    }
    close(fd);
    return NULL;
}

static char *document_of_keys(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    fputs("{\"scenarios\": [", out);
    for (size_t i = 0; i < KEYS; i++)
        fprintf(out,
                "%s{\"name\": \"own-%zu\", \"match\": {\"api_key\": \"key-%zu\"}, \"steps\": "
                "[{\"error\": \"%s\", \"times\": 2}]}",
                i ? "," : "", i, i, code_of(i + 1)->code);
    fputs("]}", out);
    fclose(out);
    return text;
}

static void parallel_keys_do_not_see_one_another(void **state)
{
    (void)state;
    const struct ailab_mock_options options = {.max_connections = 512,
                                               .journal_entries = (size_t)KEYS * CALLS};
    struct ailab_mock *mock = scenarios_start(&options);
    struct player *players = calloc(KEYS, sizeof *players);
    pthread_barrier_t start;
    char *document = document_of_keys();
    assert_non_null(players);
    scenarios_load(mock, document);
    free(document);
    for (size_t i = 0; i < SCENARIOS_ERRORS; i++) {
        snprintf(expectations[i].code, sizeof expectations[i].code, "%s", code_of(i)->code);
        expectations[i].status = code_of(i)->since;
    }
    pthread_barrier_init(&start, NULL, KEYS);
    for (size_t i = 0; i < KEYS; i++) {
        players[i].port = ailab_mock_port(mock);
        players[i].index = i;
        players[i].start = &start;
        snprintf(players[i].key, sizeof players[i].key, "key-%zu", i);
        scenarios_arm(mock, players[i].key, "[{\"error\": \"%s\", \"times\": 2}]",
                      code_of(i)->code);
    }
    for (size_t i = 0; i < KEYS; i++)
        assert_int_equal(pthread_create(&players[i].thread, NULL, ask_for_own_codes, &players[i]),
                         0);
    for (size_t i = 0; i < KEYS; i++)
        pthread_join(players[i].thread, NULL);
    for (size_t i = 0; i < KEYS; i++)
        if (players[i].wrong[0])
            fail_msg("%s", players[i].wrong);
    assert_int_equal(scenarios_count(mock, "{\"match\": {\"api_key\": \"key-17\"}}"), CALLS);
    assert_int_equal(scenarios_count(mock, "{\"unexpected\": false}"), KEYS * CALLS);
    pthread_barrier_destroy(&start);
    free(players);
    ailab_mock_stop(mock);
}

/* Replay */

static void *play(void *context)
{
    struct player *player = context;
    int fd = scenarios_connect(player->port);
    if (player->start)
        pthread_barrier_wait(player->start);
    for (size_t i = 0; i < ROUNDS; i++) {
        struct scenarios_answer answer;
        scenarios_ask_on(&answer, fd, &(struct scenarios_call){.key = player->key});
        player->got[i] = scenarios_is(&answer, 200, "")                     ? 'S'
                         : scenarios_is(&answer, 422, "ERROR_BLURRY_FACE")  ? 'B'
                         : scenarios_is(&answer, 504, "AI_SERVICE_TIMEOUT") ? 'T'
                                                                            : '?';
        scenarios_clear(&answer);
    }
    close(fd);
    return NULL;
}

static const char flaky[] =
    "{\"scenarios\": [{\"name\": \"flaky\", \"match\": {}, \"probability\": 0.6, \"then\": "
    "\"restart\", \"steps\": [{\"error\": \"ERROR_BLURRY_FACE\", \"probability\": 0.7}, "
    "{\"error\": \"AI_SERVICE_TIMEOUT\", \"delay\": {\"uniform\": [0, 2]}}]}]}";

/* All keys' runs; one after the other, or at once. */
static void play_all(struct player players[PLAYERS], uint64_t seed, bool at_once)
{
    const struct ailab_mock_options options = {.seed = seed, .scenarios = flaky};
    struct ailab_mock *mock = scenarios_start(&options);
    pthread_barrier_t start;
    pthread_barrier_init(&start, NULL, PLAYERS);
    for (size_t i = 0; i < PLAYERS; i++) {
        players[i] = (struct player){.port = ailab_mock_port(mock)};
        snprintf(players[i].key, sizeof players[i].key, "player-%zu", i);
        players[i].start = at_once ? &start : NULL;
        if (!at_once)
            play(&players[i]);
        else
            assert_int_equal(pthread_create(&players[i].thread, NULL, play, &players[i]), 0);
    }
    for (size_t i = 0; at_once && i < PLAYERS; i++)
        pthread_join(players[i].thread, NULL);
    pthread_barrier_destroy(&start);
    ailab_mock_stop(mock);
}

static void parallel_keys_replay_the_same_run_by_seed(void **state)
{
    (void)state;
    static struct player alone[PLAYERS], together[PLAYERS], otherwise[PLAYERS];
    play_all(alone, 99, false);
    play_all(together, 99, true);
    play_all(otherwise, 100, true);
    for (size_t i = 0; i < PLAYERS; i++) {
        assert_string_equal(alone[i].got, together[i].got);
        assert_string_not_equal(alone[i].got, otherwise[i].got);
        assert_null(strchr(alone[i].got, '?'));
        assert_non_null(strchr(alone[i].got, 'B'));
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(alone[i].got, alone[k].got);
    }
}

/* Replacing */

static void *ask_until_stopped(void *context)
{
    struct player *player = context;
    int fd = scenarios_connect(player->port);
    while (!atomic_load(player->stop)) {
        struct scenarios_answer answer;
        scenarios_ask_on(&answer, fd, &(struct scenarios_call){.key = player->key});
        if (!scenarios_is(&answer, 422, "ERROR_BLURRY_FACE") &&
            !scenarios_is(&answer, 504, "AI_SERVICE_TIMEOUT"))
            note(player, &answer, "neither the one nor the other document's");
        player->asked++;
        scenarios_clear(&answer);
    }
    close(fd);
    return NULL;
}

static void parallel_calls_see_one_document_or_the_other(void **state)
{
    static const char *const documents[] = {
        "{\"scenarios\": [{\"name\": \"one\", \"match\": {\"width\": 96}, \"then\": "
        "\"repeat-last\", \"steps\": [{\"error\": \"ERROR_BLURRY_FACE\"}]}]}",
        "{\"scenarios\": [{\"name\": \"other\", \"match\": {}, \"then\": \"restart\", \"steps\": "
        "[{\"error\": \"AI_SERVICE_TIMEOUT\", \"message\": \"of the other document\"}]}]}",
    };
    char why[AILAB_MOCK_ERROR_SIZE];
    struct player players[ASKERS];
    atomic_bool stop;
    size_t refused = 0;
    atomic_init(&stop, false);
    scenarios_load(*state, documents[0]);
    for (size_t i = 0; i < ASKERS; i++) {
        players[i] = (struct player){.port = ailab_mock_port(*state), .stop = &stop};
        snprintf(players[i].key, sizeof players[i].key, "asker-%zu", i);
        assert_int_equal(pthread_create(&players[i].thread, NULL, ask_until_stopped, &players[i]),
                         0);
    }
    for (size_t i = 0; i < LOADS; i++) {
        refused += ailab_mock_load(*state, documents[i % 2], why) != AILAB_MOCK_OK;
        refused += ailab_mock_load(*state, "{\"scenarios\": [{}]}", why) == AILAB_MOCK_OK;
        refused += ailab_mock_reset(*state, i % 2 ? "asker-1" : NULL, why) != AILAB_MOCK_OK;
        scenarios_stirs(-1, 2);
    }
    atomic_store(&stop, true);
    for (size_t i = 0; i < ASKERS; i++)
        pthread_join(players[i].thread, NULL);
    assert_int_equal(refused, 0);
    for (size_t i = 0; i < ASKERS; i++) {
        if (players[i].wrong[0])
            fail_msg("%s", players[i].wrong);
        assert_true(players[i].asked > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parallel_keys_do_not_see_one_another),
        cmocka_unit_test(parallel_keys_replay_the_same_run_by_seed),
        cmocka_unit_test_setup_teardown(parallel_calls_see_one_document_or_the_other,
                                        scenarios_setup, scenarios_teardown),
    };
    return cmocka_run_group_tests_name("scenarios_parallel", tests, NULL, NULL);
}
