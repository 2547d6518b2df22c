#include "testing/closed_port.h"
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

struct closed_port closed_port_take(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    struct closed_port port = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(port.fd >= 0);
    assert_int_equal(bind(port.fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(port.fd, (struct sockaddr *)&address, &size), 0);
    port.number = ntohs(address.sin_port);
    snprintf(port.url, sizeof port.url, "http://127.0.0.1:%u", port.number);
    return port;
}

void closed_port_give_back(const struct closed_port *port)
{
    close(port->fd);
}
