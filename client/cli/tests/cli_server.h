/* A server on a free loopback port that answers what it was told to, whatever it is asked. It knows
 * nothing of the API: a test writes the bytes. */
#ifndef AILAB_CLI_SERVER_H
#define AILAB_CLI_SERVER_H

#include <stdbool.h>
#include <stddef.h>

struct cli_reply {
    char *bytes; /* owned by whoever made it; NULL: never answer */
    size_t size;
};

struct cli_server;

/* Answers the first connection with the first reply and so on, later ones with the last. The
 * replies are borrowed until cli_server_stop(). NULL on failure. */
struct cli_server *cli_server_start(const struct cli_reply *replies, size_t count);

void cli_server_stop(struct cli_server *server);

/* "http://127.0.0.1:PORT", borrowed. */
const char *cli_server_url(const struct cli_server *server);

/* Waits until so many requests were read whole. False after a deadline. */
bool cli_server_wait(struct cli_server *server, size_t requests);

size_t cli_server_requests(struct cli_server *server);

/* Whether the last request contains the text. */
bool cli_server_saw(struct cli_server *server, const char *text);

/* HTTP/1.1 around a body, the connection closed after it. bytes is NULL without memory. */
struct cli_reply cli_reply_http(int status, const char *content_type, const void *body,
                                size_t size);

/* The documented success with a picture, and the documented error. */
struct cli_reply cli_reply_success(const void *picture, size_t size);
struct cli_reply cli_reply_error(int status, const char *code, const char *message);

#endif
