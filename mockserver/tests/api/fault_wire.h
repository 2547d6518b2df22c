/* Carries the steps of a faulty reply out into memory, for tests to look at as a raw reader would;
 * and the right answer to compare with. */
#ifndef AILAB_TESTS_FAULT_WIRE_H
#define AILAB_TESTS_FAULT_WIRE_H

#include "api/fault.h"

/* Printed envelopes: a success with the image's mark, an error. */
extern const char wire_success[], wire_failure[];

/* An image whose Base64 has every character of the alphabet. WIRE_IMAGE_SIZE bytes of it make two
 * padding characters, one less none, one more one. */
#define WIRE_IMAGE_SIZE 199
void wire_make_image(unsigned char image[WIRE_IMAGE_SIZE + 1]);

/* Base64, written again: slow and plain. To be freed. */
char *wire_encode(const unsigned char *bytes, size_t len);

/* What came over the wire. */
struct seen {
    char *bytes; /* owned, NUL behind it */
    size_t len;
    size_t head_len; /* the empty line included; 0: there was none */
    const char *body;
    size_t body_len;
    enum reply_step_kind end; /* RESET, CLOSE, or SEND for none */
    uint64_t waited_ms;
    size_t waited_at;    /* how much had been sent */
    uint64_t refused_ms; /* how long new connections are refused, the answer having been sent */
    uint64_t rate;
    bool close;
};

struct reply_head wire_head(bool ok, bool keep_alive);
/* Frees the reply. */
void wire_carry_out(struct seen *out, struct reply *reply);
/* The answer with a fault: a success with so much of the image, or an error. */
void wire_see(struct seen *out, bool ok, size_t image_size, enum fault_id fault, uint64_t amount);
/* The right answer, on a connection that is kept or not. */
void wire_see_right(struct seen *out, bool ok, size_t image_size, bool keep_alive);

/* The value of a header, up to its line's end; NULL when it is not there. */
const char *wire_header(const struct seen *seen, const char *name);
bool wire_header_is(const struct seen *seen, const char *name, const char *value);
/* Content-Length, -1 when there is none. */
long long wire_announced(const struct seen *seen);

#endif
