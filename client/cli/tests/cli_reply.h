/* Answers of a service, for scripted_start_replies(). Free .bytes, which is NULL without memory. */
#ifndef AILAB_CLI_REPLY_H
#define AILAB_CLI_REPLY_H

#include "testing/scripted.h"

/* HTTP/1.1 around a body. */
struct scripted_reply cli_reply_http(int status, const char *content_type, const void *body,
                                     size_t size);

/* The documented success with a picture, and the documented error. */
struct scripted_reply cli_reply_success(const void *picture, size_t size);
struct scripted_reply cli_reply_error(int status, const char *code, const char *message);

#endif
