/* A request's head as civetweb has read it, and whether that reading can be trusted. */
#ifndef AILAB_MOCKSERVER_HTTP_CIVETWEB_HEAD_H
#define AILAB_MOCKSERVER_HTTP_CIVETWEB_HEAD_H

#include "api/request.h"

struct mg_request_info;

/* Fills in method to headers of a head that is all zero. civetweb has read the request line to its
 * version. Borrows from info. */
void civetweb_head_fill(struct request_head *head, const struct mg_request_info *info);

/* Whether civetweb, refusing with status, gave up because it does not know the method: it has read
 * method, path and version then, and no header. info may be NULL. */
bool civetweb_head_has_unknown_method(const struct mg_request_info *info, int status);

#endif
