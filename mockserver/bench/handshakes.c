/* Counts the full TLS handshakes that a server does: each on a new connection, without a session to
 * resume. The client asks for nothing: it says close_notify and waits for the server's FIN, which
 * comes after the server has checked the client's last message. It verifies no certificate chain,
 * but the signature of each handshake.
 *
 *   handshakes PORT THREADS SECONDS     at 127.0.0.1; prints "handshakes-per-second failures" */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define THREADS_MAX 64
#define SECONDS_MAX 3600
#define TIMEOUT_S 10 /* of one read or write */

struct load {
    SSL_CTX *context;
    struct sockaddr_in server;
    double until_s;
    atomic_ulong done, failed;
};

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A reset at the client's close leaves no port in TIME_WAIT. */
static int connect_to(const struct sockaddr_in *server)
{
    const int yes = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct linger at_once = {.l_onoff = 1};
    const struct timeval timeout = {.tv_sec = TIMEOUT_S};
    if (fd < 0)
        return -1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
    if (connect(fd, (const struct sockaddr *)server, sizeof *server) == 0)
        return fd;
    close(fd);
    return -1;
}

/* nginx ends some of its connections without close_notify: what comes before FIN is not looked at.
 */
static bool await_end(int fd)
{
    char bytes[4096];
    ssize_t got;
    do
        got = recv(fd, bytes, sizeof bytes, 0);
    while (got > 0);
    return got == 0;
}

/* True: the server has taken the handshake, and the session was new. */
static bool shake_hands(const struct load *load, int fd)
{
    char host[] = "localhost"; /* OpenSSL copies it, and its macro wants it without const */
    SSL *ssl = SSL_new(load->context);
    const bool good = ssl && SSL_set_fd(ssl, fd) && SSL_set_tlsext_host_name(ssl, host) &&
                      SSL_connect(ssl) == 1 && !SSL_session_reused(ssl) && SSL_shutdown(ssl) >= 0 &&
                      await_end(fd);
    SSL_free(ssl);
    return good;
}

static void *run(void *context)
{
    struct load *load = context;
    while (now_s() < load->until_s) {
        const int fd = connect_to(&load->server);
        const bool good = fd >= 0 && shake_hands(load, fd);
        atomic_fetch_add(good ? &load->done : &load->failed, 1);
        if (fd >= 0)
            close(fd);
    }
    return NULL;
}

static bool set_up(SSL_CTX *context)
{
    if (!context || !SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION))
        return false;
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    return true;
}

static bool number(const char *text, long most, long *out)
{
    char *end;
    errno = 0;
    *out = strtol(text, &end, 10);
    return !errno && end != text && !*end && *out >= 1 && *out <= most;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS_MAX];
    long port, count, seconds, started = 0;
    if (argc != 4 || !number(argv[1], 65535, &port) || !number(argv[2], THREADS_MAX, &count) ||
        !number(argv[3], SECONDS_MAX, &seconds)) {
        fprintf(stderr, "usage: handshakes PORT THREADS SECONDS (at most %d threads)\n",
                THREADS_MAX);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    struct load load = {
        .context = SSL_CTX_new(TLS_client_method()),
        .server = {.sin_family = AF_INET,
                   .sin_port = htons((uint16_t)port),
                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)},
    };
    if (!set_up(load.context)) {
        fprintf(stderr, "handshakes: OpenSSL is short of memory\n");
        return 3;
    }
    const double from_s = now_s();
    load.until_s = from_s + (double)seconds;
    while (started < count && pthread_create(&threads[started], NULL, run, &load) == 0)
        started++;
    for (long i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    printf("%.1f %lu\n", (double)atomic_load(&load.done) / (now_s() - from_s),
           atomic_load(&load.failed));
    SSL_CTX_free(load.context);
    return started == count ? 0 : 3;
}
