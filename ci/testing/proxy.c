/* A thread for each direction of a tunnel: each reads and writes, so none waits for the other. */
#include "testing/proxy.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define HEAD_BYTES_MAX 4096
#define PATIENCE_S 30 /* of a read or write; no test lets a tunnel rest so long */

/* A connection, and the tunnel that it became. */
struct tunnel {
    struct proxy_private *proxy;
    int client, server; /* server -1: not connected */
    struct tunnel *next, *prev;
};

struct proxy_private {
    pthread_mutex_t lock;
    pthread_cond_t ended;
    pthread_t thread;
    const char *refusal;
    int listener;
    bool stopping;
    struct tunnel *first;
    struct proxy *shown;
};

/* Sockets */

static bool send_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t done = send(fd, bytes, size, MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        bytes += done;
        size -= (size_t)done;
    }
    return true;
}

static void set_up_socket(int fd)
{
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

/* The other side is to see a reset too. */
static void end_by_reset(int fd)
{
    const struct linger at_once = {.l_onoff = 1};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    shutdown(fd, SHUT_RD); /* wakes the thread that reads it */
}

static void carry(int from, int to)
{
    char bytes[65536];
    for (;;) {
        ssize_t got = recv(from, bytes, sizeof bytes, 0);
        if (got > 0 && send_all(to, bytes, (size_t)got))
            continue;
        if (got == 0)
            shutdown(to, SHUT_WR);
        else
            end_by_reset(got > 0 ? from : to);
        return;
    }
}

static int connect_to(const char *host, const char *port)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    if (getaddrinfo(host, port, &hints, &found) != 0)
        return -1;
    int fd = -1;
    for (const struct addrinfo *a = found; a && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(found);
    return fd;
}

/* Requests */

/* To the empty line, and no byte more. */
static bool read_head(char head[HEAD_BYTES_MAX], int fd)
{
    size_t size = 0;
    while (size < HEAD_BYTES_MAX - 1 && recv(fd, head + size, 1, 0) == 1) {
        head[++size] = '\0';
        if (size >= 4 && memcmp(head + size - 4, "\r\n\r\n", 4) == 0)
            return true;
    }
    return false;
}

/* "CONNECT HOST:PORT HTTP/1.1"; HOST may stand in brackets. */
static int connect_as_asked(const char *head)
{
    char authority[300] = "", version[16] = "";
    if (sscanf(head, "CONNECT %299s HTTP/%15s", authority, version) != 2)
        return -1;
    char *colon = strrchr(authority, ':'), *host = authority;
    if (!colon)
        return -1;
    *colon = '\0';
    if (host[0] == '[' && colon[-1] == ']') {
        colon[-1] = '\0';
        host++;
    }
    return connect_to(host, colon + 1);
}

static void note(struct tunnel *tunnel, const char *head, bool opened)
{
    struct proxy *shown = tunnel->proxy->shown;
    pthread_mutex_lock(&tunnel->proxy->lock);
    snprintf(shown->asked, sizeof shown->asked, "%.*s", (int)strcspn(head, "\r\n"), head);
    shown->tunnels += opened;
    pthread_mutex_unlock(&tunnel->proxy->lock);
}

static void *carry_back(void *context)
{
    const struct tunnel *tunnel = context;
    carry(tunnel->server, tunnel->client);
    return NULL;
}

static void carry_both_ways(struct tunnel *tunnel)
{
    static const char opened[] = "HTTP/1.1 200 Connection established\r\n\r\n";
    pthread_t back;
    set_up_socket(tunnel->server);
    if (!send_all(tunnel->client, opened, sizeof opened - 1) ||
        pthread_create(&back, NULL, carry_back, tunnel) != 0)
        return;
    carry(tunnel->client, tunnel->server);
    pthread_join(back, NULL);
}

static void answer(struct tunnel *tunnel, const char *head)
{
    static const char failed[] = "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain\r\n"
                                 "Content-Length: 29\r\n\r\nthe host cannot be connected\n";
    const char *refusal = tunnel->proxy->refusal;
    int server = refusal ? -1 : connect_as_asked(head);
    pthread_mutex_lock(&tunnel->proxy->lock);
    tunnel->server = server;
    if (server >= 0 && tunnel->proxy->stopping)
        shutdown(server, SHUT_RDWR);
    pthread_mutex_unlock(&tunnel->proxy->lock);
    note(tunnel, head, server >= 0);
    if (server >= 0)
        carry_both_ways(tunnel);
    else if (refusal)
        send_all(tunnel->client, refusal, strlen(refusal));
    else
        send_all(tunnel->client, failed, sizeof failed - 1);
}

/* Connections */

static void leave(struct tunnel *tunnel)
{
    struct proxy_private *own = tunnel->proxy;
    pthread_mutex_lock(&own->lock);
    if (tunnel->prev)
        tunnel->prev->next = tunnel->next;
    else
        own->first = tunnel->next;
    if (tunnel->next)
        tunnel->next->prev = tunnel->prev;
    close(tunnel->client);
    if (tunnel->server >= 0)
        close(tunnel->server);
    pthread_cond_signal(&own->ended);
    pthread_mutex_unlock(&own->lock);
    free(tunnel);
}

static void *serve(void *context)
{
    struct tunnel *tunnel = context;
    char head[HEAD_BYTES_MAX] = "";
    set_up_socket(tunnel->client);
    if (read_head(head, tunnel->client))
        answer(tunnel, head);
    leave(tunnel);
    return NULL;
}

/* False when the proxy stops. */
static bool join(struct tunnel *tunnel)
{
    struct proxy_private *own = tunnel->proxy;
    pthread_mutex_lock(&own->lock);
    bool stopping = own->stopping;
    own->shown->connections += !stopping;
    tunnel->next = own->first;
    if (tunnel->next)
        tunnel->next->prev = tunnel;
    own->first = tunnel;
    pthread_mutex_unlock(&own->lock);
    return !stopping;
}

static void *accept_all(void *context)
{
    struct proxy_private *own = context;
    int client;
    while ((client = accept4(own->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        pthread_t thread;
        struct tunnel *tunnel = calloc(1, sizeof *tunnel);
        if (!tunnel) {
            close(client);
            continue;
        }
        *tunnel = (struct tunnel){.proxy = own, .client = client, .server = -1};
        if (!join(tunnel) || pthread_create(&thread, NULL, serve, tunnel) != 0)
            leave(tunnel);
        else
            pthread_detach(thread);
    }
    return NULL;
}

static int listen_anywhere(char url[64])
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&address, size) == 0 && listen(fd, 128) == 0 &&
        getsockname(fd, (struct sockaddr *)&address, &size) == 0) {
        snprintf(url, 64, "http://127.0.0.1:%u", (unsigned)ntohs(address.sin_port));
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

struct proxy *proxy_start(const char *refusal)
{
    struct proxy *proxy = calloc(1, sizeof *proxy);
    struct proxy_private *own = calloc(1, sizeof *own);
    if (!proxy || !own || (own->listener = listen_anywhere(proxy->url)) < 0) {
        free(proxy);
        free(own);
        return NULL;
    }
    proxy->own = own;
    own->shown = proxy;
    own->refusal = refusal;
    pthread_mutex_init(&own->lock, NULL);
    pthread_cond_init(&own->ended, NULL);
    if (pthread_create(&own->thread, NULL, accept_all, own) != 0) {
        close(own->listener);
        free(own);
        free(proxy);
        return NULL;
    }
    return proxy;
}

void proxy_stop(struct proxy *proxy)
{
    struct proxy_private *own = proxy->own;
    pthread_mutex_lock(&own->lock);
    own->stopping = true;
    shutdown(own->listener, SHUT_RDWR);
    for (const struct tunnel *t = own->first; t; t = t->next) {
        shutdown(t->client, SHUT_RDWR);
        if (t->server >= 0)
            shutdown(t->server, SHUT_RDWR);
    }
    pthread_mutex_unlock(&own->lock);
    pthread_join(own->thread, NULL);
    pthread_mutex_lock(&own->lock);
    while (own->first)
        pthread_cond_wait(&own->ended, &own->lock);
    pthread_mutex_unlock(&own->lock);
    close(own->listener);
    pthread_cond_destroy(&own->ended);
    pthread_mutex_destroy(&own->lock);
    free(own);
    proxy->own = NULL;
}

void proxy_free(struct proxy *proxy)
{
    free(proxy);
}
