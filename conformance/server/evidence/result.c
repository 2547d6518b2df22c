/* See result.h. */
#include "evidence/result.h"
#include <stdlib.h>

void result_clear(struct result *result)
{
    free(result->expected);
    free(result->actual);
    free(result->reason);
    free(result->exchange);
    free(result->curl);
    *result = (struct result){0};
}

bool result_cites(const struct result *result, const struct clause *clause)
{
    for (size_t i = 0; i < RESULT_CLAUSES_MAX; i++)
        if (result->clauses[i] == clause)
            return true;
    return false;
}

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[VERDICT_COUNT] = {"pass", "fail", "skip", "error"};
    return names[verdict];
}
