/* RFC 1035, as much of it as a resolver on the same machine asks for. */
#include "dns_message.h"
#include <string.h>

#define HEADER_SIZE 12
#define LABEL_MAX 63
#define IS_ANSWER 0x80
#define OPCODE 0x78
#define AUTHORITATIVE 0x04
#define RECURSION_DESIRED 0x01
#define RECURSION_AVAILABLE 0x80
#define CLASS_INTERNET 1

enum rcode { RCODE_OK = 0, RCODE_MALFORMED = 1, RCODE_NO_SUCH_NAME = 3 };

static uint16_t read_16(const unsigned char *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static unsigned char *write_16(unsigned char *at, unsigned value)
{
    at[0] = (unsigned char)(value >> 8);
    at[1] = (unsigned char)value;
    return at + 2;
}

static char shown(unsigned char byte)
{
    if (byte >= 'A' && byte <= 'Z')
        return (char)(byte - 'A' + 'a');
    return byte > ' ' && byte < 0x7f ? (char)byte : '?';
}

/* Reads labels up to the root; the end of the name in the message, or 0. A question has no
 * compression. */
static size_t read_name(char out[DNS_NAME_SIZE], const unsigned char *message, size_t size)
{
    size_t at = HEADER_SIZE, used = 0;
    while (at < size && message[at] != 0) {
        const size_t length = message[at];
        if (length > LABEL_MAX || at + 1 + length >= size || used + length + 2 > DNS_NAME_SIZE)
            return 0;
        if (used)
            out[used++] = '.';
        for (size_t i = 1; i <= length; i++)
            out[used++] = shown(message[at + i]);
        at += 1 + length;
    }
    out[used] = '\0';
    return at < size ? at + 1 : 0;
}

static bool may_be_answered(const unsigned char *message, size_t size)
{
    return size >= HEADER_SIZE && !(message[2] & IS_ANSWER);
}

bool dns_question_read(struct dns_question *out, const unsigned char *message, size_t size)
{
    if (!may_be_answered(message, size) || (message[2] & OPCODE) || read_16(message + 4) != 1)
        return false;
    const size_t end = read_name(out->name, message, size);
    if (end == 0 || end + 4 > size)
        return false;
    out->type = read_16(message + end);
    out->class = read_16(message + end + 2);
    out->end = end + 4;
    return true;
}

bool dns_name_is_in(const char *name, const char *domain)
{
    const size_t length = strlen(name), wanted = strlen(domain);
    if (length < wanted || strcmp(name + length - wanted, domain) != 0)
        return false;
    return length == wanted || name[length - wanted - 1] == '.';
}

static unsigned char *write_record(unsigned char *at, enum dns_type type, size_t size)
{
    static const unsigned char loopback[16] = {[15] = 1}, loopback_4[4] = {127, 0, 0, 1};
    at = write_16(at, 0xc000 | HEADER_SIZE); /* the name of the question */
    at = write_16(at, type);
    at = write_16(at, CLASS_INTERNET);
    at = write_16(write_16(at, 0), 60); /* seconds that it may be remembered */
    at = write_16(at, (unsigned)size);
    memcpy(at, type == DNS_A ? loopback_4 : loopback, size);
    return at + size;
}

static void write_header(unsigned char *out, const unsigned char *message, enum rcode code,
                         unsigned questions, unsigned answers)
{
    memset(out, 0, HEADER_SIZE);
    memcpy(out, message, 2); /* the number of the question */
    out[2] =
        (unsigned char)(IS_ANSWER | AUTHORITATIVE | (message[2] & (OPCODE | RECURSION_DESIRED)));
    out[3] = (unsigned char)(RECURSION_AVAILABLE | code);
    write_16(out + 4, questions);
    write_16(out + 6, answers);
}

size_t dns_answer_write(unsigned char out[DNS_ANSWER_MAX], const unsigned char *message,
                        size_t size, const struct dns_question *question, enum dns_verdict verdict)
{
    unsigned answers = 0;
    if (!may_be_answered(message, size))
        return 0;
    if (!question) {
        write_header(out, message, RCODE_MALFORMED, 0, 0);
        return HEADER_SIZE;
    }
    unsigned char *at = out + question->end;
    memcpy(out, message, question->end);
    if (verdict == DNS_LOOPBACK && question->class == CLASS_INTERNET) {
        if (question->type == DNS_A || question->type == DNS_ANY) {
            at = write_record(at, DNS_A, 4);
            answers++;
        }
        if (question->type == DNS_AAAA || question->type == DNS_ANY) {
            at = write_record(at, DNS_AAAA, 16);
            answers++;
        }
    }
    write_header(out, message, verdict == DNS_UNKNOWN ? RCODE_NO_SUCH_NAME : RCODE_OK, 1, answers);
    return (size_t)(at - out);
}
