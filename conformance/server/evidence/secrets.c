/* See secrets.h. */
#include "evidence/secrets.h"
#include <stddef.h>

const char *secrets_variable(enum account account)
{
    static const char *const names[ACCOUNT_COUNT] = {
        "AILAB_API_KEY", "AILAB_API_KEY_LOCKED", "AILAB_API_KEY_EMPTY", "AILAB_API_KEY_LIMITED"};
    return names[account];
}

enum account secrets_account(const struct secrets *secrets, const char *key)
{
    int account = 0;
    while (account < ACCOUNT_COUNT && (!key || secrets->keys[account] != key))
        account++;
    return (enum account)account;
}
