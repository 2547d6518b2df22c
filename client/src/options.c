/* The limits of the options, and their defaults. */
#include "options.h"
#include "url.h"
#include <string.h>

#define KEY_MAX 512
#define RETRIES_MAX 10
#define TEXT_MAX 1024
#define MS_MAX (24L * 60 * 60 * 1000)

/* From '!' to '~', and spaces where they are allowed. */
static bool is_printable(const char *text, bool spaces)
{
    for (; *text; text++) {
        if (*text > '~' || *text < (spaces ? ' ' : '!'))
            return false;
    }
    return true;
}

static const char *key_problem(const char *key)
{
    if (!key || !*key)
        return "api_key is missing";
    if (strlen(key) > KEY_MAX)
        return "api_key is longer than 512 characters";
    if (!is_printable(key, false))
        return "api_key must be printable ASCII without spaces or line breaks";
    return "";
}

static bool is_duration(long ms)
{
    return ms >= 0 && ms <= MS_MAX;
}

const char *ailab_options_problem(const struct ailab_options *options)
{
    if (!options)
        return "no options were given";
    const char *problem = key_problem(options->api_key);
    if (!*problem && options->base_url)
        problem = ai_url_problem(options->base_url);
    if (!*problem && options->proxy)
        problem = ai_url_proxy_problem(options->proxy);
    if (*problem)
        return problem;
    if (!is_duration(options->connect_timeout_ms) || !is_duration(options->timeout_ms))
        return "connect_timeout_ms and timeout_ms must be from 0 to 86400000 (a day)";
    if (!is_duration(options->retry_wait_ms) || !is_duration(options->retry_wait_max_ms))
        return "retry_wait_ms and retry_wait_max_ms must be from 0 to 86400000 (a day)";
    if (options->retries > RETRIES_MAX)
        return "retries must be 10 at most";
    if (options->user_agent &&
        (!is_printable(options->user_agent, true) || strlen(options->user_agent) > TEXT_MAX))
        return "user_agent must be printable ASCII of at most 1024 characters";
    if (options->ca_file && !*options->ca_file)
        return "ca_file must be NULL or name a file";
    return "";
}

void ai_options_complete(struct ailab_options *options)
{
    if (!options->base_url)
        options->base_url = AILAB_DEFAULT_BASE_URL;
    if (!options->connect_timeout_ms)
        options->connect_timeout_ms = AILAB_DEFAULT_CONNECT_TIMEOUT_MS;
    if (!options->timeout_ms)
        options->timeout_ms = AILAB_DEFAULT_TIMEOUT_MS;
    if (!options->retry_wait_ms)
        options->retry_wait_ms = AILAB_DEFAULT_RETRY_WAIT_MS;
    if (!options->retry_wait_max_ms)
        options->retry_wait_max_ms = AILAB_DEFAULT_RETRY_WAIT_MAX_MS;
    if (!options->user_agent)
        options->user_agent = "ailab/" AILAB_VERSION_STRING;
    if (!options->max_answer_bytes)
        options->max_answer_bytes = AILAB_DEFAULT_MAX_ANSWER_BYTES;
}
