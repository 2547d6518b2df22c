/* What goes over the wire, and every way in which an answer can go wrong, against a server of
 * scripted bytes. */
#include "samples.h"
#include "scene.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define ENDPOINT "POST /api/portrait/effects/emotion-editor HTTP/1.1\r\n"

static void transport_sends_the_documented_call(void **state)
{
    struct scene scene = {.text = {sample_answer("200 OK", "", SAMPLE_SUCCESS)}};
    const struct scripted_step steps[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), HOLD, END};
    (void)state;
    scene_open(&scene, steps, (struct ailab_options){0});
    assert_int_equal(scene_call(&scene), AILAB_OK);
    assert_int_equal(ailab_result_attempts(scene.result), 1);
    assert_int_equal(ailab_result_http_status(scene.result), 200);
    ailab_free(scene.client);
    scene.client = NULL;
    scene_stop_server(&scene);
    const char *heard = scene.server->heard;
    assert_memory_equal(heard, ENDPOINT, strlen(ENDPOINT));
    assert_non_null(strstr(heard, "\r\nailabapi-api-key: " SCENE_KEY "\r\n"));
    assert_non_null(strstr(heard, "\r\nUser-Agent: ailab/" AILAB_VERSION_STRING "\r\n"));
    assert_non_null(strstr(heard, "\r\nContent-Type: multipart/form-data; boundary="));
    assert_non_null(strstr(heard, "name=\"service_choice\"\r\n\r\n12\r\n"));
    assert_non_null(strstr(heard, "name=\"image_target\"; filename=\"image_target\"\r\n"
                                  "Content-Type: image/png\r\n\r\n\x89PNG"));
    assert_null(strstr(heard, "Accept-Encoding"));
    assert_null(strstr(heard, "Expect"));
    scene_close(&scene);
}

static void transport_keeps_the_connection_between_calls(void **state)
{
    struct scene scene = {.text = {sample_answer("200 OK", "", SAMPLE_SUCCESS),
                                   sample_answer("422 Unprocessable", "",
                                                 SAMPLE_ERROR(422, "ERROR_NO_FACE_IN_FILE"))}};
    const struct scripted_step steps[] = {ACCEPT,
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
    scene_open(&scene, steps, (struct ailab_options){0});
    assert_int_equal(scene_call(&scene), AILAB_OK);
    assert_int_equal(scene_call(&scene), AILAB_REFUSED);
    assert_int_equal(ailab_result_code(scene.result), AILAB_CODE_ERROR_NO_FACE_IN_FILE);
    assert_int_equal(scene_call(&scene), AILAB_OK);
    scene_stop_server(&scene);
    assert_int_equal(scene.server->connections, 1);
    scene_close(&scene);
}

static unsigned count(const char *text, const char *part)
{
    unsigned found = 0;
    while ((text = strstr(text, part))) {
        found++;
        text += strlen(part);
    }
    return found;
}

/* libcurl would quietly send a billed request twice. It may connect again, but has nothing to say.
 */
static void transport_does_not_send_again_when_a_kept_connection_breaks(void **state)
{
    static const struct {
        const char *why;
        size_t picture_size;
    } rows[] = {{"a picture", SAMPLE_PNG_SIZE}, {"a single byte", 1}, {"an empty picture", 0}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene = {.text = {sample_answer("200 OK", "", SAMPLE_SUCCESS)}};
        const struct scripted_step steps[] = {
            ACCEPT, HEAD, BODY, SEND(scene.text[0]), HEAD, BODY, CLOSE, ACCEPT, HOLD, END};
        scene_open(&scene, steps, (struct ailab_options){0});
        assert_int_equal(scene_call(&scene), AILAB_OK);
        scene.picture_size = rows[i].picture_size;
        if (scene_call(&scene) != AILAB_UNREACHABLE || !ailab_result_retryable(scene.result) ||
            ailab_result_attempts(scene.result) != 1)
            fail_msg("%s: %s", rows[i].why, ailab_result_error_text(scene.result));
        scene_stop_server(&scene);
        for (size_t at = 0; at < scene.server->heard_size; at++) {
            if (scene.server->heard[at] == '\0')
                scene.server->heard[at] = ' '; /* pictures have NULs, and texts end there */
        }
        const unsigned sent = count(scene.server->heard, ENDPOINT);
        if (sent != 2)
            fail_msg("%s: %u requests for two calls", rows[i].why, sent);
        scene_close(&scene);
    }
}

/* A second, left to itself: many servers never answer an Expect header. */
static void transport_waits_but_briefly_for_leave_to_upload(void **state)
{
    struct scene scene = {.text = {sample_answer("200 OK", "", SAMPLE_SUCCESS)}};
    const struct scripted_step steps[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), END};
    (void)state;
    scene_open(&scene, steps, (struct ailab_options){0});
    scene.picture_size = SCENE_BIG;
    assert_int_equal(scene_call_timed(&scene), AILAB_OK);
    assert_true(scene_took_ms(&scene, scene.began_ms) < 900); /* libcurl's own patience is 1 s */
    scene_stop_server(&scene);
    assert_non_null(strstr(scene.server->heard, "\r\nExpect: 100-continue\r\n"));
    scene_close(&scene);
}

static void transport_hears_a_refusal_while_it_uploads(void **state)
{
    struct scene scene = {.text = {sample_answer("413 Too Large", "Connection: close\r\n",
                                                 SAMPLE_ERROR(413, "FILE_SIZE_EXCEEDS_LIMIT"))}};
    const struct scripted_step before[] = {ACCEPT, HEAD, SEND(scene.text[0]), HOLD, END};
    const struct scripted_step during[] = {
        ACCEPT, HEAD, SEND("HTTP/1.1 100 Continue\r\n\r\n"), READ(100000), SEND(scene.text[0]),
        HOLD,   END};
    const struct scripted_step *scripts[] = {before, during};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        scene_open(&scene, scripts[i], (struct ailab_options){.timeout_ms = 5000});
        scene.picture_size = SCENE_BIG;
        assert_int_equal(scene_call(&scene), AILAB_REFUSED);
        assert_int_equal(ailab_result_code(scene.result), AILAB_CODE_FILE_SIZE_EXCEEDS_LIMIT);
        ailab_free(scene.client);
        scene.client = NULL;
        scene_stop_server(&scene);
        assert_int_equal(scene.server->requests, 1);
        if (i == 0) {
            scripted_free(scene.server);
            free(scene.picture);
        }
    }
    scene_close(&scene);
}

/* A server that answers and then resets takes a chance: the answer may be lost on the way. */
static void transport_hears_a_refusal_or_a_break_when_the_server_resets_an_upload(void **state)
{
    struct scene scene = {.text = {sample_answer("401 Unauthorized", "",
                                                 SAMPLE_ERROR(401, "ERROR_USER_NOT_EXISTS"))}};
    const struct scripted_step steps[] = {ACCEPT, HEAD, READ(1), SEND(scene.text[0]), CLOSE, END};
    (void)state;
    scene_open(&scene, steps, (struct ailab_options){.timeout_ms = 5000});
    scene.picture_size = (size_t)900 * 1024; /* below what makes libcurl ask for leave first */
    enum ailab_error error = scene_call(&scene);
    assert_true(error == AILAB_UNREACHABLE ||
                (error == AILAB_REFUSED &&
                 ailab_result_code(scene.result) == AILAB_CODE_ERROR_USER_NOT_EXISTS));
    assert_int_equal(ailab_result_attempts(scene.result), 1);
    scene_stop_server(&scene);
    scene_close(&scene);
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
        {"a whole error comes, but not all that it announced",
         "HTTP/1.1 422 No\r\nContent-Length: 999\r\n\r\n{\"error_code\":422}", 422},
        {"half an answer comes", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"data\":", 200},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene = {0};
        const struct scripted_step steps[] = {ACCEPT, HEAD, BODY, SEND(rows[i].sent), HOLD, END};
        scene_open(&scene, steps, (struct ailab_options){.timeout_ms = 150});
        enum ailab_error error = scene_call_timed(&scene);
        const long long took = scene.ended_ms - scene.began_ms;
        if (error != AILAB_TIMEOUT || took < 140 ||
            scene_took_ms(&scene, scene.began_ms + 150) > SCENE_SOON_MS ||
            !ailab_result_retryable(scene.result) ||
            ailab_result_http_status(scene.result) != rows[i].status)
            fail_msg("%s: %s after %lld ms, HTTP %ld: %s", rows[i].why, ailab_error_name(error),
                     took, ailab_result_http_status(scene.result),
                     ailab_result_error_text(scene.result));
        scene_stop_server(&scene);
        scene_close(&scene);
    }
}

static void transport_names_what_broke(void **state)
{
    static const char half[] = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"data\":{\"im";
    static const struct {
        const char *why;
        const char *sent;
        enum scripted_act end;
        enum ailab_error error;
        long status;
    } rows[] = {
        {"closed without a word", "", SCRIPTED_CLOSE, AILAB_UNREACHABLE, 0},
        {"reset without a word", "", SCRIPTED_RESET, AILAB_UNREACHABLE, 0},
        {"closed in the head", "HTTP/1.1 200 OK\r\nContent-", SCRIPTED_CLOSE, AILAB_UNREACHABLE,
         200},
        {"closed in the body", half, SCRIPTED_CLOSE, AILAB_UNREACHABLE, 200},
        {"reset in the body", half, SCRIPTED_RESET, AILAB_UNREACHABLE, 200},
        {"closed after 100 Continue", "HTTP/1.1 100 Continue\r\n\r\n", SCRIPTED_CLOSE,
         AILAB_UNREACHABLE, 0},
        {"an error cut off", "HTTP/1.1 422 No\r\nContent-Length: 999\r\n\r\n{\"error_code\":422",
         SCRIPTED_CLOSE, AILAB_UNREACHABLE, 422},
        {"a whole error, shorter than announced",
         "HTTP/1.1 422 No\r\nContent-Length: 999\r\n\r\n{\"error_code\":422}", SCRIPTED_CLOSE,
         AILAB_REFUSED, 422},
        {"a whole error, then a reset",
         "HTTP/1.1 422 No\r\nContent-Length: 999\r\n\r\n{\"error_code\":422}", SCRIPTED_RESET,
         AILAB_REFUSED, 422},
        {"a whole success, shorter than announced",
         "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" SAMPLE_SUCCESS, SCRIPTED_CLOSE,
         AILAB_UNREACHABLE, 200},
        {"no HTTP at all", "SSH-2.0-OpenSSH_9.2\r\n", SCRIPTED_CLOSE, AILAB_BAD_ANSWER, 0},
        {"a status line of words", "HTTP/1.1 two hundred\r\n\r\n", SCRIPTED_CLOSE, AILAB_BAD_ANSWER,
         0},
        {"a Content-Length of words", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
         SCRIPTED_CLOSE, AILAB_BAD_ANSWER, 200},
        {"chunks of no number", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
         SCRIPTED_CLOSE, AILAB_BAD_ANSWER, 200},
        {"a chunk reset", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{\"a\"",
         SCRIPTED_RESET, AILAB_UNREACHABLE, 200},
        {"a chunk cut off", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{\"a\"",
         SCRIPTED_CLOSE, AILAB_UNREACHABLE, 200},
        {"a body that ends with the connection, too early",
         "HTTP/1.1 200 OK\r\n\r\n{\"data\":{\"image\":\"iVBO", SCRIPTED_CLOSE, AILAB_BAD_ANSWER,
         200},
        {"a page", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", SCRIPTED_CLOSE,
         AILAB_BAD_ANSWER, 200},
        {"an encoding that the client did not ask for",
         "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", SCRIPTED_CLOSE,
         AILAB_BAD_ANSWER, 200},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene = {0};
        const struct scripted_step steps[] = {
            ACCEPT, HEAD, BODY, SEND(rows[i].sent), {.act = rows[i].end}, END};
        scene_open(&scene, steps, (struct ailab_options){.timeout_ms = 5000});
        enum ailab_error error = scene_call(&scene);
        if (error != rows[i].error || ailab_result_http_status(scene.result) != rows[i].status ||
            !*ailab_result_error_text(scene.result) ||
            ailab_result_image(scene.result, NULL) != NULL)
            fail_msg("%s: %s, HTTP %ld: %s", rows[i].why, ailab_error_name(error),
                     ailab_result_http_status(scene.result), ailab_result_error_text(scene.result));
        scene_stop_server(&scene);
        scene_close(&scene);
    }
}

static void transport_knows_the_encodings_that_are_none(void **state)
{
    static const struct {
        const char *header;
        enum ailab_error error;
    } rows[] = {
        {"Content-Encoding:\r\n", AILAB_OK},
        {"Content-Encoding: \t\r\n", AILAB_OK},
        {"content-encoding: \tIdentity \t\r\n", AILAB_OK},
        {"Content-Encoding:identity\r\n", AILAB_OK},
        {"Content-Encoding: identical\r\n", AILAB_BAD_ANSWER},
        {"Content-Encoding: identitx\r\n", AILAB_BAD_ANSWER},
        {"Content-Encoding: x\r\n", AILAB_BAD_ANSWER},
        {"Content-Encoding: x\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n", AILAB_BAD_ANSWER},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene = {.text = {sample_answer("200 OK", rows[i].header, SAMPLE_SUCCESS)}};
        const struct scripted_step steps[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), END};
        scene_open(&scene, steps, (struct ailab_options){.timeout_ms = 5000});
        if (scene_call(&scene) != rows[i].error)
            fail_msg("%s: %s", rows[i].header, ailab_result_error_text(scene.result));
        scene_stop_server(&scene);
        scene_close(&scene);
    }
}

/* What an interim answer says of encodings is no word of the answer. */
static void transport_forgets_the_head_of_an_interim_answer(void **state)
{
    static const char interim[] = "HTTP/1.1 103 Early Hints\r\nContent-Encoding: gzip\r\n\r\n";
    struct scene scene = {.text = {sample_answer("200 OK", "", SAMPLE_SUCCESS)}};
    const struct scripted_step steps[] = {ACCEPT, HEAD, BODY, SEND(interim), SEND(scene.text[0]),
                                          END};
    (void)state;
    scene_open(&scene, steps, (struct ailab_options){.timeout_ms = 5000});
    assert_int_equal(scene_call(&scene), AILAB_OK);
    scene_stop_server(&scene);
    scene_close(&scene);
}

static void transport_says_so_when_no_server_listens(void **state)
{
    static const struct scripted_step steps[] = {END};
    struct scene scene = {0};
    (void)state;
    scene_open(&scene, steps, (struct ailab_options){.retries = 2, .retry_wait_ms = 1});
    scene_stop_server(&scene);
    close(scene.server->listener);
    scene.server->listener = -1;
    assert_int_equal(scene_call(&scene), AILAB_UNREACHABLE);
    assert_int_equal(ailab_result_attempts(scene.result), 3);
    assert_true(ailab_result_retryable(scene.result));
    assert_non_null(strstr(ailab_result_error_text(scene.result), scene.server->url));
    scene_close(&scene);
}

static void transport_never_follows_a_redirect(void **state)
{
    static const char *const statuses[] = {"301 Moved", "302 Found", "303 See Other",
                                           "307 Temporary", "308 Permanent"};
    static const struct scripted_step elsewhere[] = {END};
    (void)state;
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        struct scripted *other = scripted_start_steps(elsewhere, NULL, NULL);
        assert_non_null(other);
        char location[128];
        snprintf(location, sizeof location, "Location: %s/elsewhere\r\n", other->url);
        struct scene scene = {.text = {sample_answer(statuses[i], location, "{}")}};
        const struct scripted_step steps[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), END};
        scene_open(&scene, steps, (struct ailab_options){.retries = 3, .retry_wait_ms = 1});
        assert_int_equal(scene_call(&scene), AILAB_BAD_ANSWER);
        assert_non_null(strstr(ailab_result_error_text(scene.result), "redirect"));
        assert_int_equal(ailab_result_attempts(scene.result), 1);
        scene_stop_server(&scene);
        scripted_stop(other);
        assert_int_equal(scene.server->connections, 1);
        assert_int_equal(other->connections, 0);
        scripted_free(other);
        scene_close(&scene);
    }
}

static void result_never_shows_a_key_that_the_server_echoes(void **state)
{
    struct scene scene = {
        .text = {sample_answer("401 No", "",
                               "{\"request_id\":\"" SCENE_KEY "\",\"log_id\":\"x" SCENE_KEY
                               "\",\"error_code\":401,\"error_detail\":{\"code\":\"" SCENE_KEY
                               "\",\"code_message\":\"" SCENE_KEY "\",\"message\":\"key " SCENE_KEY
                               " is unknown\"}}")}};
    const struct scripted_step steps[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), END};
    (void)state;
    scene_open(&scene, steps, (struct ailab_options){0});
    assert_int_equal(scene_call(&scene), AILAB_REFUSED);
    assert_string_equal(ailab_result_request_id(scene.result), "***");
    assert_string_equal(ailab_result_log_id(scene.result), "x***");
    assert_string_equal(ailab_result_code_text(scene.result), "***");
    assert_string_equal(ailab_result_code_message(scene.result), "***");
    assert_string_equal(ailab_result_message(scene.result), "key *** is unknown");
    scene_stop_server(&scene);
    scene_close(&scene);
}

static void transport_sends_an_empty_picture_as_an_empty_part(void **state)
{
    struct scene scene = {
        .text = {sample_answer("400 No", "", SAMPLE_ERROR(400, "PARAMETERS_CANNOT_EMPTY"))}};
    const struct scripted_step steps[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), END};
    (void)state;
    scene_open(&scene, steps, (struct ailab_options){.base_url = NULL});
    scene.picture_size = 0;
    assert_int_equal(scene_call(&scene), AILAB_REFUSED);
    scene_stop_server(&scene);
    assert_non_null(
        strstr(scene.server->heard, "Content-Type: application/octet-stream\r\n\r\n\r\n--"));
    scene_close(&scene);
}

static void transport_sends_the_base_name_of_a_file(void **state)
{
    struct scene scene = {.text = {sample_answer("200 OK", "", SAMPLE_SUCCESS)}};
    const struct scripted_step steps[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), END};
    (void)state;
    scene_open(&scene, steps, (struct ailab_options){.preflight = true});
    assert_int_equal(ailab_edit_file(&scene.result, scene.client, 100,
                                     AILAB_SOURCE_DIR "/fixtures/images/portrait.jpg"),
                     AILAB_OK);
    scene_stop_server(&scene);
    assert_non_null(strstr(scene.server->heard, "filename=\"portrait.jpg\"\r\n"
                                                "Content-Type: image/jpeg\r\n\r\n\xff\xd8\xff"));
    assert_non_null(strstr(scene.server->heard, "\r\n\r\n100\r\n"));
    scene_close(&scene);
}

static void transport_sends_nothing_that_preflight_refuses(void **state)
{
    static const struct scripted_step steps[] = {END};
    struct scene scene = {0};
    (void)state;
    scene_open(&scene, steps, (struct ailab_options){.preflight = true});
    scene.picture_size = 20;
    assert_int_equal(scene_call(&scene), AILAB_PREFLIGHT);
    assert_int_equal(ailab_result_attempts(scene.result), 0);
    scene_stop_server(&scene);
    assert_int_equal(scene.server->connections, 0);
    scene_close(&scene);
}

/* A server that does not speak TLS never sees the key. */
static void transport_sends_no_key_when_there_is_no_tls(void **state)
{
    static const struct {
        const char *ca_file;
        enum ailab_error error;
    } rows[] = {{NULL, AILAB_UNREACHABLE}, {"/nowhere/at/all.pem", AILAB_ARGUMENT}};
    static const struct scripted_step steps[] = {ACCEPT, SEND("HTTP/1.1 400 No\r\n\r\n"), HOLD,
                                                 END};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene = {0};
        char url[80];
        scene_open(&scene, steps, (struct ailab_options){0});
        snprintf(url, sizeof url, "https%s", scene.server->url + strlen("http"));
        struct ailab_options options = {
            .api_key = SCENE_KEY, .base_url = url, .ca_file = rows[i].ca_file};
        ailab_free(scene.client);
        assert_int_equal(ailab_new(&scene.client, &options), AILAB_OK);
        assert_int_equal(scene_call(&scene), rows[i].error);
        scene_stop_server(&scene);
        assert_null(
            memmem(scene.server->heard, scene.server->heard_size, SCENE_KEY, strlen(SCENE_KEY)));
        scene_close(&scene);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transport_sends_the_documented_call),
        cmocka_unit_test(transport_keeps_the_connection_between_calls),
        cmocka_unit_test(transport_does_not_send_again_when_a_kept_connection_breaks),
        cmocka_unit_test(transport_waits_but_briefly_for_leave_to_upload),
        cmocka_unit_test(transport_hears_a_refusal_while_it_uploads),
        cmocka_unit_test(transport_hears_a_refusal_or_a_break_when_the_server_resets_an_upload),
        cmocka_unit_test(transport_gives_up_when_the_answer_is_slow),
        cmocka_unit_test(transport_names_what_broke),
        cmocka_unit_test(transport_knows_the_encodings_that_are_none),
        cmocka_unit_test(transport_forgets_the_head_of_an_interim_answer),
        cmocka_unit_test(transport_says_so_when_no_server_listens),
        cmocka_unit_test(transport_never_follows_a_redirect),
        cmocka_unit_test(result_never_shows_a_key_that_the_server_echoes),
        cmocka_unit_test(transport_sends_an_empty_picture_as_an_empty_part),
        cmocka_unit_test(transport_sends_the_base_name_of_a_file),
        cmocka_unit_test(transport_sends_nothing_that_preflight_refuses),
        cmocka_unit_test(transport_sends_no_key_when_there_is_no_tls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
