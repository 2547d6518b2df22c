/* What civetweb calls while a server runs; the server is its user data. */
#ifndef AILAB_MOCK_SERVING_H
#define AILAB_MOCK_SERVING_H

struct mg_connection;

/* begin_request: a request whose head is in order. */
int serving_on_request(struct mg_connection *civetweb);
/* http_error: one that civetweb refuses. */
int serving_on_http_error(struct mg_connection *civetweb, int status, const char *message);
/* connection_close: also where some requests end that civetweb passes over. */
void serving_on_close(const struct mg_connection *civetweb);

#endif
