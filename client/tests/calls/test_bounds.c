/* Answers larger than what is taken: bodies, which we bound, and lines, which libcurl bounds. */
#include "scene.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FILLED ((size_t)512 * 1024)

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
        const struct scripted_step steps[] = {
            ACCEPT, HEAD, BODY, SEND(heads[i]), SEND_SIZED(spaces, sizeof spaces), END};
        scene_open(&scene, steps, (struct ailab_options){.max_answer_bytes = 1000});
        assert_int_equal(scene_call(&scene), AILAB_BAD_ANSWER);
        assert_non_null(strstr(ailab_result_error_text(scene.result), "max_answer_bytes"));
        scene_stop_server(&scene);
        scene_close(&scene);
    }
}

/* A length that is too much ends the call at once, before the memory is taken and before the body
 * is there. */
static void transport_refuses_a_length_beyond_the_bound(void **state)
{
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n{";
    static const struct scripted_step steps[] = {ACCEPT, HEAD, BODY, SEND(head), END};
    struct scene scene = {0};
    (void)state;
    scene_open(&scene, steps, (struct ailab_options){.max_answer_bytes = 1000});
    assert_int_equal(scene_call(&scene), AILAB_BAD_ANSWER);
    assert_non_null(strstr(ailab_result_error_text(scene.result), "max_answer_bytes"));
    scene_stop_server(&scene);
    scene_close(&scene);
}

/* Beyond what libcurl takes, which it says in many ways. */
static void transport_calls_an_answer_without_end_nonsense(void **state)
{
    static const struct {
        const char *why;
        const char *before, *again; /* the second fills FILLED bytes */
        long status;
    } rows[] = {
        {"a status line", "HTTP/1.1 200 ", "x", 0},
        {"no status line", "", "x", 0},
        {"a header line", "HTTP/1.1 200 OK\r\nX: ", "x", 200},
        {"a header line of an error", "HTTP/1.1 404 No\r\nX: ", "x", 404},
        {"header lines", "HTTP/1.1 200 OK\r\n", "X: 0123456789abcdef0123456789abcdef\r\n", 200},
        {"the size of a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "0", 200},
        {"a trailer", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ", "x", 200},
    };
    char *sent = malloc(FILLED + 1);
    (void)state;
    assert_non_null(sent);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene = {0};
        for (size_t at = 0, length = strlen(rows[i].again); at < FILLED; at++)
            sent[at] = rows[i].again[at % length];
        sent[FILLED] = '\0';
        const struct scripted_step steps[] = {ACCEPT,     HEAD, BODY, SEND(rows[i].before),
                                              SEND(sent), END};
        scene_open(&scene, steps, (struct ailab_options){.timeout_ms = 5000});
        enum ailab_error error = scene_call(&scene);
        if (error != AILAB_BAD_ANSWER || ailab_result_retryable(scene.result) ||
            ailab_result_http_status(scene.result) != rows[i].status ||
            strstr(ailab_result_error_text(scene.result), "Out of memory"))
            fail_msg("%s: %s, HTTP %ld: %s", rows[i].why, ailab_error_name(error),
                     ailab_result_http_status(scene.result), ailab_result_error_text(scene.result));
        scene_stop_server(&scene);
        scene_close(&scene);
    }
    free(sent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transport_bounds_the_answer),
        cmocka_unit_test(transport_refuses_a_length_beyond_the_bound),
        cmocka_unit_test(transport_calls_an_answer_without_end_nonsense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
