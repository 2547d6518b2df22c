/* Tests of reading a request's head: which framing is doubtful, which header counts, what the
 * client wishes; and of finding the documented fields in a body. */
#include "api/request.h"
#include "mock_requests.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])
#define BYTES(literal) slice_make(literal, sizeof(literal) - 1)

/* A head from "Name: value" lines that are separated by LF, without Host unless it is one. */
static struct request_head head_of(const char *version, const char *lines)
{
    struct request_head head = {
        .method = slice_of("POST"), .path = slice_of(MOCK_PATH), .version = slice_of(version)};
    while (*lines) {
        size_t len = strcspn(lines, "\n");
        const char *colon = memchr(lines, ':', len);
        assert_non_null(colon);
        size_t name_len = (size_t)(colon - lines);
        head.headers[head.header_count++] = (struct header_field){
            slice_make(lines, name_len), slice_make(colon + 1, len - name_len - 1)};
        lines += len + (lines[len] == '\n');
    }
    request_head_derive(&head);
    return head;
}

/* said NULL: the framing is clear. */
struct framing_row {
    const char *why, *version, *lines, *said;
    enum body_framing framing;
    uint64_t length;
};

#define H "Host: a\n"
#define TWICE "Content-Length is given more than once"
#define NOT_DECIMAL "Content-Length is not a plain decimal number"
#define NAME "a header name holds a character that is not allowed there"
#define NOT_CHUNKED "Transfer-Encoding is not chunked"

static const struct framing_row framing_rows[] = {
    {"no body", "1.1", H, NULL, BODY_NONE, 0},
    {"a length", "1.1", H "Content-Length: 5", NULL, BODY_LENGTH, 5},
    {"names ignore case", "1.1", "hOsT: a\ncontent-LENGTH: 5", NULL, BODY_LENGTH, 5},
    {"white space around a value", "1.1", H "Content-Length: \t 5 \t", NULL, BODY_LENGTH, 5},
    {"length 0", "1.1", H "Content-Length: 0", NULL, BODY_NONE, 0},
    {"leading zeros are digits", "1.1", H "Content-Length: 007", NULL, BODY_LENGTH, 7},
    {"the largest that is read", "1.1", H "Content-Length: 999999999999999999", NULL, BODY_LENGTH,
     UINT64_C(999999999999999999)},
    {"chunked", "1.1", H "Transfer-Encoding: chunked", NULL, BODY_CHUNKED, 0},
    {"a coding ignores case", "1.1", H "Transfer-Encoding: ChUnKeD", NULL, BODY_CHUNKED, 0},
    {"HTTP/1.0 needs no Host", "1.0", "Content-Length: 5", NULL, BODY_LENGTH, 5},
    {"an empty Host is one", "1.1", "Host:\nContent-Length: 5", NULL, BODY_LENGTH, 5},
    {"every token character", "1.1", H "!#$%&'*+-.^_`|~aZ09: 5", NULL, BODY_NONE, 0},
    {"a name of one character", "1.1", H "a: 5", NULL, BODY_NONE, 0},
    {"no Host", "1.1", "Content-Length: 5", "Host is missing", 0, 0},
    {"two Hosts", "1.1", H "host: a", "Host is given more than once", 0, 0},
    {"two Hosts in 1.0", "1.0", H "host: a", "Host is given more than once", 0, 0},
    {"both", "1.1", H "Content-Length: 5\nTransfer-Encoding: chunked",
     "both Content-Length and Transfer-Encoding", 0, 0},
    {"both, the other way round", "1.1", H "Transfer-Encoding: chunked\nContent-Length: 5",
     "both Content-Length and Transfer-Encoding", 0, 0},
    {"both, one empty", "1.1", H "Transfer-Encoding:\nContent-Length: 5",
     "both Content-Length and Transfer-Encoding", 0, 0},
    {"two lengths that differ", "1.1", H "Content-Length: 5\nContent-Length: 6", TWICE, 0, 0},
    {"two lengths that agree", "1.1", H "Content-Length: 5\ncontent-length: 5", TWICE, 0, 0},
    {"a list of lengths", "1.1", H "Content-Length: 5,6", NOT_DECIMAL, 0, 0},
    {"a list of the same length", "1.1", H "Content-Length: 5, 5", NOT_DECIMAL, 0, 0},
    {"digits, then letters", "1.1", H "Content-Length: 5abc", NOT_DECIMAL, 0, 0},
    {"a plus sign", "1.1", H "Content-Length: +5", NOT_DECIMAL, 0, 0},
    {"a minus sign", "1.1", H "Content-Length: -5", NOT_DECIMAL, 0, 0},
    {"minus zero", "1.1", H "Content-Length: -0", NOT_DECIMAL, 0, 0},
    {"hexadecimal", "1.1", H "Content-Length: 0x5", NOT_DECIMAL, 0, 0},
    {"an exponent", "1.1", H "Content-Length: 1e3", NOT_DECIMAL, 0, 0},
    {"a fraction", "1.1", H "Content-Length: 5.0", NOT_DECIMAL, 0, 0},
    {"nothing", "1.1", H "Content-Length:", NOT_DECIMAL, 0, 0},
    {"white space only", "1.1", H "Content-Length: \t ", NOT_DECIMAL, 0, 0},
    {"white space inside", "1.1", H "Content-Length: 5 6", NOT_DECIMAL, 0, 0},
    {"quotes", "1.1", H "Content-Length: \"5\"", NOT_DECIMAL, 0, 0},
    {"digits of another script", "1.1", H "Content-Length: \xef\xbc\x95", NOT_DECIMAL, 0, 0},
    {"2^63", "1.1", H "Content-Length: 9223372036854775808", NOT_DECIMAL, 0, 0},
    {"2^64", "1.1", H "Content-Length: 18446744073709551616", NOT_DECIMAL, 0, 0},
    {"2^64 + 5", "1.1", H "Content-Length: 18446744073709551621", NOT_DECIMAL, 0, 0},
    {"10^18, the first too large", "1.1", H "Content-Length: 1000000000000000000", NOT_DECIMAL, 0,
     0},
    {"chunked in HTTP/1.0", "1.0", H "Transfer-Encoding: chunked",
     "Transfer-Encoding is not part of HTTP/1.0", 0, 0},
    {"two codings", "1.1", H "Transfer-Encoding: gzip, chunked", NOT_CHUNKED, 0, 0},
    {"chunked twice in a list", "1.1", H "Transfer-Encoding: chunked, chunked", NOT_CHUNKED, 0, 0},
    {"chunked in two lines", "1.1", H "Transfer-Encoding: chunked\nTransfer-Encoding: chunked",
     "Transfer-Encoding is given more than once", 0, 0},
    {"identity", "1.1", H "Transfer-Encoding: identity", NOT_CHUNKED, 0, 0},
    {"no coding", "1.1", H "Transfer-Encoding:", NOT_CHUNKED, 0, 0},
    {"nearly chunked", "1.1", H "Transfer-Encoding: xchunked", NOT_CHUNKED, 0, 0},
    {"chunked with a parameter", "1.1", H "Transfer-Encoding: chunked;a=b", NOT_CHUNKED, 0, 0},
    {"a vertical tab", "1.1", H "Transfer-Encoding: \vchunked", NOT_CHUNKED, 0, 0},
    {"a space before the colon", "1.1", H "Content-Length : 5", NAME, 0, 0},
    {"a tab before the colon", "1.1", H "Content-Length\t: 5", NAME, 0, 0},
    {"a space before the name", "1.1", H " Content-Length: 5", NAME, 0, 0},
    {"a space in a name", "1.1", H "Content Length: 5", NAME, 0, 0},
    {"an empty name", "1.1", H ": 5", NAME, 0, 0},
    {"a control character in a name", "1.1", H "a\x01: 5", NAME, 0, 0},
    {"a letter beyond ASCII in a name", "1.1", H "\xc3\xa4: 5", NAME, 0, 0},
    {"a separator in a name", "1.1", H "a(b): 5", NAME, 0, 0},
    {"a space in the first name", "1.1", "a b: 5\n" H, NAME, 0, 0},
    {"a quote in a name", "1.1", H "\"a\": 5", NAME, 0, 0},
};

static void request_doubts_what_two_readers_could_read_differently(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS(framing_rows); i++) {
        const struct framing_row *row = &framing_rows[i];
        struct request_head head = head_of(row->version, row->lines);
        if (!head.doubt != !row->said || (row->said && !strstr(head.doubt, row->said)))
            fail_msg("%s: doubt is %s", row->why, head.doubt ? head.doubt : "none");
        if (!row->said && (head.framing != row->framing ||
                           (row->framing == BODY_LENGTH && head.content_length != row->length)))
            fail_msg("%s: framing %d, %llu bytes", row->why, (int)head.framing,
                     (unsigned long long)head.content_length);
    }
}

static void request_doubts_a_name_with_a_nul(void **state)
{
    (void)state;
    struct request_head head = head_of("1.1", H);
    head.headers[head.header_count++] = (struct header_field){BYTES("a\0b"), BYTES("c")};
    request_head_derive(&head);
    assert_non_null(head.doubt);
}

static void request_doubts_headers_that_the_transport_could_not_read(void **state)
{
    (void)state;
    struct request_head head = head_of("1.1", H);
    head.headers_incomplete = true;
    request_head_derive(&head);
    assert_non_null(strstr(head.doubt, "not 'name: value'"));
    while (head.header_count < REQUEST_HEADERS_MAX)
        head.headers[head.header_count++] = (struct header_field){slice_of("a"), slice_of("b")};
    request_head_derive(&head);
    assert_non_null(strstr(head.doubt, "more than 64 headers"));
    head.incomplete_why = "what the transport knows";
    request_head_derive(&head);
    assert_string_equal(head.doubt, "what the transport knows");
    head.headers_incomplete = false; /* so that there is nothing to explain */
    head.header_count = 1;
    request_head_derive(&head);
    assert_null(head.doubt);
}

/* A head that has changed is judged as if it were new. */
static void request_derives_a_head_anew(void **state)
{
    (void)state;
    struct request_head head = head_of("1.1", H "Content-Length: 5");
    assert_int_equal(head.framing, BODY_LENGTH);
    head.header_count = 1;
    request_head_derive(&head);
    assert_int_equal(head.framing, BODY_NONE);
}

static void request_reads_the_clients_wishes(void **state)
{
    (void)state;
    static const struct {
        const char *why, *version, *lines;
        bool keep_alive, expects;
    } rows[] = {
        {"1.1 keeps", "1.1", H, true, false},
        {"1.0 closes", "1.0", H, false, false},
        {"closing is the first wish", "1.1", "Connection: close\n" H, false, false},
        {"1.1 may close", "1.1", H "Connection: close", false, false},
        {"1.0 may keep", "1.0", H "Connection: Keep-Alive", true, false},
        {"options ignore case", "1.1", H "Connection: CLOSE", false, false},
        {"one of a list", "1.1", H "Connection: foo , close\t,bar", false, false},
        {"the last of a list", "1.0", H "Connection: upgrade,keep-alive", true, false},
        {"part of a word is none", "1.1", H "Connection: closed, enclose", true, false},
        {"empty options", "1.1", H "Connection: ,, ,", true, false},
        {"two lines", "1.1", H "Connection: upgrade\nConnection: close", false, false},
        {"two lines in 1.0", "1.0", H "Connection: upgrade\nConnection: keep-alive", true, false},
        {"close wins", "1.1", H "Connection: keep-alive\nConnection: close", false, false},
        {"close wins in 1.0", "1.0", H "Connection: keep-alive, close", false, false},
        {"100", "1.1", H "Expect: 100-continue", true, true},
        {"100 ignores case", "1.1", H "expect: 100-Continue", true, true},
        {"1.0 knows no 100", "1.0", H "Expect: 100-continue", false, false},
        {"another expectation", "1.1", H "Expect: 200-ok", true, false},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct request_head head = head_of(rows[i].version, rows[i].lines);
        if (head.keep_alive != rows[i].keep_alive || head.expects_continue != rows[i].expects)
            fail_msg("%s: keep-alive %d, expects 100 %d", rows[i].why, head.keep_alive,
                     head.expects_continue);
    }
}

static void request_finds_the_key_whatever_its_names_case(void **state)
{
    (void)state;
    static const struct {
        const char *lines, *key;
    } rows[] = {
        {H "ailabapi-api-key: k1", "k1"},       {H "AILABAPI-API-KEY:k1", "k1"},
        {H "Ailabapi-Api-Key: \t k 1 ", "k 1"}, {H "ailabapi-api-key:", ""},
        {H "ailabapi-api-key:  ", ""},          {H "ailabapi-api-ke: k", NULL},
        {H "xailabapi-api-key: k", NULL},       {H, NULL},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct request_head head = head_of("1.1", rows[i].lines);
        if (!head.key.ptr != !rows[i].key || !slice_equal(head.key, slice_of(rows[i].key)))
            fail_msg("%s: '%.*s'", rows[i].lines, (int)head.key.len, head.key.ptr);
    }
}

static void request_distinguishes_an_empty_header_from_none(void **state)
{
    (void)state;
    struct request_head head = head_of("1.1", H);
    head.headers[head.header_count++] = (struct header_field){BYTES("Empty"), {NULL, 0}};
    assert_non_null(request_header(&head, "empty").ptr);
    assert_int_equal(request_header(&head, "empty").len, 0);
    assert_null(request_header(&head, "none").ptr);
}

static void request_recognises_head_and_endpoint(void **state)
{
    (void)state;
    struct request_head head = {.method = slice_of("HEAD"), .path = slice_of(MOCK_CREDITS_PATH)};
    request_head_derive(&head);
    assert_true(head.is_head);
    assert_int_equal(head.endpoint, ENDPOINT_QUERY_CREDITS);
    head.method = slice_of("head");
    request_head_derive(&head);
    assert_false(head.is_head);
}

static void parse(struct request *out, const char *content_type, struct slice body)
{
    *out = (struct request){.body = body};
    out->head.headers[out->head.header_count++] =
        (struct header_field){slice_of("Content-Type"), slice_of(content_type)};
    request_parse_body(out);
}

#define PART(name, body) "--b\r\nContent-Disposition: form-data; name=" name "\r\n\r\n" body "\r\n"

static void request_finds_the_documented_fields(void **state)
{
    (void)state;
    struct request request;
    parse(&request, "multipart/form-data; boundary=b",
          BYTES(PART("other", "1") PART("image_target", "I") PART("Service_Choice", "2")
                    PART("service_choice", "12") PART("other", "3") "--b--"));
    assert_true(request.parsed);
    assert_null(request.repeated);
    assert_true(slice_equal(request.image->body, slice_of("I")));
    assert_true(slice_equal(request.choice->body, slice_of("12")));
    assert_ptr_equal(request.image, &request.parts.parts[1]);
}

static void request_notices_a_field_given_twice(void **state)
{
    (void)state;
    struct request request;
    parse(&request, "multipart/form-data; boundary=b",
          BYTES(PART("service_choice", "12") PART("image_target", "I")
                    PART("service_choice", "13") "--b--"));
    assert_string_equal(request.repeated, "service_choice");
    assert_true(slice_equal(request.choice->body, slice_of("12")));
    parse(&request, "multipart/form-data; boundary=b",
          BYTES(PART("image_target", "") PART("image_target", "") "--b--"));
    assert_string_equal(request.repeated, "image_target");
}

/* A body that takes the place of another is read as if it were the first. */
static void request_finds_the_fields_anew(void **state)
{
    (void)state;
    struct request request;
    parse(&request, "multipart/form-data; boundary=b",
          BYTES(PART("service_choice", "12") PART("service_choice", "13")
                    PART("image_target", "I") "--b--"));
    assert_non_null(request.repeated);
    request.body = BYTES(PART("other", "1") "--b--");
    request_parse_body(&request);
    assert_true(request.parsed);
    assert_null(request.repeated);
    assert_null(request.image);
    assert_null(request.choice);
}

/* As many as are kept. */
static void request_looks_at_each_part_that_is_kept(void **state)
{
    (void)state;
    static const char part[] = PART("image_target", "I"), last[] = "--b--";
    char body[MULTIPART_KEPT_MAX * (sizeof part - 1) + sizeof last] = "";
    struct request request;
    for (size_t i = 0; i < MULTIPART_KEPT_MAX; i++)
        memcpy(body + i * (sizeof part - 1), part, sizeof part - 1);
    memcpy(body + MULTIPART_KEPT_MAX * (sizeof part - 1), last, sizeof last);
    parse(&request, "multipart/form-data; boundary=b", slice_of(body));
    assert_true(request.parsed);
    assert_int_equal(request.parts.kept, MULTIPART_KEPT_MAX);
    assert_string_equal(request.repeated, "image_target");
    assert_ptr_equal(request.image, &request.parts.parts[0]);
}

/* Digits alone, without a leading zero. */
static void request_reads_what_service_choice_says(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int number;
    } rows[] = {
        {"0", 0},
        {"1", 1},
        {"10", 10},
        {"999999", CHOICE_MAX},
        {"1000000", CHOICE_LARGE},
        {"999999999", CHOICE_LARGE},
        {"1000000000", CHOICE_LARGE},
        {"18446744073709551628", CHOICE_LARGE}, /* 12 more than 64 bits hold */
        {"00", CHOICE_UNREADABLE},
        {"01", CHOICE_UNREADABLE},
        {"012", CHOICE_UNREADABLE},
        {"-1", CHOICE_UNREADABLE},
        {"+1", CHOICE_UNREADABLE},
        {" 1", CHOICE_UNREADABLE},
        {"1 ", CHOICE_UNREADABLE},
        {"1.0", CHOICE_UNREADABLE},
        {"0x1", CHOICE_UNREADABLE},
        {"", CHOICE_UNREADABLE},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char body[256];
        struct request request;
        snprintf(body, sizeof body, PART("service_choice", "%s") "--b--", rows[i].text);
        parse(&request, "multipart/form-data; boundary=b", slice_of(body));
        assert_true(request.parsed);
        if (request.choice_number != rows[i].number)
            fail_msg("'%s' is %d", rows[i].text, request.choice_number);
    }
}

static void request_says_why_a_body_is_no_form(void **state)
{
    (void)state;
    static const struct {
        const char *content_type, *body, *said;
    } rows[] = {
        {"application/json", "{}", "multipart/form-data"},
        {"", "", "Content-Type"},
        {"multipart/form-data", "x", "boundary"},
        {"multipart/form-data; boundary=b", "", ""},
        {"multipart/form-data; boundary=b", PART("image_target", "I"), ""},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        struct request request;
        parse(&request, rows[i].content_type, slice_of(rows[i].body));
        assert_false(request.parsed);
        assert_null(request.image);
        assert_null(request.choice);
        assert_true(strlen(request.parse_why) > 0);
        if (!strstr(request.parse_why, rows[i].said))
            fail_msg("%s: %s", rows[i].content_type, request.parse_why);
    }
}

static void request_makes_text_printable(void **state)
{
    (void)state;
    static const struct {
        struct slice text;
        size_t size;
        const char *expected;
    } rows[] = {
        {{"POST", 4}, 24, "POST"},
        {{"a\r\nb\0c\x7f\x80\xff", 9}, 24, "a??b?c???"},
        {{"\x1f ~\x7f", 4}, 24, "? ~?"},
        {{"12345678", 8}, 9, "12345678"},
        {{"123456789", 9}, 9, "12345..."},
        {{"123456789", 9}, 4, "..."},
        {{"123456789", 9}, 3, "12"},
        {{"123456789", 9}, 1, ""},
        {{NULL, 0}, 4, ""},
    };
    for (size_t i = 0; i < ROWS(rows); i++) {
        char *out = malloc(rows[i].size);
        assert_ptr_equal(printable(out, rows[i].size, rows[i].text), out);
        assert_string_equal(out, rows[i].expected);
        free(out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_doubts_what_two_readers_could_read_differently),
        cmocka_unit_test(request_doubts_a_name_with_a_nul),
        cmocka_unit_test(request_doubts_headers_that_the_transport_could_not_read),
        cmocka_unit_test(request_derives_a_head_anew),
        cmocka_unit_test(request_reads_the_clients_wishes),
        cmocka_unit_test(request_finds_the_key_whatever_its_names_case),
        cmocka_unit_test(request_distinguishes_an_empty_header_from_none),
        cmocka_unit_test(request_recognises_head_and_endpoint),
        cmocka_unit_test(request_finds_the_documented_fields),
        cmocka_unit_test(request_notices_a_field_given_twice),
        cmocka_unit_test(request_finds_the_fields_anew),
        cmocka_unit_test(request_looks_at_each_part_that_is_kept),
        cmocka_unit_test(request_reads_what_service_choice_says),
        cmocka_unit_test(request_says_why_a_body_is_no_form),
        cmocka_unit_test(request_makes_text_printable),
    };
    return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
