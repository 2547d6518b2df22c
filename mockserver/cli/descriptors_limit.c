/* civetweb spins when it can accept no more, so the limit must never be met. */
#include "descriptors_limit.h"
#include "ailab_mock.h"
#include <sys/resource.h>

unsigned descriptors_limit_raise(unsigned connections, unsigned long *limit_out)
{
    struct rlimit limit;
    const rlim_t wanted =
        AILAB_MOCK_DESCRIPTORS((rlim_t)connections + AILAB_MOCK_CONNECTIONS_WAITING);
    *limit_out = 0;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return connections;
    if (limit.rlim_cur < wanted) {
        const rlim_t before = limit.rlim_cur;
        limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
            limit.rlim_cur = before;
    }
    *limit_out = (unsigned long)limit.rlim_cur;
    while (connections > 0 && AILAB_MOCK_DESCRIPTORS((rlim_t)connections) > limit.rlim_cur)
        connections--;
    return connections;
}
