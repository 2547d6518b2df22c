/* A raw client for the tests of scenarios over real sockets: it sends what a test says, and reports
 * every byte, every millisecond and the way the connection ended. No HTTP library, so that nothing
 * is repaired on the way. Asserts nothing, so that threads may use it: what fails is in the answer.
 * Every wait is bounded. */
#ifndef AILAB_TESTS_SCENARIOS_CLIENT_H
#define AILAB_TESTS_SCENARIOS_CLIENT_H

#include "base/slice.h"
#include <stdint.h>

struct cJSON;

#define SCENARIOS_PATH "/api/portrait/effects/emotion-editor"
#define SCENARIOS_CREDITS_PATH "/api/common/query-credits"
#define SCENARIOS_KEY "scenario-key-77c0"
#define SCENARIOS_WAIT_MS 10000

/* A request; everything is borrowed, and NULL means what is right. */
struct scenarios_call {
    const char *method, *path; /* POST to the endpoint */
    const char *host;          /* 127.0.0.1; "" for none */
    const char *key;           /* SCENARIOS_KEY; "" for none */
    const char *header;        /* X-Mock-Scenario; none */
    const char *file_name;     /* "file" */
    const char *choice;        /* "100"; "" for no such part */
    struct slice image; /* the small portrait, see below; len 0 and a pointer: an empty part */
    const char *more;   /* further header lines, each with its CR LF */
    const char *body;   /* instead of a form, with its own Content-Type in more */
    size_t padding;     /* bytes in a further part of the form that the mock ignores */
};

/* The request as bytes, to be freed; *head_size is where its body begins. NULL: no memory. */
char *scenarios_request(size_t *size, size_t *head_size, const struct scenarios_call *call);

enum scenarios_end {
    SCENARIOS_KEPT,   /* still open: the answer came to the end that it announced */
    SCENARIOS_CLOSED, /* FIN */
    SCENARIOS_RESET,  /* RST: ECONNRESET */
    SCENARIOS_SILENT, /* nothing came for too long */
};

struct scenarios_answer {
    int status;  /* 0: there was no status line */
    char *bytes; /* owned: all that came, a NUL behind it */
    size_t size;
    struct slice head, body; /* within bytes; head with the empty line */
    struct cJSON *json;      /* of body, NULL when it is none */
    enum scenarios_end end;
    int64_t first_ms, last_ms, end_ms; /* since the asking: first byte, last byte, end */
};

int64_t scenarios_now_ms(void);
/* A connected socket, -1 when refused. */
int scenarios_connect(uint16_t port);
/* False when the other side did not take it; errno says why. */
bool scenarios_send(int fd, const void *bytes, size_t size);
/* Whether anything comes within ms: bytes, an end or a reset. */
bool scenarios_stirs(int fd, int ms);

/* Reads one answer as it announces itself. */
void scenarios_read(struct scenarios_answer *out, int fd);
/* Reads whatever comes until the connection ends. */
void scenarios_read_to_end(struct scenarios_answer *out, int fd);
/* Sends and reads one answer on an open connection. */
void scenarios_ask_on(struct scenarios_answer *out, int fd, const struct scenarios_call *call);
/* On a connection of its own, one answer. */
void scenarios_ask(struct scenarios_answer *out, uint16_t port, const struct scenarios_call *call);
void scenarios_clear(struct scenarios_answer *answer);

/* A header's value, ptr NULL when it is not there. */
struct slice scenarios_header(const struct scenarios_answer *answer, const char *name);
bool scenarios_header_is(const struct scenarios_answer *answer, const char *name,
                         const char *value);
/* Content-Length, -1 when there is none. */
long long scenarios_length(const struct scenarios_answer *answer);
/* error_detail.code and .message; "" when there is none. */
const char *scenarios_code(const struct scenarios_answer *answer);
const char *scenarios_message(const struct scenarios_answer *answer);
/* Status and code, or status and "" for a success with a picture. */
bool scenarios_is(const struct scenarios_answer *answer, int status, const char *code);

#endif
