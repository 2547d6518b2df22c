/* A process that embeds the mock forks: until the child runs another program, it holds every
 * connection too. The front closes them all the same and goes on. */
#include "ailab_mock.h"
#include "wire_world.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define CLIENTS 8

static int open_world(void **state)
{
    *state = wire_world_open((struct ailab_mock_options){0});
    return 0;
}

/* Holds all descriptors until the pipe ends. */
static pid_t fork_holder(const int pipe_ends[2])
{
    const pid_t pid = fork();
    char byte;
    if (pid == 0) {
        close(pipe_ends[1]);
        _exit(read(pipe_ends[0], &byte, 1) != 0);
    }
    return pid;
}

static void front_lets_go_of_what_a_child_holds(void **state)
{
    const struct wire_world *world = *state;
    struct wire wires[CLIENTS], later;
    int pipe_ends[2], status = 0;
    for (int i = 0; i < CLIENTS; i++)
        wire_open(&wires[i], &world->ports, i % 2 ? WIRE_TLS : WIRE_CONNECT);
    assert_int_equal(pipe(pipe_ends), 0);
    const pid_t holder = fork_holder(pipe_ends);
    assert_true(holder > 0);
    for (int i = 0; i < CLIENTS; i++)
        shutdown(wires[i].fd, SHUT_RDWR);
    for (int i = 0; i < CLIENTS; i++) {
        wire_open(&later, &world->ports, WIRE_TLS);
        shutdown(later.fd, SHUT_RDWR);
        wire_close(&later);
    }
    close(pipe_ends[1]);
    close(pipe_ends[0]);
    assert_int_equal(waitpid(holder, &status, 0), holder);
    assert_int_equal(status, 0);
    for (int i = 0; i < CLIENTS; i++)
        wire_close(&wires[i]);
    wire_open(&later, &world->ports, WIRE_TLS);
    wire_close(&later);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(front_lets_go_of_what_a_child_holds, open_world,
                                        wire_world_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
