/* See exchange.h. */
#include "wire/exchange.h"
#include <string.h>

#define CONTINUE_WAIT_MS 1000

bool rendered_make(struct rendered *out, const struct request *request, const char *prefix)
{
    *out = (struct rendered){0};
    request_body(&out->body, request);
    request_head(&out->head, request, prefix, out->body.len);
    request_frame(&out->sent, request, &out->body);
    return !out->body.failed && !out->head.failed && !out->sent.failed;
}

void rendered_clear(struct rendered *rendered)
{
    buf_clear(&rendered->head);
    buf_clear(&rendered->body);
    buf_clear(&rendered->sent);
}

static enum wire_result send_all(struct connection *connection, const struct request *request,
                                 const struct rendered *rendered, double deadline_ms,
                                 char why[WIRE_WHY_SIZE])
{
    const struct buf *head = &rendered->head, *body = &rendered->sent;
    enum wire_result result = connection_send(connection, head->ptr, head->len, deadline_ms, why);
    if (result == WIRE_OK && request->expect)
        connection_wait(connection, CONTINUE_WAIT_MS);
    if (result == WIRE_OK)
        result = connection_send(connection, buf_str(body), body->len, deadline_ms, why);
    if (result == WIRE_OK && request->finish)
        connection_finish(connection);
    return result;
}

enum wire_result exchange_bytes(struct http_answer *out, bool *sent,
                                const struct endpoint *endpoint, struct connection *connection,
                                const struct request *request, const struct rendered *rendered,
                                double deadline_ms, char why[WIRE_WHY_SIZE])
{
    struct connection *own = NULL;
    enum wire_result result = WIRE_OK;
    if (!connection) {
        result = connection_open(&own, endpoint, deadline_ms, why);
        connection = own;
    }
    *sent = result == WIRE_OK;
    if (result == WIRE_OK)
        result = send_all(connection, request, rendered, deadline_ms, why);
    if (result == WIRE_OK)
        result = connection_receive(out, connection, strcmp(request->method, "HEAD") == 0,
                                    deadline_ms, why);
    connection_close(own);
    return result;
}
