/* The listening sockets. Thread-safe. */
#ifndef AILAB_MOCKSERVER_FRONT_DOORS_H
#define AILAB_MOCKSERVER_FRONT_DOORS_H

#include "front/address.h"
#include <pthread.h>
#include <stdbool.h>

#define DOORS_BACKLOG 512 /* connections that the system keeps until they are accepted */

struct door {
    struct front_address address; /* with the port that it got */
    int fd;                       /* -1 while it is shut */
};

struct doors {
    pthread_mutex_t lock;
    struct door *all;
    size_t count;
    int epoll_fd; /* -1 until they are watched */
    void *tag;    /* what epoll tells of them */
    int64_t closed_until_ms;
    bool resting; /* listening, but not watched */
    bool ended;
};

/* Listens on all addresses, or on none and says why. */
enum ailab_mock_error doors_open(struct doors *doors, const struct front_address *addresses,
                                 size_t count, char why[AILAB_MOCK_ERROR_SIZE]);
/* Has epoll tell of connections that wait. False, with errno, when the system refuses that. */
bool doors_watch(struct doors *doors, int epoll_fd, void *tag);
/* -1 when no connection waits; errno says whether the system refused. */
int doors_accept(struct doors *doors);
/* Leaves connections waiting until doors_tick(). */
void doors_rest(struct doors *doors);
/* Refuses connections until then. */
void doors_refuse(struct doors *doors, int64_t until_ms);
/* Listens again when it is time. Returns when to call it next, 0: there is no need. */
int64_t doors_tick(struct doors *doors, int64_t now_ms, bool may_accept);
/* For good. */
void doors_close(struct doors *doors);
void doors_free(struct doors *doors);

#endif
