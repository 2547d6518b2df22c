/* One question of the domain name system, and its answer. Pure: bytes in, bytes out. */
#ifndef AILAB_MOCK_RUN_DNS_MESSAGE_H
#define AILAB_MOCK_RUN_DNS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DNS_NAME_SIZE 254  /* the longest name as text, and its end */
#define DNS_ANSWER_MAX 512 /* larger than any answer here */

enum dns_type { DNS_A = 1, DNS_AAAA = 28, DNS_ANY = 255 };

struct dns_question {
    char name[DNS_NAME_SIZE]; /* in small letters, without the last dot; other bytes are '?' */
    uint16_t type, class;
    size_t end; /* of the question in the message */
};

/* What is known of a name. */
enum dns_verdict {
    DNS_LOOPBACK, /* 127.0.0.1 and ::1 */
    DNS_UNKNOWN,  /* there is no such name */
};

/* False when the message is no question that can be answered. */
bool dns_question_read(struct dns_question *out, const unsigned char *message, size_t size);

/* Whether it is the name, or one below it. */
bool dns_name_is_in(const char *name, const char *domain);

/* Returns the size of the answer. question NULL: the message is refused as malformed. 0: the
 * message is none that may be answered, such as an answer. */
size_t dns_answer_write(unsigned char out[DNS_ANSWER_MAX], const unsigned char *message,
                        size_t size, const struct dns_question *question, enum dns_verdict verdict);

#endif
