/* The only file of the library that asks the system for the time. Text is RFC 3339 in UTC. */
#include "base/clock.h"
#include <stdio.h>

static int64_t now_us(clockid_t clock)
{
    struct timespec now = {0}; /* what a clock tells that fails */
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_wall_ms(void)
{
    return now_us(CLOCK_REALTIME) / 1000;
}

int64_t clock_monotonic_us(void)
{
    return now_us(CLOCK_MONOTONIC);
}

int64_t clock_monotonic_ms(void)
{
    return clock_monotonic_us() / 1000;
}

struct timespec clock_in_ms(uint32_t ms)
{
    int64_t until = clock_monotonic_us() + (int64_t)ms * 1000;
    return (struct timespec){until / 1000000, until % 1000000 * 1000};
}

void clock_condition_init(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

const char *clock_print(char out[CLOCK_TEXT_SIZE], int64_t time_ms)
{
    char date[32];
    struct tm parts;
    time_t seconds = (time_t)(time_ms / 1000);
    gmtime_r(&seconds, &parts);
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(out, CLOCK_TEXT_SIZE, "%s.%03dZ", date, (int)(time_ms % 1000));
    return out;
}
