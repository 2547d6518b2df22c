/* Fuzzes what a proxy answers to CONNECT: a tunnel is open behind a 2xx alone, no byte behind that
 * head is taken, and a refusal is one plain sentence. */
#include "wire/connection_io.h"
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define INPUT_MAX ((size_t)64 * 1024) /* what a socket takes at once */
#define NEVER_MS 1e15

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static void expect_plain(const char why[WIRE_WHY_SIZE])
{
    expect(why[0] && strnlen(why, WIRE_WHY_SIZE) < WIRE_WHY_SIZE);
    for (; *why; why++)
        expect((unsigned char)*why >= ' ' && *why != 0x7f);
}

/* What is left in the socket is the end of the input, and begins behind an empty line. */
static void expect_rest(int fd, const uint8_t *data, size_t size)
{
    char *rest = malloc(size + 1);
    expect(rest != NULL);
    const ssize_t left = recv(fd, rest, size + 1, MSG_DONTWAIT);
    const size_t len = left > 0 ? (size_t)left : 0;
    expect(len < size && (!len || memcmp(data + size - len, rest, len) == 0));
    expect(data[size - len - 1] == '\n');
    free(rest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct endpoint endpoint = {.cancel_fd = -1};
    char why[WIRE_WHY_SIZE] = "", wrong[URL_WHY_SIZE];
    int pair[2];
    if (size > INPUT_MAX || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return 0;
    expect(url_parse(&endpoint.url, "http://target.test:8080", wrong));
    expect(url_parse(&endpoint.proxy, "http://proxy.test:3128", wrong));
    fcntl(pair[0], F_SETFL, O_NONBLOCK);
    if (!size || send(pair[1], data, size, MSG_NOSIGNAL) == (ssize_t)size) {
        shutdown(pair[1], SHUT_WR);
        if (proxy_open_tunnel(pair[0], &endpoint, NEVER_MS, why) == WIRE_OK)
            expect_rest(pair[0], data, size);
        else
            expect_plain(why);
    }
    close(pair[0]);
    close(pair[1]);
    return 0;
}
