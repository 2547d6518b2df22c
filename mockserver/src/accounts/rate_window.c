/* A ring of groups. A group begins at least a 64th of the window after the one before it, so that
 * 66 of them reach back further than the window. */
#include "accounts/rate_window.h"
#include <stddef.h>

#define EXACT_MAX 64

static struct rate_group *group_at(struct rate_window *window, uint32_t index)
{
    return &window->groups[(window->first + index) % RATE_GROUPS];
}

static void forget_old(struct rate_window *window, uint32_t window_ms, int64_t now_ms)
{
    while (window->group_count && group_at(window, 0)->last_ms + window_ms <= now_ms) {
        window->total -= group_at(window, 0)->count;
        window->first = (window->first + 1) % RATE_GROUPS;
        window->group_count--;
    }
}

int64_t rate_wait_ms(struct rate_window *window, uint32_t requests, uint32_t window_ms,
                     int64_t now_ms)
{
    forget_old(window, window_ms, now_ms);
    uint64_t left = window->total;
    int64_t wait_ms = 0;
    for (uint32_t i = 0; left >= requests && i < window->group_count; i++) {
        left -= group_at(window, i)->count;
        wait_ms = group_at(window, i)->last_ms + window_ms - now_ms;
    }
    return wait_ms;
}

void rate_take(struct rate_window *window, uint32_t requests, uint32_t window_ms, int64_t now_ms)
{
    struct rate_group *last =
        window->group_count ? group_at(window, window->group_count - 1) : NULL;
    if (last && now_ms < last->last_ms)
        now_ms = last->last_ms; /* two threads looked at the clock in the other order */
    int64_t apart_ms = requests > EXACT_MAX ? (int64_t)(window_ms / EXACT_MAX) : -1;
    if (!last || (now_ms - last->first_ms > apart_ms && window->group_count < RATE_GROUPS)) {
        last = group_at(window, window->group_count++);
        *last = (struct rate_group){.first_ms = now_ms};
    }
    last->last_ms = now_ms;
    last->count++;
    window->total++;
}
