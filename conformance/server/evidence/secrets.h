/* The keys of a run, one for each state that an account can be in. Nothing that is printed,
 * recorded or reported may hold one of them: see redact.h. */
#ifndef CONFORMANCE_SERVER_EVIDENCE_SECRETS_H
#define CONFORMANCE_SERVER_EVIDENCE_SECRETS_H

#include <stdbool.h>

enum account { ACCOUNT_GOOD = 0, ACCOUNT_LOCKED, ACCOUNT_EMPTY, ACCOUNT_LIMITED, ACCOUNT_COUNT };

struct secrets {
    const char *keys[ACCOUNT_COUNT]; /* borrowed; NULL: no such account is known */
    bool own[ACCOUNT_COUNT];         /* the key is the suite's own and no secret */
};

/* The environment variable that the key of an account comes from. Static storage. */
const char *secrets_variable(enum account account);
/* The account whose key this is: the key itself, not a text that a case made like it. ACCOUNT_COUNT
 * when it is none. */
enum account secrets_account(const struct secrets *secrets, const char *key);

#endif
