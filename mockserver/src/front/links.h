/* Tickets, and the sockets that take their places.
 *
 * A link lives from the moment its ticket is sent until the HTTP server has released it and, where
 * the front relays, the front too. */
#ifndef AILAB_MOCKSERVER_FRONT_LINKS_H
#define AILAB_MOCKSERVER_FRONT_LINKS_H

#include "front/front.h"
#include <pthread.h>
#include <stdatomic.h>

#define LINKS_BUCKETS 1024

struct front_link {
    struct front_peer peer;
    struct head_trouble trouble;
    char *trouble_text;  /* what trouble borrows from; owned, may be NULL */
    uint32_t id;         /* the last three bytes of the ticket's address */
    uint16_t port;       /* of the ticket's address */
    bool claimed;        /* by the server's thread that serves it */
    int ticket_fd;       /* the front's end of the ticket; -1 after the exchange */
    int given_fd;        /* what the server gets; -1 after the exchange */
    atomic_int fd;       /* the server's descriptor; -1 before the exchange */
    bool relayed;        /* by the front; otherwise it is the client's own socket */
    atomic_int end;      /* enum front_end */
    atomic_uint holders; /* the server, and the front where it relays */
    struct front_link *next;
};

struct links {
    pthread_mutex_t lock;
    struct front_link *buckets[LINKS_BUCKETS];
    uint32_t next_id;
    unsigned pending; /* tickets that were not exchanged */
    int highest_fd;   /* of the descriptors that were seen here */
    uint16_t server_port;
    bool shut; /* what is exchanged from here on is shut at once */
};

void links_init(struct links *links);
/* Closes what was not exchanged, and frees all. No thread uses a link any more. */
void links_clear(struct links *links);

void links_set_server(struct links *links, uint16_t port);
/* Sends a ticket for given_fd, which is the link's from here on. trouble may be NULL; it is copied.
 * NULL, and given_fd stays the caller's, when the system refuses. */
struct front_link *links_add(struct links *links, int given_fd, bool relayed,
                             const struct front_peer *peer, const struct head_trouble *trouble);
void links_exchange(struct links *links);
/* Once for each link. Its fd is -1 where the system refused the exchange. */
struct front_link *links_claim(struct links *links, const char *ticket_address, uint16_t port);
/* Closes what such a link was to bring together. */
void links_give_up(struct links *links, struct front_link *link);
/* Frees the link when the other holder has let it go as well. */
void links_release(struct links *links, struct front_link *link);
/* The same for the server, which is about to close its descriptor. NULL is allowed. */
void links_server_leaves(struct links *links, struct front_link *link);
/* Wakes the server's threads: shuts all of their descriptors, and those that they get later. */
void links_shut(struct links *links);

#endif
