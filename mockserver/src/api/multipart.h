/* multipart/form-data, cut into slices (RFC 2046 section 5.1, RFC 7578).
 *
 * Pure: no allocation, no I/O, no state. Strict where a lenient reader could be fooled (framing of
 * parts), liberal where real clients differ (quoting, header case, folding, epilogue). It knows
 * nothing of the endpoint's fields. */
#ifndef AILAB_MOCK_MULTIPART_H
#define AILAB_MOCK_MULTIPART_H

#include "api/slice.h"

#define MULTIPART_BOUNDARY_MAX 70      /* RFC 2046 section 5.1.1 */
#define MULTIPART_PARTS_MAX 32         /* two are documented */
#define MULTIPART_PART_HEADER_MAX 8192 /* bytes of one part's header block */
#define MULTIPART_WHY_SIZE 160

/* One part. Slices point into the parsed body. */
struct multipart_part {
    struct slice name;         /* unquoted; escapes left as sent */
    struct slice file_name;    /* from filename, or the value of filename* as sent */
    struct slice content_type; /* as sent, without surrounding white space */
    struct slice body;
    bool has_file_name;
};

struct multipart {
    struct multipart_part parts[MULTIPART_PARTS_MAX];
    size_t count;
};

/* Finds the boundary in a Content-Type header value. Returns true and a slice into content_type
 * (without quotes) when the type is multipart/form-data with a usable boundary; otherwise false,
 * and why says in one phrase what was wrong and what would be right. */
bool multipart_boundary(struct slice *out, struct slice content_type, char why[MULTIPART_WHY_SIZE]);

/* Cuts body at the boundary. Returns true and fills out, or false with a reason in why; then out
 * is unspecified. Preamble and epilogue are ignored; the closing boundary must be there. */
bool multipart_parse(struct multipart *out, struct slice body, struct slice boundary,
                     char why[MULTIPART_WHY_SIZE]);

#endif
