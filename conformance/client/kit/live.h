/* One target for the tests that may be run against a live server: a mock of their own by default,
 * the named server with AILAB_LIVE=1. AILAB_API_KEY and AILAB_BASE_URL alone name no live server:
 * people who use the command have both set. */
#ifndef CONFORMANCE_CLIENT_KIT_LIVE_H
#define CONFORMANCE_CLIENT_KIT_LIVE_H

#include "fixture.h"

#define LIVE_CALL_CREDITS 12 /* of one success */

struct live {
    struct fixture fixture; /* its mock is NULL where the server is live */
    const char *key, *url;  /* NULL: the mock's */
};

/* Fails with a sentence where AILAB_LIVE=1 comes without one of the other two. */
void live_open(struct live *live);
void live_close(struct live *live);

/* A client for the target, with another key unless it is NULL. */
void live_client(struct live *live, const char *key);

/* Whether the target can be armed. If not, prints why the row is left out. */
bool live_can_arm(const struct live *live, const char *row);

/* Whether AILAB_LIVE_CREDITS allows one more success. Each true is counted against it, also when
 * the call fails. False: prints why the test is left out. Only one program may ask. */
bool live_may_spend(const struct live *live);

/* The server answered with a success where a refusal was due: its price counts too. */
void live_note_success(const struct live *live);

#endif
