/* What multipart.c needs to read headers: white space, the "; name=value" parameters that follow a
 * media type or a disposition, and reasons for a refusal. Internal to the multipart reader; pure.
 */
#ifndef AILAB_MOCKSERVER_API_MULTIPART_PARAMETERS_H
#define AILAB_MOCKSERVER_API_MULTIPART_PARAMETERS_H

#include "api/multipart.h"
#include <string.h>

#define ECHO_MAX 48 /* characters of the client's own text in a reason */

struct multipart_echo {
    char text[ECHO_MAX + sizeof "..."];
};

/* What a client sent, made fit for a reason that ends up in JSON, logs and terminals. By value, so
 * that it can be built inside the argument list that needs it. */
struct multipart_echo multipart_echo(struct slice raw);

/* Writes a reason; always false. */
__attribute__((format(printf, 2, 3))) bool multipart_refuse(char why[MULTIPART_WHY_SIZE],
                                                            const char *format, ...);

static inline bool is_letter_or_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static inline bool is_one_of(char c, const char *set)
{
    return memchr(set, c, strlen(set)) != NULL;
}

/* Tab is white space. Bytes from 0x80 are not controls: file names are sent in raw UTF-8. */
static inline bool is_control(char c)
{
    unsigned char byte = (unsigned char)c;
    return (byte < 0x20 && byte != '\t') || byte == 0x7f;
}

void multipart_skip(struct slice *rest, size_t count);
bool multipart_starts_with(struct slice text, struct slice prefix);
bool multipart_is_token(struct slice text);

bool multipart_has_control(struct slice text);

/* Without white space around it. CR and LF count as white space within a header value, because the
 * only ones left there are folds (a line break before white space). */
struct slice multipart_trim(struct slice text);

/* Takes what stands before the first ';' off *rest, without surrounding white space. */
struct slice multipart_take_type(struct slice *rest);

/* Reads all parameters in rest and keeps the values of those in keys; found[k].ptr is NULL when
 * keys[k] was not sent. Others must be well-formed, too: after a misread one nothing is sure. */
bool multipart_read_parameters(struct slice rest, const char *where, const char *const keys[],
                               struct slice found[], size_t count, char why[MULTIPART_WHY_SIZE]);

#endif
