/* Blocking sockets with a receive time-out; no HTTP client, so that what is sent is what a test
 * says, byte by byte. */
#include "mock_sockets.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

int64_t mock_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int mock_connect(uint16_t port)
{
    const struct timeval wait = {.tv_sec = MOCK_WAIT_MS / 1000};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

void mock_send(int fd, struct slice bytes)
{
    while (bytes.len) {
        ssize_t sent = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (sent <= 0)
            return; /* the answer tells why */
        bytes = slice_make(bytes.ptr + sent, bytes.len - (size_t)sent);
    }
}

struct mock_text mock_call_bytes(const struct mock_call *call)
{
    char length_text[24];
    struct request_head head;
    struct mock_text bytes = {0}, body = mock_call_body(call);
    mock_call_head(&head, call, body.len, length_text);
    mock_text_print(&bytes, "%s %s HTTP/%s\r\n", call->method, call->path, call->version);
    for (size_t i = 0; i < head.header_count; i++)
        mock_text_print(&bytes, "%.*s: %.*s\r\n", (int)head.headers[i].name.len,
                        head.headers[i].name.ptr, (int)head.headers[i].value.len,
                        head.headers[i].value.ptr);
    mock_text_print(&bytes, "\r\n");
    if (!call->not_announced)
        mock_text_add(&bytes, mock_text_slice(&body));
    mock_text_clear(&body);
    return bytes;
}

/* Reads some more; false at the end, at a reset and when time is up. */
static bool read_some(int fd, struct mock_text *text)
{
    char buffer[65536];
    ssize_t got = recv(fd, buffer, sizeof buffer, 0);
    if (got <= 0)
        return false;
    mock_text_add(text, slice_make(buffer, (size_t)got));
    return true;
}

struct mock_reply mock_read_reply(int fd)
{
    struct mock_reply reply = {0};
    const char *end = NULL;
    while (!end) {
        if (!read_some(fd, &reply.bytes))
            return reply;
        end = strstr(reply.bytes.ptr, "\r\n\r\n");
    }
    size_t head_len = (size_t)(end + 4 - reply.bytes.ptr);
    const char *line = strstr(reply.bytes.ptr, "\r\nContent-Length: ");
    size_t length = line && line < end ? strtoul(line + 18, NULL, 10) : 0;
    while (reply.bytes.len < head_len + length)
        if (!read_some(fd, &reply.bytes))
            return reply; /* status 0: not whole */
    if (sscanf(reply.bytes.ptr, "HTTP/1.1 %d", &reply.status) != 1)
        fail_msg("no status line: %.200s", reply.bytes.ptr);
    reply.body = slice_make(reply.bytes.ptr + head_len, length);
    return reply;
}

void mock_reply_clear(struct mock_reply *reply)
{
    mock_text_clear(&reply->bytes);
}

struct mock_reply mock_exchange_with(uint16_t port, const struct mock_call *call)
{
    int fd = mock_connect(port);
    assert_true(fd >= 0);
    struct mock_text bytes = mock_call_bytes(call);
    mock_send(fd, mock_text_slice(&bytes));
    mock_text_clear(&bytes);
    struct mock_reply reply = mock_read_reply(fd);
    close(fd);
    return reply;
}

bool mock_is_closed(int fd)
{
    char byte;
    const ssize_t got = recv(fd, &byte, 1, 0);
    return got == 0 || (got < 0 && errno != EAGAIN);
}

void mock_need_a_kernel_that_tells(void)
{
    int netlink = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (netlink < 0) {
        print_message("skipped: this machine does not tell about sockets: %s\n", strerror(errno));
        skip();
    }
    close(netlink);
}
