/* See seen.h. */
#include "caller/judge/seen.h"
#include "base/count_of.h"
#include <string.h>

bool seen_success(const struct seen *seen)
{
    return seen->run.ending == RUN_EXITED && seen->run.code == seen->success_code;
}

const struct call *seen_call(const struct seen *seen, size_t n)
{
    for (size_t i = 0; i < seen->calls.kept; i++)
        if (seen->calls.items[i].endpoint && n-- == 0)
            return &seen->calls.items[i];
    return NULL;
}

const char *seen_crash(const struct seen *seen)
{
    static const struct {
        const char *runtime, *mark;
    } rows[] = {
#define CRASH(runtime, mark) {runtime, mark},
#include "caller/judge/crashes.def"
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (memmem(seen->run.tail, seen->run.tail_size, rows[i].mark, strlen(rows[i].mark)))
            return rows[i].runtime;
    return NULL;
}
