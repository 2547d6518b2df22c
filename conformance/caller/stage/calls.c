/* See calls.h. */
#include "caller/stage/calls.h"
#include "ailab_mock.h"
#include "base/clock.h"
#include "judge/base64.h"
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ENDPOINT "/api/portrait/effects/emotion-editor"
#define SETTLE_MS 2000 /* for the mock to notice that the program is gone */

static char *ask(struct ailab_mock *mock, const char *path)
{
    int status = 0;
    char *answer = NULL;
    if (ailab_mock_admin(mock, "GET", path, NULL, &status, &answer) == AILAB_MOCK_OK &&
        status == 200)
        return answer;
    free(answer);
    return NULL;
}

static bool is_quiet(struct ailab_mock *mock)
{
    static const char name[] = "\nailab_mock_requests_in_flight ";
    char *metrics = ask(mock, "/metrics");
    const char *at = metrics ? strstr(metrics, name) : NULL;
    bool quiet = !at || strtol(at + sizeof name - 1, NULL, 10) == 0;
    free(metrics);
    return quiet;
}

/* The program is dead, so each request in flight ends as soon as the mock looks at its connection.
 */
static void settle(struct ailab_mock *mock)
{
    const double deadline_ms = clock_ms() + SETTLE_MS;
    const struct timespec moment = {0, 2000000};
    while (!is_quiet(mock) && clock_left_ms(deadline_ms) > 0)
        nanosleep(&moment, NULL);
}

static const char *text_of(const cJSON *object, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    return text ? text : "";
}

static double number_of(const cJSON *object, const char *name, double otherwise)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNumber(item) ? item->valuedouble : otherwise;
}

/* Headers whose values the journal hides, because they may carry a key. */
static bool has_second_secret(const cJSON *headers)
{
    static const char *const names[] = {"Authorization", "Cookie", "Proxy-Authorization"};
    const cJSON *header = NULL;
    cJSON_ArrayForEach(header, headers) for (size_t i = 0; i < sizeof names / sizeof names[0];
                                             i++) if (strcasecmp(text_of(header, "name"),
                                                                 names[i]) == 0) return true;
    return false;
}

static void read_call(struct call *out, const cJSON *entry)
{
    *out = (struct call){
        .came_ms = number_of(entry, "time_ms", 0),
        .status = (int)number_of(entry, "status", 0),
        .choice = (int)number_of(entry, "service_choice", -1),
        .refused = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(entry, "unexpected")),
        .key_besides = has_second_secret(cJSON_GetObjectItemCaseSensitive(entry, "headers")),
    };
    out->ended_ms = out->came_ms + number_of(entry, "duration_ms", 0);
    snprintf(out->method, sizeof out->method, "%s", text_of(entry, "method"));
    snprintf(out->path, sizeof out->path, "%s", text_of(entry, "path"));
    snprintf(out->code, sizeof out->code, "%s", text_of(entry, "code"));
    snprintf(out->message, sizeof out->message, "%s", text_of(entry, "message"));
    snprintf(out->fault, sizeof out->fault, "%s", text_of(entry, "fault"));
    out->endpoint = strcmp(out->method, "POST") == 0 && strcmp(out->path, ENDPOINT) == 0;
}

/* The journal gives the body of one entry, in Base64. */
static void find_key(struct call *out, struct ailab_mock *mock, const cJSON *entry, const char *key)
{
    char path[64];
    struct buf body = {0};
    snprintf(path, sizeof path, "/__admin/requests/%.0f", number_of(entry, "id", 0));
    char *answer =
        cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(entry, "has_body")) ? ask(mock, path) : NULL;
    cJSON *root = answer ? cJSON_Parse(answer) : NULL;
    const char *text = text_of(root, "body_base64");
    out->key_in_body = !base64_decode(&body, text, strlen(text)) && body.len > 0 &&
                       memmem(body.ptr, body.len, key, strlen(key));
    buf_clear(&body);
    cJSON_Delete(root);
    free(answer);
}

static int by_time(const void *a, const void *b)
{
    const struct call *one = a, *other = b;
    return (one->came_ms > other->came_ms) - (one->came_ms < other->came_ms);
}

bool calls_read(struct calls *out, struct ailab_mock *mock, const char *key)
{
    *out = (struct calls){0};
    settle(mock);
    char *answer = ask(mock, "/__admin/requests?limit=1000");
    cJSON *root = answer ? cJSON_Parse(answer) : NULL;
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, "requests"), *entry = NULL;
    const bool fine = cJSON_IsArray(list);
    cJSON_ArrayForEach(entry, list)
    {
        struct call call;
        read_call(&call, entry);
        out->count += call.endpoint;
        if (out->kept == CALLS_MAX)
            continue;
        if (key)
            find_key(&call, mock, entry, key);
        out->items[out->kept++] = call;
    }
    qsort(out->items, out->kept, sizeof out->items[0], by_time);
    cJSON_Delete(root);
    free(answer);
    return fine;
}

size_t calls_total(struct ailab_mock *mock)
{
    size_t count = 0;
    settle(mock);
    return ailab_mock_count(mock, NULL, &count, NULL) == AILAB_MOCK_OK ? count : 0;
}

size_t calls_tls_faults(struct ailab_mock *mock)
{
    static const char name[] = "\nailab_mock_tls_faults_total{";
    size_t count = 0;
    char *metrics = ask(mock, "/metrics");
    for (const char *at = metrics; at && (at = strstr(at, name)) != NULL; at++) {
        const char *value = strchr(at + 1, ' ');
        count += value ? strtoul(value, NULL, 10) : 0;
    }
    free(metrics);
    return count;
}
