#include "front/front.h"
#include "base/clock.h"
#include "front/front_internal.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static unsigned default_loops(void)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors < 1                 ? 1
           : processors < FRONT_LOOPS_MAX ? (unsigned)processors
                                          : FRONT_LOOPS_MAX;
}

static void take_options(struct front *front, const struct front_options *options)
{
    struct front_options *mine = &front->options;
    *mine = *options;
    mine->addresses = NULL;
    if (!mine->handshakes_max)
        mine->handshakes_max = FRONT_HANDSHAKES_DEFAULT;
    if (!mine->handshake_timeout_ms)
        mine->handshake_timeout_ms = FRONT_HANDSHAKE_TIMEOUT_MS_DEFAULT;
}

static enum ailab_mock_error fail(struct front *front, enum ailab_mock_error error,
                                  const char *words, char why[AILAB_MOCK_ERROR_SIZE])
{
    if (words)
        snprintf(why, AILAB_MOCK_ERROR_SIZE, "%s", words);
    front_stop(front, 0);
    return error;
}

static bool start_loops(struct front *front)
{
    for (unsigned i = 0; i < front->loop_count; i++)
        front->loops[i].epoll_fd = front->loops[i].wake_fd = -1;
    for (unsigned i = 0; i < front->loop_count; i++)
        if (!loop_start(&front->loops[i], front, i == 0))
            return false;
    return true;
}

enum ailab_mock_error front_start(struct front **out, const struct front_options *options,
                                  char why[AILAB_MOCK_ERROR_SIZE])
{
    struct front *front = calloc(1, sizeof *front);
    *out = NULL;
    if (!front) {
        snprintf(why, AILAB_MOCK_ERROR_SIZE, "out of memory");
        return AILAB_MOCK_NO_MEMORY;
    }
    take_options(front, options);
    enum ailab_mock_error error =
        doors_open(&front->doors, options->addresses, options->address_count, why);
    if (error) {
        free(front);
        return error;
    }
    links_init(&front->links);
    pthread_mutex_init(&front->lock, NULL);
    clock_condition_init(&front->empty);
    if (options->authority) {
        front->tls = tls_settings_new(options->authority, options->next_fault, options->context);
        if (!front->tls)
            return fail(front, AILAB_MOCK_NO_MEMORY, "out of memory", why);
    }
    front->loop_count = options->authority ? default_loops() : 1; /* plain HTTP is soon passed on */
    if (!start_loops(front))
        return fail(front, AILAB_MOCK_SYSTEM,
                    "the system refused a thread or descriptor of the front; see 'ulimit -u' and "
                    "'ulimit -n', or the pids limit of the container",
                    why);
    *out = front;
    return AILAB_MOCK_OK;
}

bool front_open(struct front *front, uint16_t server_port)
{
    links_set_server(&front->links, server_port);
    return doors_watch(&front->doors, front->loops[0].epoll_fd, &front->doors);
}

static void wake_all(struct front *front)
{
    for (unsigned i = 0; i < front->loop_count; i++)
        if (front->loops[i].started)
            loop_wake(&front->loops[i]);
}

void front_close(struct front *front)
{
    atomic_store(&front->closing, true);
    doors_close(&front->doors);
    wake_all(front);
}

static void wait_until_empty(struct front *front, uint32_t drain_ms)
{
    const struct timespec until = clock_in_ms(drain_ms);
    pthread_mutex_lock(&front->lock);
    while (atomic_load(&front->guests) &&
           pthread_cond_timedwait(&front->empty, &front->lock, &until) == 0)
        ;
    pthread_mutex_unlock(&front->lock);
}

void front_stop(struct front *front, uint32_t drain_ms)
{
    if (!front)
        return;
    front_close(front);
    wait_until_empty(front, drain_ms);
    atomic_store(&front->stopping, true);
    for (unsigned i = 0; i < front->loop_count; i++)
        loop_join(&front->loops[i]);
    tls_settings_free(front->tls);
    links_clear(&front->links);
    doors_free(&front->doors);
    pthread_cond_destroy(&front->empty);
    pthread_mutex_destroy(&front->lock);
    free(front);
}

void front_refuse(struct front *front, uint64_t ms)
{
    doors_refuse(&front->doors, clock_monotonic_ms() + (int64_t)ms);
    loop_wake(&front->loops[0]);
}

void front_count_out(struct front *front)
{
    atomic_fetch_sub(&front->connections, 1);
}

void front_tell(const struct front *front, const struct front_event *event)
{
    if (front->options.on_event)
        front->options.on_event(front->options.context, event);
}

/* Where it is */

static const struct front_address *first_with_port(const struct front *front)
{
    for (size_t i = 0; i < front->doors.count; i++)
        if (front->doors.all[i].address.socket.any.sa_family != AF_UNIX)
            return &front->doors.all[i].address;
    return NULL;
}

uint16_t front_port(const struct front *front)
{
    const struct front_address *address = first_with_port(front);
    return address ? front_address_port(address) : 0;
}

/* "All addresses" is none that one can connect to. */
static struct front_address reachable(struct front_address address)
{
    if (address.socket.any.sa_family == AF_INET && address.socket.in.sin_addr.s_addr == INADDR_ANY)
        address.socket.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (address.socket.any.sa_family == AF_INET6 &&
        IN6_IS_ADDR_UNSPECIFIED(&address.socket.in6.sin6_addr))
        address.socket.in6.sin6_addr = in6addr_loopback;
    return address;
}

void front_url(const struct front *front, bool tls, char *out, size_t size)
{
    char text[64];
    const struct front_address *first = first_with_port(front);
    if (!first) {
        if (front->doors.count)
            front_address_print(&front->doors.all[0].address, out, size);
        return;
    }
    const struct front_address address = reachable(*first);
    front_address_print(&address, text, sizeof text);
    snprintf(out, size, "%s://%s", tls ? "https" : "http", text);
}

/* Links */

void front_exchange(struct front *front)
{
    links_exchange(&front->links);
}

struct front_link *front_link_claim(struct front *front, const char *ticket_address, uint16_t port)
{
    struct front_link *link = links_claim(&front->links, ticket_address, port);
    if (!link || front_link_fd(link) >= 0)
        return link;
    links_give_up(&front->links, link);
    front_link_release(front, link);
    return NULL;
}

const struct front_peer *front_link_peer(const struct front_link *link)
{
    return &link->peer;
}

int front_link_fd(const struct front_link *link)
{
    return atomic_load(&link->fd);
}

const struct head_trouble *front_link_trouble(const struct front_link *link)
{
    return &link->trouble;
}

bool front_link_end(struct front_link *link, enum front_end end)
{
    if (link->relayed)
        atomic_store(&link->end, end);
    return link->relayed;
}

void front_link_release(struct front *front, struct front_link *link)
{
    if (!link)
        return;
    if (!link->relayed)
        front_count_out(front); /* where it is relayed, the guest still counts */
    links_server_leaves(&front->links, link);
}

void front_shut_links(struct front *front)
{
    links_shut(&front->links);
}
