#include "mutate.h"
#include <stdlib.h>

struct chance chance_of(unsigned seed)
{
    return (struct chance){seed * UINT64_C(0x9e3779b97f4a7c15) + 1};
}

/* xorshift64*: the same choices for the same seed, wherever it runs. */
uint32_t chance_below(struct chance *chance, uint32_t count)
{
    uint64_t x = chance->state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    chance->state = x;
    return (uint32_t)((x * UINT64_C(0x2545f4914f6cdd1d)) >> 32) % count;
}

bool mutates_with_knowledge(unsigned seed)
{
    static int plain = -1;
    if (plain < 0)
        plain = getenv("AILAB_FUZZ_PLAIN") != NULL;
    return !plain && seed % 4 != 0;
}

size_t mutate_plain(uint8_t *data, size_t size, size_t max_size)
{
    return LLVMFuzzerMutate ? LLVMFuzzerMutate(data, size, max_size) : size;
}
