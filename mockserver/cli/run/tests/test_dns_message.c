/* Questions as resolvers send them, and bytes that are none. */
#include "dns_message.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HEADER "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
#define VENDOR "\3www\10ailabapi\3com"
#define BYTES(text) (const unsigned char *)(text), sizeof(text) - 1

static void reads(const char *name, uint16_t type, const unsigned char *message, size_t size)
{
    struct dns_question question;
    assert_true(dns_question_read(&question, message, size));
    assert_string_equal(question.name, name);
    assert_int_equal(question.type, type);
    assert_true(question.end <= size);
}

static void dns_question_is_read_in_small_letters(void **state)
{
    (void)state;
    reads("www.ailabapi.com", DNS_A, BYTES(HEADER VENDOR "\0\0\1\0\1"));
    reads("www.ailabapi.com", DNS_AAAA, BYTES(HEADER "\3WWW\10AiLabApi\3COM\0\0\34\0\1"));
    reads("", DNS_A, BYTES(HEADER "\0\0\1\0\1"));
    reads("a?b?", DNS_A, BYTES(HEADER "\4a\1b\377\0\0\1\0\1"));
    reads("x", 15, BYTES(HEADER "\1x\0\0\17\0\1 and what follows"));
}

static void dns_question_is_refused_when_it_is_none(void **state)
{
    static const struct {
        const char *why;
        const unsigned char *message;
        size_t size;
    } rows[] = {
        {"nothing", BYTES("")},
        {"half a header", BYTES("\x12\x34\x01\x00\x00\x01")},
        {"a header alone", BYTES(HEADER)},
        {"an answer", BYTES("\x12\x34\x81\x00\x00\x01\x00\x00\x00\x00\x00\x00\1x\0\0\1\0\1")},
        {"another operation",
         BYTES("\x12\x34\x28\x00\x00\x01\x00\x00\x00\x00\x00\x00\1x\0\0\1\0\1")},
        {"two questions", BYTES("\x12\x34\x01\x00\x00\x02\x00\x00\x00\x00\x00\x00\1x\0\0\1\0\1")},
        {"compression", BYTES(HEADER "\300\14\0\1\0\1")},
        {"a label beyond the end", BYTES(HEADER "\12www")},
        {"no root", BYTES(HEADER "\1x")},
        {"half a type", BYTES(HEADER "\1x\0\0")},
    };
    struct dns_question question;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (dns_question_read(&question, rows[i].message, rows[i].size))
            fail_msg("%s was read as '%s'", rows[i].why, question.name);
}

static void dns_question_is_refused_when_its_name_is_too_long(void **state)
{
    unsigned char message[12 + 4 * 64 + 5] = HEADER;
    struct dns_question question;
    (void)state;
    for (int label = 0; label < 4; label++) {
        message[12 + 64 * label] = 63;
        memset(message + 13 + 64 * label, 'a', 63);
    }
    message[12 + 4 * 64 + 2] = DNS_A;
    assert_false(dns_question_read(&question, message, sizeof message));
    message[12 + 64 * 3] = 61; /* with the dots 253 characters */
    memmove(message + 12 + 64 * 3 + 62, "\0\0\1\0\1", 5);
    assert_true(dns_question_read(&question, message, sizeof message));
    assert_int_equal(strlen(question.name), DNS_NAME_SIZE - 1);
}

static size_t answer_to(unsigned char out[DNS_ANSWER_MAX], const unsigned char *message,
                        size_t size, enum dns_verdict verdict)
{
    struct dns_question question;
    assert_true(dns_question_read(&question, message, size));
    return dns_answer_write(out, message, size, &question, verdict);
}

static void answers(const unsigned char *message, size_t size, enum dns_verdict verdict,
                    const unsigned char *expected, size_t expected_size)
{
    unsigned char out[DNS_ANSWER_MAX];
    assert_int_equal(answer_to(out, message, size, verdict), expected_size);
    assert_memory_equal(out, expected, expected_size);
}

#define ANSWER(code, count) "\x12\x34\x85" code "\x00\x01\x00" count "\x00\x00\x00\x00"

static void dns_answer_has_the_addresses_of_this_machine(void **state)
{
    (void)state;
    answers(BYTES(HEADER VENDOR "\0\0\1\0\1"), DNS_LOOPBACK,
            BYTES(ANSWER("\x80", "\1") VENDOR "\0\0\1\0\1"
                                              "\300\14\0\1\0\1\0\0\0\74\0\4\177\0\0\1"));
    answers(BYTES(HEADER VENDOR "\0\0\34\0\1"), DNS_LOOPBACK,
            BYTES(ANSWER("\x80", "\1") VENDOR
                  "\0\0\34\0\1"
                  "\300\14\0\34\0\1\0\0\0\74\0\20\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1"));
}

static void dns_answer_is_empty_when_another_type_is_asked_for(void **state)
{
    (void)state;
    answers(BYTES(HEADER "\1x\0\0\17\0\1"), DNS_LOOPBACK,
            BYTES(ANSWER("\x80", "\0") "\1x\0\0\17\0\1"));
    answers(BYTES(HEADER "\1x\0\0\1\0\3"), DNS_LOOPBACK,
            BYTES(ANSWER("\x80", "\0") "\1x\0\0\1\0\3"));
}

static void dns_answer_denies_an_unknown_name(void **state)
{
    (void)state;
    answers(BYTES(HEADER "\1x\0\0\1\0\1"), DNS_UNKNOWN,
            BYTES(ANSWER("\x83", "\0") "\1x\0\0\1\0\1"));
}

static void dns_answer_refuses_what_is_malformed(void **state)
{
    unsigned char out[DNS_ANSWER_MAX];
    (void)state;
    assert_int_equal(dns_answer_write(out, BYTES(HEADER "\300\14"), NULL, DNS_UNKNOWN), 12);
    assert_memory_equal(out, "\x12\x34\x85\x81\0\0\0\0\0\0\0\0", 12);
    assert_int_equal(dns_answer_write(out, BYTES("\x12\x34"), NULL, DNS_UNKNOWN), 0);
    assert_int_equal(
        dns_answer_write(out, BYTES("\x12\x34\x81\0\0\0\0\0\0\0\0\0"), NULL, DNS_UNKNOWN), 0);
}

static void dns_name_is_in_its_domain(void **state)
{
    (void)state;
    assert_true(dns_name_is_in("ailabapi.com", "ailabapi.com"));
    assert_true(dns_name_is_in("www.ailabapi.com", "ailabapi.com"));
    assert_false(dns_name_is_in("notailabapi.com", "ailabapi.com"));
    assert_false(dns_name_is_in("ailabapi.com.example", "ailabapi.com"));
    assert_false(dns_name_is_in("com", "ailabapi.com"));
    assert_false(dns_name_is_in("", "ailabapi.com"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dns_question_is_read_in_small_letters),
        cmocka_unit_test(dns_question_is_refused_when_it_is_none),
        cmocka_unit_test(dns_question_is_refused_when_its_name_is_too_long),
        cmocka_unit_test(dns_answer_has_the_addresses_of_this_machine),
        cmocka_unit_test(dns_answer_is_empty_when_another_type_is_asked_for),
        cmocka_unit_test(dns_answer_denies_an_unknown_name),
        cmocka_unit_test(dns_answer_refuses_what_is_malformed),
        cmocka_unit_test(dns_name_is_in_its_domain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
