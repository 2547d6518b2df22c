/* What happens on the wire, against a server of scripted bytes. */
#include "ailab.h"
#include "samples.h"
#include "wake.h"
#include "wire.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define KEY "s3cret-key-0123456789"
#define ENDPOINT "POST /api/portrait/effects/emotion-editor HTTP/1.1\r\n"
#define BIG ((size_t)4 * 1024 * 1024)
#define SOON_MS 300

/* One call of one client against one script. */
struct scene {
    struct wire *wire;
    struct ailab *client;
    struct ailab_result *result;
    char *text[4]; /* answers; freed with the scene */
    unsigned char *picture;
    size_t picture_size;
    long long cancelled_ms;
};

static void cancel_now(void *context)
{
    struct scene *scene = context;
    scene->cancelled_ms = ai_now_ms();
    ailab_cancel(scene->client);
}

/* The client is made before the server's thread can call the hook: the script waits for it. */
static void open_scene(struct scene *scene, const struct wire_step *steps,
                       struct ailab_options options)
{
    scene->wire = wire_start(steps, cancel_now, scene);
    assert_non_null(scene->wire);
    options.api_key = KEY;
    if (!options.base_url)
        options.base_url = scene->wire->url;
    assert_int_equal(ailab_new(&scene->client, &options), AILAB_OK);
    scene->picture_size = SAMPLE_PNG_SIZE;
    scene->picture = calloc(1, BIG);
    assert_non_null(scene->picture);
    memcpy(scene->picture, SAMPLE_PNG, SAMPLE_PNG_SIZE);
}

static enum ailab_error call(struct scene *scene)
{
    struct ailab_image image = {.data = scene->picture, .size = scene->picture_size};
    ailab_result_free(scene->result);
    return ailab_edit(&scene->result, scene->client, 12, &image);
}

/* Ends the server and looks whether it could do all it should. */
static void stop_server(struct scene *scene)
{
    wire_stop(scene->wire);
    if (*scene->wire->problem)
        fail_msg("the server: %s", scene->wire->problem);
}

static void close_scene(struct scene *scene)
{
    for (size_t i = 0; i < sizeof scene->text / sizeof *scene->text; i++)
        free(scene->text[i]);
    assert_null(strstr(ailab_result_error_text(scene->result), KEY));
    ailab_result_free(scene->result);
    ailab_free(scene->client);
    wire_free(scene->wire);
    free(scene->picture);
}

static void transport_sends_the_documented_call(void **state)
{
    struct scene scene = {.text = {sample_answer("200 OK", "", SAMPLE_SUCCESS)}};
    const struct wire_step steps[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), HOLD, END};
    (void)state;
    open_scene(&scene, steps, (struct ailab_options){0});
    assert_int_equal(call(&scene), AILAB_OK);
    assert_int_equal(ailab_result_attempts(scene.result), 1);
    assert_int_equal(ailab_result_http_status(scene.result), 200);
    ailab_free(scene.client);
    scene.client = NULL;
    stop_server(&scene);
    const char *heard = scene.wire->heard;
    assert_memory_equal(heard, ENDPOINT, strlen(ENDPOINT));
    assert_non_null(strstr(heard, "\r\nailabapi-api-key: " KEY "\r\n"));
    assert_non_null(strstr(heard, "\r\nUser-Agent: ailab/" AILAB_VERSION_STRING "\r\n"));
    assert_non_null(strstr(heard, "\r\nContent-Type: multipart/form-data; boundary="));
    assert_non_null(strstr(heard, "name=\"service_choice\"\r\n\r\n12\r\n"));
    assert_non_null(strstr(heard, "name=\"image_target\"; filename=\"image_target\"\r\n"
                                  "Content-Type: image/png\r\n\r\n\x89PNG"));
    assert_null(strstr(heard, "Accept-Encoding"));
    assert_null(strstr(heard, "Expect"));
    close_scene(&scene);
}

static void transport_keeps_the_connection_between_calls(void **state)
{
    struct scene scene = {.text = {sample_answer("200 OK", "", SAMPLE_SUCCESS),
                                   sample_answer("422 Unprocessable", "",
                                                 SAMPLE_ERROR(422, "ERROR_NO_FACE_IN_FILE"))}};
    const struct wire_step steps[] = {ACCEPT,
                                      HEAD,
                                      BODY,
                                      SEND(scene.text[0]),
                                      HEAD,
                                      BODY,
                                      SEND(scene.text[1]),
                                      HEAD,
                                      BODY,
                                      SEND(scene.text[0]),
                                      END};
    (void)state;
    open_scene(&scene, steps, (struct ailab_options){0});
    assert_int_equal(call(&scene), AILAB_OK);
    assert_int_equal(call(&scene), AILAB_REFUSED);
    assert_int_equal(ailab_result_code(scene.result), AILAB_CODE_ERROR_NO_FACE_IN_FILE);
    assert_int_equal(call(&scene), AILAB_OK);
    stop_server(&scene);
    assert_int_equal(scene.wire->connections, 1);
    close_scene(&scene);
}

/* libcurl would quietly send a billed request twice. */
static void transport_does_not_send_again_when_a_kept_connection_breaks(void **state)
{
    struct scene scene = {.text = {sample_answer("200 OK", "", SAMPLE_SUCCESS)}};
    const struct wire_step steps[] = {ACCEPT, HEAD, BODY,  SEND(scene.text[0]),
                                      HEAD,   BODY, CLOSE, END};
    (void)state;
    open_scene(&scene, steps, (struct ailab_options){0});
    assert_int_equal(call(&scene), AILAB_OK);
    assert_int_equal(call(&scene), AILAB_UNREACHABLE);
    assert_int_equal(ailab_result_attempts(scene.result), 1);
    stop_server(&scene);
    assert_int_equal(scene.wire->requests, 2);
    assert_int_equal(strlen(strstr(scene.wire->heard, ENDPOINT)) > 0, 1);
    close_scene(&scene);
}

static void transport_hears_a_refusal_while_it_uploads(void **state)
{
    struct scene scene = {.text = {sample_answer("413 Too Large", "Connection: close\r\n",
                                                 SAMPLE_ERROR(413, "FILE_SIZE_EXCEEDS_LIMIT"))}};
    const struct wire_step before[] = {ACCEPT, HEAD, SEND(scene.text[0]), HOLD, END};
    const struct wire_step during[] = {
        ACCEPT, HEAD, SEND("HTTP/1.1 100 Continue\r\n\r\n"), READ(100000), SEND(scene.text[0]),
        HOLD,   END};
    const struct wire_step *scripts[] = {before, during};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        open_scene(&scene, scripts[i], (struct ailab_options){.timeout_ms = 5000});
        scene.picture_size = BIG;
        assert_int_equal(call(&scene), AILAB_REFUSED);
        assert_int_equal(ailab_result_code(scene.result), AILAB_CODE_FILE_SIZE_EXCEEDS_LIMIT);
        ailab_free(scene.client);
        scene.client = NULL;
        stop_server(&scene);
        assert_int_equal(scene.wire->requests, 1);
        if (i == 0) {
            wire_free(scene.wire);
            free(scene.picture);
        }
    }
    close_scene(&scene);
}

/* The server goes away in mid-upload, having said why. */
static void transport_knows_the_refusal_when_the_upload_then_breaks(void **state)
{
    struct scene scene = {.text = {sample_answer("401 Unauthorized", "",
                                                 SAMPLE_ERROR(401, "ERROR_USER_NOT_EXISTS"))}};
    const struct wire_step steps[] = {ACCEPT, HEAD, READ(1), SEND(scene.text[0]), CLOSE, END};
    (void)state;
    open_scene(&scene, steps, (struct ailab_options){.timeout_ms = 5000});
    scene.picture_size = (size_t)900 * 1024; /* below what makes libcurl ask for leave first */
    assert_int_equal(call(&scene), AILAB_REFUSED);
    assert_int_equal(ailab_result_code(scene.result), AILAB_CODE_ERROR_USER_NOT_EXISTS);
    stop_server(&scene);
    close_scene(&scene);
}

static void transport_gives_up_when_the_answer_is_slow(void **state)
{
    static const struct {
        const char *why;
        const char *sent;
        long status;
    } rows[] = {
        {"nothing comes", "", 0},
        {"half a head comes", "HTTP/1.1 200", 0},
        {"only 100 Continue comes", "HTTP/1.1 100 Continue\r\n\r\n", 0},
        {"half an answer comes", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"data\":", 200},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene = {0};
        const struct wire_step steps[] = {ACCEPT, HEAD, BODY, SEND(rows[i].sent), HOLD, END};
        open_scene(&scene, steps, (struct ailab_options){.timeout_ms = 150});
        long long start = ai_now_ms();
        enum ailab_error error = call(&scene);
        long long took = ai_now_ms() - start;
        if (error != AILAB_TIMEOUT || took < 140 || took > 150 + SOON_MS ||
            !ailab_result_retryable(scene.result) ||
            ailab_result_http_status(scene.result) != rows[i].status)
            fail_msg("%s: %s after %lld ms, HTTP %ld: %s", rows[i].why, ailab_error_name(error),
                     took, ailab_result_http_status(scene.result),
                     ailab_result_error_text(scene.result));
        stop_server(&scene);
        close_scene(&scene);
    }
}

static void transport_names_what_broke(void **state)
{
    static const char half[] = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"data\":{\"im";
    static const struct {
        const char *why;
        const char *sent;
        enum wire_act end;
        enum ailab_error error;
        long status;
    } rows[] = {
        {"closed without a word", "", WIRE_CLOSE, AILAB_UNREACHABLE, 0},
        {"reset without a word", "", WIRE_RESET, AILAB_UNREACHABLE, 0},
        {"closed in the head", "HTTP/1.1 200 OK\r\nContent-", WIRE_CLOSE, AILAB_BAD_ANSWER, 200},
        {"closed in the body", half, WIRE_CLOSE, AILAB_UNREACHABLE, 200},
        {"reset in the body", half, WIRE_RESET, AILAB_UNREACHABLE, 200},
        {"closed after 100 Continue", "HTTP/1.1 100 Continue\r\n\r\n", WIRE_CLOSE,
         AILAB_UNREACHABLE, 0},
        {"an error cut off", "HTTP/1.1 422 No\r\nContent-Length: 999\r\n\r\n{\"error_code\":422",
         WIRE_CLOSE, AILAB_UNREACHABLE, 422},
        {"no HTTP at all", "SSH-2.0-OpenSSH_9.2\r\n", WIRE_CLOSE, AILAB_BAD_ANSWER, 0},
        {"a status line of words", "HTTP/1.1 two hundred\r\n\r\n", WIRE_CLOSE, AILAB_BAD_ANSWER, 0},
        {"a Content-Length of words", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", WIRE_CLOSE,
         AILAB_BAD_ANSWER, 200},
        {"chunks of no number", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
         WIRE_CLOSE, AILAB_UNREACHABLE, 200},
        {"a chunk cut off", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{\"a\"",
         WIRE_CLOSE, AILAB_UNREACHABLE, 200},
        {"a body that ends with the connection, too early",
         "HTTP/1.1 200 OK\r\n\r\n{\"data\":{\"image\":\"iVBO", WIRE_CLOSE, AILAB_BAD_ANSWER, 200},
        {"a page", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", WIRE_CLOSE,
         AILAB_BAD_ANSWER, 200},
        {"an encoding that nobody asked for",
         "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", WIRE_CLOSE,
         AILAB_BAD_ANSWER, 200},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene = {0};
        const struct wire_step steps[] = {
            ACCEPT, HEAD, BODY, SEND(rows[i].sent), {.act = rows[i].end}, END};
        open_scene(&scene, steps, (struct ailab_options){.timeout_ms = 5000});
        enum ailab_error error = call(&scene);
        if (error != rows[i].error || ailab_result_http_status(scene.result) != rows[i].status ||
            !*ailab_result_error_text(scene.result) ||
            ailab_result_image(scene.result, NULL) != NULL)
            fail_msg("%s: %s, HTTP %ld: %s", rows[i].why, ailab_error_name(error),
                     ailab_result_http_status(scene.result), ailab_result_error_text(scene.result));
        stop_server(&scene);
        close_scene(&scene);
    }
}

static void transport_says_so_when_nobody_listens(void **state)
{
    static const struct wire_step steps[] = {END};
    struct scene scene = {0};
    (void)state;
    open_scene(&scene, steps, (struct ailab_options){.retries = 2, .retry_wait_ms = 1});
    stop_server(&scene);
    close(scene.wire->listener);
    scene.wire->listener = -1;
    assert_int_equal(call(&scene), AILAB_UNREACHABLE);
    assert_int_equal(ailab_result_attempts(scene.result), 3);
    assert_true(ailab_result_retryable(scene.result));
    assert_non_null(strstr(ailab_result_error_text(scene.result), scene.wire->url));
    close_scene(&scene);
}

static void transport_never_follows_a_redirect(void **state)
{
    static const char *const statuses[] = {"301 Moved", "302 Found", "303 See Other",
                                           "307 Temporary", "308 Permanent"};
    static const struct wire_step elsewhere[] = {END};
    (void)state;
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        struct wire *other = wire_start(elsewhere, NULL, NULL);
        assert_non_null(other);
        char location[128];
        snprintf(location, sizeof location, "Location: %s/elsewhere\r\n", other->url);
        struct scene scene = {.text = {sample_answer(statuses[i], location, "{}")}};
        const struct wire_step steps[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), END};
        open_scene(&scene, steps, (struct ailab_options){.retries = 3, .retry_wait_ms = 1});
        assert_int_equal(call(&scene), AILAB_BAD_ANSWER);
        assert_non_null(strstr(ailab_result_error_text(scene.result), "redirect"));
        assert_int_equal(ailab_result_attempts(scene.result), 1);
        stop_server(&scene);
        wire_stop(other);
        assert_int_equal(scene.wire->connections, 1);
        assert_int_equal(other->connections, 0);
        wire_free(other);
        close_scene(&scene);
    }
}

static void transport_bounds_the_answer(void **state)
{
    static const char *const heads[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n",
    };
    char spaces[1001];
    memset(spaces, ' ', sizeof spaces);
    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        struct scene scene = {0};
        const struct wire_step steps[] = {
            ACCEPT, HEAD, BODY, SEND(heads[i]), SEND_SIZED(spaces, sizeof spaces), END};
        open_scene(&scene, steps, (struct ailab_options){.max_answer_bytes = 1000});
        assert_int_equal(call(&scene), AILAB_BAD_ANSWER);
        assert_non_null(strstr(ailab_result_error_text(scene.result), "max_answer_bytes"));
        stop_server(&scene);
        close_scene(&scene);
    }
}

/* Expects a call to end soon after the script's hook. */
static void expect_cancelled(struct scene *scene)
{
    enum ailab_error error = call(scene);
    long long took = ai_now_ms() - scene->cancelled_ms;
    if (error != AILAB_CANCELLED || took > SOON_MS)
        fail_msg("%s, %lld ms after the wish: %s", ailab_error_name(error), took,
                 ailab_result_error_text(scene->result));
    stop_server(scene);
}

static void cancel_ends_an_upload(void **state)
{
    struct scene scene = {0};
    /* The server stops reading: the picture does not fit into the buffers on the way. */
    const struct wire_step steps[] = {
        ACCEPT, HEAD, SEND("HTTP/1.1 100 Continue\r\n\r\n"), READ(1000), CALL, HOLD, END};
    (void)state;
    open_scene(&scene, steps, (struct ailab_options){.retries = 2});
    scene.picture_size = BIG;
    expect_cancelled(&scene);
    assert_int_equal(scene.wire->requests, 1);
    close_scene(&scene);
}

static void cancel_ends_the_wait_for_an_answer(void **state)
{
    struct scene scene = {0};
    const struct wire_step steps[] = {ACCEPT, HEAD, BODY, CALL, HOLD, END};
    (void)state;
    open_scene(&scene, steps, (struct ailab_options){.retries = 2});
    expect_cancelled(&scene);
    assert_int_equal(scene.wire->requests, 1);
    close_scene(&scene);
}

static void cancel_ends_the_wait_between_attempts(void **state)
{
    struct scene scene = {
        .text = {sample_answer("503 Busy", "", SAMPLE_ERROR(503, "AI_SERVICE_FLOW_RESTRICTION"))}};
    const struct wire_step steps[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), CALL, END};
    (void)state;
    open_scene(&scene, steps, (struct ailab_options){.retries = 2, .retry_wait_ms = 30000});
    expect_cancelled(&scene);
    assert_int_equal(ailab_result_attempts(scene.result), 1);
    close_scene(&scene);
}

static void cancel_ends_the_next_call_when_none_is_running(void **state)
{
    struct scene scene = {.text = {sample_answer("200 OK", "", SAMPLE_SUCCESS)}};
    const struct wire_step steps[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), END};
    (void)state;
    open_scene(&scene, steps, (struct ailab_options){0});
    ailab_cancel(scene.client);
    ailab_cancel(scene.client);
    assert_int_equal(call(&scene), AILAB_CANCELLED);
    assert_int_equal(ailab_result_attempts(scene.result), 0);
    assert_int_equal(call(&scene), AILAB_OK);
    stop_server(&scene);
    assert_int_equal(scene.wire->requests, 1);
    close_scene(&scene);
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
    const struct wire_step steps[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), END};
    struct watch seen = {0};
    (void)state;
    open_scene(&scene, steps, (struct ailab_options){.progress = watch, .progress_context = &seen});
    scene.picture_size = BIG;
    assert_int_equal(call(&scene), AILAB_OK);
    assert_true(seen.calls >= 1);
    assert_true(seen.last.sent_bytes > BIG);
    assert_int_equal(seen.last.sent_bytes, seen.last.send_total_bytes);
    assert_int_equal(seen.last.received_bytes, strlen(SAMPLE_SUCCESS));
    assert_int_equal(seen.last.receive_total_bytes, strlen(SAMPLE_SUCCESS));
    assert_int_equal(seen.last.attempt, 1);
    stop_server(&scene);
    close_scene(&scene);
}

static void progress_cancels_when_it_returns_something(void **state)
{
    struct scene scene = {0};
    const struct wire_step steps[] = {ACCEPT, HEAD, HOLD, END};
    struct watch seen = {.stop_at = 3};
    (void)state;
    open_scene(&scene, steps,
               (struct ailab_options){.progress = watch, .progress_context = &seen, .retries = 3});
    assert_int_equal(call(&scene), AILAB_CANCELLED);
    assert_int_equal(seen.calls, 4); /* and once at the end */
    stop_server(&scene);
    assert_int_equal(scene.wire->requests, 1);
    close_scene(&scene);
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
        const struct wire_step once[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), END};
        const struct wire_step twice[] = {
            ACCEPT, HEAD, BODY, SEND(scene.text[0]), HEAD, BODY, SEND(scene.text[1]), END};
        open_scene(&scene, rows[i].again ? twice : once,
                   (struct ailab_options){.retries = 2, .retry_wait_ms = 2});
        enum ailab_error error = call(&scene);
        if ((error == AILAB_OK) != rows[i].again ||
            ailab_result_attempts(scene.result) != (rows[i].again ? 2u : 1u))
            fail_msg("%s: %s after %u attempts: %s", rows[i].why, ailab_error_name(error),
                     ailab_result_attempts(scene.result), ailab_result_error_text(scene.result));
        stop_server(&scene);
        close_scene(&scene);
    }
}

static void retry_waits_as_long_as_the_server_asked(void **state)
{
    struct scene scene = {.text = {sample_answer("503 Busy", "Retry-After: 1\r\n",
                                                 SAMPLE_ERROR(503, "ERROR_RESOURCE_UNAVAILABLE")),
                                   sample_answer("200 OK", "", SAMPLE_SUCCESS)}};
    const struct wire_step steps[] = {
        ACCEPT, HEAD, BODY, SEND(scene.text[0]), HEAD, BODY, SEND(scene.text[1]), END};
    (void)state;
    open_scene(&scene, steps, (struct ailab_options){.retries = 1, .retry_wait_ms = 1});
    long long start = ai_now_ms();
    assert_int_equal(call(&scene), AILAB_OK);
    assert_true(ai_now_ms() - start >= 1000);
    assert_int_equal(ailab_result_retry_after_s(scene.result), 0);
    stop_server(&scene);
    close_scene(&scene);
}

static void retry_tells_what_the_server_asked_for(void **state)
{
    struct scene scene = {.text = {sample_answer("429 Many", "Retry-After: 17\r\n",
                                                 SAMPLE_ERROR(429, "EXCEEDING_LIMITS"))}};
    const struct wire_step steps[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), END};
    (void)state;
    open_scene(&scene, steps, (struct ailab_options){0});
    assert_int_equal(call(&scene), AILAB_REFUSED);
    assert_int_equal(ailab_result_retry_after_s(scene.result), 17);
    assert_true(ailab_result_retryable(scene.result));
    stop_server(&scene);
    close_scene(&scene);
}

static void retry_happens_after_a_timeout_but_not_within_a_200(void **state)
{
    static const char *const sent[] = {"", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct scene scene = {.text = {sample_answer("200 OK", "", SAMPLE_SUCCESS)}};
        const struct wire_step again[] = {ACCEPT, HEAD, BODY, SEND(sent[i]),       HOLD,
                                          ACCEPT, HEAD, BODY, SEND(scene.text[0]), END};
        struct wire_step once[sizeof again / sizeof *again];
        memcpy(once, again, sizeof once);
        once[5].act = WIRE_END;
        open_scene(&scene, i == 0 ? again : once,
                   (struct ailab_options){.retries = 1, .retry_wait_ms = 1, .timeout_ms = 400});
        assert_int_equal(call(&scene), i == 0 ? AILAB_OK : AILAB_TIMEOUT);
        assert_int_equal(ailab_result_attempts(scene.result), i == 0 ? 2 : 1);
        stop_server(&scene);
        assert_int_equal(scene.wire->connections, i == 0 ? 2 : 1);
        close_scene(&scene);
    }
}

static void result_never_shows_a_key_that_the_server_echoes(void **state)
{
    struct scene scene = {
        .text = {sample_answer("401 No", "",
                               "{\"request_id\":\"" KEY "\",\"log_id\":\"x" KEY
                               "\",\"error_code\":401,\"error_detail\":{\"code\":\"" KEY
                               "\",\"code_message\":\"" KEY "\",\"message\":\"key " KEY
                               " is unknown\"}}")}};
    const struct wire_step steps[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), END};
    (void)state;
    open_scene(&scene, steps, (struct ailab_options){0});
    assert_int_equal(call(&scene), AILAB_REFUSED);
    assert_string_equal(ailab_result_request_id(scene.result), "***");
    assert_string_equal(ailab_result_log_id(scene.result), "x***");
    assert_string_equal(ailab_result_code_text(scene.result), "***");
    assert_string_equal(ailab_result_code_message(scene.result), "***");
    assert_string_equal(ailab_result_message(scene.result), "key *** is unknown");
    stop_server(&scene);
    close_scene(&scene);
}

static void transport_never_asks_the_environment(void **state)
{
    static const struct wire_step elsewhere[] = {END};
    struct scene scene = {.text = {sample_answer("200 OK", "", SAMPLE_SUCCESS)}};
    const struct wire_step steps[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), END};
    struct wire *proxy = wire_start(elsewhere, NULL, NULL);
    (void)state;
    assert_non_null(proxy);
    setenv("http_proxy", proxy->url, 1);
    setenv("ALL_PROXY", proxy->url, 1);
    open_scene(&scene, steps, (struct ailab_options){0});
    assert_int_equal(call(&scene), AILAB_OK);
    unsetenv("http_proxy");
    unsetenv("ALL_PROXY");
    wire_stop(proxy);
    assert_int_equal(proxy->connections, 0);
    wire_free(proxy);
    stop_server(&scene);
    close_scene(&scene);
}

static void transport_sends_an_empty_picture_as_an_empty_part(void **state)
{
    struct scene scene = {
        .text = {sample_answer("400 No", "", SAMPLE_ERROR(400, "PARAMETERS_CANNOT_EMPTY"))}};
    const struct wire_step steps[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), END};
    (void)state;
    open_scene(&scene, steps, (struct ailab_options){.base_url = NULL});
    scene.picture_size = 0;
    assert_int_equal(call(&scene), AILAB_REFUSED);
    stop_server(&scene);
    assert_non_null(
        strstr(scene.wire->heard, "Content-Type: application/octet-stream\r\n\r\n\r\n--"));
    close_scene(&scene);
}

static void transport_sends_the_base_name_of_a_file(void **state)
{
    struct scene scene = {.text = {sample_answer("200 OK", "", SAMPLE_SUCCESS)}};
    const struct wire_step steps[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), END};
    (void)state;
    open_scene(&scene, steps, (struct ailab_options){.preflight = true});
    assert_int_equal(ailab_edit_file(&scene.result, scene.client, 100,
                                     AILAB_SOURCE_DIR "/fixtures/images/portrait.jpg"),
                     AILAB_OK);
    stop_server(&scene);
    assert_non_null(strstr(scene.wire->heard, "filename=\"portrait.jpg\"\r\n"
                                              "Content-Type: image/jpeg\r\n\r\n\xff\xd8\xff"));
    assert_non_null(strstr(scene.wire->heard, "\r\n\r\n100\r\n"));
    close_scene(&scene);
}

static void transport_sends_nothing_that_preflight_refuses(void **state)
{
    static const struct wire_step steps[] = {END};
    struct scene scene = {0};
    (void)state;
    open_scene(&scene, steps, (struct ailab_options){.preflight = true});
    scene.picture_size = 20;
    assert_int_equal(call(&scene), AILAB_PREFLIGHT);
    assert_int_equal(ailab_result_attempts(scene.result), 0);
    stop_server(&scene);
    assert_int_equal(scene.wire->connections, 0);
    close_scene(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transport_sends_the_documented_call),
        cmocka_unit_test(transport_keeps_the_connection_between_calls),
        cmocka_unit_test(transport_does_not_send_again_when_a_kept_connection_breaks),
        cmocka_unit_test(transport_hears_a_refusal_while_it_uploads),
        cmocka_unit_test(transport_knows_the_refusal_when_the_upload_then_breaks),
        cmocka_unit_test(transport_gives_up_when_the_answer_is_slow),
        cmocka_unit_test(transport_names_what_broke),
        cmocka_unit_test(transport_says_so_when_nobody_listens),
        cmocka_unit_test(transport_never_follows_a_redirect),
        cmocka_unit_test(transport_bounds_the_answer),
        cmocka_unit_test(cancel_ends_an_upload),
        cmocka_unit_test(cancel_ends_the_wait_for_an_answer),
        cmocka_unit_test(cancel_ends_the_wait_between_attempts),
        cmocka_unit_test(cancel_ends_the_next_call_when_none_is_running),
        cmocka_unit_test(progress_tells_all_at_the_end),
        cmocka_unit_test(progress_cancels_when_it_returns_something),
        cmocka_unit_test(retry_happens_when_the_failure_may_pass),
        cmocka_unit_test(retry_waits_as_long_as_the_server_asked),
        cmocka_unit_test(retry_tells_what_the_server_asked_for),
        cmocka_unit_test(retry_happens_after_a_timeout_but_not_within_a_200),
        cmocka_unit_test(result_never_shows_a_key_that_the_server_echoes),
        cmocka_unit_test(transport_never_asks_the_environment),
        cmocka_unit_test(transport_sends_an_empty_picture_as_an_empty_part),
        cmocka_unit_test(transport_sends_the_base_name_of_a_file),
        cmocka_unit_test(transport_sends_nothing_that_preflight_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
