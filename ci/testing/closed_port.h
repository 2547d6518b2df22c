/* A port of the loopback where every connection is refused. A bound socket that does not listen
 * keeps it, so that no other program gets it meanwhile. Every failure fails the test. */
#ifndef AILAB_TESTING_CLOSED_PORT_H
#define AILAB_TESTING_CLOSED_PORT_H

struct closed_port {
    int fd;
    unsigned number;
    char url[32]; /* "http://127.0.0.1:PORT" */
};

struct closed_port closed_port_take(void);
void closed_port_give_back(const struct closed_port *port);

#endif
