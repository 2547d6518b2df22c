/* A server on a free port of the loopback that does what a test tells it, for tests of clients. It
 * knows nothing of the API; of HTTP it knows where a request ends. One thread serves it, and every
 * wait is bounded. It asserts nothing, because an assertion in a second thread would not be
 * reported: `problem` keeps the first step that it could not do. All starts return NULL on failure,
 * and borrow their arguments until scripted_stop(). */
#ifndef AILAB_TESTING_SCRIPTED_H
#define AILAB_TESTING_SCRIPTED_H

#include <stdbool.h>
#include <stddef.h>

#define SCRIPTED_DEADLINE_MS 10000

enum scripted_act {
    SCRIPTED_END = 0, /* further connections are counted and closed */
    SCRIPTED_ACCEPT,
    SCRIPTED_HEAD, /* read to the empty line */
    SCRIPTED_BODY, /* read as many bytes as Content-Length said */
    SCRIPTED_READ, /* read size bytes of the body */
    SCRIPTED_SEND, /* text, or size bytes of it */
    SCRIPTED_CALL, /* the hook */
    SCRIPTED_HOLD, /* wait until the client closes */
    SCRIPTED_RESET,
    SCRIPTED_CLOSE,
};

struct scripted_step {
    enum scripted_act act;
    const char *text;
    size_t size;
};

struct scripted_reply {
    char *bytes; /* NULL: the request is never answered */
    size_t size;
};

/* The answer to a request, as a text; borrowed until the next request. */
typedef const char *scripted_choice(void *context, const char *request, size_t size);

struct scripted_private;

struct scripted {
    char url[64]; /* "http://127.0.0.1:PORT" */
    int listener; /* of a silent server: for poll() and accept() */
    /* After scripted_stop(): */
    unsigned connections;
    unsigned requests;
    char *heard; /* all that a server of steps received, else the last request: 16 MiB at most, and
                    a NUL after it */
    size_t heard_size;
    char problem[160]; /* what the server could not do; "" for nothing */
    struct scripted_private *own;
};

/* Walks through the steps once. CALL calls the hook, in the server's thread. */
struct scripted *scripted_start_steps(const struct scripted_step *steps,
                                      void (*hook)(void *context), void *context);

/* Answers the first whole request with the first reply and so on, later ones with the last. */
struct scripted *scripted_start_replies(const struct scripted_reply *replies, size_t count);

/* Answers each whole request with the text that choose() returns. */
struct scripted *scripted_start_choosing(scripted_choice *choose, void *context);

/* Answers each connection alike at its first bytes, whatever they are; with NULL it closes each
 * connection without a byte. */
struct scripted *scripted_start_alike(const char *answer);

/* Accepts nothing: the kernel completes connections, and they wait in the listener's queue. */
struct scripted *scripted_start_silent(void);

/* Waits until so many requests were read whole. False after the deadline. */
bool scripted_wait(struct scripted *scripted, unsigned requests);

/* The requests that were read whole, so far. */
unsigned scripted_requests(struct scripted *scripted);

/* Whether the last request contains the text. */
bool scripted_saw(struct scripted *scripted, const char *text);

/* Ends the thread, also in the middle of a step. */
void scripted_stop(struct scripted *scripted);

/* Stops the server when it runs. NULL is allowed. */
void scripted_free(struct scripted *scripted);

#endif
