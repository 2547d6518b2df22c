/* Blocking sockets under poll(), with a clock. */
#include "scenarios_client.h"
#include <arpa/inet.h>
#include <cjson/cJSON.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "scenarios_fixture.h"

#define BOUNDARY "scenarios-boundary"

int64_t scenarios_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Requests */

static void put_part(FILE *out, const char *disposition, struct slice bytes)
{
    fprintf(out, "--" BOUNDARY "\r\nContent-Disposition: form-data; %s\r\n\r\n", disposition);
    fwrite(bytes.ptr, 1, bytes.len, out);
    fputs("\r\n", out);
}

static void put_form(FILE *out, const struct scenarios_call *call)
{
    char disposition[300];
    struct slice choice = slice_of(call->choice ? call->choice : "100");
    if (choice.len)
        put_part(out, "name=\"service_choice\"", choice);
    snprintf(disposition, sizeof disposition, "name=\"image_target\"; filename=\"%s\"",
             call->file_name ? call->file_name : "file");
    put_part(out, disposition, call->image.ptr ? call->image : scenarios_portrait());
    if (call->padding) {
        fputs("--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"padding\"\r\n\r\n", out);
        for (size_t i = 0; i < call->padding; i++)
            fputc('p', out);
        fputs("\r\n", out);
    }
    fputs("--" BOUNDARY "--\r\n", out);
}

static void put_head(FILE *out, const struct scenarios_call *call, size_t body_size)
{
    const char *key = call->key ? call->key : SCENARIOS_KEY;
    const char *host = call->host ? call->host : "127.0.0.1";
    fprintf(out, "%s %s HTTP/1.1\r\n", call->method ? call->method : "POST",
            call->path ? call->path : SCENARIOS_PATH);
    if (*host)
        fprintf(out, "Host: %s\r\n", host);
    if (*key)
        fprintf(out, "ailabapi-api-key: %s\r\n", key);
    if (call->header)
        fprintf(out, "X-Mock-Scenario: %s\r\n", call->header);
    if (!call->body)
        fputs("Content-Type: multipart/form-data; boundary=" BOUNDARY "\r\n", out);
    if (body_size)
        fprintf(out, "Content-Length: %zu\r\n", body_size);
    fprintf(out, "%s\r\n", call->more ? call->more : "");
}

char *scenarios_request(size_t *size, size_t *head_size, const struct scenarios_call *call)
{
    char *body = NULL, *bytes = NULL;
    size_t body_size = 0;
    FILE *out = open_memstream(&body, &body_size);
    if (!out)
        return NULL;
    if (call->body)
        fputs(call->body, out);
    else
        put_form(out, call);
    fclose(out);
    out = body ? open_memstream(&bytes, size) : NULL;
    if (!out) {
        free(body);
        return NULL;
    }
    put_head(out, call, body_size);
    fflush(out);
    *head_size = *size;
    fwrite(body, 1, body_size, out);
    fclose(out);
    free(body);
    return bytes;
}

/* Sockets */

int scenarios_connect(uint16_t port)
{
    const struct timeval wait = {.tv_sec = SCENARIOS_WAIT_MS / 1000};
    const int yes = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

bool scenarios_send(int fd, const void *bytes, size_t size)
{
    const char *from = bytes;
    while (size) {
        ssize_t sent = send(fd, from, size, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        from += sent;
        size -= (size_t)sent;
    }
    return true;
}

bool scenarios_stirs(int fd, int ms)
{
    struct pollfd waiting = {.fd = fd, .events = POLLIN | POLLRDHUP};
    return poll(&waiting, 1, ms) > 0;
}

/* Answers */

struct reading {
    struct scenarios_answer *out;
    int fd;
    int64_t start_ms;
    size_t room;
};

/* Reads some more; false when the connection has ended, and how is noted. */
static bool read_some(struct reading *reading)
{
    struct scenarios_answer *out = reading->out;
    if (reading->room - out->size < 65536 + 1) {
        size_t room = reading->room ? reading->room * 2 : (size_t)131072;
        char *grown = realloc(out->bytes, room);
        if (!grown) {
            out->end = SCENARIOS_SILENT;
            return false;
        }
        out->bytes = grown;
        reading->room = room;
    }
    ssize_t got = -1;
    bool stirred = scenarios_stirs(reading->fd, SCENARIOS_WAIT_MS);
    if (stirred)
        got = recv(reading->fd, out->bytes + out->size, reading->room - out->size - 1, 0);
    int64_t now_ms = scenarios_now_ms() - reading->start_ms;
    if (got <= 0) {
        out->end_ms = now_ms;
        out->end = !stirred   ? SCENARIOS_SILENT
                   : got == 0 ? SCENARIOS_CLOSED
                              : (errno == ECONNRESET ? SCENARIOS_RESET : SCENARIOS_SILENT);
        out->bytes[out->size] = '\0';
        return false;
    }
    if (!out->size)
        out->first_ms = now_ms;
    out->last_ms = now_ms;
    out->size += (size_t)got;
    out->bytes[out->size] = '\0';
    return true;
}

/* The head, once it is whole. Skips 100 Continue. */
static bool find_head(struct scenarios_answer *out, size_t *from)
{
    for (;;) {
        const char *start = out->bytes + *from;
        const char *end =
            out->size > *from ? memmem(start, out->size - *from, "\r\n\r\n", 4) : NULL;
        if (!end)
            return false;
        if (strncmp(start, "HTTP/1.1 100 ", 13) == 0) {
            *from = (size_t)(end + 4 - out->bytes);
            continue;
        }
        out->head = slice_make(start, (size_t)(end + 4 - start));
        return true;
    }
}

/* Whether all that Content-Length announces is there; without one everything is waited for. */
static bool is_whole(struct scenarios_answer *out)
{
    size_t from = 0;
    if (!find_head(out, &from))
        return false;
    size_t behind = out->size - (size_t)(out->head.ptr + out->head.len - out->bytes);
    long long length = scenarios_length(out);
    return scenarios_header_is(out, "Connection", "keep-alive") && length >= 0 &&
           behind >= (size_t)length;
}

static void take_apart(struct scenarios_answer *out)
{
    size_t from = 0;
    out->head = slice_make(out->bytes, 0);
    if (!out->bytes || !find_head(out, &from)) {
        out->head = (struct slice){NULL, 0};
        return;
    }
    if (sscanf(out->head.ptr, "HTTP/1.1 %d ", &out->status) != 1)
        out->status = 0;
    const char *body = out->head.ptr + out->head.len;
    out->body = slice_make(body, out->size - (size_t)(body - out->bytes));
    const char *end = NULL;
    out->json = cJSON_ParseWithLengthOpts(out->body.ptr, out->body.len + 1, &end, 1);
}

static void read_answer(struct scenarios_answer *out, int fd, int64_t start_ms, bool to_end)
{
    struct reading reading = {out, fd, start_ms, 0};
    out->end = SCENARIOS_KEPT;
    while (read_some(&reading))
        if (!to_end && is_whole(out))
            break;
    take_apart(out);
}

void scenarios_read(struct scenarios_answer *out, int fd)
{
    *out = (struct scenarios_answer){0};
    read_answer(out, fd, scenarios_now_ms(), false);
}

void scenarios_read_to_end(struct scenarios_answer *out, int fd)
{
    *out = (struct scenarios_answer){0};
    read_answer(out, fd, scenarios_now_ms(), true);
}

void scenarios_ask_on(struct scenarios_answer *out, int fd, const struct scenarios_call *call)
{
    size_t size = 0, head_size = 0;
    *out = (struct scenarios_answer){.end = SCENARIOS_SILENT};
    char *bytes = scenarios_request(&size, &head_size, call);
    if (!bytes)
        return;
    int64_t start_ms = scenarios_now_ms();
    scenarios_send(fd, bytes, size); /* when it is not taken, the answer tells why */
    free(bytes);
    read_answer(out, fd, start_ms, false);
}

void scenarios_ask(struct scenarios_answer *out, uint16_t port, const struct scenarios_call *call)
{
    int fd = scenarios_connect(port);
    *out = (struct scenarios_answer){.end = SCENARIOS_SILENT};
    if (fd < 0)
        return;
    scenarios_ask_on(out, fd, call);
    close(fd);
}

void scenarios_clear(struct scenarios_answer *answer)
{
    cJSON_Delete(answer->json);
    free(answer->bytes);
    *answer = (struct scenarios_answer){0};
}

/* Looking */

struct slice scenarios_header(const struct scenarios_answer *answer, const char *name)
{
    size_t name_len = strlen(name);
    const char *line = answer->head.ptr, *end = line + answer->head.len;
    while (line && line < end) {
        const char *stop = memmem(line, (size_t)(end - line), "\r\n", 2);
        if (!stop)
            break;
        size_t len = (size_t)(stop - line);
        if (len > name_len + 1 && line[name_len] == ':' && strncasecmp(line, name, name_len) == 0)
            return slice_make(line + name_len + 2, len - name_len - 2);
        line = stop + 2;
    }
    return (struct slice){NULL, 0};
}

bool scenarios_header_is(const struct scenarios_answer *answer, const char *name, const char *value)
{
    struct slice found = scenarios_header(answer, name);
    return found.ptr && slice_equal(found, slice_of(value));
}

long long scenarios_length(const struct scenarios_answer *answer)
{
    struct slice length = scenarios_header(answer, "Content-Length");
    return length.ptr ? strtoll(length.ptr, NULL, 10) : -1;
}

static const char *detail(const struct scenarios_answer *answer, const char *name)
{
    const cJSON *object = cJSON_GetObjectItemCaseSensitive(answer->json, "error_detail");
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    return text ? text : "";
}

const char *scenarios_code(const struct scenarios_answer *answer)
{
    return detail(answer, "code");
}

const char *scenarios_message(const struct scenarios_answer *answer)
{
    return detail(answer, "message");
}

bool scenarios_is(const struct scenarios_answer *answer, int status, const char *code)
{
    const cJSON *data = cJSON_GetObjectItemCaseSensitive(answer->json, "data");
    return answer->status == status && answer->json && strcmp(scenarios_code(answer), code) == 0 &&
           (*code != '\0') == (data == NULL);
}
