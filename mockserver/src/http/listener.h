/* Takes the listening socket away for a time, so that the system refuses connections, and puts it
 * back.
 *
 * civetweb owns the descriptor and polls it. The file behind the descriptor is exchanged under it.
 * Not thread-safe by itself. */
#ifndef AILAB_MOCKSERVER_HTTP_LISTENER_H
#define AILAB_MOCKSERVER_HTTP_LISTENER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define LISTEN_BACKLOG 512 /* connections that the system keeps until they are accepted */

enum listener_phase {
    LISTENING,
    REFUSING_SINCE_NOW, /* civetweb's poll may still hold the old socket */
    REFUSING,
    LISTENING_SOON, /* civetweb's poll is being woken */
};

struct listener {
    int fd; /* civetweb's, -1 until it was looked for */
    struct sockaddr_in address;
    enum listener_phase phase;
    int quiet_fd;     /* stands in while connections are refused, else -1 */
    int64_t until_ms; /* monotonic; when to listen again */
};

/* Finds the socket that listens on this port. */
void listener_init(struct listener *listener, uint16_t port);

/* Refuses connections until then; false when the system refuses. */
bool listener_refuse(struct listener *listener, int64_t until_ms);

/* Goes on to the next phase when it is time. Call it every few milliseconds while it returns true:
 * while connections are refused. */
bool listener_tick(struct listener *listener, int64_t now_ms);

/* Before civetweb stops: wakes its poll and leaves the descriptor alone from here on. */
void listener_release(struct listener *listener);

#endif
