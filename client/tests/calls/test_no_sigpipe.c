/* A call of the library leaves the thread's signals as they were, and lets no SIGPIPE out. */
#include "no_sigpipe.h"
#include "samples.h"
#include "scene.h"
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static sigset_t mask_now(void)
{
    sigset_t mask;
    assert_int_equal(pthread_sigmask(SIG_BLOCK, NULL, &mask), 0);
    return mask;
}

static bool is_pending(void)
{
    sigset_t pending;
    assert_int_equal(sigpending(&pending), 0);
    return sigismember(&pending, SIGPIPE) == 1;
}

static void block(bool blocked)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    assert_int_equal(pthread_sigmask(blocked ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL), 0);
}

/* Fails unless exactly the signals of before are blocked. */
static void assert_mask(const char *why, const sigset_t *before)
{
    const sigset_t now = mask_now();
    for (int number = 1; number < NSIG; number++)
        if (sigismember(&now, number) != sigismember(before, number))
            fail_msg("%s: signal %d is %s", why, number,
                     sigismember(&now, number) ? "left blocked" : "let loose");
}

/* An unhandled SIGPIPE would end this test. */
static void no_sigpipe_swallows_its_own_and_keeps_the_program_s(void **state)
{
    static const struct {
        const char *why;
        bool blocked, pending; /* before */
    } rows[] = {{"a free program", false, false},
                {"a program that blocks it", true, false},
                {"a program that blocks it, and one waits", true, true}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ai_no_sigpipe blocked;
        block(rows[i].blocked);
        if (rows[i].pending)
            pthread_kill(pthread_self(), SIGPIPE);
        const sigset_t before = mask_now();
        ai_no_sigpipe_begin(&blocked);
        pthread_kill(pthread_self(), SIGPIPE);
        ai_no_sigpipe_end(&blocked);
        assert_mask(rows[i].why, &before);
        if (is_pending() != rows[i].pending)
            fail_msg("%s: a SIGPIPE is %s", rows[i].why, is_pending() ? "left" : "lost");
        if (rows[i].pending) {
            int number = 0;
            sigset_t set;
            sigemptyset(&set);
            sigaddset(&set, SIGPIPE);
            assert_int_equal(sigwait(&set, &number), 0);
        }
    }
    block(false);
}

/* One that another program sends meanwhile is the program's own, also after an interrupted call. */
static void no_sigpipe_takes_one_signal(void **state)
{
    struct ai_no_sigpipe blocked;
    int number = 0;
    sigset_t set;
    (void)state;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    block(true);
    ai_no_sigpipe_begin(&blocked);
    pthread_kill(pthread_self(), SIGPIPE);
    kill(getpid(), SIGPIPE);
    errno = EINTR;
    ai_no_sigpipe_end(&blocked);
    assert_true(is_pending());
    assert_int_equal(sigwait(&set, &number), 0);
    assert_false(is_pending());
    block(false);
}

static void library_leaves_the_signals_as_they_were(void **state)
{
    struct scene scene = {.text = {sample_answer("200 OK", "", SAMPLE_SUCCESS)}};
    const struct scripted_step steps[] = {ACCEPT, HEAD, BODY, SEND(scene.text[0]), HOLD, END};
    const sigset_t before = mask_now();
    (void)state;
    assert_false(sigismember(&before, SIGPIPE));
    scene_open(&scene, steps, (struct ailab_options){0});
    assert_mask("ailab_new", &before);
    assert_int_equal(scene_call(&scene), AILAB_OK);
    assert_mask("ailab_edit", &before);
    ailab_free(scene.client);
    scene.client = NULL;
    assert_mask("ailab_free", &before);
    scene_stop_server(&scene);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_sigpipe_swallows_its_own_and_keeps_the_program_s),
        cmocka_unit_test(no_sigpipe_takes_one_signal),
        cmocka_unit_test(library_leaves_the_signals_as_they_were),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
