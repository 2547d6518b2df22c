/* What the library's own files know of a mock. */
#ifndef AILAB_MOCKSERVER_AILAB_MOCK_INTERNAL_H
#define AILAB_MOCKSERVER_AILAB_MOCK_INTERNAL_H

#include "http/server.h"
#include "state/mock.h"

struct ailab_mock {
    struct mock *mock;
    struct server *server;
    char url[64];
};

#endif
