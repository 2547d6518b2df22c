/* The two clocks of the system, and time as text. Thread-safe. */
#ifndef AILAB_MOCKSERVER_BASE_CLOCK_H
#define AILAB_MOCKSERVER_BASE_CLOCK_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

/* Milliseconds since 1970, as the calendar has them: they may go back. */
int64_t clock_wall_ms(void);

/* Time since an unspecified moment, which never goes back. */
int64_t clock_monotonic_us(void);
int64_t clock_monotonic_ms(void);

/* The monotonic clock's time in ms from now, for pthread_cond_timedwait() on a condition of
 * clock_condition_init(). */
struct timespec clock_in_ms(uint32_t ms);
void clock_condition_init(pthread_cond_t *condition);

#define CLOCK_TEXT_SIZE 48

/* "2026-01-08T12:34:56.123Z" of milliseconds since 1970. Returns out. */
const char *clock_print(char out[CLOCK_TEXT_SIZE], int64_t time_ms);

#endif
