/* One thread, one connection at a time, a pipe that ends every wait. */
#include "cli_server.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define REQUEST_BYTES_MAX ((size_t)16 * 1024 * 1024)
#define WAIT_S 10

struct cli_server {
    const struct cli_reply *replies;
    size_t reply_count;
    int listener;
    int stop[2];
    char url[64];
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t changed;
    size_t requests;
    char *request;
    size_t request_size;
};

/* False when the server is told to stop. */
static bool wait_for(const struct cli_server *server, int fd, short events)
{
    struct pollfd fds[] = {{.fd = fd, .events = events}, {.fd = server->stop[0], .events = POLLIN}};
    while (poll(fds, 2, -1) < 0 && errno == EINTR)
        continue;
    return fds[1].revents == 0;
}

static bool send_all(const struct cli_server *server, int fd, const char *data, size_t size)
{
    while (size > 0) {
        if (!wait_for(server, fd, POLLOUT))
            return false;
        ssize_t put = send(fd, data, size, MSG_NOSIGNAL);
        if (put <= 0)
            return false;
        data += put;
        size -= (size_t)put;
    }
    return true;
}

/* Bytes of the whole request once its header is there, 0 before. */
static size_t request_length(const char *data, size_t size, size_t *header_out)
{
    const char *end = memmem(data, size, "\r\n\r\n", 4);
    if (!end)
        return 0;
    *header_out = (size_t)(end - data) + 4;
    const char *field = strcasestr(data, "\r\ncontent-length:");
    size_t body = field && field < end ? strtoul(field + 17, NULL, 10) : 0;
    return *header_out + body;
}

/* The request, NUL-terminated and the caller's; NULL when it never came. */
static char *read_request(const struct cli_server *server, int fd, size_t *size_out)
{
    size_t size = 0, capacity = 65536, header = 0;
    bool continued = false;
    char *data = malloc(capacity + 1);
    while (data && wait_for(server, fd, POLLIN)) {
        if (size == capacity) {
            char *more = capacity < REQUEST_BYTES_MAX ? realloc(data, capacity * 2 + 1) : NULL;
            if (!more)
                break;
            data = more;
            capacity *= 2;
        }
        ssize_t got = recv(fd, data + size, capacity - size, 0);
        if (got <= 0)
            break;
        size += (size_t)got;
        data[size] = '\0';
        size_t whole = request_length(data, size, &header);
        if (whole > 0 && size >= whole) {
            *size_out = size;
            return data;
        }
        if (whole > 0 && !continued && strcasestr(data, "\r\nexpect: 100-continue"))
            continued = send_all(server, fd, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    }
    free(data);
    return NULL;
}

static void serve(struct cli_server *server, int fd)
{
    size_t size = 0;
    char *request = read_request(server, fd, &size);
    if (!request)
        return;
    pthread_mutex_lock(&server->lock);
    size_t number = server->requests++;
    free(server->request);
    server->request = request;
    server->request_size = size;
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->lock);
    const struct cli_reply *reply =
        &server->replies[number < server->reply_count ? number : server->reply_count - 1];
    if (reply->bytes)
        (void)send_all(server, fd, reply->bytes, reply->size);
    else
        (void)wait_for(server, fd, 0);
}

static void *run(void *context)
{
    struct cli_server *server = context;
    while (wait_for(server, server->listener, POLLIN)) {
        int fd = accept(server->listener, NULL, NULL);
        if (fd < 0)
            continue;
        serve(server, fd);
        shutdown(fd, SHUT_WR);
        close(fd);
    }
    return NULL;
}

static bool listen_anywhere(struct cli_server *server)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof(address);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server->listener < 0 ||
        bind(server->listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(server->listener, 16) != 0 ||
        getsockname(server->listener, (struct sockaddr *)&address, &length) != 0)
        return false;
    snprintf(server->url, sizeof(server->url), "http://127.0.0.1:%u", ntohs(address.sin_port));
    return true;
}

struct cli_server *cli_server_start(const struct cli_reply *replies, size_t count)
{
    struct cli_server *server = calloc(1, sizeof(*server));
    if (!server)
        return NULL;
    server->replies = replies;
    server->reply_count = count;
    server->listener = -1;
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->changed, NULL);
    if (pipe2(server->stop, O_CLOEXEC) == 0) {
        if (listen_anywhere(server) && pthread_create(&server->thread, NULL, run, server) == 0)
            return server;
        close(server->stop[0]);
        close(server->stop[1]);
    }
    if (server->listener >= 0)
        close(server->listener);
    free(server);
    return NULL;
}

void cli_server_stop(struct cli_server *server)
{
    if (!server)
        return;
    while (write(server->stop[1], "x", 1) < 0 && errno == EINTR)
        continue;
    pthread_join(server->thread, NULL);
    close(server->listener);
    close(server->stop[0]);
    close(server->stop[1]);
    pthread_mutex_destroy(&server->lock);
    pthread_cond_destroy(&server->changed);
    free(server->request);
    free(server);
}

const char *cli_server_url(const struct cli_server *server)
{
    return server->url;
}

bool cli_server_wait(struct cli_server *server, size_t requests)
{
    struct timespec deadline;
    int error = 0;
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += WAIT_S;
    pthread_mutex_lock(&server->lock);
    while (server->requests < requests && error == 0)
        error = pthread_cond_timedwait(&server->changed, &server->lock, &deadline);
    bool enough = server->requests >= requests;
    pthread_mutex_unlock(&server->lock);
    return enough;
}

size_t cli_server_requests(struct cli_server *server)
{
    pthread_mutex_lock(&server->lock);
    size_t requests = server->requests;
    pthread_mutex_unlock(&server->lock);
    return requests;
}

bool cli_server_saw(struct cli_server *server, const char *text)
{
    pthread_mutex_lock(&server->lock);
    bool saw = server->request &&
               memmem(server->request, server->request_size, text, strlen(text)) != NULL;
    pthread_mutex_unlock(&server->lock);
    return saw;
}
