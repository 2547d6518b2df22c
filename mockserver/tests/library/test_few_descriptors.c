/* A mock where the system gives few descriptors: it lets in no more clients than it has descriptors
 * for, and serves all the others in their turn. labels: threads */
#include "mock_sockets.h"
#include "scenarios_fixture.h"
#include "testing/files.h"
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SERVED 2   /* at once */
#define CLIENTS 12 /* more than are let in */
#define SOON_MS 15000
#define QUIET_MS 200

/* A mock in a process of its own. */
struct child {
    pid_t pid;
    uint16_t port;
};

/* The child's life; it tells its port once it listens. */
static void run_mock(rlim_t descriptors, int port_pipe)
{
    const struct rlimit few = {descriptors, descriptors};
    char why[AILAB_MOCK_ERROR_SIZE];
    struct ailab_mock *mock = NULL;
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves no process behind */
    if (setrlimit(RLIMIT_NOFILE, &few) != 0 ||
        ailab_mock_start(&mock, &(struct ailab_mock_options){.max_connections = SERVED}, why) !=
            AILAB_MOCK_OK)
        _exit(1);
    const uint16_t port = ailab_mock_port(mock);
    if (write(port_pipe, &port, sizeof port) != sizeof port)
        _exit(2);
    close(port_pipe);
    for (;;)
        pause();
}

static struct child start_mock(rlim_t descriptors)
{
    struct child child;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    child.pid = fork();
    assert_true(child.pid >= 0);
    if (child.pid == 0) {
        close(ends[0]);
        run_mock(descriptors, ends[1]);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &child.port, sizeof child.port), sizeof child.port);
    char none;
    assert_int_equal(read(ends[0], &none, 1), 0); /* the child has closed its end */
    close(ends[0]);
    return child;
}

static long descriptors_of(const struct child *child)
{
    char folder[64];
    snprintf(folder, sizeof folder, "/proc/%d/fd", (int)child->pid);
    return (long)folder_count(folder);
}

static void clients_are_let_in_as_far_as_the_descriptors_go(void **state)
{
    static const struct {
        rlim_t descriptors;
        long let_in;
    } rows[] = {
        {AILAB_MOCK_DESCRIPTORS(SERVED + 3), SERVED + 3},
        {AILAB_MOCK_DESCRIPTORS(SERVED + 3) - 1, SERVED + 2},
        {AILAB_MOCK_DESCRIPTORS(SERVED), SERVED + 1}, /* one may always wait */
    };
    (void)state;
    for (size_t i = 0; i < ROWS(rows); i++) {
        int fds[CLIENTS];
        const struct child child = start_mock(rows[i].descriptors);
        const long before = descriptors_of(&child);
        const int64_t until = scenarios_now_ms() + SOON_MS;
        for (size_t k = 0; k < CLIENTS; k++)
            assert_true((fds[k] = mock_connect(child.port)) >= 0);
        while (descriptors_of(&child) < before + rows[i].let_in && scenarios_now_ms() < until)
            poll(NULL, 0, 1);
        assert_false(scenarios_stirs(fds[0], QUIET_MS)); /* no other comes in meanwhile */
        assert_int_equal(descriptors_of(&child), before + rows[i].let_in);
        for (size_t k = 0; k < CLIENTS; k++) {
            mock_send(fds[k], slice_of("GET /__admin/health HTTP/1.1\r\nHost: a\r\n\r\n"));
            struct mock_reply reply = mock_read_reply(fds[k]);
            assert_int_equal(reply.status, 200);
            mock_reply_clear(&reply);
            close(fds[k]);
        }
        kill(child.pid, SIGKILL);
        waitpid(child.pid, NULL, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clients_are_let_in_as_far_as_the_descriptors_go),
    };
    return cmocka_run_group_tests_name("few_descriptors", tests, NULL, NULL);
}
