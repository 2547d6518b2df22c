/* The library's powers over a running mock: each is one call of the admin API, without a socket, so
 * that C and HTTP take the same documents and give the same answers. */
#include "admin/admin.h"
#include "ailab_mock.h"
#include "ailab_mock_internal.h"
#include "base/clock.h"
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>

enum ailab_mock_error ailab_mock_admin(struct ailab_mock *mock, const char *method,
                                       const char *path, const char *body, int *status,
                                       char **answer)
{
    struct admin_answer made;
    size_t path_len = strcspn(path, "?");
    const char *query = path[path_len] ? path + path_len + 1 : "";
    const struct admin_host host = {
        .version = AILAB_VERSION_STRING,
        .revision = mock_revision(mock->mock)->name,
        .uptime_ms = clock_monotonic_ms() - mock_started_ms(mock->mock),
        .waiters_max = ADMIN_WAITERS_MAX,
        .boot = mock_boot(mock->mock),
    };
    const struct admin_request request = {
        .method = slice_of(method),
        .path = slice_make(path, path_len),
        .query = slice_of(query),
        .body = slice_of(body ? body : ""),
    };
    admin_answer(&made, mock_state(mock->mock), &host, &request);
    *status = made.status;
    *answer = made.text ? strndup(made.text, made.size) : NULL;
    admin_answer_clear(&made);
    return *answer ? AILAB_MOCK_OK : AILAB_MOCK_NO_MEMORY;
}

/* Says what the admin API complained about. */
static enum ailab_mock_error complain(char *why, const char *answer)
{
    cJSON *document = cJSON_Parse(answer);
    const cJSON *pointer = cJSON_GetObjectItemCaseSensitive(document, "pointer");
    const cJSON *error = cJSON_GetObjectItemCaseSensitive(document, "error");
    if (why)
        snprintf(why, AILAB_MOCK_ERROR_SIZE, "%s%s%s%s", cJSON_IsString(pointer) ? "at '" : "",
                 cJSON_IsString(pointer) ? pointer->valuestring : "",
                 cJSON_IsString(pointer) ? "': " : "",
                 cJSON_IsString(error) ? error->valuestring : "refused");
    cJSON_Delete(document);
    return AILAB_MOCK_ARGUMENT;
}

/* One call; *document, when wanted, is the answer, to be deleted. */
static enum ailab_mock_error call(struct ailab_mock *mock, const char *method, const char *path,
                                  const char *body, cJSON **document, char *why)
{
    int status = 0;
    char *answer = NULL;
    enum ailab_mock_error error = ailab_mock_admin(mock, method, path, body, &status, &answer);
    if (why)
        snprintf(why, AILAB_MOCK_ERROR_SIZE, "%s", error ? "out of memory" : "");
    if (!error && status >= 400)
        error = complain(why, answer);
    if (!error && document && !(*document = cJSON_Parse(answer)))
        error = AILAB_MOCK_NO_MEMORY;
    free(answer);
    return error;
}

enum ailab_mock_error ailab_mock_load(struct ailab_mock *mock, const char *document,
                                      char why[AILAB_MOCK_ERROR_SIZE])
{
    return call(mock, "PUT", "/__admin/mappings", document, NULL, why);
}

enum ailab_mock_error ailab_mock_set_accounts(struct ailab_mock *mock, const char *accounts,
                                              char why[AILAB_MOCK_ERROR_SIZE])
{
    return call(mock, "PUT", "/__admin/accounts", accounts, NULL, why);
}

/* A JSON text, to be freed with cJSON_free(); NULL when memory ran out. */
static char *quoted(const char *text)
{
    cJSON *string = cJSON_CreateString(text);
    char *json = string ? cJSON_PrintUnformatted(string) : NULL;
    cJSON_Delete(string);
    return json;
}

enum ailab_mock_error ailab_mock_arm(struct ailab_mock *mock, const char *api_key,
                                     const char *steps, char why[AILAB_MOCK_ERROR_SIZE])
{
    char *body = NULL, *key = quoted(api_key);
    enum ailab_mock_error error = AILAB_MOCK_NO_MEMORY;
    if (key && asprintf(&body, "{\"api_key\":%s,\"steps\":%s}", key, steps) >= 0)
        error = call(mock, "POST", "/__admin/queue", body, NULL, why);
    free(body);
    cJSON_free(key);
    return error;
}

enum ailab_mock_error ailab_mock_arm_tls(struct ailab_mock *mock, const char *fault,
                                         unsigned connections, char why[AILAB_MOCK_ERROR_SIZE])
{
    char *body = NULL, *name = quoted(fault);
    enum ailab_mock_error error = AILAB_MOCK_NO_MEMORY;
    if (name && asprintf(&body, "{\"fault\":%s,\"connections\":%u}", name, connections) >= 0)
        error = call(mock, "POST", "/__admin/tls", body, NULL, why);
    free(body);
    cJSON_free(name);
    return error;
}

static enum ailab_mock_error call_for_number(struct ailab_mock *mock, const char *method,
                                             const char *path, const char *body, const char *field,
                                             size_t *out, char *why)
{
    cJSON *document = NULL;
    enum ailab_mock_error error = call(mock, method, path, body, &document, why);
    const cJSON *meta = cJSON_GetObjectItemCaseSensitive(document, "meta");
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(meta ? meta : document, field);
    *out = cJSON_IsNumber(number) && number->valuedouble > 0 ? (size_t)number->valuedouble : 0;
    cJSON_Delete(document);
    return error;
}

enum ailab_mock_error ailab_mock_count(struct ailab_mock *mock, const char *match, size_t *out,
                                       char why[AILAB_MOCK_ERROR_SIZE])
{
    return call_for_number(mock, "POST", "/__admin/requests/count", match ? match : "{}", "count",
                           out, why);
}

enum ailab_mock_error ailab_mock_wait(struct ailab_mock *mock, const char *match, size_t at_least,
                                      unsigned timeout_ms, size_t *out,
                                      char why[AILAB_MOCK_ERROR_SIZE])
{
    char path[128];
    snprintf(path, sizeof path, "/__admin/requests/count?at_least=%zu&wait_ms=%u", at_least,
             timeout_ms);
    return call_for_number(mock, "POST", path, match ? match : "{}", "count", out, why);
}

enum ailab_mock_error ailab_mock_count_unexpected(struct ailab_mock *mock, size_t *out,
                                                  char why[AILAB_MOCK_ERROR_SIZE])
{
    return call_for_number(mock, "GET", "/__admin/requests/unexpected?limit=1", NULL, "total", out,
                           why);
}

/* The path with a parameter behind it, whose value is percent-encoded. To be freed; NULL when
 * memory ran out, and for a path that is NULL. */
static char *path_with(const char *path, const char *name, const char *value)
{
    if (!path)
        return NULL;
    size_t size = strlen(path) + strlen(name) + 3 * strlen(value) + 3;
    char *made = malloc(size);
    if (!made)
        return NULL;
    size_t used =
        (size_t)snprintf(made, size, "%s%c%s=", path, strchr(path, '?') ? '&' : '?', name);
    for (; *value; value++)
        used += (size_t)snprintf(made + used, size - used, "%%%02X", (unsigned char)*value);
    return made;
}

enum ailab_mock_error ailab_mock_reset(struct ailab_mock *mock, const char *api_key,
                                       char why[AILAB_MOCK_ERROR_SIZE])
{
    if (!api_key)
        return call(mock, "POST", "/__admin/reset", NULL, NULL, why);
    char *path = path_with("/__admin/reset", "api_key", api_key);
    enum ailab_mock_error error =
        path ? call(mock, "POST", path, NULL, NULL, why) : AILAB_MOCK_NO_MEMORY;
    free(path);
    return error;
}

enum ailab_mock_error ailab_mock_coverage(struct ailab_mock *mock, const char *format,
                                          const char *api_key, char **report,
                                          char why[AILAB_MOCK_ERROR_SIZE])
{
    int status = 0;
    char *all = path_with("/__admin/coverage", "format", format);
    char *path = api_key ? path_with(all, "api_key", api_key) : all;
    enum ailab_mock_error error = AILAB_MOCK_NO_MEMORY;
    *report = NULL;
    if (path)
        error = ailab_mock_admin(mock, "GET", path, NULL, &status, report);
    if (why)
        snprintf(why, AILAB_MOCK_ERROR_SIZE, "%s", error ? "out of memory" : "");
    if (!error && status >= 400) {
        error = complain(why, *report);
        free(*report);
        *report = NULL;
    }
    if (api_key)
        free(path);
    free(all);
    return error;
}
