/* A sliding window over the requests of a key: never more than so many in any stretch of so many
 * milliseconds. Pure; time is a parameter.
 *
 * Up to 64 requests a window are kept one by one; of larger limits those that came within a 64th
 * of the window count as one group, which leaves the window together with its last. So a limit is
 * never exceeded, what is said about waiting is true, and the memory does not depend on the limit.
 */
#ifndef AILAB_MOCKSERVER_ACCOUNTS_RATE_WINDOW_H
#define AILAB_MOCKSERVER_ACCOUNTS_RATE_WINDOW_H

#include <stdint.h>

#define RATE_GROUPS 68

struct rate_group {
    int64_t first_ms, last_ms;
    uint32_t count;
};

/* Start with all zero. */
struct rate_window {
    struct rate_group groups[RATE_GROUPS]; /* a ring, oldest at first */
    uint32_t first, group_count;
    uint64_t total;
};

/* Milliseconds until one more request is within the limit; 0: it is now. requests is at least 1. */
int64_t rate_wait_ms(struct rate_window *window, uint32_t requests, uint32_t window_ms,
                     int64_t now_ms);

/* Counts a request that was admitted. */
void rate_take(struct rate_window *window, uint32_t requests, uint32_t window_ms, int64_t now_ms);

#endif
