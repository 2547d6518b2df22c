/* See canned.h. One thread, one connection after the other; it reads until the client pauses, so
 * that the answer is not lost to a reset. */
#include "canned.h"
#include "base/buf.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void swallow(int fd)
{
    char buffer[65536];
    struct pollfd readable = {fd, POLLIN, 0};
    while (poll(&readable, 1, 20) > 0 && read(fd, buffer, sizeof buffer) > 0)
        continue;
}

/* Whether everything has come that the head announces. */
static bool is_whole(const struct buf *request)
{
    const char *end = strstr(buf_str(request), "\r\n\r\n");
    const char *length = strstr(buf_str(request), "Content-Length: ");
    size_t body = length && end && length < end ? strtoul(length + 16, NULL, 10) : 0;
    return end && request->len >= (size_t)(end - buf_str(request)) + 4 + body;
}

static void answer_chosen(struct canned *canned, int fd)
{
    struct buf request = {0};
    struct pollfd readable = {fd, POLLIN, 0};
    while (!is_whole(&request) && poll(&readable, 1, 10000) > 0) {
        char *room = buf_room(&request, 65536);
        ssize_t got = room ? read(fd, room, 65536) : -1;
        if (got <= 0)
            break;
        request.len += (size_t)got;
        request.ptr[request.len] = '\0';
    }
    if (is_whole(&request)) {
        const char *text = canned->choose(canned->context, request.ptr, request.len);
        if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0)
            perror("send");
    }
    buf_clear(&request);
}

static void *serve(void *argument)
{
    struct canned *canned = argument;
    for (;;) {
        struct pollfd fds[2] = {{canned->listener, POLLIN, 0}, {canned->stop[0], POLLIN, 0}};
        if (poll(fds, 2, -1) < 0 || fds[1].revents)
            return NULL;
        int fd = accept(canned->listener, NULL, NULL);
        if (fd < 0)
            continue;
        if (canned->choose) {
            answer_chosen(canned, fd);
        } else if (canned->answer) {
            swallow(fd);
            if (send(fd, canned->answer, canned->answer_len, MSG_NOSIGNAL) < 0)
                perror("send");
            shutdown(fd, SHUT_WR);
            swallow(fd);
        }
        close(fd);
    }
}

static bool start(struct canned *out)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    out->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (out->listener < 0 || pipe(out->stop) != 0 ||
        bind(out->listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(out->listener, 64) != 0 ||
        getsockname(out->listener, (struct sockaddr *)&address, &size) != 0)
        return false;
    snprintf(out->url, sizeof out->url, "http://127.0.0.1:%u", ntohs(address.sin_port));
    return pthread_create(&out->thread, NULL, serve, out) == 0;
}

bool canned_start(struct canned *out, const char *answer)
{
    *out = (struct canned){.answer = answer, .answer_len = answer ? strlen(answer) : 0};
    return start(out);
}

bool canned_start_choosing(struct canned *out,
                           const char *(*choose)(void *context, const char *request, size_t len),
                           void *context)
{
    *out = (struct canned){.choose = choose, .context = context};
    return start(out);
}

void canned_stop(struct canned *canned)
{
    if (write(canned->stop[1], "x", 1) == 1)
        pthread_join(canned->thread, NULL);
    close(canned->stop[0]);
    close(canned->stop[1]);
    close(canned->listener);
}
