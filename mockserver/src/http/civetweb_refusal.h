/* Why civetweb refused a head, in words that help the client. */
#ifndef AILAB_MOCKSERVER_HTTP_CIVETWEB_REFUSAL_H
#define AILAB_MOCKSERVER_HTTP_CIVETWEB_REFUSAL_H

#include "api/contract.h"
#include "front/first_bytes.h"

#define CIVETWEB_REFUSAL_SIZE 256

struct mg_request_info;

/* civetweb's status, what it has read of the head (NULL: nothing), and what the first bytes of the
 * connection showed. */
enum error_code civetweb_refusal(char out[CIVETWEB_REFUSAL_SIZE], int status,
                                 const struct mg_request_info *info,
                                 const struct head_trouble *trouble);

#endif
