/* The one static state of the suite: cJSON hands its hooks nothing. */
#include "base/memory.h"
#include <cjson/cJSON.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_bool ran_out;

void memory_note(void)
{
    atomic_store(&ran_out, true);
}

bool memory_ran_out(void)
{
    return atomic_load(&ran_out);
}

static void *allocate(size_t size)
{
    void *block = malloc(size);
    if (!block)
        memory_note();
    return block;
}

void memory_watch_json(void)
{
    cJSON_Hooks hooks = {.malloc_fn = allocate, .free_fn = free};
    cJSON_InitHooks(&hooks);
}
