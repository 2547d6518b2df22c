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

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[VERDICT_COUNT] = {"pass", "fail", "skip", "error"};
    return names[verdict];
}
