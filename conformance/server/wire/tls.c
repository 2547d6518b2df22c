/* A TLS tunnel by libcurl, which connects, checks the certificate and then only carries bytes.
 * The one file that includes <curl/curl.h>; not used for http. */
#include "base/clock.h"
#include "wire/connection_io.h"
#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tls {
    CURL *curl;
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
    free(tls);
}

/* libcurl asks this about once a second while it connects; 1 ends it. */
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

enum wire_result tls_open(struct tls **out, int *fd, const struct url *url, const char *ca_file,
                          int cancel_fd, double deadline_ms, char why[WIRE_WHY_SIZE])
{
    enum wire_result result = WIRE_SYSTEM;
    curl_socket_t socket = CURL_SOCKET_BAD;
    CURLcode code = CURLE_OK;
    struct tls *tls = calloc(1, sizeof *tls);
    *out = NULL;
    snprintf(why, WIRE_WHY_SIZE, "out of memory");
    if (!tls || !(tls->curl = curl_easy_init()))
        goto out;
    curl_easy_setopt(tls->curl, CURLOPT_URL, url->base);
    curl_easy_setopt(tls->curl, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(tls->curl, CURLOPT_SSL_ENABLE_ALPN, 0L);
    curl_easy_setopt(tls->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(tls->curl, CURLOPT_ERRORBUFFER, tls->error);
    curl_easy_setopt(tls->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)clock_left_ms(deadline_ms) + 1);
    curl_easy_setopt(tls->curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(tls->curl, CURLOPT_XFERINFOFUNCTION, is_cancelled);
    curl_easy_setopt(tls->curl, CURLOPT_XFERINFODATA, &cancel_fd);
    if (ca_file)
        curl_easy_setopt(tls->curl, CURLOPT_CAINFO, ca_file);
    code = curl_easy_perform(tls->curl);
    if (code == CURLE_OK)
        code = curl_easy_getinfo(tls->curl, CURLINFO_ACTIVESOCKET, &socket);
    if (code != CURLE_OK || socket == CURL_SOCKET_BAD) {
        result = code == CURLE_OPERATION_TIMEDOUT    ? WIRE_LATE
                 : code == CURLE_ABORTED_BY_CALLBACK ? WIRE_CANCELLED
                                                     : WIRE_UNREACHABLE;
        snprintf(why, WIRE_WHY_SIZE, "%s", tls->error[0] ? tls->error : curl_easy_strerror(code));
        goto out;
    }
    curl_easy_setopt(tls->curl, CURLOPT_NOPROGRESS, 1L); /* cancel_fd is this call's */
    *fd = socket;
    *out = tls;
    return WIRE_OK;
out:
    tls_close(tls);
    return result;
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
