/* The result of the thread is one message on a socket pair: words, and with them the descriptor. */
#include "front/tunnel.h"
#include "base/clock.h"
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct attempt {
    char host[CONNECT_HOST_MAX + 1], port[8];
    int64_t until_ms;
    int report_fd;
};

/* 0, or the reason. */
static int wait_for_connect(int fd, int64_t until_ms)
{
    int reason = 0;
    socklen_t size = sizeof reason;
    const int64_t left = until_ms - clock_monotonic_ms();
    struct pollfd waiting = {.fd = fd, .events = POLLOUT};
    if (left <= 0 || poll(&waiting, 1, (int)left) <= 0)
        return ETIMEDOUT;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &reason, &size) == 0 ? reason : errno;
}

/* The descriptor, or -1 with errno. */
static int connect_to(const struct addrinfo *to, int64_t until_ms)
{
    int fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    int reason = connect(fd, to->ai_addr, to->ai_addrlen) == 0 ? 0 : errno;
    if (reason == EINPROGRESS)
        reason = wait_for_connect(fd, until_ms);
    if (!reason)
        return fd;
    close(fd);
    errno = reason;
    return -1;
}

static int look_up_and_connect(const struct attempt *attempt, char why[TUNNEL_WHY_SIZE])
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int fd = -1;
    const int failed = getaddrinfo(attempt->host, attempt->port, &hints, &found);
    if (failed) {
        snprintf(why, TUNNEL_WHY_SIZE, "its name was not found: %s", gai_strerror(failed));
        return -1;
    }
    for (const struct addrinfo *to = found; to && fd < 0; to = to->ai_next) {
        fd = connect_to(to, attempt->until_ms);
        if (fd < 0)
            snprintf(why, TUNNEL_WHY_SIZE, "it takes no connection: %s", strerror(errno));
    }
    freeaddrinfo(found);
    return fd;
}

union control {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
};

static void report(int report_fd, int fd, char why[TUNNEL_WHY_SIZE])
{
    union control control = {0};
    struct iovec words = {why, TUNNEL_WHY_SIZE};
    struct msghdr message = {.msg_iov = &words, .msg_iovlen = 1};
    if (fd >= 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(header), &fd, sizeof fd);
    }
    (void)!sendmsg(report_fd, &message, MSG_NOSIGNAL);
}

static void *run(void *context)
{
    struct attempt *attempt = context;
    char why[TUNNEL_WHY_SIZE] = "";
    const int fd = look_up_and_connect(attempt, why);
    report(attempt->report_fd, fd, why);
    if (fd >= 0)
        close(fd);
    close(attempt->report_fd);
    free(attempt);
    return NULL;
}

/* As its parent, a thread of the front, it takes no signals. */
static bool start_thread(struct attempt *attempt)
{
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    const bool started = pthread_create(&thread, &attributes, run, attempt) == 0;
    pthread_attr_destroy(&attributes);
    return started;
}

int tunnel_begin(const struct connect_head *head, uint32_t timeout_ms)
{
    int pair[2];
    struct attempt *attempt = calloc(1, sizeof *attempt);
    if (!attempt)
        return -1;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) != 0) {
        free(attempt);
        return -1;
    }
    *attempt =
        (struct attempt){.until_ms = clock_monotonic_ms() + timeout_ms, .report_fd = pair[1]};
    snprintf(attempt->host, sizeof attempt->host, "%s", head->host);
    snprintf(attempt->port, sizeof attempt->port, "%u", (unsigned)head->port);
    if (start_thread(attempt))
        return pair[0];
    close(pair[0]);
    close(pair[1]);
    free(attempt);
    return -1;
}

int tunnel_end(int fd, char why[TUNNEL_WHY_SIZE])
{
    int connected = -1;
    union control control = {0};
    struct iovec words = {why, TUNNEL_WHY_SIZE};
    struct msghdr message = {.msg_iov = &words,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    memset(why, 0, TUNNEL_WHY_SIZE);
    if (recvmsg(fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) <= 0)
        return -1;
    const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header && header->cmsg_type == SCM_RIGHTS)
        memcpy(&connected, CMSG_DATA(header), sizeof connected);
    return connected;
}
