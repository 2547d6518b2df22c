/* A request as data. request_good() is the documented call; every bad request of a case is that
 * one with a single change, so that a refusal has one possible reason. Rendering gives the exact
 * bytes. It holds no socket and judges nothing.
 *
 * Texts are borrowed (most are literals); those that are made live in `store`. */
#ifndef CONFORMANCE_SERVER_WIRE_REQUEST_H
#define CONFORMANCE_SERVER_WIRE_REQUEST_H

#include "base/buf.h"
#include "pictures/picture.h"

#define REQUEST_PARTS_MAX 48
#define REQUEST_HEADERS_MAX 8
#define REQUEST_EDITOR "/api/portrait/effects/emotion-editor"
#define REQUEST_CREDITS "/api/common/query-credits"

struct request_header {
    const char *name, *value;
};

struct part {
    const char *name;      /* of the field; for the curl line too when raw_head is set */
    const char *file_name; /* NULL: none */
    const char *type;      /* its Content-Type; NULL: none */
    const char *raw_head;  /* NULL, or the whole header block of the part with its line ends */
    const char *body;
    size_t body_len;
};

enum framing { FRAMING_LENGTH, FRAMING_CHUNKED, FRAMING_NONE };

struct request {
    const char *method;
    const char *scheme;  /* NULL, or "http": the target in absolute form, as a proxy writes it */
    const char *path;    /* behind the prefix of the target */
    const char *version; /* "HTTP/1.1" */
    const char *host;    /* NULL: no Host header */
    const char *key_name;
    const char *key;          /* NULL: no key header */
    const char *boundary;     /* of the parts */
    const char *content_type; /* NULL: multipart/form-data with the boundary; "": none */
    struct request_header extra[REQUEST_HEADERS_MAX];
    size_t extra_count;
    const char *raw_headers; /* NULL, or further header lines, sent as they are */
    const char *line_end;    /* of the head: "\r\n" */
    struct part parts[REQUEST_PARTS_MAX];
    size_t part_count;
    const char *preamble, *epilogue; /* NULL: none */
    const char *padding;             /* NULL, or blanks behind each boundary */
    bool unclosed;                   /* without the closing boundary */
    const char *raw_body;            /* NULL, or sent instead of the parts */
    size_t raw_body_len;
    enum framing framing;
    const char *coding;      /* with FRAMING_CHUNKED; NULL: "chunked" */
    size_t chunk_bytes;      /* 0: 8 KiB */
    const char *length_text; /* NULL: the true Content-Length */
    size_t cut;              /* bytes that are left out at the end of the body */
    bool finish;             /* the sending side of the connection is closed behind the body */
    bool expect;             /* Expect: 100-continue */
    bool close;              /* Connection: close */
    char store[512];
};

/* The documented call: POST, the key, service_choice and image_target. */
void request_good(struct request *out, const char *host, const char *key, const char *choice,
                  struct picture_bytes picture);

void request_add_header(struct request *request, const char *name, const char *value);
/* The part of this name, NULL when there is none. */
struct part *request_part(struct request *request, const char *name);
void request_drop_part(struct request *request, const char *name);
/* A copy of part behind the others. */
void request_add_part(struct request *request, const struct part *part);

/* This text as the whole body, of that type; neither parts nor anything else. */
void request_raw_body(struct request *request, const char *type, const char *text);
void request_no_body(struct request *request);

/* The body, before chunking. */
void request_body(struct buf *out, const struct request *request);
/* Everything up to the empty line, for a body of body_len bytes. */
void request_head(struct buf *out, const struct request *request, const char *prefix,
                  size_t body_len);
/* The body as it goes over the wire. */
void request_frame(struct buf *out, const struct request *request, const struct buf *body);

#endif
