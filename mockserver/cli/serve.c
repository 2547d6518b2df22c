/* Serving: one ready line, and a wait for the signal that ends it. */
#include "ailab_mock_internal.h"
#include "certificates/authority.h"
#include "host.h"
#include "log.h"
#include "open_console.h"
#include "port_file.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct service {
    struct host host;
    sigset_t signals;
};

/* Until SIGTERM or SIGINT, which this process may have sent itself. */
static void wait_for_the_end(struct service *service, struct ailab_mock *mock)
{
    for (;;) {
        int received = host_wait(&service->host, &service->signals, NULL);
        if (received == SIGTERM || received == SIGINT)
            return;
        host_reload(&service->host, mock, received == SIGHUP);
    }
}

/* Programs that wait for the line take its end for the URL, so that of HTTPS goes to the log. */
static void print_ready_line(const struct ailab_mock *mock, struct line_writer *log)
{
    if (ailab_mock_https_url(mock))
        log_say(log, "serving at %s too, by the certificate authority %s",
                ailab_mock_https_url(mock), ailab_mock_ca_file(mock));
    if (mock->authority && authority_news(mock->authority)[0])
        log_say(log, "%s", authority_news(mock->authority));
    printf("ailab-mock %s ready at %s\n", ailab_mock_version(), ailab_mock_url(mock));
    if (fflush(stdout) == 0)
        return;
    /* Clients that know the port are served all the same. */
    log_say(log, "cannot write the ready line to stdout: %s; serving at %s", strerror(errno),
            ailab_mock_url(mock));
    clearerr(stdout);
}

static int serve_until_the_end(void *context, struct ailab_mock *mock)
{
    struct service *service = context;
    char why[FILE_WHY_SIZE];
    sigset_t end = service->signals;
    const char *path = cmdline_text(service->host.line, OPTION_port_file);
    int held = -1;
    sigdelset(&end, SIGHUP);
    enum port_file told =
        path ? port_file_write(&held, path, ailab_mock_port(mock), &end, why) : PORT_FILE_WRITTEN;
    if (told == PORT_FILE_FAILED)
        log_say(service->host.log, "%s", why);
    if (told != PORT_FILE_WRITTEN)
        return told == PORT_FILE_FAILED ? EXIT_UNAVAILABLE : EXIT_DONE;
    print_ready_line(mock, service->host.log);
    if (service->host.line->values[OPTION_open].number)
        open_console(ailab_mock_url(mock), service->host.log);
    wait_for_the_end(service, mock);
    if (path)
        port_file_remove(held, path, ailab_mock_port(mock));
    return EXIT_DONE;
}

/* Blocked before any thread starts, so that only the wait sees them. */
static void block_signals(sigset_t *out)
{
    sigemptyset(out);
    sigaddset(out, SIGTERM);
    sigaddset(out, SIGINT);
    sigaddset(out, SIGHUP);
    pthread_sigmask(SIG_BLOCK, out, NULL);
}

/* Bytes that come are dropped. */
static void *wait_for_the_end_of_stdin(void *unused)
{
    char ignored[512];
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    ssize_t got = 1;
    (void)unused;
    while (got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN))) {
        poll(&input, 1, -1);
        got = read(STDIN_FILENO, ignored, sizeof ignored);
    }
    kill(getpid(), SIGTERM);
    return NULL;
}

/* The thread ends with the process. */
static bool watch_stdin(void)
{
    pthread_t watcher;
    return pthread_create(&watcher, NULL, wait_for_the_end_of_stdin, NULL) == 0 &&
           pthread_detach(watcher) == 0;
}

int serve(const struct cmdline *line)
{
    struct service service;
    host_init(&service.host, line, true);
    if (cmdline_text(line, OPTION_port_file))
        port_file_clear(cmdline_text(line, OPTION_port_file));
    block_signals(&service.signals);
    if (line->values[OPTION_exit_with_stdin].number && !watch_stdin())
        return complain(EXIT_UNAVAILABLE, "cannot start the thread that watches standard input");
    return host_run(&service.host, serve_until_the_end, &service);
}
