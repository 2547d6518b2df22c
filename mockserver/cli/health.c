/* ailab-mock health: whether a mock answers at the address that the same options and variables give
 * to one that serves. A container asks itself so, and needs no other program for it. */
#include "commands.h"
#include "front/address.h"
#include "host.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define PATIENCE_S 5 /* for each of: to connect, to ask, to be answered */
#define ADDRESS_SIZE 128

static const char question[] =
    "GET /__admin/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
static const char good[] = "HTTP/1.1 200 ";

/* Where the mock listens first. */
static bool find_address(struct front_address *out, const struct cmdline *line)
{
    struct front_address found[FRONT_ADDRESSES_PER_TEXT];
    char port[HOST_ADDRESS_SIZE], why[AILAB_MOCK_ERROR_SIZE];
    if (front_address_parse(found, host_first_address(port, line), why) == 0) {
        complain(EXIT_USAGE, why);
        return false;
    }
    *out = found[0];
    if (out->socket.any.sa_family == AF_UNIX || front_address_port(out) != 0)
        return true;
    complain(EXIT_USAGE, "a mock on port 0 has a port that --listen and --port do not tell");
    return false;
}

/* Reads the beginning of the answer. False: errno says why, 0 for an end that came too early. */
static bool ask(int fd, const struct front_address *address, char answer[sizeof good])
{
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    ssize_t got;
    memset(answer, 0, sizeof good);
    if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
        connect(fd, &address->socket.any, front_address_size(address)) != 0 ||
        send(fd, question, strlen(question), MSG_NOSIGNAL) != (ssize_t)strlen(question))
        return false;
    errno = 0;
    got = recv(fd, answer, strlen(good), MSG_WAITALL);
    return got == (ssize_t)strlen(good);
}

static const char *reason(int error)
{
    if (error == 0)
        return "the answer ends too early";
    if (error == EAGAIN || error == EWOULDBLOCK || error == EINPROGRESS)
        return "no answer in time";
    return strerror(error);
}

int command_health(const struct cmdline *line)
{
    struct front_address address;
    char name[ADDRESS_SIZE], answer[sizeof good];
    if (!find_address(&address, line))
        return EXIT_USAGE;
    front_address_print(&address, name, sizeof name);
    int fd = socket(address.socket.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool answered = fd >= 0 && ask(fd, &address, answer);
    const int error = errno;
    if (fd >= 0)
        close(fd);
    if (answered && strcmp(answer, good) == 0) {
        printf("a mock answers at %s\n", name);
        return EXIT_DONE;
    }
    cmdline_say(mock_program.name, "no mock answers at %s: %s", name,
                answered ? "another program does" : reason(error));
    return EXIT_FAILED;
}
