#include "front/loop.h"
#include "base/clock.h"
#include "front/front_internal.h"
#include "front/guest.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define EVENTS_MAX 64
#define ACCEPTED_AT_ONCE 64
#define ACCEPT_PAUSE_MS 20 /* no descriptor or memory is left: leave connections waiting */

void loop_wake(struct loop *loop)
{
    const uint64_t one = 1;
    (void)!write(loop->wake_fd, &one, sizeof one);
}

void loop_give(struct loop *loop, struct guest *guest)
{
    pthread_mutex_lock(&loop->lock);
    guest->next = loop->inbox;
    loop->inbox = guest;
    pthread_mutex_unlock(&loop->lock);
    loop_wake(loop);
}

void loop_remind(struct loop *loop, int64_t when_ms)
{
    if (when_ms < loop->next_ms)
        loop->next_ms = when_ms;
}

static void begin(struct loop *loop, struct guest *guest)
{
    guest->prev = NULL;
    guest->next = loop->guests;
    if (guest->next)
        guest->next->prev = guest;
    loop->guests = guest;
    guest_begin(guest);
}

static void take_inbox(struct loop *loop)
{
    uint64_t count;
    (void)!read(loop->wake_fd, &count, sizeof count);
    pthread_mutex_lock(&loop->lock);
    struct guest *guest = loop->inbox;
    loop->inbox = NULL;
    pthread_mutex_unlock(&loop->lock);
    while (guest) {
        struct guest *next = guest->next;
        begin(loop, guest);
        guest = next;
    }
}

static bool may_accept(const struct front *front)
{
    return atomic_load(&front->connections) < front->options.connections_max;
}

static void admit(struct loop *loop, int fd)
{
    struct front *front = loop->front;
    struct loop *home = &front->loops[front->next_loop++ % front->loop_count];
    struct guest *guest = guest_new(loop, home, fd);
    if (!guest)
        return;
    atomic_fetch_add(&front->connections, 1);
    atomic_fetch_add(&front->guests, 1);
    begin(loop, guest);
}

static void accept_some(struct loop *loop)
{
    struct front *front = loop->front;
    for (int i = 0; i < ACCEPTED_AT_ONCE; i++) {
        if (!may_accept(front)) {
            doors_rest(&front->doors);
            loop_remind(loop, loop->now_ms + ACCEPT_PAUSE_MS);
            return;
        }
        const int fd = doors_accept(&front->doors);
        if (fd >= 0) {
            admit(loop, fd);
            continue;
        }
        if (errno != EAGAIN) {
            doors_rest(&front->doors);
            loop_remind(loop, loop->now_ms + ACCEPT_PAUSE_MS);
        }
        return;
    }
}

static void check_all(struct loop *loop)
{
    struct front *front = loop->front;
    loop->next_ms = INT64_MAX;
    for (struct guest *guest = loop->guests, *next; guest; guest = next) {
        next = guest->next;
        guest_check(guest, loop->now_ms);
    }
    if (!loop->accepts)
        return;
    const int64_t next_ms = doors_tick(&front->doors, loop->now_ms, may_accept(front));
    if (next_ms)
        loop_remind(loop, next_ms);
}

static void go_on(struct loop *loop)
{
    struct guest *ready = loop->ready;
    loop->ready = NULL;
    while (ready) {
        struct guest *guest = ready;
        ready = guest->next_ready;
        guest->is_ready = false;
        guest_go_on(guest);
    }
}

static void bury(struct loop *loop)
{
    while (loop->dead) {
        struct guest *guest = loop->dead;
        loop->dead = guest->next_dead;
        guest_free(guest);
    }
}

static int patience(const struct loop *loop)
{
    if (loop->ready)
        return 0;
    if (loop->next_ms == INT64_MAX)
        return -1;
    const int64_t left = loop->next_ms - clock_monotonic_ms();
    return left <= 0 ? 0 : left < 3600000 ? (int)left : 3600000;
}

static void handle(struct loop *loop, const struct epoll_event *event, bool *woken)
{
    struct watch *watch = event->data.ptr;
    if (event->data.ptr == &loop->wake_fd) {
        take_inbox(loop);
        *woken = true;
    } else if (event->data.ptr == &loop->front->doors) {
        accept_some(loop);
    } else {
        guest_on_event(watch->guest, watch, event->events);
    }
}

static void *run(void *context)
{
    struct loop *loop = context;
    struct epoll_event events[EVENTS_MAX];
    while (!atomic_load(&loop->front->stopping) || loop->guests) {
        const int count = epoll_wait(loop->epoll_fd, events, EVENTS_MAX, patience(loop));
        bool woken = false;
        loop->now_ms = clock_monotonic_ms();
        for (int i = 0; i < count; i++)
            handle(loop, &events[i], &woken);
        go_on(loop);
        if (woken || loop->now_ms >= loop->next_ms)
            check_all(loop);
        bury(loop);
    }
    return NULL;
}

static bool start_thread(struct loop *loop)
{
    loop->started = pthread_create(&loop->thread, NULL, run, loop) == 0;
    return loop->started;
}

bool loop_start(struct loop *loop, struct front *front, bool accepts)
{
    loop->front = front;
    loop->accepts = accepts;
    loop->next_ms = INT64_MAX;
    loop->now_ms = clock_monotonic_ms();
    pthread_mutex_init(&loop->lock, NULL);
    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &loop->wake_fd};
    return loop->epoll_fd >= 0 && loop->wake_fd >= 0 &&
           epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, loop->wake_fd, &event) == 0 &&
           start_thread(loop);
}

void loop_join(struct loop *loop)
{
    if (loop->started) {
        loop_wake(loop);
        pthread_join(loop->thread, NULL);
    }
    while (loop->inbox) {
        struct guest *guest = loop->inbox;
        loop->inbox = guest->next;
        guest_free(guest);
    }
    if (loop->epoll_fd >= 0)
        close(loop->epoll_fd);
    if (loop->wake_fd >= 0)
        close(loop->wake_fd);
    pthread_mutex_destroy(&loop->lock);
}
