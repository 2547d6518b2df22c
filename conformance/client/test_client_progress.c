/* A call that another thread cancels ends at once, and the progress callback is told the truth and
 * can end the call too. */
#include "ailab_mock.h"
#include "fixture.h"
#include "testing/slowness.h"
#include <pthread.h>
#include <semaphore.h>
#include <string.h>

#define SOON_MS 300
#define BUSY "{\"error\":\"ERROR_INSUFFICIENT_RESOURCES\"}"

/* Cancels from another thread when the moment has come. */
struct canceller {
    struct ailab *client;
    sem_t moment;
    long long at_ms; /* when it cancelled */
    pthread_t thread;
};

static void *cancel(void *context)
{
    struct canceller *canceller = context;
    while (sem_wait(&canceller->moment) != 0)
        continue;
    canceller->at_ms = fixture_now_ms();
    ailab_cancel(canceller->client);
    return NULL;
}

static int note_upload_done(void *context, const struct ailab_progress *progress)
{
    struct canceller *canceller = context;
    if (progress->send_total_bytes && progress->sent_bytes == progress->send_total_bytes)
        sem_post(&canceller->moment);
    return 0;
}

static void note_answered(void *context, const struct ailab_mock_log_entry *entry)
{
    struct canceller *canceller = context;
    if (entry->status == 503)
        sem_post(&canceller->moment);
}

/* Milliseconds from the cancelling to the end of the call, as on a machine with nothing else to do.
 */
static double cancelled_after_ms(struct fixture *fixture, struct canceller *canceller,
                                 const char *why)
{
    char text[FIXTURE_PROBLEM_SIZE];
    canceller->client = fixture->client;
    assert_int_equal(pthread_create(&canceller->thread, NULL, cancel, canceller), 0);
    struct slowness *slowness = slowness_start();
    enum ailab_error error = fixture_call(fixture, why);
    long long end_ms = fixture_now_ms();
    const double factor = slowness_stop(slowness);
    sem_post(&canceller->moment); /* should it still wait, it has to end */
    pthread_join(canceller->thread, NULL);
    if (error != AILAB_CANCELLED || ailab_result_retryable(fixture->result))
        fail_msg("%s: %s", why, fixture_describe(text, fixture->result));
    return (double)(end_ms - canceller->at_ms) / factor;
}

static void cancelling_ends_a_stall_at_once(void **state)
{
    static const char *const faults[] = {"stall-upload", "stall-before-answer", "stall-mid-head",
                                         "stall-mid-answer"};
    (void)state;
    for (size_t i = 0; i < ROWS(faults); i++) {
        struct fixture fixture;
        struct canceller canceller = {.at_ms = 0};
        sem_init(&canceller.moment, 0, 0);
        fixture_open(&fixture, NULL);
        fixture_client(&fixture, (struct ailab_options){.progress = note_upload_done,
                                                        .progress_context = &canceller,
                                                        .retries = 3});
        fixture_arm(&fixture, "[{\"fault\":\"%s\"}]", faults[i]);
        const double took_ms = cancelled_after_ms(&fixture, &canceller, faults[i]);
        if (took_ms < 0 || took_ms > SOON_MS)
            fail_msg("%s: %.0f ms", faults[i], took_ms);
        assert_int_equal(fixture_count(&fixture, NULL), 1);
        fixture_close(&fixture);
        sem_destroy(&canceller.moment);
    }
}

/* No event tells that the wait has begun. So the test repeats the call until the call says that it
 * was waiting: mostly the first one does, because the mock logs an answer when it is out. */
static void cancelling_ends_a_wait_at_once(void **state)
{
    bool waited = false;
    (void)state;
    for (int tries = 0; tries < 50 && !waited; tries++) {
        struct fixture fixture;
        struct canceller canceller = {.at_ms = 0};
        sem_init(&canceller.moment, 0, 0);
        fixture_open(&fixture,
                     &(struct ailab_mock_options){.log = note_answered, .log_context = &canceller});
        fixture_client(&fixture, (struct ailab_options){.retries = 3, .retry_wait_ms = 20000});
        fixture_arm(&fixture, "[" BUSY "]");
        const double took_ms = cancelled_after_ms(&fixture, &canceller, "a wait of 10 s");
        if (took_ms < 0 || took_ms > SOON_MS)
            fail_msg("%.0f ms", took_ms);
        waited = strstr(ailab_result_error_text(fixture.result), "waiting") != NULL;
        assert_int_equal(fixture_count(&fixture, NULL), 1);
        fixture_close(&fixture);
        sem_destroy(&canceller.moment);
    }
    assert_true(waited);
}

/* The progress that the callback got, checked as it comes. */
struct watch {
    struct ailab_progress last;
    unsigned calls;
    const char *problem;
    bool stop; /* asks for an end as soon as something came in */
};

static int watch(void *context, const struct ailab_progress *progress)
{
    struct watch *watch = context;
    const struct ailab_progress *last = &watch->last;
    watch->calls++;
    if (progress->attempt < last->attempt || progress->attempt == 0)
        watch->problem = "an earlier attempt";
    else if (progress->attempt == last->attempt &&
             (progress->sent_bytes < last->sent_bytes ||
              progress->received_bytes < last->received_bytes))
        watch->problem = "fewer bytes than before";
    else if (progress->send_total_bytes && progress->sent_bytes > progress->send_total_bytes)
        watch->problem = "more sent than there is";
    else if (progress->receive_total_bytes &&
             progress->received_bytes > progress->receive_total_bytes)
        watch->problem = "more received than there is";
    watch->last = *progress;
    return watch->stop && progress->received_bytes > 0;
}

static void progress_goes_up_and_ends_at_the_whole(void **state)
{
    struct watch seen = {.calls = 0};
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture, &(struct ailab_mock_options){.result = "echo"});
    fixture_picture(&fixture, image_make_read("portrait.jpg"));
    fixture_client(&fixture, (struct ailab_options){.progress = watch,
                                                    .progress_context = &seen,
                                                    .retries = 2,
                                                    .retry_wait_ms = 1});
    fixture_arm(&fixture, "[" BUSY ",{\"fault\":{\"name\":\"dribble\",\"amount\":250000}}]");
    assert_int_equal(fixture_call(&fixture, "busy, then a slow answer"), AILAB_OK);
    if (seen.problem)
        fail_msg("%s", seen.problem);
    assert_true(seen.calls >= 3); /* 112 KB at 250 KB/s */
    assert_int_equal(seen.last.attempt, 2);
    assert_true(seen.last.send_total_bytes > fixture.picture.len);
    assert_int_equal(seen.last.sent_bytes, seen.last.send_total_bytes);
    assert_true(seen.last.received_bytes > fixture.picture.len / 3 * 4);
    assert_int_equal(seen.last.received_bytes, seen.last.receive_total_bytes);
    fixture_close(&fixture);
}

static void progress_can_end_the_call(void **state)
{
    struct watch seen = {.stop = true};
    struct fixture fixture;
    (void)state;
    fixture_open(&fixture, NULL);
    fixture_client(&fixture, (struct ailab_options){
                                 .progress = watch, .progress_context = &seen, .retries = 3});
    fixture_arm(&fixture, "[{\"fault\":\"stall-mid-answer\"}]");
    assert_int_equal(fixture_call(&fixture, "an answer that stops half-way"), AILAB_CANCELLED);
    assert_true(fixture.took_ms < 2000);
    assert_int_equal(fixture_count(&fixture, NULL), 1);
    seen = (struct watch){.stop = false};
    assert_int_equal(fixture_call(&fixture, "and the next is as usual"), AILAB_OK);
    fixture_close(&fixture);
}

CLIENT_SUITE("client_progress", cmocka_unit_test(cancelling_ends_a_stall_at_once),
             cmocka_unit_test(cancelling_ends_a_wait_at_once),
             cmocka_unit_test(progress_goes_up_and_ends_at_the_whole),
             cmocka_unit_test(progress_can_end_the_call))
