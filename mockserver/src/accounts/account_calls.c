/* What a call may do to an account: be admitted, be charged; and what an account tells of itself.
 */
#include "accounts/accounts.h"
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>

void account_note_time(struct account *account, int64_t wall_ms)
{
    if (!account->first_ms)
        account->first_ms = wall_ms;
    if (!account->changed_ms)
        account->changed_ms = wall_ms;
}

static int64_t credits_left(const struct account *account)
{
    return account->granted - account->spent;
}

static bool lacks_credits(const struct account *account)
{
    return account->granted != ACCOUNT_UNLIMITED &&
           credits_left(account) - account->reserved < LIMIT_CREDITS_PER_CALL;
}

static bool over_concurrency(struct account_verdict *verdict, const struct account *account,
                             const struct account_setting *terms)
{
    if (!terms->concurrency || account->in_flight < terms->concurrency)
        return false;
    snprintf(verdict->limit_text, sizeof verdict->limit_text,
             "%u calls of this key are in flight; %u at once are allowed.", account->in_flight,
             terms->concurrency);
    return true;
}

/* Without memory for a window there is no limit rather than no service. */
static bool over_rate(struct account_verdict *verdict, unsigned *retry_after_s,
                      struct account *account, const struct account_setting *terms, int64_t now_ms)
{
    if (!terms->rate_requests)
        return false;
    if (!account->rate)
        account->rate = calloc(1, sizeof *account->rate);
    int64_t wait_ms = account->rate ? rate_wait_ms(account->rate, terms->rate_requests,
                                                   terms->rate_window_ms, now_ms)
                                    : 0;
    if (wait_ms <= 0)
        return false;
    *retry_after_s = (unsigned)((wait_ms + 999) / 1000);
    snprintf(verdict->limit_text, sizeof verdict->limit_text,
             "%u calls in %u ms are allowed; the next one is in %u s.", terms->rate_requests,
             terms->rate_window_ms, *retry_after_s);
    return true;
}

bool account_admit(struct account_verdict *verdict, unsigned *retry_after_s,
                   struct accounts *accounts, struct account *account, int64_t now_ms)
{
    struct account_setting terms = account_terms(accounts, account);
    *retry_after_s = 0;
    account->calls++;
    verdict->locked = terms.locked;
    verdict->out_of_credits = lacks_credits(account);
    verdict->over_limit = over_concurrency(verdict, account, &terms) ||
                          over_rate(verdict, retry_after_s, account, &terms, now_ms);
    if (verdict->locked || verdict->out_of_credits || verdict->over_limit) {
        account->refused++;
        return false;
    }
    if (terms.rate_requests && account->rate)
        rate_take(account->rate, terms.rate_requests, terms.rate_window_ms, now_ms);
    account->in_flight++;
    account->reserved += LIMIT_CREDITS_PER_CALL;
    return true;
}

void account_settle(struct account *account, bool success, int64_t wall_ms)
{
    account->in_flight--;
    account->reserved -= LIMIT_CREDITS_PER_CALL;
    account->successes += success;
    account->failures += !success;
    if (!success)
        return;
    account->spent += LIMIT_CREDITS_PER_CALL;
    if (account->granted == ACCOUNT_UNLIMITED) {
        if (account->spent > ACCOUNT_UNLIMITED_SHOWN) /* what is shown starts again */
            account->spent = 0;
    } else if (account->spent >
               account->granted) /* credits were taken away while it was in flight */
        account->spent = account->granted;
    account->changed_ms = wall_ms;
}

struct account_balance account_balance_of(const struct account *account)
{
    bool unlimited = account->granted == ACCOUNT_UNLIMITED;
    return (struct account_balance){
        .balance = unlimited ? ACCOUNT_UNLIMITED : credits_left(account),
        .granted = account->granted,
        .spent = account->spent,
        .first_ms = account->first_ms,
        .changed_ms = account->changed_ms,
    };
}

static int64_t seconds_of(int64_t ms)
{
    return ms / 1000;
}

static bool add_pool(cJSON *pools, const char *sign, const char *name,
                     const struct account_balance *balance)
{
    cJSON *pool = cJSON_CreateObject();
    if (!pool || !cJSON_AddItemToArray(pools, pool)) {
        cJSON_Delete(pool);
        return false;
    }
    return cJSON_AddStringToObject(pool, "unique_sign", sign) &&
           cJSON_AddStringToObject(pool, "name", name) &&
           cJSON_AddNumberToObject(pool, "balance", (double)balance->balance) &&
           cJSON_AddNumberToObject(pool, "total", (double)balance->granted) &&
           cJSON_AddNumberToObject(pool, "last_recharge_balance", (double)balance->granted) &&
           cJSON_AddNumberToObject(pool, "balance_warning", 0) &&
           cJSON_AddNumberToObject(pool, "first_buy_time", (double)seconds_of(balance->first_ms)) &&
           cJSON_AddNumberToObject(pool, "last_update_time",
                                   (double)seconds_of(balance->changed_ms));
}

cJSON *account_pools(const struct account_balance *balance)
{
    struct account_balance shown = *balance;
    struct account_balance common = {.first_ms = shown.first_ms, .changed_ms = shown.first_ms};
    cJSON *pools = cJSON_CreateArray();
    if (shown.granted == ACCOUNT_UNLIMITED) {
        shown.granted = ACCOUNT_UNLIMITED_SHOWN;
        shown.balance = shown.granted - shown.spent;
    }
    if (!pools ||
        !add_pool(pools, "portrait_expression_editing", "Change facial expressions", &shown) ||
        !add_pool(pools, "common", "Universal", &common)) {
        cJSON_Delete(pools);
        return NULL;
    }
    return pools;
}
