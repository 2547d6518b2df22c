/* Fuzzes questions for names: an answer fits, belongs to its question, and answers no answer. */
#include "dns_message.h"
#include <stdlib.h>
#include <string.h>

static void expect(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned char out[DNS_ANSWER_MAX];
    struct dns_question question;
    const bool read = dns_question_read(&question, data, size);
    if (read)
        expect(question.end <= size && strlen(question.name) < DNS_NAME_SIZE);
    const char *vendor = "ailabapi.com";
    if (read && dns_name_is_in(question.name, vendor))
        expect(strcmp(question.name + strlen(question.name) - strlen(vendor), vendor) == 0);
    for (enum dns_verdict verdict = DNS_LOOPBACK; verdict <= DNS_UNKNOWN; verdict++) {
        const size_t made = dns_answer_write(out, data, size, read ? &question : NULL, verdict);
        expect(made <= sizeof out);
        if (made == 0)
            continue;
        expect(made >= 12 && memcmp(out, data, 2) == 0 && (out[2] & 0x80) && !(data[2] & 0x80));
        expect(read || (out[3] & 0x0f) == 1);
        expect(!read || memcmp(out + 12, data + 12, question.end - 12) == 0);
        expect(dns_answer_write(out, out, made, NULL, verdict) == 0);
    }
    return 0;
}
