/* See civetweb_refusal.h. */
#include "http/civetweb_refusal.h"
#include "http/civetweb_head.h"
#include "http/server_internal.h"
#include <civetweb.h>
#include <stdio.h>

/* civetweb read this head and then refused it. Says what is doubtful about the head, or NULL. */
static const char *doubt_of(const struct mg_request_info *info)
{
    struct request_head head = {0};
    if (!info || !info->http_version || !info->num_headers)
        return NULL;
    civetweb_head_fill(&head, info);
    request_head_derive(&head);
    return head.doubt;
}

/* What the first bytes of the connection showed. civetweb has thrown them away, and gives one
 * message for all of these. */
static void name_trouble(char out[CIVETWEB_REFUSAL_SIZE], const struct head_trouble *trouble)
{
    char header[48];
    const char *of = trouble->header.len ? "header " : "request line";
    printable(header, sizeof header, trouble->header);
    switch (trouble->kind) {
    case HEAD_TROUBLE_TLS:
        snprintf(out, CIVETWEB_REFUSAL_SIZE,
                 "a TLS hello came to a port that speaks no TLS; start the mock "
                 "with --https, or ask for http://");
        break;
    case HEAD_TROUBLE_TAB:
        snprintf(out, CIVETWEB_REFUSAL_SIZE,
                 "the %s%s holds a tab, which HTTP allows in a header's value "
                 "and the mock does not read; send a blank",
                 of, header);
        break;
    case HEAD_TROUBLE_CONTROL:
        snprintf(out, CIVETWEB_REFUSAL_SIZE, "the %s%s holds the control character 0x%02x", of,
                 header, trouble->byte);
        break;
    case HEAD_TROUBLE_LINE:
        snprintf(out, CIVETWEB_REFUSAL_SIZE, "the request line is not 'METHOD PATH HTTP/1.1'");
        break;
    case HEAD_TROUBLE_SIZE:
        snprintf(out, CIVETWEB_REFUSAL_SIZE,
                 "the head is larger than " SERVER_HEAD_BYTES_MAX " bytes");
        break;
    case HEAD_TROUBLE_NONE:
        snprintf(out, CIVETWEB_REFUSAL_SIZE,
                 "the head cannot be read: it holds a tab or another control character, has a "
                 "malformed request line, is larger than " SERVER_HEAD_BYTES_MAX
                 " bytes, or did not come whole in time");
        break;
    }
}

enum error_code civetweb_refusal(char out[CIVETWEB_REFUSAL_SIZE], int status,
                                 const struct mg_request_info *info,
                                 const struct head_trouble *trouble)
{
    const char *doubt = doubt_of(info);
    if (doubt) {
        snprintf(out, CIVETWEB_REFUSAL_SIZE, "%s", doubt);
    } else if (status == 505) {
        snprintf(out, CIVETWEB_REFUSAL_SIZE, "the HTTP version is neither 1.0 nor 1.1");
    } else if (status >= 500) {
        snprintf(out, CIVETWEB_REFUSAL_SIZE, "the HTTP server failed");
        return CODE_SERVICE_INTERNAL_ERROR;
    } else {
        name_trouble(out, trouble);
    }
    return CODE_ERROR_PARAMETERS;
}
