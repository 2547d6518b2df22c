/* What a program is told so that it comes to a mock: made when it is first asked for. */
#include "ailab_mock_internal.h"
#include "base/count_of.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ADDRESS_SIZE 64

struct mock_environment {
    pthread_mutex_t lock;
    struct held_folder folder;
    char **variables[ENVIRONMENT_ROUTE + 1]; /* by the last part */
};

struct mock_environment *mock_environment_new(void)
{
    struct mock_environment *environment = calloc(1, sizeof *environment);
    if (environment)
        pthread_mutex_init(&environment->lock, NULL);
    return environment;
}

void mock_environment_free(struct mock_environment *environment)
{
    if (!environment)
        return;
    for (size_t i = 0; i < COUNT_OF(environment->variables); i++)
        free(environment->variables[i]);
    held_folder_remove(&environment->folder);
    pthread_mutex_destroy(&environment->lock);
    free(environment);
}

/* Of "http://ADDRESS:PORT"; a mock that listens on a unix socket alone has neither. */
static void split_url(char address[ADDRESS_SIZE], const char **port, const char *url)
{
    const char *slashes = strstr(url, "://"), *colon = strrchr(url, ':');
    const char *host = slashes ? slashes + strlen("://") : url;
    snprintf(address, ADDRESS_SIZE, "%.*s", colon > host ? (int)(colon - host) : 0, host);
    *port = colon ? colon + 1 : "";
}

static char **make(struct mock_environment *environment, const struct ailab_mock *mock,
                   enum environment_part last, char why[AILAB_MOCK_ERROR_SIZE])
{
    char address[ADDRESS_SIZE];
    struct environment_facts facts = {.url = mock->url, .address = address};
    split_url(address, &facts.port, mock->url);
    if (last != ENVIRONMENT_OWN) {
        facts.ca_file = authority_ca_file(mock->authority);
        facts.bundle_file = authority_bundle_file(mock->authority);
        facts.java_file = authority_java_file(mock->authority);
        if (!environment->folder.path &&
            !environment_folder_make(&environment->folder, &facts, why))
            return NULL;
        facts.folder = environment->folder.path;
    }
    snprintf(why, AILAB_MOCK_ERROR_SIZE, "out of memory");
    return environment_new(&facts, last, (const char *const *)environ);
}

const char *const *mock_environment(const struct ailab_mock *mock, enum environment_part last,
                                    char why[AILAB_MOCK_ERROR_SIZE])
{
    struct mock_environment *environment = mock->environment;
    if (!mock->authority)
        last = ENVIRONMENT_OWN;
    pthread_mutex_lock(&environment->lock);
    if (!environment->variables[last])
        environment->variables[last] = make(environment, mock, last, why);
    const char *const *variables = (const char *const *)environment->variables[last];
    pthread_mutex_unlock(&environment->lock);
    return variables;
}

const char *const *ailab_mock_environment(const struct ailab_mock *mock)
{
    char why[AILAB_MOCK_ERROR_SIZE];
    return mock_environment(mock, ENVIRONMENT_ROUTE, why);
}
