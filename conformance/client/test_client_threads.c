/* Eight clients in eight threads against one mock, each with its own key, plan and picture: none
 * sees another's. */
#include "ailab_mock.h"
#include "fixture.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORKERS 8
#define ROUNDS 6

/* One step of a plan and its expected result. */
struct expectation {
    const char *step;
    enum ailab_error error;
    const char *code;
};

/* A worker's plan begins at its own number: neighbours never do the same at the same time. */
static const struct expectation plan[WORKERS] = {
    {"{\"answer\":\"success\"}", AILAB_OK, ""},
    {"{\"error\":\"ERROR_BLURRY_FACE\"}", AILAB_REFUSED, "ERROR_BLURRY_FACE"},
    {"{\"fault\":\"reset-mid-answer\"}", AILAB_UNREACHABLE, ""},
    {"{\"error\":\"EXCEEDING_LIMITS\"}", AILAB_REFUSED, "EXCEEDING_LIMITS"},
    {"{\"fault\":\"base64-half-image\"}", AILAB_BAD_ANSWER, ""},
    {"{\"error\":\"TOMORROW\",\"status\":422}", AILAB_REFUSED, "TOMORROW"},
    {"{\"deviation\":\"extra-fields\"}", AILAB_OK, ""},
    {"{\"error\":\"ERROR_USER_LOCKED\",\"deviation\":\"error-in-200\"}", AILAB_REFUSED,
     "ERROR_USER_LOCKED"},
};

/* Asserts nothing itself: it tells its finding in problem. */
struct worker {
    struct ailab_mock *mock;
    unsigned number;
    char key[64];
    struct image_file picture;
    char problem[FIXTURE_PROBLEM_SIZE];
    pthread_t thread;
};

static void arm(struct worker *worker)
{
    char steps[1024] = "[", why[AILAB_MOCK_ERROR_SIZE] = "";
    size_t used = 1;
    for (unsigned i = 0; i < WORKERS; i++)
        used += (size_t)snprintf(steps + used, sizeof steps - used, "%s%s", i ? "," : "",
                                 plan[(worker->number + i) % WORKERS].step);
    snprintf(steps + used, sizeof steps - used, "]");
    if (ailab_mock_arm(worker->mock, worker->key, steps, why) != AILAB_MOCK_OK)
        snprintf(worker->problem, sizeof worker->problem, "%.500s", why);
}

static void call(struct worker *worker, struct ailab *client, const struct expectation *expected)
{
    char text[FIXTURE_PROBLEM_SIZE];
    struct ailab_result *result = NULL;
    struct ailab_image image = {.data = worker->picture.data, .size = worker->picture.len};
    enum ailab_error error = ailab_edit(&result, client, 12, &image);
    fixture_problem(worker->problem, result, error, worker->key);
    if (!*worker->problem &&
        (error != expected->error || strcmp(ailab_result_code_text(result), expected->code) != 0 ||
         (error == AILAB_OK && !fixture_got(result, &worker->picture))))
        snprintf(worker->problem, sizeof worker->problem, "%s: %.500s", expected->step,
                 fixture_describe(text, result));
    ailab_result_free(result);
}

static void *work(void *context)
{
    struct worker *worker = context;
    struct ailab *client = NULL;
    struct ailab_options options = {.api_key = worker->key,
                                    .base_url = ailab_mock_url(worker->mock)};
    if (ailab_new(&client, &options) != AILAB_OK)
        snprintf(worker->problem, sizeof worker->problem, "no client");
    for (unsigned round = 0; round < ROUNDS && !*worker->problem; round++) {
        arm(worker);
        for (unsigned i = 0; i < WORKERS && !*worker->problem; i++)
            call(worker, client, &plan[(worker->number + i) % WORKERS]);
    }
    ailab_free(client);
    return NULL;
}

static void clients_in_threads_do_not_see_one_another(void **state)
{
    struct fixture fixture;
    struct worker workers[WORKERS];
    (void)state;
    fixture_open(&fixture, &(struct ailab_mock_options){.result = "echo"});
    for (unsigned i = 0; i < WORKERS; i++) {
        workers[i] = (struct worker){
            .mock = fixture.mock,
            .number = i,
            .picture = image_make_jpeg(&(struct image_jpeg_recipe){.width = 32 + i, .height = 32}),
        };
        snprintf(workers[i].key, sizeof workers[i].key, "key-of-worker-%u-and-no-other", i);
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (unsigned i = 0; i < WORKERS; i++)
        pthread_join(workers[i].thread, NULL);
    for (unsigned i = 0; i < WORKERS; i++) {
        char match[128];
        if (*workers[i].problem)
            fail_msg("worker %u: %s", i, workers[i].problem);
        snprintf(match, sizeof match, "{\"match\":{\"api_key\":\"%s\"}}", workers[i].key);
        assert_int_equal(fixture_count(&fixture, match), ROUNDS * WORKERS);
        free(workers[i].picture.data);
    }
    assert_int_equal(fixture_count(&fixture, NULL), ROUNDS * WORKERS * WORKERS);
    fixture_close(&fixture);
}

CLIENT_SUITE("client_threads", cmocka_unit_test(clients_in_threads_do_not_see_one_another))
