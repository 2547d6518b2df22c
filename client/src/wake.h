/* The wish to cancel: a flag for a thread that looks, a descriptor for a thread that sleeps. */
#ifndef CLIENT_SRC_WAKE_H
#define CLIENT_SRC_WAKE_H

#include <stdatomic.h>
#include <stdbool.h>

struct ai_wake {
    atomic_bool wanted;
    int pipe[2]; /* readable once wanted was set; both ends close-on-exec and non-blocking */
};

/* False when the process has no descriptors left. */
bool ai_wake_init(struct ai_wake *wake);
void ai_wake_clear(struct ai_wake *wake);

/* Any thread; async-signal-safe; leaves errno alone. */
void ai_wake_up(struct ai_wake *wake);

/* Whether ai_wake_up() was called since this last said so. */
bool ai_wake_taken(struct ai_wake *wake);

/* Sleeps until wait_ms are over or ai_wake_up() is called; true in the second case. */
bool ai_wake_wait(struct ai_wake *wake, long wait_ms);

/* Milliseconds of the monotonic clock. */
long long ai_now_ms(void);

#endif
