/* multipart/form-data, cut into slices (RFC 2046 section 5.1, RFC 7578).
 *
 * Pure: no allocation, no I/O, no state. It reads what the parsers in use read alike, and says what
 * was odd about it; what they read differently it refuses, so that no form means two things. It
 * knows nothing of the endpoint's fields. Every function may be called from any thread. */
#ifndef AILAB_MOCKSERVER_API_MULTIPART_H
#define AILAB_MOCKSERVER_API_MULTIPART_H

#include "base/oddity.h"
#include "base/slice.h"

#define MULTIPART_BOUNDARY_MAX 1024 /* characters; RFC 2046 section 5.1.1 wants 70 at most */
#define MULTIPART_PARTS_MAX 1000    /* two are documented */
#define MULTIPART_PART_HEADER_MAX                                                                  \
    65536                     /* bytes of one part's header block, empty line included             \
                               */
#define MULTIPART_KEPT_MAX 32 /* parts that are kept */
#define MULTIPART_WHY_SIZE 160

/* MULTIPART_ODDITY_boundary_length and so on. */
enum multipart_oddity {
#define MOCK_ODDITY(id, note) MULTIPART_ODDITY_##id,
#include "api/multipart_oddities.def"
    MULTIPART_ODDITIES
};

/* The rows of multipart_oddities.def. */
extern const struct oddity_table multipart_oddities;

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
    struct multipart_part parts[MULTIPART_KEPT_MAX]; /* in the order sent; names may repeat */
    size_t kept;                                     /* that many of parts */
    size_t count;      /* how many parts there were; 0 for a form without fields */
    unsigned oddities; /* a bit (1 << enum multipart_oddity) each */
};

/* Finds the boundary in a Content-Type header value. Returns true and a slice into content_type
 * (without quotes) when the type is multipart/form-data with a usable boundary; otherwise false,
 * and why says in one phrase what was wrong and what would be right. why is written only then:
 * printable ASCII whatever was sent, cut to its size. An empty content_type means none was sent. */
bool multipart_boundary(struct slice *out, struct slice content_type, char why[MULTIPART_WHY_SIZE]);

/* Cuts body at the boundary. Returns true and fills out, or false with a reason in why (as above);
 * then out is unspecified. Preamble and epilogue are ignored; the closing delimiter must be there.
 * Takes time linear in the body's length, whatever the body.
 *
 * fields names the fields that matter, ended by NULL. A part that is no form-data must not bear
 * such a name. Of more parts than can be kept, the first are kept, and those with such a name:
 * enough to see that one is given twice. */
bool multipart_parse(struct multipart *out, struct slice body, struct slice boundary,
                     const char *const fields[], char why[MULTIPART_WHY_SIZE]);

#endif
