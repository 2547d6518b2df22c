/* RFC 3339 in UTC. */
#include "base/clock.h"
#include <stdio.h>
#include <time.h>

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
