/* Wall-clock time as text. Pure. */
#ifndef AILAB_MOCKSERVER_BASE_CLOCK_H
#define AILAB_MOCKSERVER_BASE_CLOCK_H

#include <stdint.h>

#define CLOCK_TEXT_SIZE 48

/* "2026-01-08T12:34:56.123Z" of milliseconds since 1970. Returns out. */
const char *clock_print(char out[CLOCK_TEXT_SIZE], int64_t time_ms);

#endif
