#include "front/links.h"
#include "front/descriptors.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ID_MASK 0x00ffffffu
#define ID_MIN 0x00010000u /* 127.0.x.y belongs to people */

void links_init(struct links *links)
{
    memset(links, 0, sizeof *links);
    pthread_mutex_init(&links->lock, NULL);
    /* Two mocks on one machine seldom have the same addresses, and may. */
    (void)!getrandom(&links->next_id, sizeof links->next_id, 0);
}

void links_set_server(struct links *links, uint16_t port)
{
    pthread_mutex_lock(&links->lock);
    links->server_port = port;
    pthread_mutex_unlock(&links->lock);
}

static void close_if_open(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void link_free(struct front_link *link)
{
    if (!link)
        return;
    close_if_open(&link->ticket_fd);
    close_if_open(&link->given_fd);
    free(link->trouble_text);
    free(link);
}

void links_clear(struct links *links)
{
    for (size_t i = 0; i < LINKS_BUCKETS; i++)
        while (links->buckets[i]) {
            struct front_link *link = links->buckets[i];
            links->buckets[i] = link->next;
            link_free(link);
        }
    pthread_mutex_destroy(&links->lock);
}

static struct front_link **bucket_of(struct links *links, uint32_t id)
{
    return &links->buckets[id % LINKS_BUCKETS];
}

static struct front_link *find(struct links *links, uint32_t id)
{
    struct front_link *link = *bucket_of(links, id);
    while (link && link->id != id)
        link = link->next;
    return link;
}

static struct slice keep(char **at, struct slice text)
{
    struct slice kept = slice_make(*at, text.len);
    if (text.len)
        memcpy(*at, text.ptr, text.len);
    *at += text.len;
    return kept;
}

/* Without memory the trouble is not known. */
static void keep_trouble(struct front_link *link, const struct head_trouble *trouble)
{
    if (!trouble || trouble->kind == HEAD_TROUBLE_NONE)
        return;
    size_t size = trouble->method.len + trouble->path.len + trouble->header.len;
    char *at = link->trouble_text = malloc(size + 1);
    if (!at)
        return;
    link->trouble = *trouble;
    link->trouble.method = keep(&at, trouble->method);
    link->trouble.path = keep(&at, trouble->path);
    link->trouble.header = keep(&at, trouble->header);
}

static struct front_link *link_new(int given_fd, bool relayed, const struct front_peer *peer,
                                   const struct head_trouble *trouble)
{
    struct front_link *link = calloc(1, sizeof *link);
    if (!link)
        return NULL;
    link->peer = *peer;
    link->ticket_fd = -1;
    link->given_fd = given_fd;
    link->relayed = relayed;
    atomic_init(&link->fd, -1);
    atomic_init(&link->end, FRONT_END_NORMAL);
    atomic_init(&link->holders, relayed ? 2 : 1);
    keep_trouble(link, trouble);
    return link;
}

/* The address is the link's id. */
static bool bind_ticket(struct links *links, struct front_link *link)
{
    do
        link->id = links->next_id++ & ID_MASK;
    while (link->id < ID_MIN || find(links, link->id));
    const struct sockaddr_in from = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(((uint32_t)IN_LOOPBACKNET << 24) | link->id),
    };
    struct sockaddr_in bound = {0};
    socklen_t size = sizeof bound;
    if (bind(link->ticket_fd, (const struct sockaddr *)&from, sizeof from) != 0 ||
        getsockname(link->ticket_fd, (struct sockaddr *)&bound, &size) != 0)
        return false;
    link->port = ntohs(bound.sin_port);
    return true;
}

/* Not blocking: where the server's backlog is full, the system goes on trying. */
static bool connect_ticket(const struct links *links, const struct front_link *link)
{
    const struct sockaddr_in to = {
        .sin_family = AF_INET,
        .sin_port = htons(links->server_port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    return connect(link->ticket_fd, (const struct sockaddr *)&to, sizeof to) == 0 ||
           errno == EINPROGRESS || errno == EINTR;
}

static void note_descriptor(struct links *links, int fd)
{
    if (fd > links->highest_fd)
        links->highest_fd = fd;
}

static void insert(struct links *links, struct front_link *link)
{
    struct front_link **bucket = bucket_of(links, link->id);
    link->next = *bucket;
    *bucket = link;
    links->pending++;
    note_descriptor(links, link->given_fd);
    note_descriptor(links, link->ticket_fd);
}

static void take_out(struct links *links, const struct front_link *link)
{
    struct front_link **at = bucket_of(links, link->id);
    while (*at && *at != link)
        at = &(*at)->next;
    if (*at)
        *at = link->next;
}

struct front_link *links_add(struct links *links, int given_fd, bool relayed,
                             const struct front_peer *peer, const struct head_trouble *trouble)
{
    struct front_link *link = link_new(given_fd, relayed, peer, trouble);
    if (!link)
        return NULL;
    link->ticket_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    pthread_mutex_lock(&links->lock);
    bool sent = link->ticket_fd >= 0 && bind_ticket(links, link);
    if (sent) {
        insert(links, link); /* before the server can accept it */
        sent = connect_ticket(links, link);
        if (!sent) {
            take_out(links, link);
            links->pending--;
        }
    }
    pthread_mutex_unlock(&links->lock);
    if (sent)
        return link;
    link->given_fd = -1;
    link_free(link);
    return NULL;
}

/* A reset leaves no port in TIME_WAIT. */
static void drop_ticket(struct front_link *link)
{
    const struct linger at_once = {.l_onoff = 1};
    setsockopt(link->ticket_fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close_if_open(&link->ticket_fd);
}

static bool is_accepted_by_server(int fd, uint16_t server_port, struct sockaddr_in *peer)
{
    struct sockaddr_in local = {0};
    socklen_t local_size = sizeof local, peer_size = sizeof *peer;
    return getsockname(fd, (struct sockaddr *)&local, &local_size) == 0 &&
           local.sin_family == AF_INET && ntohs(local.sin_port) == server_port &&
           local.sin_addr.s_addr == htonl(INADDR_LOOPBACK) &&
           getpeername(fd, (struct sockaddr *)peer, &peer_size) == 0;
}

/* Puts one socket in the place of the other. civetweb's accepting thread may still be setting
 * options on the descriptor, which either socket takes. A system call of our own: a thread
 * sanitizer knows dup3() and takes it for a race with accept(). */
static bool put_in_place(int socket, int fd)
{
    return syscall(SYS_dup3, socket, fd, O_CLOEXEC) >= 0;
}

/* Stops the search when no ticket is left. */
static bool exchange(int fd, const void *context)
{
    struct links *links = *(struct links *const *)context;
    struct sockaddr_in peer = {0};
    if (!is_accepted_by_server(fd, links->server_port, &peer))
        return false;
    struct front_link *link = find(links, ntohl(peer.sin_addr.s_addr) & ID_MASK);
    if (!link || link->given_fd < 0 || link->port != ntohs(peer.sin_port))
        return false; /* another program has found the port */
    drop_ticket(link);
    if (put_in_place(link->given_fd, fd))
        atomic_store(&link->fd, fd);
    if (links->shut)
        shutdown(fd, SHUT_RDWR);
    close_if_open(&link->given_fd);
    note_descriptor(links, fd);
    links->pending--;
    return links->pending == 0;
}

/* Systems give the lowest number that is free, so it is nearly always one of these. */
static bool try_low_numbers(struct links *links)
{
    for (int fd = 0; fd <= links->highest_fd + 1; fd++)
        if (exchange(fd, &links))
            return true;
    return false;
}

void links_exchange(struct links *links)
{
    pthread_mutex_lock(&links->lock);
    if (links->pending && !try_low_numbers(links))
        descriptors_each(exchange, &links);
    pthread_mutex_unlock(&links->lock);
}

struct front_link *links_claim(struct links *links, const char *ticket_address, uint16_t port)
{
    struct in_addr address;
    if (inet_pton(AF_INET, ticket_address, &address) != 1)
        return NULL;
    pthread_mutex_lock(&links->lock);
    struct front_link *link = find(links, ntohl(address.s_addr) & ID_MASK);
    if (link && (link->port != port || link->claimed))
        link = NULL;
    if (link)
        link->claimed = true;
    pthread_mutex_unlock(&links->lock);
    return link;
}

void links_give_up(struct links *links, struct front_link *link)
{
    pthread_mutex_lock(&links->lock);
    close_if_open(&link->ticket_fd);
    if (link->given_fd >= 0)
        links->pending--;
    close_if_open(&link->given_fd);
    pthread_mutex_unlock(&links->lock);
}

void links_server_leaves(struct links *links, struct front_link *link)
{
    if (!link)
        return;
    pthread_mutex_lock(&links->lock);
    atomic_store(&link->fd, -1);
    pthread_mutex_unlock(&links->lock);
    links_release(links, link);
}

void links_release(struct links *links, struct front_link *link)
{
    if (!link || atomic_fetch_sub(&link->holders, 1) != 1)
        return;
    pthread_mutex_lock(&links->lock);
    take_out(links, link);
    if (link->given_fd >= 0)
        links->pending--;
    pthread_mutex_unlock(&links->lock);
    link_free(link);
}

void links_shut(struct links *links)
{
    pthread_mutex_lock(&links->lock);
    links->shut = true;
    for (size_t i = 0; i < LINKS_BUCKETS; i++)
        for (const struct front_link *link = links->buckets[i]; link; link = link->next)
            if (atomic_load(&link->fd) >= 0)
                shutdown(atomic_load(&link->fd), SHUT_RDWR);
    pthread_mutex_unlock(&links->lock);
}
