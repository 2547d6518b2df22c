/* What a document, an admin call or the library sets of an account. */
#ifndef AILAB_MOCKSERVER_ACCOUNTS_ACCOUNT_SETTING_H
#define AILAB_MOCKSERVER_ACCOUNTS_ACCOUNT_SETTING_H

#include <stdbool.h>
#include <stdint.h>

#define ACCOUNT_SETTINGS_MAX 1000

/* What an account is set to; a field that is not given keeps what was in force. */
struct account_setting {
    char *api_key; /* owned; "*" for every key that has no setting of its own */
    bool has_credits, has_locked, has_rate, has_concurrency;
    int64_t credits; /* -1: unlimited */
    bool locked;
    uint32_t rate_requests; /* at most this many in rate_window_ms; 0: no limit */
    uint32_t rate_window_ms;
    uint32_t concurrency; /* at most this many at once; 0: no limit */
};

/* Frees what the setting owns. */
void account_setting_clear(struct account_setting *setting);

#endif
