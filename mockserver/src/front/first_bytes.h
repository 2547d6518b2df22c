/* What a connection speaks, from its first bytes, and what is wrong with the head of a request.
 * Pure. */
#ifndef AILAB_MOCKSERVER_FRONT_FIRST_BYTES_H
#define AILAB_MOCKSERVER_FRONT_FIRST_BYTES_H

#include "base/slice.h"

enum first_bytes {
    FIRST_BYTES_MORE, /* too few to tell */
    FIRST_BYTES_TLS,  /* the record of a hello */
    FIRST_BYTES_CONNECT,
    FIRST_BYTES_HTTP, /* anything else */
};

enum first_bytes first_bytes_judge(struct slice bytes);

enum head_trouble_kind {
    HEAD_TROUBLE_NONE, /* or none that the first bytes show */
    HEAD_TROUBLE_TLS,
    HEAD_TROUBLE_TAB,
    HEAD_TROUBLE_CONTROL, /* another control character */
    HEAD_TROUBLE_LINE,    /* the request line is not METHOD PATH VERSION */
    HEAD_TROUBLE_SIZE,    /* the head does not end within the bytes that a head may have */
};

struct head_trouble {
    enum head_trouble_kind kind;
    unsigned char byte;        /* the control character */
    struct slice method, path; /* as in the request line, empty when that cannot be read */
    struct slice header;       /* in which header the character stands, empty for none */
};

/* Judges a head, or as much of it as there is. most: how many bytes a head may have. Borrows. */
void head_trouble_judge(struct head_trouble *out, struct slice bytes, size_t most);

#endif
