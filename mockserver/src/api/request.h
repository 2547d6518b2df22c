/* A request as it came: the head, judged before the body is read, and the body cut into parts.
 *
 * Pure: slices of bytes that the transport owns. */
#ifndef AILAB_MOCKSERVER_API_REQUEST_H
#define AILAB_MOCKSERVER_API_REQUEST_H

#include "api/contract.h"
#include "api/multipart.h"
#include "images/image.h"
#include <stdint.h>

#define REQUEST_HEADERS_MAX 64
#define REQUEST_WHY_SIZE MULTIPART_WHY_SIZE
#define CHOICE_MAX 999999 /* larger numbers are in no revision's scope */

/* What service_choice says when it is none of 0 to CHOICE_MAX. */
enum { CHOICE_UNREADABLE = -1, CHOICE_LARGE = -2 };

#define REQUEST_KEY_HEADER "ailabapi-api-key"

struct header_field {
    struct slice name, value;
};

enum body_framing { BODY_NONE, BODY_LENGTH, BODY_CHUNKED };

struct request_head {
    struct slice method;
    struct slice path; /* raw, without the query */
    struct slice query;
    struct slice version;   /* "1.0" or "1.1" */
    struct slice authority; /* "HOST:PORT" of CONNECT or of an absolute URI, else empty */
    bool by_tls;
    struct header_field headers[REQUEST_HEADERS_MAX];
    size_t header_count;
    bool headers_incomplete;    /* the transport dropped headers or could not read them all */
    const char *incomplete_why; /* what the transport knows about that, or NULL; static storage */

    /* Derived by request_head_derive(). */
    enum endpoint_id endpoint;
    enum body_framing framing;
    uint64_t content_length; /* with BODY_LENGTH */
    struct slice key;        /* empty when there is none */
    bool expects_continue;
    bool keep_alive;   /* the client's wish */
    bool is_head;      /* an answer without a body is wanted */
    const char *doubt; /* what is doubtful in the framing, NULL when nothing is; static storage */
};

/* What became of reading the body. */
enum body_end {
    BODY_COMPLETE,
    BODY_CUT,       /* the client stopped before the announced end */
    BODY_TOO_LARGE, /* larger than the bound; the rest was not read */
    BODY_TIMED_OUT,
    BODY_BAD_CHUNK,
    BODY_NO_MEMORY,
    BODY_DROPPED, /* an upload fault had its way: the connection is to end without an answer */
};

struct request {
    struct request_head head;
    struct slice body;
    enum body_end body_end;
    bool parsed;                      /* the body is well-formed and parts filled in */
    char parse_why[REQUEST_WHY_SIZE]; /* otherwise: why not */
    struct multipart parts;
    const struct multipart_part *image;  /* the first image_target, or NULL */
    const struct multipart_part *choice; /* the first service_choice, or NULL */
    int choice_number;    /* with choice: what it says. Digits without sign, white space or leading
                             zero; any other text is CHOICE_UNREADABLE */
    const char *repeated; /* name of a documented field given twice, or NULL */
    const struct expression *expression; /* what service_choice asks for; set by rules_judge(), NULL
                                            for a value outside the scope */
    struct image_facts facts;            /* of image, once looked at */
    bool inspected;
    bool no_memory; /* memory ran out while it was judged */
};

/* Without surrounding white space; ptr is never NULL. */
struct slice header_value(const struct header_field *field);
/* The first header of that name, without surrounding white space; ptr NULL when there is none. */
struct slice request_header(const struct request_head *head, const char *name);

/* Fills in what follows from method, path, version and headers. */
void request_head_derive(struct request_head *head);

/* Cuts the body into parts and finds the documented fields, or leaves parsed false with a reason
 * in parse_why. */
void request_parse_body(struct request *request);

/* "POST" -> POST; text for people: control characters and non-ASCII replaced, cut at size - 1.
 * Returns out. */
const char *printable(char *out, size_t size, struct slice text);

#endif
