/* Random numbers that a seed determines: the same seed gives the same run. */
#ifndef AILAB_MOCKSERVER_SCENARIOS_RANDOM_H
#define AILAB_MOCKSERVER_SCENARIOS_RANDOM_H

#include "scenarios/scenario.h"

struct random {
    uint64_t state;
};

/* 0 <= x < 1. */
double random_unit(struct random *random);
/* Milliseconds, drawn from the delay's distribution and clamped. */
uint32_t random_delay_ms(struct random *random, const struct delay *delay);

#endif
