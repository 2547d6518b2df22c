/* bare_caller HOST PATH: a caller without any library beside the C library, linked statically. It
 * knows no proxy and no certificates, reads no /etc/hosts and asks the name server of this machine
 * itself. Prints the status line of HTTP, or what went wrong. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static size_t make_question(unsigned char out[512], const char *host)
{
    static const unsigned char head[12] = {0x12, 0x34, 1, 0, 0, 1};
    size_t at = sizeof head;
    memcpy(out, head, sizeof head);
    while (*host && at + strlen(host) < 400) {
        const size_t length = strcspn(host, ".");
        out[at++] = (unsigned char)length;
        memcpy(out + at, host, length);
        at += length;
        host += length + (host[length] == '.');
    }
    memcpy(out + at, "\0\0\1\0\1", 5);
    return at + 5;
}

/* 0 when the name server knows the name; *out is the address at the end of its answer. */
static int resolve(struct in_addr *out, const char *host)
{
    const struct timeval limit = {.tv_sec = 10};
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(53)};
    unsigned char message[512];
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    const size_t size = make_question(message, host);
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (sendto(fd, message, size, 0, (const struct sockaddr *)&server, sizeof server) < 0)
        return -1;
    const ssize_t got = recv(fd, message, sizeof message, 0);
    close(fd);
    if (got < 16 || (message[3] & 15) != 0 || message[7] != 1)
        return -1;
    memcpy(out, message + got - 4, 4);
    return 0;
}

int main(int count, char **arguments)
{
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(80)};
    char text[1024];
    if (count != 3)
        return 2;
    if (resolve(&server.sin_addr, arguments[1]) != 0) {
        puts("no such name");
        return 1;
    }
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (const struct sockaddr *)&server, sizeof server) != 0) {
        perror("connect");
        return 1;
    }
    const int size =
        snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
                 arguments[2], arguments[1]);
    if (write(fd, text, (size_t)size) != size)
        return 1;
    const ssize_t got = read(fd, text, sizeof text - 1);
    text[got > 0 ? got : 0] = '\0';
    text[strcspn(text, "\r")] = '\0';
    puts(text);
    return 0;
}
