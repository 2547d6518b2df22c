/* TLS by libcurl over a connected socket: it shakes hands, checks the certificate and then only
 * carries bytes. The one file that includes <curl/curl.h>; not used for http. */
#include "base/clock.h"
#include "cmdline/text.h"
#include "wire/connection_io.h"
#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct tls {
    CURL *curl;
    struct curl_slist *names; /* so that libcurl looks no name up */
    int fd;                   /* until libcurl has taken it; then -1 */
    char error[CURL_ERROR_SIZE];
};

bool connections_begin(void)
{
    return curl_global_init(CURL_GLOBAL_DEFAULT) == 0;
}

void connections_end(void)
{
    curl_global_cleanup();
}

void tls_close(struct tls *tls)
{
    if (!tls)
        return;
    curl_easy_cleanup(tls->curl);
    curl_slist_free_all(tls->names);
    if (tls->fd >= 0)
        close(tls->fd);
    free(tls);
}

/* libcurl asks this about once a second while it shakes hands; 1 ends it. */
static int is_cancelled(void *context, curl_off_t total_down, curl_off_t down, curl_off_t total_up,
                        curl_off_t up)
{
    struct pollfd fd = {*(const int *)context, POLLIN, 0};
    (void)total_down;
    (void)down;
    (void)total_up;
    (void)up;
    return poll(&fd, 1, 0) > 0;
}

static curl_socket_t hand_out(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct tls *tls = context;
    int fd = tls->fd;
    (void)purpose;
    (void)address;
    tls->fd = -1;
    return fd >= 0 ? fd : CURL_SOCKET_BAD;
}

static int is_connected(void *context, curl_socket_t fd, curlsocktype purpose)
{
    (void)context;
    (void)fd;
    (void)purpose;
    return CURL_SOCKOPT_ALREADY_CONNECTED;
}

/* Another connection than the one that is handed out must not come about: neither a proxy of the
 * environment's nor a look-up of the name has a place here. */
static bool keep_to_socket(struct tls *tls, const struct url *url)
{
    char name[300];
    snprintf(name, sizeof name, "%s:%s:127.0.0.1", url->host, url->port);
    tls->names = strchr(url->host, ':') ? NULL : curl_slist_append(NULL, name);
    return !curl_easy_setopt(tls->curl, CURLOPT_PROXY, "") &&
           !curl_easy_setopt(tls->curl, CURLOPT_RESOLVE, tls->names) &&
           !curl_easy_setopt(tls->curl, CURLOPT_OPENSOCKETFUNCTION, hand_out) &&
           !curl_easy_setopt(tls->curl, CURLOPT_OPENSOCKETDATA, tls) &&
           !curl_easy_setopt(tls->curl, CURLOPT_SOCKOPTFUNCTION, is_connected);
}

/* cancel_fd lives as long as the call of tls_open(). */
static bool set_up(struct tls *tls, const struct endpoint *endpoint, double deadline_ms)
{
    CURL *curl = tls->curl;
    const long checks = endpoint->insecure ? 0L : 1L;
    return keep_to_socket(tls, &endpoint->url) &&
           !curl_easy_setopt(curl, CURLOPT_URL, endpoint->url.base) &&
           !curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L) &&
           !curl_easy_setopt(curl, CURLOPT_SSL_ENABLE_ALPN, 0L) &&
           !curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) &&
           !curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, tls->error) &&
           !curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                             (long)clock_left_ms(deadline_ms) + 1) &&
           !curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L) &&
           !curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, is_cancelled) &&
           !curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &endpoint->cancel_fd) &&
           !curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, checks) &&
           !curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2 * checks) &&
           (!endpoint->ca_file || !curl_easy_setopt(curl, CURLOPT_CAINFO, endpoint->ca_file));
}

/* What libcurl says, and what can be done about it. */
static enum wire_result explain(const struct tls *tls, CURLcode code,
                                const struct endpoint *endpoint, char why[WIRE_WHY_SIZE])
{
    const char *before = "TLS: ", *advice = "";
    if (code == CURLE_PEER_FAILED_VERIFICATION) {
        before = "the certificate is refused: ";
        advice = endpoint->ca_file ? "" : " (--ca-file FILE names its authority)";
    } else if (code == CURLE_SSL_CACERT_BADFILE) {
        before = "--ca-file: ";
        advice = " (a file of PEM certificates was expected)";
    } else if (code == CURLE_SSL_CONNECT_ERROR) {
        advice = " (does this port speak TLS?)";
    }
    text_print(why, WIRE_WHY_SIZE, "%s%s%s", before,
               tls->error[0] ? tls->error : curl_easy_strerror(code), advice);
    text_make_plain(why);
    return code == CURLE_OPERATION_TIMEDOUT    ? WIRE_LATE
           : code == CURLE_ABORTED_BY_CALLBACK ? WIRE_CANCELLED
                                               : WIRE_UNREACHABLE;
}

enum wire_result tls_open(struct tls **out, int fd, const struct endpoint *endpoint,
                          double deadline_ms, char why[WIRE_WHY_SIZE])
{
    curl_socket_t socket = CURL_SOCKET_BAD;
    struct tls *tls = calloc(1, sizeof *tls);
    *out = NULL;
    if (!tls) {
        close(fd);
        return wire_fail(WIRE_SYSTEM, why, "out of memory", "");
    }
    tls->fd = fd;
    tls->curl = curl_easy_init();
    if (!tls->curl || !set_up(tls, endpoint, deadline_ms)) {
        tls_close(tls);
        return wire_fail(WIRE_SYSTEM, why, "out of memory", "");
    }
    CURLcode code = curl_easy_perform(tls->curl);
    if (code == CURLE_OK)
        code = curl_easy_getinfo(tls->curl, CURLINFO_ACTIVESOCKET, &socket);
    if (code != CURLE_OK || socket != fd) {
        enum wire_result result = explain(tls, code, endpoint, why);
        tls_close(tls);
        return result;
    }
    curl_easy_setopt(tls->curl, CURLOPT_NOPROGRESS, 1L); /* cancel_fd is this call's */
    *out = tls;
    return WIRE_OK;
}

static ssize_t as_socket(CURLcode code, size_t done)
{
    if (code == CURLE_OK)
        return (ssize_t)done;
    errno = code == CURLE_AGAIN ? EAGAIN : ECONNRESET;
    return -1;
}

ssize_t tls_send(struct tls *tls, const void *data, size_t len)
{
    size_t done = 0;
    CURLcode code = curl_easy_send(tls->curl, data, len, &done);
    return as_socket(code, done);
}

ssize_t tls_receive(struct tls *tls, void *data, size_t len)
{
    size_t done = 0;
    CURLcode code = curl_easy_recv(tls->curl, data, len, &done);
    return as_socket(code, done);
}
