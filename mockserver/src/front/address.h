/* The addresses that a mock listens on, from their text. Pure. */
#ifndef AILAB_MOCKSERVER_FRONT_ADDRESS_H
#define AILAB_MOCKSERVER_FRONT_ADDRESS_H

#include "ailab_mock.h"
#include <netinet/in.h>
#include <sys/un.h>

struct front_address {
    union {
        struct sockaddr any;
        struct sockaddr_in in;
        struct sockaddr_in6 in6;
        struct sockaddr_un un;
    } socket;
    bool with_last; /* has the port of the address before it, and may be missing on a machine */
};

#define FRONT_ADDRESSES_PER_TEXT 2 /* localhost is 127.0.0.1 and ::1 */

/* "HOST:PORT", "[HOST]:PORT", "unix:PATH" or "localhost:PORT". Returns how many addresses that is,
 * or 0 with why. */
size_t front_address_parse(struct front_address out[FRONT_ADDRESSES_PER_TEXT], const char *text,
                           char why[AILAB_MOCK_ERROR_SIZE]);

socklen_t front_address_size(const struct front_address *address);
/* "127.0.0.1:80", "[::1]:80", "unix:PATH". */
void front_address_print(const struct front_address *address, char *out, size_t size);
/* Reached from this machine alone: loopback, or a unix socket. */
bool front_address_is_local(const struct front_address *address);
/* 0 for a unix socket. */
uint16_t front_address_port(const struct front_address *address);
void front_address_set_port(struct front_address *address, uint16_t port);

#endif
