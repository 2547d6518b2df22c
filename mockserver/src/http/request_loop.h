/* What civetweb calls while a server runs; the server is its user data. */
#ifndef AILAB_MOCKSERVER_HTTP_REQUEST_LOOP_H
#define AILAB_MOCKSERVER_HTTP_REQUEST_LOOP_H

struct mg_connection;

/* init_connection: the connection's descriptor is still the ticket of the front. */
int request_loop_on_connection(const struct mg_connection *civetweb, void **data);
/* begin_request: a request whose head is in order. */
int request_loop_on_request(struct mg_connection *civetweb);
/* http_error: one that civetweb refuses. */
int request_loop_on_http_error(struct mg_connection *civetweb, int status, const char *message);
/* connection_close. Some requests that civetweb does not answer are answered here. */
void request_loop_on_close(const struct mg_connection *civetweb);

struct front_event;
/* The front's: something that no request tells. context is the server. */
void request_loop_on_front_event(void *context, const struct front_event *event);

#endif
