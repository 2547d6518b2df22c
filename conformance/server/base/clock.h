/* Time: a monotonic clock for deadlines and durations, and dates as text. */
#ifndef CONFORMANCE_SERVER_BASE_CLOCK_H
#define CONFORMANCE_SERVER_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_DATE_SIZE 32

/* Milliseconds of a clock that only goes forward. */
double clock_ms(void);
/* Milliseconds from now until the deadline for poll(): at least 0, rounded up. */
int clock_left_ms(double deadline_ms);
/* "2026-01-08T12:00:00Z". */
void clock_date(char out[CLOCK_DATE_SIZE], time_t when);

#endif
