/* Shared by scripted.c and the two ways to serve, scripted_steps.c and scripted_answers.c. */
#ifndef AILAB_TESTING_SCRIPTED_INTERNAL_H
#define AILAB_TESTING_SCRIPTED_INTERNAL_H

#include "testing/scripted.h"
#include <pthread.h>
#include <sys/types.h>

struct scripted_private {
    void *(*serve)(void *scripted); /* the thread; NULL: no thread accepts */
    const struct scripted_step *steps;
    void (*hook)(void *context);
    const struct scripted_reply *replies;
    size_t reply_count;
    scripted_choice *choose;
    const char *answer;
    void *context; /* of hook and choose */

    pthread_t thread;
    bool running;
    int stop[2]; /* readable once the server must end */
    int peer;
    size_t body_left; /* of a request that is read in steps */
    size_t heard_capacity;
    size_t request_at;    /* where the last request begins in `heard` */
    pthread_mutex_t lock; /* over `requests`, `heard` and what belongs to it */
    pthread_cond_t changed;
};

/* A server with this plan, running. NULL on failure. */
struct scripted *scripted_start(const struct scripted_private *plan);

/* Keeps the first complaint. Returns false. */
bool scripted_fail(struct scripted *scripted, const char *problem);

/* Waits for the descriptor; false when the server must stop, or after wait_ms (-1: no bound). */
bool scripted_ready(struct scripted *scripted, int fd, short events, int wait_ms);

/* Reads at most size bytes of the peer and keeps them in `heard`. 0 when the client has closed, -1
 * on an error and when the server must stop. */
ssize_t scripted_take(struct scripted *scripted, char *out, size_t size);

/* The next byte begins a request; `forget` drops the bytes received before. */
void scripted_request_begins(struct scripted *scripted, bool forget);
/* The request that has begun is whole. */
void scripted_request_ends(struct scripted *scripted);

/* False when the server must stop. A client that reads no more is no failure: its test tells. */
bool scripted_send(struct scripted *scripted, const char *bytes, size_t size);

#endif
