/* What libcurl's ways to fail mean, those too that are hard to provoke. */
#include "failure.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NO_ANSWER false, false, false, false, 0
#define STARTED true, false, false, false, 0
#define WHOLE_HEAD true, true, false, false, 0
#define BROKEN true, false, true, false, 0
#define ENCRYPTED true, false, false, true, 0
#define PROXIED(status) true, false, false, true, status

static void failure_is_sorted_by_who_is_to_blame(void **state)
{
    static const struct {
        const char *why;
        struct ai_failure failure;
        enum ailab_error error;
        bool may_pass;
    } rows[] = {
        {"none", {CURLE_OK, "", WHOLE_HEAD}, AILAB_OK, false},
        {"half a head", {CURLE_OK, "", STARTED}, AILAB_UNREACHABLE, true},
        {"no such name", {CURLE_COULDNT_RESOLVE_HOST, "", NO_ANSWER}, AILAB_UNREACHABLE, true},
        {"no listener", {CURLE_COULDNT_CONNECT, "", NO_ANSWER}, AILAB_UNREACHABLE, true},
        {"too late", {CURLE_OPERATION_TIMEDOUT, "", NO_ANSWER}, AILAB_TIMEOUT, true},
        {"no memory", {CURLE_OUT_OF_MEMORY, "", NO_ANSWER}, AILAB_NO_MEMORY, false},
        {"a line without end", {CURLE_OUT_OF_MEMORY, "", STARTED}, AILAB_BAD_ANSWER, false},
        {"a reset",
         {CURLE_RECV_ERROR, "Recv failure: Connection reset by peer", BROKEN},
         AILAB_UNREACHABLE,
         true},
        {"a reset, in words unknown", {CURLE_RECV_ERROR, "", BROKEN}, AILAB_UNREACHABLE, true},
        {"TLS cut off",
         {CURLE_RECV_ERROR, "OpenSSL SSL_read: unexpected eof while reading, errno 0", ENCRYPTED},
         AILAB_UNREACHABLE,
         true},
        {"a bad chunk",
         {CURLE_RECV_ERROR, "Illegal or missing hexadecimal sequence in chunked-encoding", STARTED},
         AILAB_BAD_ANSWER,
         false},
        {"a bad chunk since 8.7",
         {CURLE_RECV_ERROR, "chunk hex-length char not a hex digit: 0x7a", STARTED},
         AILAB_BAD_ANSWER,
         false},
        {"header lines without end",
         {CURLE_RECV_ERROR, "Too large response headers: 307201 > 307200", STARTED},
         AILAB_BAD_ANSWER,
         false},
        {"half an answer", {CURLE_PARTIAL_FILE, "", STARTED}, AILAB_UNREACHABLE, true},
        {"no HTTP", {CURLE_UNSUPPORTED_PROTOCOL, "", STARTED}, AILAB_BAD_ANSWER, false},
        {"a certificate not trusted",
         {CURLE_PEER_FAILED_VERIFICATION, "", NO_ANSWER},
         AILAB_UNREACHABLE,
         false},
        {"a certificate revoked",
         {CURLE_SSL_INVALIDCERTSTATUS, "", NO_ANSWER},
         AILAB_UNREACHABLE,
         false},
        {"an issuer not trusted",
         {CURLE_SSL_ISSUER_ERROR, "", NO_ANSWER},
         AILAB_UNREACHABLE,
         false},
        {"no cipher in common", {CURLE_SSL_CIPHER, "", NO_ANSWER}, AILAB_UNREACHABLE, false},
        {"authorities that cannot be read",
         {CURLE_SSL_CACERT_BADFILE, "", NO_ANSWER},
         AILAB_ARGUMENT,
         false},
        {"a proxy that wants another password",
         {CURLE_RECV_ERROR, "CONNECT tunnel failed, response 407", PROXIED(407)},
         AILAB_UNREACHABLE,
         false},
        {"a proxy that says less than a refusal",
         {CURLE_RECV_ERROR, "CONNECT tunnel failed, response 399", PROXIED(399)},
         AILAB_UNREACHABLE,
         true},
        {"a proxy with the first refusal of all",
         {CURLE_RECV_ERROR, "CONNECT tunnel failed, response 400", PROXIED(400)},
         AILAB_UNREACHABLE,
         false},
        {"a proxy with the last refusal of all",
         {CURLE_RECV_ERROR, "CONNECT tunnel failed, response 499", PROXIED(499)},
         AILAB_UNREACHABLE,
         false},
        {"a proxy that fails itself",
         {CURLE_RECV_ERROR, "CONNECT tunnel failed, response 500", PROXIED(500)},
         AILAB_UNREACHABLE,
         true},
        {"a proxy without a way to the host",
         {CURLE_RECV_ERROR, "CONNECT tunnel failed, response 502", PROXIED(502)},
         AILAB_UNREACHABLE,
         true},
        {"a handshake that broke",
         {CURLE_SSL_CONNECT_ERROR, "", NO_ANSWER},
         AILAB_UNREACHABLE,
         true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum ailab_error error = ai_failure_error(&rows[i].failure);
        bool may_pass = ai_failure_may_pass(&rows[i].failure);
        if (error != rows[i].error || may_pass != rows[i].may_pass)
            fail_msg("%s: %s, may pass: %d", rows[i].why, ailab_error_name(error), may_pass);
    }
}

static void failure_is_told_in_the_best_words_there_are(void **state)
{
    static const struct {
        struct ai_failure failure;
        const char *words;
    } rows[] = {
        {{CURLE_RECV_ERROR, "Recv failure: reset", BROKEN}, "Recv failure: reset"},
        {{CURLE_OUT_OF_MEMORY, "", NO_ANSWER}, "Out of memory"},
        {{CURLE_OUT_OF_MEMORY, "", STARTED}, "a line of the answer"},
        {{CURLE_RECV_ERROR, "Out of memory in chunked-encoding", STARTED},
         "the answer's head or chunks are malformed"},
#if LIBCURL_VERSION_NUM >= 0x080600
        {{CURLE_TOO_LARGE, "Out of memory in chunked-encoding", WHOLE_HEAD},
         "the answer's head, or a line of its head or trailer, is longer"},
#endif
        {{CURLE_OK, "", STARTED}, "the connection broke in the head"},
        {{CURLE_SEND_FAIL_REWIND, "necessary data rewind", NO_ANSWER},
         "the connection broke before"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *words = ai_failure_words(&rows[i].failure);
        if (strncmp(words, rows[i].words, strlen(rows[i].words)) != 0)
            fail_msg("\"%s\" instead of \"%s...\"", words, rows[i].words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failure_is_sorted_by_who_is_to_blame),
        cmocka_unit_test(failure_is_told_in_the_best_words_there_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
