/* Decides whether to try again. answer.c and failure.c say whether a retry can help; this file
 * weighs that against the policy and against paying twice. ailab.c does the waiting. */
#include "retry.h"

/* The n-th step of the doubling, bounded before it can overflow. */
static long step_ms(const struct ai_retry_policy *policy, unsigned number)
{
    long step = policy->wait_ms;
    for (unsigned i = 1; i < number && step < policy->wait_max_ms; i++)
        step = step > policy->wait_max_ms / 2 ? policy->wait_max_ms : step * 2;
    return step < policy->wait_max_ms ? step : policy->wait_max_ms;
}

bool ai_retry_due(long *wait_ms, const struct ai_retry_policy *policy,
                  const struct ai_attempt *attempt, uint32_t random)
{
    *wait_ms = 0;
    if (attempt->error == AILAB_OK || !attempt->retryable || attempt->success_begun ||
        attempt->number > policy->retries)
        return false;
    if (attempt->retry_after_s > (unsigned long)policy->wait_max_ms / 1000)
        return false;
    long step = step_ms(policy, attempt->number);
    long upper = step - step / 2;
    long asked = (long)attempt->retry_after_s * 1000;
    *wait_ms = step / 2 + (long)((uint64_t)upper * random / UINT32_MAX);
    if (*wait_ms < asked)
        *wait_ms = asked;
    return true;
}
