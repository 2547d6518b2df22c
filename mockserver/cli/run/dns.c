/* Sockets around dns_message.c. */
#include "dns.h"
#include "dns_message.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define PORT 53
#define QUESTION_MAX 4096
#define CLIENT_TIMEOUT_S 1 /* for a question by TCP: others wait for it */

enum { DATAGRAMS, STREAMS, END, SOCKETS };

struct dns {
    struct dns_options options;
    int fds[SOCKETS];
    pthread_t thread;
};

static size_t answer(const struct dns *dns, unsigned char out[DNS_ANSWER_MAX],
                     const unsigned char *message, size_t size)
{
    struct dns_question question;
    if (!dns_question_read(&question, message, size))
        return dns_answer_write(out, message, size, NULL, DNS_UNKNOWN);
    const bool known = dns_name_is_in(question.name, dns->options.domain) ||
                       dns_name_is_in(question.name, "localhost");
    /* What is asked for by an address is what this machine calls itself. */
    if (!known && !dns_name_is_in(question.name, "arpa"))
        dns->options.on_other(dns->options.context, question.name);
    return dns_answer_write(out, message, size, &question, known ? DNS_LOOPBACK : DNS_UNKNOWN);
}

static void serve_datagram(const struct dns *dns)
{
    unsigned char message[QUESTION_MAX], out[DNS_ANSWER_MAX];
    struct sockaddr_storage from;
    socklen_t from_size = sizeof from;
    ssize_t got = recvfrom(dns->fds[DATAGRAMS], message, sizeof message, MSG_DONTWAIT,
                           (struct sockaddr *)&from, &from_size);
    size_t size = got > 0 ? answer(dns, out, message, (size_t)got) : 0;
    if (size)
        sendto(dns->fds[DATAGRAMS], out, size, MSG_DONTWAIT | MSG_NOSIGNAL,
               (const struct sockaddr *)&from, from_size);
}

/* A question by TCP has its length before it. */
static void serve_stream(const struct dns *dns)
{
    const struct timeval limit = {.tv_sec = CLIENT_TIMEOUT_S};
    unsigned char message[QUESTION_MAX], out[2 + DNS_ANSWER_MAX];
    int fd = accept4(dns->fds[STREAMS], NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (recv(fd, message, 2, MSG_WAITALL) == 2) {
        const size_t length = (size_t)message[0] << 8 | message[1];
        if (length <= sizeof message && recv(fd, message, length, MSG_WAITALL) == (ssize_t)length) {
            const size_t size = answer(dns, out + 2, message, length);
            out[0] = (unsigned char)(size >> 8);
            out[1] = (unsigned char)size;
            if (size)
                send(fd, out, 2 + size, MSG_NOSIGNAL);
        }
    }
    close(fd);
}

static void *serve(void *context)
{
    const struct dns *dns = context;
    struct pollfd polled[SOCKETS];
    for (int i = 0; i < SOCKETS; i++)
        polled[i] = (struct pollfd){.fd = dns->fds[i], .events = POLLIN};
    while (poll(polled, SOCKETS, -1) > 0 || errno == EINTR) {
        if (polled[END].revents)
            break;
        if (polled[DATAGRAMS].revents)
            serve_datagram(dns);
        if (polled[STREAMS].revents)
            serve_stream(dns);
    }
    return NULL;
}

static int open_socket(int type)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    if (fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
        (type != SOCK_STREAM || listen(fd, 16) == 0))
        return fd;
    int kept = errno;
    if (fd >= 0)
        close(fd);
    errno = kept;
    return -1;
}

static void close_all(const struct dns *dns)
{
    for (int i = 0; i < SOCKETS; i++)
        if (dns->fds[i] >= 0)
            close(dns->fds[i]);
}

bool dns_start(struct dns **out, const struct dns_options *options, char why[FILE_WHY_SIZE])
{
    struct dns *dns = calloc(1, sizeof *dns);
    if (dns) {
        dns->options = *options;
        dns->fds[DATAGRAMS] = open_socket(SOCK_DGRAM);
        dns->fds[STREAMS] = open_socket(SOCK_STREAM);
        dns->fds[END] = eventfd(0, EFD_CLOEXEC);
        if (dns->fds[DATAGRAMS] >= 0 && dns->fds[STREAMS] >= 0 && dns->fds[END] >= 0 &&
            (errno = pthread_create(&dns->thread, NULL, serve, dns)) == 0) {
            *out = dns;
            return true;
        }
    }
    snprintf(why, FILE_WHY_SIZE, "cannot answer questions for names on 127.0.0.1:%d: %s", PORT,
             strerror(dns ? errno : ENOMEM));
    if (dns)
        close_all(dns);
    free(dns);
    *out = NULL;
    return false;
}

void dns_stop(struct dns *dns)
{
    if (!dns)
        return;
    eventfd_write(dns->fds[END], 1);
    pthread_join(dns->thread, NULL);
    close_all(dns);
    free(dns);
}
