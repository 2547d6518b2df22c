/* CONNECT, also for http targets: through a tunnel the target gets the suite's bytes as they are,
 * while a proxy that forwards requests would write them anew and be judged in its place. */
#include "base/clock.h"
#include "cmdline/text.h"
#include "wire/connection_io.h"
#include <cjson/cJSON.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define REFUSAL_BYTES_MAX ((size_t)8 * 1024)
#define REFUSAL_WAIT_MS 1000 /* for the rest of a refusal, whose head has come */
#define SENTENCE_MAX 160

/* A proxy, and what it said. */
struct talk {
    const struct endpoint *endpoint;
    int fd;
    struct buf in;
    bool ended;
};

static enum wire_result complain(const struct talk *talk, enum wire_result result,
                                 char why[WIRE_WHY_SIZE], const char *what)
{
    text_print(why, WIRE_WHY_SIZE, "the proxy %s %s", talk->endpoint->proxy.base, what);
    return result;
}

static enum wire_result lose(const struct talk *talk, enum wire_result result,
                             char why[WIRE_WHY_SIZE])
{
    return result == WIRE_LATE
               ? complain(talk, result, why, "does not answer CONNECT: the time is up")
               : complain(talk, result, why, wire_result_name(result));
}

/* With the port, which CONNECT wants. */
static void print_authority(char out[WIRE_WHY_SIZE], const struct url *url)
{
    const bool bracketed = strchr(url->host, ':');
    snprintf(out, WIRE_WHY_SIZE, "%s%s%s:%s", bracketed ? "[" : "", url->host, bracketed ? "]" : "",
             url->port);
}

static enum wire_result ask(const struct talk *talk, double deadline_ms, char why[WIRE_WHY_SIZE])
{
    char authority[WIRE_WHY_SIZE];
    struct buf request = {0};
    enum wire_result result = WIRE_OK;
    print_authority(authority, &talk->endpoint->url);
    buf_printf(&request, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", authority, authority);
    for (size_t sent = 0; !request.failed && sent < request.len && result == WIRE_OK;) {
        short got = 0;
        ssize_t done = send(talk->fd, request.ptr + sent, request.len - sent, MSG_NOSIGNAL);
        if (done >= 0)
            sent += (size_t)done;
        else if (errno == EAGAIN || errno == EINTR)
            result = wire_await(talk->fd, talk->endpoint->cancel_fd, POLLOUT, &got, deadline_ms);
        else
            break; /* its answer may tell more */
    }
    bool failed = request.failed;
    buf_clear(&request);
    if (failed)
        return wire_fail(WIRE_SYSTEM, why, "out of memory", "");
    return result == WIRE_OK ? WIRE_OK : lose(talk, result, why);
}

/* Takes at most size bytes, waiting for them. WIRE_OK also at the end. */
static enum wire_result take(struct talk *talk, size_t size, double deadline_ms)
{
    for (;;) {
        short ready = 0;
        char *room = buf_room(&talk->in, size);
        ssize_t got = room ? recv(talk->fd, room, size, 0) : -1;
        if (!room)
            return WIRE_SYSTEM;
        if (got > 0) {
            talk->in.len += (size_t)got;
            room[got] = '\0';
            return WIRE_OK;
        }
        if (got < 0 && wire_is_ours(errno))
            return WIRE_SYSTEM;
        talk->ended = got == 0 || (errno != EAGAIN && errno != EINTR);
        if (talk->ended)
            return WIRE_OK;
        enum wire_result result =
            wire_await(talk->fd, talk->endpoint->cancel_fd, POLLIN, &ready, deadline_ms);
        if (result != WIRE_OK)
            return result;
    }
}

/* The head of the answer and no byte more, because that would be the target's. */
static enum wire_result take_head(struct talk *talk, double deadline_ms, char why[WIRE_WHY_SIZE])
{
    while (!talk->ended && talk->in.len < HTTP_HEAD_BYTES_MAX) {
        enum wire_result result = take(talk, 1, deadline_ms);
        if (result != WIRE_OK)
            return lose(talk, result, why);
        const char *text = buf_str(&talk->in);
        if (talk->in.len && text[talk->in.len - 1] == '\n' &&
            http_has_final_head(text, talk->in.len))
            return WIRE_OK;
    }
    if (talk->in.len == 0)
        return complain(talk, WIRE_UNREACHABLE, why, "closed the connection at CONNECT");
    return complain(talk, WIRE_UNREACHABLE, why, "did not answer CONNECT by HTTP");
}

/* Where a JSON body has its sentence for people; NULL for none. Borrowed from the tree. */
static const char *message_of(const cJSON *root)
{
    static const char *const names[] = {"message", "error", "detail", "error_msg"};
    const cJSON *detail = cJSON_GetObjectItemCaseSensitive(root, "error_detail");
    const cJSON *from = cJSON_IsObject(detail) ? detail : root;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(from, names[i]));
        if (text)
            return text;
    }
    return NULL;
}

/* The first line of the text that explains the refusal; "" for a page, which is for browsers. */
static void find_sentence(char out[SENTENCE_MAX + 1], const char *body)
{
    body += strspn(body, " \t\r\n");
    cJSON *root = *body == '{' ? cJSON_Parse(body) : NULL;
    const char *message = root ? message_of(root) : NULL;
    if (message)
        body = message;
    else if (*body == '<')
        body = "";
    text_start(out, SENTENCE_MAX + 1, body, strcspn(body, "\r\n"));
    text_make_plain(out);
    cJSON_Delete(root);
}

/* What a person can do about it. */
static const char *advice(int status)
{
    return status == 407 ? " (it wants a user name and a password, which the suite does not send)"
                         : "";
}

static enum wire_result refuse(struct talk *talk, double deadline_ms, char why[WIRE_WHY_SIZE])
{
    struct http_answer answer = {0};
    char broken[HTTP_WHY_SIZE] = "", authority[WIRE_WHY_SIZE], sentence[SENTENCE_MAX + 1];
    const double soon_ms = clock_ms() + REFUSAL_WAIT_MS;
    const double until_ms = soon_ms < deadline_ms ? soon_ms : deadline_ms;
    size_t used = 0;
    enum http_state state;
    do {
        bool last = talk->ended || talk->in.len >= REFUSAL_BYTES_MAX;
        state = http_read(&answer, &used, buf_str(&talk->in), talk->in.len, last, false, broken);
    } while (state == HTTP_MORE && take(talk, 1024, until_ms) == WIRE_OK);
    if (state != HTTP_DONE) /* its head will do */
        state = http_read(&answer, &used, buf_str(&talk->in), talk->in.len, true, true, broken);
    if (state != HTTP_DONE)
        return complain(talk, WIRE_UNREACHABLE, why, "did not answer CONNECT by HTTP");
    find_sentence(sentence, answer.body ? answer.body : "");
    print_authority(authority, &talk->endpoint->url);
    const char *status = strchr(answer.status_line, ' '); /* behind the version */
    text_print(why, WIRE_WHY_SIZE, "the proxy %s refuses CONNECT %s:%s%s%s%s",
               talk->endpoint->proxy.base, authority, status ? status : "", sentence[0] ? ": " : "",
               sentence, advice(answer.status));
    text_make_plain(why);
    http_answer_clear(&answer);
    return WIRE_UNREACHABLE;
}

enum wire_result proxy_open_tunnel(int fd, const struct endpoint *endpoint, double deadline_ms,
                                   char why[WIRE_WHY_SIZE])
{
    struct talk talk = {.endpoint = endpoint, .fd = fd};
    struct http_answer answer = {0};
    char broken[HTTP_WHY_SIZE] = "";
    size_t used = 0;
    enum wire_result result = ask(&talk, deadline_ms, why);
    if (result == WIRE_OK)
        result = take_head(&talk, deadline_ms, why);
    if (result != WIRE_OK)
        goto out;
    enum http_state state =
        http_read(&answer, &used, buf_str(&talk.in), talk.in.len, true, true, broken);
    if (state == HTTP_NO_MEMORY)
        result = wire_fail(WIRE_SYSTEM, why, "out of memory", "");
    else if (state != HTTP_DONE)
        result = complain(&talk, WIRE_UNREACHABLE, why, "did not answer CONNECT by HTTP");
    else if (answer.status < 200 || answer.status > 299)
        result = refuse(&talk, deadline_ms, why);
out:
    http_answer_clear(&answer);
    buf_clear(&talk.in);
    return result;
}
