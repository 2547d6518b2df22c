/* The server's side of TLS on a socket that does not block. */
#ifndef AILAB_MOCKSERVER_FRONT_TLS_STREAM_H
#define AILAB_MOCKSERVER_FRONT_TLS_STREAM_H

#include "api/tls_fault.h"
#include <stdbool.h>
#include <stddef.h>

struct authority;
struct tls_settings;
struct tls_stream;

/* NULL when memory ran out. authority is borrowed. */
struct tls_settings *tls_settings_new(struct authority *authority,
                                      enum tls_fault (*next_fault)(void *context), void *context);
/* NULL is allowed. */
void tls_settings_free(struct tls_settings *settings);

/* Borrows fd. NULL when memory ran out. */
struct tls_stream *tls_stream_new(struct tls_settings *settings, int fd);
/* NULL is allowed. */
void tls_stream_free(struct tls_stream *stream);

enum tls_result {
    TLS_DONE,
    TLS_WAIT,   /* until something can be read or written */
    TLS_END,    /* the client has ended its side */
    TLS_FAILED, /* tls_stream_why() tells what went wrong */
    TLS_STALL,  /* a fault: send nothing */
    TLS_CLOSE,  /* a fault: close */
};

enum tls_result tls_stream_handshake(struct tls_stream *stream);
/* Reads up to size bytes. *got is set with TLS_DONE. */
enum tls_result tls_stream_read(struct tls_stream *stream, char *out, size_t size, size_t *got);
/* After TLS_WAIT the same bytes must come again. */
enum tls_result tls_stream_write(struct tls_stream *stream, const char *bytes, size_t size,
                                 size_t *taken);
/* Sends close_notify, unless a fault forbids it. TLS_WAIT: to be called again. */
enum tls_result tls_stream_end(struct tls_stream *stream);
/* The client broke the protocol; otherwise the connection did. */
bool tls_stream_is_protocol_error(const struct tls_stream *stream);
/* Which fault this connection has. */
enum tls_fault tls_stream_fault(const struct tls_stream *stream);
/* What went wrong, and what would be right. Static storage. */
const char *tls_stream_why(const struct tls_stream *stream);

#endif
