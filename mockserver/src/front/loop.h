/* One thread that serves many connections, woken by epoll. */
#ifndef AILAB_MOCKSERVER_FRONT_LOOP_H
#define AILAB_MOCKSERVER_FRONT_LOOP_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define LOOP_SCRATCH ((size_t)64 * 1024) /* read at once, and kept at most in each direction */

struct front;
struct guest;

struct loop {
    struct front *front;
    pthread_t thread;
    bool started;
    bool accepts; /* watches the doors */
    int epoll_fd, wake_fd;
    pthread_mutex_t lock; /* of inbox */
    struct guest *inbox;  /* from other loops */
    /* The thread's own from here. */
    struct guest *guests;
    struct guest *ready;     /* have more to do than one turn */
    struct guest *dead;      /* freed when no event can name them */
    int64_t now_ms, next_ms; /* when the first deadline is over, INT64_MAX: none */
    unsigned handshakes;     /* in progress */
    unsigned tunnels;        /* that are being connected */
    char scratch[LOOP_SCRATCH];
};

bool loop_start(struct loop *loop, struct front *front, bool accepts);
/* Waits for the thread, which ends when the front stops. */
void loop_join(struct loop *loop);
void loop_wake(struct loop *loop);
/* Has the loop begin with a connection, which is its from here on. */
void loop_give(struct loop *loop, struct guest *guest);
/* The loop's own thread: it calls back at that time at the latest. */
void loop_remind(struct loop *loop, int64_t when_ms);

#endif
