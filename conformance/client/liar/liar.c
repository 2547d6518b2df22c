/* A client that lies: linked before library ailab, it does one thing wrong or tells one thing
 * falsely, the one that AILAB_LIE names. The suite must notice (notices_lies). */
#include <ailab.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The memory of a lie. The linker sends the suite's calls of the client here (--wrap). */
static struct {
    char key[64], text[128], url[128];
    unsigned char *image;
} liar;

static bool lies(const char *lie)
{
    const char *asked = getenv("AILAB_LIE");
    return asked && strcmp(asked, lie) == 0;
}

enum ailab_error __real_ailab_new(struct ailab **out, const struct ailab_options *options);
enum ailab_error __wrap_ailab_new(struct ailab **out, const struct ailab_options *options);
enum ailab_error __real_ailab_edit(struct ailab_result **out, struct ailab *client, int choice,
                                   const struct ailab_image *image);
enum ailab_error __wrap_ailab_edit(struct ailab_result **out, struct ailab *client, int choice,
                                   const struct ailab_image *image);
const void *__real_ailab_result_image(const struct ailab_result *result, size_t *size_out);
const void *__wrap_ailab_result_image(const struct ailab_result *result, size_t *size_out);
enum ailab_code __real_ailab_result_code(const struct ailab_result *result);
enum ailab_code __wrap_ailab_result_code(const struct ailab_result *result);
const char *__real_ailab_result_code_text(const struct ailab_result *result);
const char *__wrap_ailab_result_code_text(const struct ailab_result *result);
long __real_ailab_result_http_status(const struct ailab_result *result);
long __wrap_ailab_result_http_status(const struct ailab_result *result);
enum ailab_error __real_ailab_result_error(const struct ailab_result *result);
enum ailab_error __wrap_ailab_result_error(const struct ailab_result *result);
bool __real_ailab_result_retryable(const struct ailab_result *result);
bool __wrap_ailab_result_retryable(const struct ailab_result *result);
const char *__real_ailab_result_error_text(const struct ailab_result *result);
const char *__wrap_ailab_result_error_text(const struct ailab_result *result);

enum ailab_error __wrap_ailab_new(struct ailab **out, const struct ailab_options *options)
{
    struct ailab_options other = *options;
    snprintf(liar.key, sizeof liar.key, "%s", options->api_key);
    if (lies("never-retries"))
        other.retries = 0;
    if (lies("retries-more"))
        other.retries++;
    if (lies("impatient"))
        other.retry_wait_ms = 1;
    if (lies("waits-for-ever"))
        other.timeout_ms = 4000;
    if (lies("unencrypted") && other.base_url && strncmp(other.base_url, "https://", 8) == 0) {
        snprintf(liar.url, sizeof liar.url, "http://%s", other.base_url + strlen("https://"));
        other.base_url = liar.url;
    }
    return __real_ailab_new(out, &other);
}

enum ailab_error __wrap_ailab_edit(struct ailab_result **out, struct ailab *client, int choice,
                                   const struct ailab_image *image)
{
    if (lies("sends-twice")) {
        __real_ailab_edit(out, client, choice, image);
        ailab_result_free(*out);
    }
    if (lies("hoards")) {
        size_t size = (size_t)40 * 1024 * 1024;
        char *hoard = malloc(size);
        if (!hoard)
            abort();
        for (size_t i = 0; i < size; i += 4096)
            ((volatile char *)hoard)[i] = 1;
        free(hoard);
    }
    enum ailab_error error = __real_ailab_edit(out, client, choice, image);
    return lies("error") && error == AILAB_REFUSED ? AILAB_BAD_ANSWER : error;
}

const void *__wrap_ailab_result_image(const struct ailab_result *result, size_t *size_out)
{
    const void *image = __real_ailab_result_image(result, size_out);
    if (lies("image-always") && !image) {
        *size_out = 1;
        return "x";
    }
    if (!lies("wrong-image") || !image)
        return image;
    free(liar.image);
    liar.image = malloc(*size_out);
    if (!liar.image)
        abort();
    memcpy(liar.image, image, *size_out);
    liar.image[*size_out / 2] ^= 1;
    return liar.image;
}

enum ailab_code __wrap_ailab_result_code(const struct ailab_result *result)
{
    enum ailab_code code = __real_ailab_result_code(result);
    return lies("code-number") && code == AILAB_CODE_UNKNOWN ? AILAB_CODE_NONE : code;
}

const char *__wrap_ailab_result_code_text(const struct ailab_result *result)
{
    const char *text = __real_ailab_result_code_text(result);
    return lies("code-text") && *text ? text + 1 : text;
}

long __wrap_ailab_result_http_status(const struct ailab_result *result)
{
    return lies("status") ? 200 : __real_ailab_result_http_status(result);
}

enum ailab_error __wrap_ailab_result_error(const struct ailab_result *result)
{
    enum ailab_error error = __real_ailab_result_error(result);
    return lies("error") && error == AILAB_REFUSED ? AILAB_BAD_ANSWER : error;
}

bool __wrap_ailab_result_retryable(const struct ailab_result *result)
{
    return lies("retryable") || __real_ailab_result_retryable(result);
}

const char *__wrap_ailab_result_error_text(const struct ailab_result *result)
{
    const char *text = __real_ailab_result_error_text(result);
    if (!lies("shows-key") || !*text)
        return text;
    snprintf(liar.text, sizeof liar.text, "refused for %s", liar.key);
    return liar.text;
}
