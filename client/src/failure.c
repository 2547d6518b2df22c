/* A code of libcurl names the part of libcurl that failed. This file sorts the codes by the cause:
 * this machine, the network, or the server's answer. */
#include "failure.h"

/* An answer that libcurl cannot parse and a connection that broke have one code. Of a connection
 * that broke the system names an error; only TLS keeps it to itself. */
static bool is_unreadable(const struct ai_failure *failure)
{
    return failure->code == CURLE_RECV_ERROR && !failure->system_error && !failure->encrypted;
}

/* A line beyond libcurl's bound of 100 KB is "out of memory" for it before 8.6. That memory really
 * ran out just then is less likely. */
static bool is_endless_line(const struct ai_failure *failure)
{
    return failure->code == CURLE_OUT_OF_MEMORY && failure->answer_started;
}

enum ailab_error ai_failure_error(const struct ai_failure *failure)
{
    switch (failure->code) {
    case CURLE_OK: /* libcurl takes a head that was cut off for a whole one */
        return failure->head_whole ? AILAB_OK : AILAB_UNREACHABLE;
    case CURLE_OUT_OF_MEMORY:
        return is_endless_line(failure) ? AILAB_BAD_ANSWER : AILAB_NO_MEMORY;
    case CURLE_OPERATION_TIMEDOUT:
        return AILAB_TIMEOUT;
    case CURLE_SSL_CACERT_BADFILE:
        return AILAB_ARGUMENT;
    case CURLE_RECV_ERROR:
        return is_unreadable(failure) ? AILAB_BAD_ANSWER : AILAB_UNREACHABLE;
    case CURLE_UNSUPPORTED_PROTOCOL: /* an answer without a status line */
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WRITE_ERROR:
#if LIBCURL_VERSION_NUM >= 0x080600
    case CURLE_TOO_LARGE: /* a line, or header lines, without end */
#endif
        return AILAB_BAD_ANSWER;
    default:
        return AILAB_UNREACHABLE;
    }
}

/* Certificates and TLS settings stay wrong until a person changes them. A failed handshake
 * (CURLE_SSL_CONNECT_ERROR) is not among them: libcurl gives that code also to a connection that
 * broke in the handshake, as when a server restarts. */
static bool is_lasting(CURLcode code)
{
    switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CLIENTCERT:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_USE_SSL_FAILED:
        return true;
    default:
        return false;
    }
}

/* A proxy that wants another password, or forbids the host, says the same again. */
static bool is_refused_by_proxy(const struct ai_failure *failure)
{
    return failure->code != CURLE_OK && failure->proxy_status >= 400 &&
           failure->proxy_status <= 499;
}

bool ai_failure_may_pass(const struct ai_failure *failure)
{
    enum ailab_error error = ai_failure_error(failure);
    return error == AILAB_TIMEOUT || (error == AILAB_UNREACHABLE && !is_lasting(failure->code) &&
                                      !is_refused_by_proxy(failure));
}

const char *ai_failure_words(const struct ai_failure *failure)
{
    if (is_endless_line(failure))
        return "a line of the answer's head or trailer is longer than the 100 KB that libcurl "
               "takes, or there was no memory for it";
    if (is_unreadable(failure))
        return "the answer's head or chunks are malformed, or a line is longer than the 100 KB "
               "that "
               "libcurl takes";
#if LIBCURL_VERSION_NUM >= 0x080600
    if (failure->code == CURLE_TOO_LARGE) /* libcurl's own words may be "Out of memory" */
        return "the answer's head, or a line of its head or trailer, is longer than libcurl takes";
#endif
    if (failure->code == CURLE_OK)
        return "the connection broke in the head of the answer";
    if (failure->code == CURLE_SEND_FAIL_REWIND)
        return "the connection broke before an answer came";
    return *failure->words ? failure->words : curl_easy_strerror(failure->code);
}
