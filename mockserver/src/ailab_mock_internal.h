/* What the library's own files know of a mock. */
#ifndef AILAB_MOCKSERVER_AILAB_MOCK_INTERNAL_H
#define AILAB_MOCKSERVER_AILAB_MOCK_INTERNAL_H

#include "certificates/authority.h"
#include "environment/environment.h"
#include "http/server.h"
#include "state/mock.h"

struct ailab_mock {
    struct mock *mock;
    struct server *server;
    struct authority *authority; /* NULL without https */
    struct mock_environment *environment;
    char url[160], https_url[64];
};

struct mock_environment *mock_environment_new(void);
void mock_environment_free(struct mock_environment *environment);

/* The variables of the parts up to `last` for a program that shall come to this mock, ended by
 * NULL. Borrowed, valid until the stop. NULL with one sentence in why. */
const char *const *mock_environment(const struct ailab_mock *mock, enum environment_part last,
                                    char why[AILAB_MOCK_ERROR_SIZE]);

#endif
