/* A server of scripted bytes on the loopback, for tests of what happens below HTTP. It understands
 * nothing but where a request's head and body end. One thread walks through the steps; what it saw
 * is read after wire_stop(). Every wait is bounded. */
#ifndef AILAB_CLIENT_TEST_WIRE_H
#define AILAB_CLIENT_TEST_WIRE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#define WIRE_DEADLINE_MS 10000
#define WIRE_HEARD_SIZE 65536

enum wire_act {
    WIRE_END = 0, /* further connections are counted and closed */
    WIRE_ACCEPT,
    WIRE_HEAD, /* read to the empty line */
    WIRE_BODY, /* read as many bytes as Content-Length said */
    WIRE_READ, /* read size bytes of the body */
    WIRE_SEND, /* text, or size bytes of it */
    WIRE_CALL, /* the hook */
    WIRE_HOLD, /* wait until the other side closes */
    WIRE_RESET,
    WIRE_CLOSE,
};

struct wire_step {
    enum wire_act act;
    const char *text;
    size_t size;
};

/* A script reads as a list of these. */
/* clang-format off */
#define ACCEPT {.act = WIRE_ACCEPT}
#define HEAD {.act = WIRE_HEAD}
#define BODY {.act = WIRE_BODY}
#define READ(count) {.act = WIRE_READ, .size = (count)}
#define SEND(bytes) {.act = WIRE_SEND, .text = (bytes)}
#define SEND_SIZED(bytes, count) {.act = WIRE_SEND, .text = (bytes), .size = (count)}
#define CALL {.act = WIRE_CALL}
#define HOLD {.act = WIRE_HOLD}
#define CLOSE {.act = WIRE_CLOSE}
#define END {.act = WIRE_END}
/* clang-format on */

struct wire {
    char url[64];
    /* After wire_stop(): */
    unsigned connections;
    unsigned requests;
    char heard[WIRE_HEARD_SIZE]; /* the beginning of all that was received; ends with a NUL */
    size_t heard_size;
    char problem[160]; /* what the server could not do, "" for nothing */
    /* The server's own: */
    const struct wire_step *steps;
    void (*hook)(void *context);
    void *hook_context;
    pthread_t thread;
    int listener;
    int stop[2];
    int peer;
    size_t body_left;
};

/* steps and context are borrowed until wire_stop(). NULL when it could not start. */
struct wire *wire_start(const struct wire_step *steps, void (*hook)(void *context), void *context);

/* Ends the thread, also in the middle of a step. */
void wire_stop(struct wire *wire);
void wire_free(struct wire *wire);

#endif
