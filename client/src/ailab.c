/* The client handle and its one call: check, send, judge, and retry where the policy says so. Other
 * files decide; this one calls them in order and waits. */
#include "ailab.h"
#include "check.h"
#include "file.h"
#include "options.h"
#include "retry.h"
#include "transport.h"
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct ailab {
    char *api_key; /* to be struck out of the server's texts */
    bool preflight;
    struct ai_retry_policy policy;
    int (*progress)(void *context, const struct ailab_progress *progress);
    void *progress_context;
    struct ai_wake wake;
    struct ai_transport *transport;
};

enum ailab_error ailab_new(struct ailab **out, const struct ailab_options *options)
{
    if (!out)
        return AILAB_ARGUMENT;
    *out = NULL;
    if (*ailab_options_problem(options))
        return AILAB_ARGUMENT;
    struct ailab_options complete = *options;
    ai_options_complete(&complete);
    struct ailab *client = calloc(1, sizeof *client);
    if (!client)
        return AILAB_NO_MEMORY;
    client->preflight = complete.preflight;
    client->policy = (struct ai_retry_policy){.retries = complete.retries,
                                              .wait_ms = complete.retry_wait_ms,
                                              .wait_max_ms = complete.retry_wait_max_ms};
    client->progress = complete.progress;
    client->progress_context = complete.progress_context;
    client->api_key = strdup(complete.api_key);
    if (!ai_wake_init(&client->wake) || !client->api_key ||
        !ai_transport_new(&client->transport, &complete, &client->wake)) {
        ailab_free(client);
        return AILAB_NO_MEMORY;
    }
    *out = client;
    return AILAB_OK;
}

void ailab_free(struct ailab *client)
{
    if (!client)
        return;
    ai_transport_free(client->transport);
    ai_wake_clear(&client->wake);
    if (client->api_key)
        explicit_bzero(client->api_key, strlen(client->api_key));
    free(client->api_key);
    free(client);
}

void ailab_cancel(struct ailab *client)
{
    if (client)
        ai_wake_up(&client->wake);
}

/* Randomness only spreads the waits: when the system has none ready, the clock is enough. */
static uint32_t draw(void)
{
    uint32_t random = 0;
    if (getrandom(&random, sizeof random, GRND_NONBLOCK) != (ssize_t)sizeof random)
        random = (uint32_t)ai_now_ms() * 2654435761u;
    return random;
}

/* Makes and judges one attempt. The result keeps nothing of an earlier one. */
static void attempt(struct ailab_result *result, struct ai_received *received, struct ailab *client,
                    const struct ai_request *request)
{
    struct ai_envelope envelope = {0};
    ai_result_reset(result);
    result->attempts = request->attempt;
    ai_transport_send(received, client->transport, request, &envelope);
    if (received->error == AILAB_OK) {
        ai_answer_judge(result, &received->answer, &envelope);
    } else {
        result->http_status = received->answer.http_status;
        result->retryable = received->may_pass;
        ai_result_fail(result, received->error, "%s", received->why);
    }
    result->retry_after_s = received->retry_after_s;
    ai_envelope_clear(&envelope);
}

static enum ailab_error cancelled(struct ailab_result *result, const char *when)
{
    ai_result_reset(result);
    return ai_result_fail(result, AILAB_CANCELLED, "cancelled %s", when);
}

static enum ailab_error run(struct ailab_result *result, struct ailab *client,
                            struct ai_request *request)
{
    struct ai_received received;
    long wait_ms = 0;
    if (ai_wake_taken(&client->wake))
        return cancelled(result, "before anything was sent");
    for (request->attempt = 1;; request->attempt++) {
        attempt(result, &received, client, request);
        struct ai_attempt last = {.number = request->attempt,
                                  .error = result->error,
                                  .retryable = result->retryable,
                                  .success_begun = received.success_begun,
                                  .retry_after_s = result->retry_after_s};
        if (!ai_retry_due(&wait_ms, &client->policy, &last, draw()))
            break;
        if (ai_wake_wait(&client->wake, wait_ms)) {
            cancelled(result, "while waiting for the next attempt");
            break;
        }
    }
    ai_result_redact(result, client->api_key);
    if (client->progress)
        client->progress(client->progress_context, &received.progress);
    return result->error;
}

static enum ailab_error edit(struct ailab_result *result, struct ailab *client, int service_choice,
                             const struct ailab_image *image)
{
    struct ai_request request = {.image = image, .service_choice = service_choice};
    if (!client)
        return ai_result_fail(result, AILAB_ARGUMENT, "no client was given");
    if (!image || !image->data)
        return ai_result_fail(result, AILAB_ARGUMENT, "no picture was given: image->data is NULL");
    if (client->preflight && ai_check(result, &service_choice, image) != AILAB_OK)
        return result->error;
    return run(result, client, &request);
}

enum ailab_error ailab_edit(struct ailab_result **out, struct ailab *client, int service_choice,
                            const struct ailab_image *image)
{
    if (!out)
        return AILAB_ARGUMENT;
    *out = ai_result_new();
    return *out ? edit(*out, client, service_choice, image) : AILAB_NO_MEMORY;
}

enum ailab_error ailab_edit_file(struct ailab_result **out, struct ailab *client,
                                 int service_choice, const char *path)
{
    unsigned char *data = NULL;
    size_t size = 0;
    if (!out)
        return AILAB_ARGUMENT;
    *out = ai_result_new();
    if (!*out)
        return AILAB_NO_MEMORY;
    if (!path)
        return ai_result_fail(*out, AILAB_ARGUMENT, "no path was given");
    enum ailab_error error = ai_file_read(&data, &size, *out, path);
    if (error == AILAB_OK) {
        struct ailab_image image = {
            .data = data, .size = size, .file_name = ai_file_base_name(path)};
        error = edit(*out, client, service_choice, &image);
    }
    free(data);
    return error;
}
