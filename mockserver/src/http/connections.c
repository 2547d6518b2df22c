#include "http/connections.h"
#include "base/clock.h"
#include "front/descriptors.h"
#include "http/peer_gone.h"
#include <arpa/inet.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define WATCH_INTERVAL_MS 50
#define ANSWER_GRACE_MS 1000
#define TIDY_INTERVAL_MS 1000
#define PEER_INTERVAL_MS 200 /* between two questions whether a client that ended is gone */

struct connections {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t watchdog;
    bool (*tidy)(void *context);
    void *tidy_context;
    bool untidy; /* tidy has more to do */
    int64_t tidied_ms;
    bool stopping;
    atomic_uint count; /* changed under the lock */
    struct connection *first;
};

/* The thread that the watchdog woke may have to wait for a processor before it sets a new deadline.
 * Until then this second deadline holds. */
static void expire(struct connection *connection, int64_t now_ms)
{
    int64_t overdue = atomic_load_explicit(&connection->overdue_ms, memory_order_relaxed);
    if (!overdue || now_ms < overdue)
        return;
    bool again = atomic_exchange(&connection->expired, true);
    if (!again)
        atomic_compare_exchange_strong(&connection->overdue_ms, &overdue, now_ms + ANSWER_GRACE_MS);
    shutdown(connection->fd, again ? SHUT_RDWR : SHUT_RD);
}

static void wait_a_while(struct connections *connections)
{
    if (!connections->first && !connections->untidy) {
        pthread_cond_wait(&connections->changed, &connections->lock);
        return;
    }
    const struct timespec until = clock_in_ms(WATCH_INTERVAL_MS);
    pthread_cond_timedwait(&connections->changed, &connections->lock, &until);
}

static void tidy_now_and_then(struct connections *connections, int64_t now_ms)
{
    if (now_ms - connections->tidied_ms < TIDY_INTERVAL_MS)
        return;
    connections->tidied_ms = now_ms;
    connections->untidy = connections->tidy(connections->tidy_context);
}

static void *watch(void *context)
{
    struct connections *connections = context;
    pthread_mutex_lock(&connections->lock);
    while (!connections->stopping) {
        int64_t now_ms = clock_monotonic_ms();
        for (struct connection *c = connections->first; c; c = c->next)
            expire(c, now_ms);
        tidy_now_and_then(connections, now_ms);
        wait_a_while(connections);
    }
    pthread_mutex_unlock(&connections->lock);
    return NULL;
}

struct connections *connections_new(bool (*tidy)(void *context), void *context)
{
    struct connections *connections = calloc(1, sizeof *connections);
    if (!connections)
        return NULL;
    connections->tidy = tidy;
    connections->tidy_context = context;
    pthread_mutex_init(&connections->lock, NULL);
    clock_condition_init(&connections->changed);
    if (pthread_create(&connections->watchdog, NULL, watch, connections) != 0) {
        pthread_cond_destroy(&connections->changed);
        pthread_mutex_destroy(&connections->lock);
        free(connections);
        return NULL;
    }
    return connections;
}

void connections_free(struct connections *connections)
{
    if (!connections)
        return;
    pthread_mutex_lock(&connections->lock);
    connections->stopping = true;
    pthread_cond_signal(&connections->changed);
    pthread_mutex_unlock(&connections->lock);
    pthread_join(connections->watchdog, NULL);
    pthread_cond_destroy(&connections->changed);
    pthread_mutex_destroy(&connections->lock);
    free(connections);
}

struct connection *connections_add(struct connections *connections, int fd, struct front_link *link)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (!connection)
        return NULL;
    connection->fd = fd;
    connection->link = link;
    atomic_init(&connection->overdue_ms, 0);
    atomic_init(&connection->expired, false);

    pthread_mutex_lock(&connections->lock);
    connection->next = connections->first;
    if (connection->next)
        connection->next->prev = connection;
    connections->first = connection;
    if (connections->count++ == 0)
        pthread_cond_signal(&connections->changed);
    pthread_mutex_unlock(&connections->lock);
    return connection;
}

void connections_remove(struct connections *connections, struct connection *connection)
{
    if (!connection)
        return;
    pthread_mutex_lock(&connections->lock);
    if (connection->prev)
        connection->prev->next = connection->next;
    else
        connections->first = connection->next;
    if (connection->next)
        connection->next->prev = connection->prev;
    connections->count--;
    connections->untidy = true;
    pthread_mutex_unlock(&connections->lock);
    free(connection);
}

unsigned connections_count(const struct connections *connections)
{
    return atomic_load_explicit(&connections->count, memory_order_relaxed);
}

void connection_set_deadline(struct connection *connection, uint32_t timeout_ms)
{
    int64_t overdue = timeout_ms ? clock_monotonic_ms() + timeout_ms : 0;
    atomic_store_explicit(&connection->overdue_ms, overdue, memory_order_relaxed);
}

uint32_t connection_hold_deadline(struct connection *connection)
{
    int64_t overdue = atomic_load_explicit(&connection->overdue_ms, memory_order_relaxed);
    if (!overdue || atomic_load(&connection->expired))
        return 0;
    atomic_store_explicit(&connection->overdue_ms, 0, memory_order_relaxed);
    int64_t left = overdue - clock_monotonic_ms();
    return left > 0 ? (uint32_t)left : 1;
}

static bool stop_listening(int fd, const void *context)
{
    const uint16_t *port = context;
    struct sockaddr_in address = {0};
    int listening = 0;
    socklen_t address_size = sizeof address, size = sizeof listening;
    if (getsockname(fd, (struct sockaddr *)&address, &address_size) != 0 ||
        address.sin_family != AF_INET || ntohs(address.sin_port) != *port ||
        getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) != 0 || !listening)
        return false;
    shutdown(fd, SHUT_RDWR);
    return true;
}

void socket_stop_listening(uint16_t port)
{
    descriptors_each(stop_listening, &port);
}

void socket_linger(int fd, uint32_t quiet_ms, uint32_t max_ms)
{
    char buffer[16384];
    const int64_t until = clock_monotonic_ms() + max_ms;
    shutdown(fd, SHUT_WR);
    for (;;) {
        int64_t left = until - clock_monotonic_ms();
        struct pollfd waiting = {.fd = fd, .events = POLLIN};
        if (left <= 0 || poll(&waiting, 1, (int)(left < quiet_ms ? left : quiet_ms)) <= 0 ||
            recv(fd, buffer, sizeof buffer, MSG_DONTWAIT) <= 0)
            return;
    }
}

bool socket_at_end(int fd)
{
    char byte;
    return recv(fd, &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT) == 0;
}

void socket_reset(int fd)
{
    /* Dissolving the association aborts the connection, also in the middle of a body, where
     * SO_LINGER of 0 would still end it in order. */
    const struct sockaddr unspecified = {.sa_family = AF_UNSPEC};
    (void)connect(fd, &unspecified,
                  sizeof unspecified); /* fails only where the connection is gone already */
}

/* poll() tells POLLERR and POLLHUP, a connection that is gone, whatever the events are. */
static bool nothing_happens(int fd, short events, int64_t until_ms)
{
    const struct timespec pause = {.tv_nsec = 10 * 1000000L};
    for (;;) {
        int64_t left = until_ms - clock_monotonic_ms();
        struct pollfd peer = {.fd = fd, .events = events};
        if (left <= 0)
            return true;
        const int ready = poll(&peer, 1, (int)(left < INT_MAX ? left : INT_MAX));
        if (ready > 0)
            return false;
        if (ready < 0)
            nanosleep(&pause, NULL); /* no memory, most likely: asking at once would not help */
    }
}

bool socket_wait(int fd, uint64_t ms)
{
    const int64_t until = clock_monotonic_ms() + (int64_t)ms;
    if (nothing_happens(fd, POLLRDHUP, until))
        return true;
    for (;;) {
        int64_t next = clock_monotonic_ms() + PEER_INTERVAL_MS;
        if (!nothing_happens(fd, 0, next < until ? next : until))
            return false;
        if (peer_is_gone(fd)) /* also after a short wait: slow uploads and answers are many */
            return false;
        if (next >= until)
            return true;
    }
}

bool socket_stall(int fd, uint64_t ms)
{
    return nothing_happens(fd, POLLRDHUP, clock_monotonic_ms() + (int64_t)ms);
}

bool socket_is_gone(int fd)
{
    struct pollfd peer = {.fd = fd, .events = POLLRDHUP};
    if (poll(&peer, 1, 0) <= 0)
        return false;
    return peer.revents != POLLRDHUP || peer_is_gone(fd);
}
