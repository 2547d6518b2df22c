/* HTTP/1.x answers, read from a buffer. Pure: no socket, no clock; feed it the bytes so far, and it
 * tells a whole answer from a beginning and from nonsense. It knows nothing of the API and nothing
 * of requests. */
#ifndef CONFORMANCE_SERVER_WIRE_HTTP_ANSWER_H
#define CONFORMANCE_SERVER_WIRE_HTTP_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#define HTTP_WHY_SIZE 128
#define HTTP_HEADERS_MAX 64
#define HTTP_HEAD_BYTES_MAX ((size_t)64 * 1024)

struct http_header {
    const char *name, *value; /* NUL-terminated, inside http_answer.head */
};

struct http_answer {
    int minor; /* of HTTP/1.minor */
    int status;
    unsigned interim; /* how many 1xx answers came before */
    struct http_header headers[HTTP_HEADERS_MAX];
    size_t header_count;
    bool keep;  /* whether the connection may be used again */
    char *head; /* owned: the headers' text, cut by NULs */
    char *body; /* owned, NUL-terminated */
    size_t body_len;
    const char *status_line; /* for people, inside head */
};

enum http_state { HTTP_MORE, HTTP_DONE, HTTP_BROKEN, HTTP_NO_MEMORY };

/* Reads an answer from the len bytes that have come. ended: nothing will follow. head_request: the
 * answer has no body. HTTP_DONE fills *out (end it with http_answer_clear()) and *used says how
 * many bytes it took; HTTP_BROKEN puts one phrase into why; HTTP_MORE with ended never happens. */
enum http_state http_read(struct http_answer *out, size_t *used, const char *data, size_t len,
                          bool ended, bool head_request, char why[HTTP_WHY_SIZE]);

/* Whether the head of a final (not 1xx) answer has come whole. */
bool http_has_final_head(const char *data, size_t len);

/* The value of a header, by name in any case; NULL when absent. */
const char *http_header(const struct http_answer *answer, const char *name);

void http_answer_clear(struct http_answer *answer);

#endif
