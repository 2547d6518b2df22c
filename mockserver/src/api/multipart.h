/* multipart/form-data, cut into slices (RFC 2046 section 5.1, RFC 7578).
 *
 * Pure: no allocation, no I/O, no state. Strict where a lenient reader could be fooled (framing of
 * parts), liberal where real clients differ (quoting, header case, folding, epilogue). It knows
 * nothing of the endpoint's fields. Every function may be called from any thread. */
#ifndef AILAB_MOCK_MULTIPART_H
#define AILAB_MOCK_MULTIPART_H

#include "base/slice.h"

#define MULTIPART_BOUNDARY_MAX 70      /* RFC 2046 section 5.1.1 */
#define MULTIPART_PARTS_MAX 32         /* two are documented */
#define MULTIPART_PART_HEADER_MAX 8192 /* bytes of one part's header block, empty line included */
#define MULTIPART_WHY_SIZE 160

/* One part. Slices point into the parsed body; one that was not sent is {NULL, 0}. Nothing is
 * decoded: backslashes, %22 and the charset''value form of filename* stay as sent. */
struct multipart_part {
    struct slice name;         /* without quotes; always sent, may be empty, no control character */
    struct slice file_name;    /* without quotes: filename, or filename* when only that was sent */
    struct slice content_type; /* without surrounding white space; a folded one still holds CRLF */
    struct slice body;         /* any bytes, possibly none */
    bool has_file_name;        /* also true of an empty file name */
};

struct multipart {
    struct multipart_part parts[MULTIPART_PARTS_MAX]; /* in the order sent; names may repeat */
    size_t count;                                     /* 0 for a form without fields */
};

/* Finds the boundary in a Content-Type header value. Returns true and a slice into content_type
 * (without quotes) when the type is multipart/form-data with a usable boundary; otherwise false,
 * and why says in one phrase what was wrong and what would be right. why is written only then:
 * printable ASCII whatever was sent, cut to its size. An empty content_type means none was sent. */
bool multipart_boundary(struct slice *out, struct slice content_type, char why[MULTIPART_WHY_SIZE]);

/* Cuts body at the boundary. Returns true and fills out, or false with a reason in why (as above);
 * then out is unspecified. Preamble and epilogue are ignored; the closing delimiter must be there.
 * Takes time linear in the body's length, whatever the body. */
bool multipart_parse(struct multipart *out, struct slice body, struct slice boundary,
                     char why[MULTIPART_WHY_SIZE]);

#endif
