/* Waiting: cancelling it, telling how far it has come, trying again. Against a server of scripted
 * bytes. */
#include "samples.h"
#include "scene.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* Expects a call to end soon after the script's hook. */
static void expect_cancelled(struct scene *scene)
{
    enum ailab_error error = scene_call_timed(scene);
    const double took = scene_took_ms(scene, scene->cancelled_ms);
    if (error != AILAB_CANCELLED || took > SCENE_SOON_MS)
        fail_msg("%s, %.0f ms after the wish: %s", ailab_error_name(error), took,
                 ailab_result_error_text(scene->result));
    scene_stop_server(scene);
}

static void cancel_ends_an_upload(void **state)
{
    struct scene scene = {0};
    /* The server stops reading: the picture does not fit into the buffers on the way. */
    const struct scripted_step steps[] = {
        ACCEPT, HEAD, SEND("HTTP/1.1 100 Continue\r\n\r\n"), READ(1000), CALL, HOLD, END};
    (void)state;
    scene_open(&scene, steps, (struct ailab_options){.retries = 2});
    scene.picture_size = SCENE_BIG;
    expect_cancelled(&scene);
    assert_int_equal(scene.server->requests, 1);
    scene_close(&scene);
}

static void cancel_ends_the_wait_for_an_answer(void **state)
{
    struct scene scene = {0};
    const struct scripted_step steps[] = {ACCEPT, HEAD, BODY, CALL, HOLD, END};
    (void)state;
    scene_open(&scene, steps, (struct ailab_options){.retries = 2});
    expect_cancelled(&scene);
    assert_int_equal(scene.server->requests, 1);
    scene_close(&scene);
}

static double cpu_ms(void)
{
    struct timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (double)used.tv_sec * 1e3 + (double)used.tv_nsec / 1e6;
}

/* A second without a byte costs the caller's thread next to nothing. */
static void call_sleeps_while_it_waits(void **state)
{
    struct scene scene = {0};
    const struct scripted_step steps[] = {ACCEPT, HEAD, BODY, HOLD, END};
    (void)state;
    scene_open(&scene, steps, (struct ailab_options){.timeout_ms = 1000});
    const double before = cpu_ms();
    assert_int_equal(scene_call(&scene), AILAB_TIMEOUT);
    assert_in_range(cpu_ms() - before, 0, 500);
    scene_stop_server(&scene);
    scene_close(&scene);
}

static void cancel_ends_the_wait_between_attempts(void **state)
{
    struct scene scene = {
        .text = {sample_answer("503 Busy", "", SAMPLE_ERROR(503, "AI_SERVICE_FLOW_RESTRICTION"))}};
    const struct scripted_step steps[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), CALL, END};
    (void)state;
    scene_open(&scene, steps, (struct ailab_options){.retries = 2, .retry_wait_ms = 30000});
    expect_cancelled(&scene);
    assert_int_equal(ailab_result_attempts(scene.result), 1);
    scene_close(&scene);
}

static void cancel_ends_the_next_call_when_none_is_running(void **state)
{
    struct scene scene = {.text = {sample_answer("200 OK", "", SAMPLE_SUCCESS)}};
    const struct scripted_step steps[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), END};
    (void)state;
    scene_open(&scene, steps, (struct ailab_options){0});
    ailab_cancel(scene.client);
    ailab_cancel(scene.client);
    assert_int_equal(scene_call(&scene), AILAB_CANCELLED);
    assert_int_equal(ailab_result_attempts(scene.result), 0);
    assert_int_equal(scene_call(&scene), AILAB_OK);
    scene_stop_server(&scene);
    assert_int_equal(scene.server->requests, 1);
    scene_close(&scene);
}

struct watch {
    unsigned calls;
    unsigned stop_at; /* 0: never */
    struct ailab_progress last;
};

static int watch(void *context, const struct ailab_progress *progress)
{
    struct watch *seen = context;
    seen->last = *progress;
    return ++seen->calls == seen->stop_at;
}

static void progress_tells_all_at_the_end(void **state)
{
    struct scene scene = {.text = {sample_answer("200 OK", "", SAMPLE_SUCCESS)}};
    const struct scripted_step steps[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), END};
    struct watch seen = {0};
    (void)state;
    scene_open(&scene, steps, (struct ailab_options){.progress = watch, .progress_context = &seen});
    scene.picture_size = SCENE_BIG;
    assert_int_equal(scene_call(&scene), AILAB_OK);
    assert_true(seen.calls >= 1);
    assert_true(seen.last.sent_bytes > SCENE_BIG);
    assert_int_equal(seen.last.sent_bytes, seen.last.send_total_bytes);
    assert_int_equal(seen.last.received_bytes, strlen(SAMPLE_SUCCESS));
    assert_int_equal(seen.last.receive_total_bytes, strlen(SAMPLE_SUCCESS));
    assert_int_equal(seen.last.attempt, 1);
    scene_stop_server(&scene);
    scene_close(&scene);
}

static void progress_cancels_when_it_returns_something(void **state)
{
    struct scene scene = {0};
    const struct scripted_step steps[] = {ACCEPT, HEAD, HOLD, END};
    struct watch seen = {.stop_at = 3};
    (void)state;
    scene_open(&scene, steps,
               (struct ailab_options){.progress = watch, .progress_context = &seen, .retries = 3});
    assert_int_equal(scene_call(&scene), AILAB_CANCELLED);
    assert_int_equal(seen.calls, 4); /* and once at the end */
    scene_stop_server(&scene);
    assert_int_equal(scene.server->requests, 1);
    scene_close(&scene);
}

static void retry_happens_when_the_failure_may_pass(void **state)
{
    static const struct {
        const char *why;
        const char *status;
        const char *headers;
        const char *body;
        bool again;
    } rows[] = {
        {"a rate limit", "429 Many", "", SAMPLE_ERROR(429, "EXCEEDING_LIMITS"), true},
        {"a busy service", "503 Busy", "", SAMPLE_ERROR(503, "AI_SERVICE_FLOW_RESTRICTION"), true},
        {"a gateway's page", "502 Bad", "", "<html></html>", true},
        {"an empty 504", "504 Late", "", "", true},
        {"no face", "422 No", "", SAMPLE_ERROR(422, "ERROR_NO_FACE_IN_FILE"), false},
        {"a bad parameter", "400 No", "", SAMPLE_ERROR(400, "ERROR_PARAMETERS"), false},
        {"an unknown key", "401 No", "", SAMPLE_ERROR(401, "ERROR_USER_NOT_EXISTS"), false},
        {"no credits", "429 No", "", SAMPLE_ERROR(429, "ERROR_NOT_ENOUGH_CREDITS"), false},
        {"a rate limit inside 200", "200 OK", "", SAMPLE_ERROR(429, "EXCEEDING_LIMITS"), false},
        {"a 200 that is no success", "200 OK", "", "{}", false},
        {"a Retry-After that is too long", "503 Busy", "Retry-After: 61\r\n",
         SAMPLE_ERROR(503, "ERROR_RESOURCE_UNAVAILABLE"), false},
        {"a Retry-After in a far future", "503 Busy",
         "Retry-After: Fri, 31 Dec 2199 23:59:59 GMT\r\n",
         SAMPLE_ERROR(503, "ERROR_RESOURCE_UNAVAILABLE"), false},
        {"a Retry-After in the past", "503 Busy", "Retry-After: Fri, 31 Dec 1999 23:59:59 GMT\r\n",
         SAMPLE_ERROR(503, "ERROR_RESOURCE_UNAVAILABLE"), true},
        {"a Retry-After of nonsense", "503 Busy", "Retry-After: soon\r\n",
         SAMPLE_ERROR(503, "ERROR_RESOURCE_UNAVAILABLE"), true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene = {.text = {sample_answer(rows[i].status, rows[i].headers, rows[i].body),
                                       sample_answer("200 OK", "", SAMPLE_SUCCESS)}};
        const struct scripted_step once[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), END};
        const struct scripted_step twice[] = {
            ACCEPT, HEAD, BODY, SEND(scene.text[0]), HEAD, BODY, SEND(scene.text[1]), END};
        scene_open(&scene, rows[i].again ? twice : once,
                   (struct ailab_options){.retries = 2, .retry_wait_ms = 2});
        enum ailab_error error = scene_call(&scene);
        if ((error == AILAB_OK) != rows[i].again ||
            ailab_result_attempts(scene.result) != (rows[i].again ? 2u : 1u))
            fail_msg("%s: %s after %u attempts: %s", rows[i].why, ailab_error_name(error),
                     ailab_result_attempts(scene.result), ailab_result_error_text(scene.result));
        scene_stop_server(&scene);
        scene_close(&scene);
    }
}

static void retry_happens_after_nonsense_with_a_status_that_may_pass(void **state)
{
    static const struct {
        const char *sent;
        bool again;
    } rows[] = {
        {"HTTP/1.1 502 Bad\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", true},
        {"HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene = {.text = {sample_answer("200 OK", "", SAMPLE_SUCCESS)}};
        const struct scripted_step steps[] = {
            ACCEPT,
            HEAD,
            BODY,
            SEND(rows[i].sent),
            {.act = rows[i].again ? SCRIPTED_ACCEPT : SCRIPTED_END},
            HEAD,
            BODY,
            SEND(scene.text[0]),
            END};
        scene_open(&scene, steps, (struct ailab_options){.retries = 1, .retry_wait_ms = 1});
        assert_int_equal(scene_call(&scene), rows[i].again ? AILAB_OK : AILAB_BAD_ANSWER);
        scene_stop_server(&scene);
        assert_int_equal(scene.server->connections, rows[i].again ? 2 : 1);
        scene_close(&scene);
    }
}

static void retry_waits_as_long_as_the_server_asked(void **state)
{
    struct scene scene = {.text = {sample_answer("503 Busy", "Retry-After: 1\r\n",
                                                 SAMPLE_ERROR(503, "ERROR_RESOURCE_UNAVAILABLE")),
                                   sample_answer("200 OK", "", SAMPLE_SUCCESS)}};
    const struct scripted_step steps[] = {
        ACCEPT, HEAD, BODY, SEND(scene.text[0]), HEAD, BODY, SEND(scene.text[1]), END};
    (void)state;
    scene_open(&scene, steps, (struct ailab_options){.retries = 1, .retry_wait_ms = 1});
    long long start = ai_now_ms();
    assert_int_equal(scene_call(&scene), AILAB_OK);
    assert_true(ai_now_ms() - start >= 1000);
    assert_int_equal(ailab_result_retry_after_s(scene.result), 0);
    scene_stop_server(&scene);
    scene_close(&scene);
}

static void retry_tells_what_the_server_asked_for(void **state)
{
    struct scene scene = {.text = {sample_answer("429 Many", "Retry-After: 17\r\n",
                                                 SAMPLE_ERROR(429, "EXCEEDING_LIMITS"))}};
    const struct scripted_step steps[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), END};
    (void)state;
    scene_open(&scene, steps, (struct ailab_options){0});
    assert_int_equal(scene_call(&scene), AILAB_REFUSED);
    assert_int_equal(ailab_result_retry_after_s(scene.result), 17);
    assert_true(ailab_result_retryable(scene.result));
    scene_stop_server(&scene);
    scene_close(&scene);
}

static void retry_happens_after_a_timeout_but_not_within_a_200(void **state)
{
    static const char *const sent[] = {"", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct scene scene = {.text = {sample_answer("200 OK", "", SAMPLE_SUCCESS)}};
        const struct scripted_step again[] = {ACCEPT, HEAD, BODY, SEND(sent[i]),       HOLD,
                                              ACCEPT, HEAD, BODY, SEND(scene.text[0]), END};
        struct scripted_step once[sizeof again / sizeof *again];
        memcpy(once, again, sizeof once);
        once[5].act = SCRIPTED_END;
        scene_open(&scene, i == 0 ? again : once,
                   (struct ailab_options){.retries = 1, .retry_wait_ms = 1, .timeout_ms = 400});
        assert_int_equal(scene_call(&scene), i == 0 ? AILAB_OK : AILAB_TIMEOUT);
        assert_int_equal(ailab_result_attempts(scene.result), i == 0 ? 2 : 1);
        scene_stop_server(&scene);
        assert_int_equal(scene.server->connections, i == 0 ? 2 : 1);
        scene_close(&scene);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(call_sleeps_while_it_waits),
        cmocka_unit_test(cancel_ends_an_upload),
        cmocka_unit_test(cancel_ends_the_wait_for_an_answer),
        cmocka_unit_test(cancel_ends_the_wait_between_attempts),
        cmocka_unit_test(cancel_ends_the_next_call_when_none_is_running),
        cmocka_unit_test(progress_tells_all_at_the_end),
        cmocka_unit_test(progress_cancels_when_it_returns_something),
        cmocka_unit_test(retry_happens_when_the_failure_may_pass),
        cmocka_unit_test(retry_happens_after_nonsense_with_a_status_that_may_pass),
        cmocka_unit_test(retry_waits_as_long_as_the_server_asked),
        cmocka_unit_test(retry_tells_what_the_server_asked_for),
        cmocka_unit_test(retry_happens_after_a_timeout_but_not_within_a_200),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
