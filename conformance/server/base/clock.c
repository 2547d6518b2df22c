/* See clock.h. */
#include "base/clock.h"

double clock_ms(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

int clock_left_ms(double deadline_ms)
{
    double left = deadline_ms - clock_ms();
    if (left <= 0)
        return 0;
    return left > 3600e3 ? 3600000 : (int)left + 1;
}

void clock_date(char out[CLOCK_DATE_SIZE], time_t when)
{
    struct tm utc;
    if (!gmtime_r(&when, &utc) || strftime(out, CLOCK_DATE_SIZE, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
        out[0] = '\0';
}
