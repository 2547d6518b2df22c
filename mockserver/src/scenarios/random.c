/* splitmix64 for the bits, Box-Muller for the bell curve. Not for secrets. */
#include "scenarios/random.h"
#include <math.h>

#define Z95 1.6448536269514722 /* the standard normal's 95th percentile */

static uint64_t next(struct random *random)
{
    uint64_t value = random->state += UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

double random_unit(struct random *random)
{
    return (double)(next(random) >> 11) * 0x1.0p-53;
}

static double standard_normal(struct random *random)
{
    double u = 1 - random_unit(random); /* never 0 */
    double v = random_unit(random);
    return sqrt(-2 * log(u)) * cos(2 * 3.14159265358979323846 * v);
}

uint32_t random_delay_ms(struct random *random, const struct delay *delay)
{
    double ms = 0;
    switch (delay->kind) {
    case DELAY_NONE:
        return 0;
    case DELAY_FIXED:
        ms = delay->a;
        break;
    case DELAY_UNIFORM:
        ms = delay->a + (delay->b - delay->a) * random_unit(random);
        break;
    case DELAY_NORMAL:
        ms = delay->a + delay->b * standard_normal(random);
        break;
    case DELAY_LOGNORMAL:
        ms = delay->a * exp(log(delay->b / delay->a) / Z95 * standard_normal(random));
        break;
    }
    if (!(ms > 0))
        return 0;
    return ms < SCENARIO_DELAY_MAX_MS ? (uint32_t)(ms + 0.5) : SCENARIO_DELAY_MAX_MS;
}
