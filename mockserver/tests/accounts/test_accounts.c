/* Accounts: settings over one another, credits that parallel calls cannot overdraw, limits whose
 * waiting times are true, and what leaves when there are too many. */
#include "accounts/accounts.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct account *account_of(struct accounts *accounts, const char *key)
{
    struct key_digest digest;
    key_digest_of(&digest, slice_of(key));
    struct account *account = accounts_get(accounts, &digest);
    assert_non_null(account);
    return account;
}

static bool is_there(struct accounts *accounts, const char *key)
{
    struct key_digest digest;
    key_digest_of(&digest, slice_of(key));
    return accounts_find(accounts, &digest) != NULL;
}

static char star[] = "*", key_a[] = "key-a", key_b[] = "key-b";

static void set(struct accounts *accounts, struct account_setting setting)
{
    struct account_target target = account_target_of(&setting);
    assert_null(target.setting.api_key); /* it is borrowed for the call only */
    assert_true(accounts_set(accounts, &target, 1, false));
}

struct admission {
    bool admitted;
    struct account_verdict verdict;
    unsigned retry_after_s;
};

static struct admission admit(struct accounts *accounts, struct account *account, int64_t now_ms)
{
    struct admission out = {.verdict = {.known = true},
                            .retry_after_s = 99}; /* from a call before */
    out.admitted = account_admit(&out.verdict, &out.retry_after_s, accounts, account, now_ms);
    return out;
}

/* Rate windows */

static void rate_admits_after_the_time_it_names(void **state)
{
    (void)state;
    struct accounts *accounts = accounts_new(10, 1);
    struct account *account = account_of(accounts, key_a);
    set(accounts,
        (struct account_setting){
            .api_key = key_a, .has_rate = true, .rate_requests = 3, .rate_window_ms = 2500});
    int64_t now_ms = 1000;
    size_t refused = 0;
    for (int i = 0; i < 200; i++, now_ms += 170) {
        struct admission now = admit(accounts, account, now_ms);
        if (now.admitted) {
            account_settle(account, true, 1);
            continue;
        }
        refused++;
        assert_true(now.verdict.over_limit);
        assert_in_range(now.retry_after_s, 1, 3);
        assert_non_null(strstr(now.verdict.limit_text, "3 calls in 2500 ms"));
        now_ms += (int64_t)now.retry_after_s * 1000;
        assert_true(admit(accounts, account, now_ms).admitted);
        account_settle(account, true, 1);
    }
    assert_in_range(refused, 10, 200);
    accounts_free(accounts);
}

/* A limit that comes back does not count what was made without one. */
static void rate_counts_no_call_that_has_no_limit(void **state)
{
    struct account_setting limit = {
        .api_key = key_a, .has_rate = true, .rate_requests = 1, .rate_window_ms = 60000};
    struct accounts *accounts = accounts_new(10, 1);
    struct account *account = account_of(accounts, key_a);
    (void)state;
    set(accounts, limit);
    assert_true(admit(accounts, account, 1).admitted);
    limit.rate_requests = 0;
    set(accounts, limit);
    for (int i = 0; i < 3; i++)
        assert_true(admit(accounts, account, 1).admitted);
    limit.rate_requests = 2;
    set(accounts, limit);
    assert_true(admit(accounts, account, 2).admitted);
    assert_false(admit(accounts, account, 2).admitted);
    accounts_free(accounts);
}

static void rate_refuses_until_the_last_ms_of_the_window(void **state)
{
    (void)state;
    struct accounts *accounts = accounts_new(10, 1);
    struct account *account = account_of(accounts, key_a);
    set(accounts,
        (struct account_setting){
            .api_key = key_a, .has_rate = true, .rate_requests = 1, .rate_window_ms = 1000});
    assert_true(admit(accounts, account, 100).admitted);
    struct admission last = admit(accounts, account, 1099);
    assert_false(last.admitted);
    assert_int_equal(last.retry_after_s, 1);
    assert_int_equal(admit(accounts, account, 100).retry_after_s, 1);
    assert_true(admit(accounts, account, 1100).admitted);
    accounts_free(accounts);
}

/* Credits, concurrency, locks */

static void accounts_reserve_credits_so_that_parallel_calls_cannot_overdraw(void **state)
{
    (void)state;
    struct accounts *accounts = accounts_new(10, 1);
    struct account *account = account_of(accounts, key_a);
    set(accounts, (struct account_setting){.api_key = key_a, .has_credits = true, .credits = 30});
    assert_true(admit(accounts, account, 1).admitted);
    assert_true(admit(accounts, account, 1).admitted);
    assert_true(admit(accounts, account, 1).verdict.out_of_credits);
    assert_int_equal(account_balance_of(account).balance, 30);
    account_settle(account, false, 5);
    assert_int_equal(account_balance_of(account).balance, 30);
    assert_true(admit(accounts, account, 1).admitted);
    account_settle(account, true, 5);
    account_settle(account, true, 5);
    assert_int_equal(account_balance_of(account).balance, 6);
    assert_int_equal(account_balance_of(account).changed_ms, 5);
    assert_true(admit(accounts, account, 1).verdict.out_of_credits);
    assert_int_equal(account->refused, 2);
    assert_int_equal(account->calls, 5);
    accounts_free(accounts);
}

static void accounts_keep_the_balance_at_zero_when_credits_are_taken_in_flight(void **state)
{
    (void)state;
    struct accounts *accounts = accounts_new(10, 1);
    struct account *account = account_of(accounts, key_a);
    assert_true(admit(accounts, account, 1).admitted);
    set(accounts, (struct account_setting){.api_key = key_a, .has_credits = true, .credits = 5});
    account_settle(account, true, 5);
    assert_int_equal(account_balance_of(account).balance, 0);
    assert_int_equal(account->reserved, 0);
    accounts_free(accounts);
}

static void accounts_limit_calls_at_once_without_naming_a_time(void **state)
{
    (void)state;
    struct accounts *accounts = accounts_new(10, 1);
    struct account *account = account_of(accounts, key_a);
    set(accounts,
        (struct account_setting){.api_key = star, .has_concurrency = true, .concurrency = 2});
    assert_true(admit(accounts, account, 1).admitted);
    assert_true(admit(accounts, account, 1).admitted);
    struct admission third = admit(accounts, account, 1);
    assert_true(third.verdict.over_limit);
    assert_int_equal(third.retry_after_s, 0);
    assert_string_equal(third.verdict.limit_text,
                        "2 calls of this key are in flight; 2 at once are allowed.");
    account_settle(account, false, 1);
    assert_true(admit(accounts, account, 1).admitted);
    accounts_free(accounts);
}

static void accounts_put_own_settings_over_common_ones(void **state)
{
    (void)state;
    struct accounts *accounts = accounts_new(10, 1);
    struct account *a = account_of(accounts, key_a), *b = account_of(accounts, key_b);
    set(accounts, (struct account_setting){.api_key = star,
                                           .has_credits = true,
                                           .credits = 100,
                                           .has_locked = true,
                                           .locked = true});
    set(accounts, (struct account_setting){.api_key = key_b, .has_locked = true, .locked = false});
    assert_true(admit(accounts, a, 1).verdict.locked);
    assert_false(admit(accounts, b, 1).verdict.locked);
    assert_int_equal(account_balance_of(b).balance, 100);
    set(accounts, (struct account_setting){.api_key = key_b, .has_credits = true, .credits = -1});
    assert_int_equal(account_balance_of(b).balance, ACCOUNT_UNLIMITED);
    set(accounts, (struct account_setting){.api_key = star, .has_credits = true, .credits = 7});
    assert_int_equal(account_balance_of(a).balance, 7);
    assert_int_equal(account_balance_of(b).balance, ACCOUNT_UNLIMITED);
    assert_true(accounts_set(accounts, NULL, 0, true));
    const struct account_setting terms = account_terms(accounts, a);
    assert_false(terms.has_credits || terms.has_locked || terms.has_rate || terms.has_concurrency);
    assert_true(terms.rate_requests == 0 && terms.concurrency == 0 && !terms.api_key);
    assert_false(admit(accounts, a, 1).verdict.locked);
    assert_int_equal(account_balance_of(a).balance, ACCOUNT_UNLIMITED);
    accounts_free(accounts);
}

static void accounts_reset_gives_back_what_was_granted(void **state)
{
    (void)state;
    struct accounts *accounts = accounts_new(10, 1);
    struct account *account = account_of(accounts, key_a);
    set(accounts, (struct account_setting){.api_key = key_a,
                                           .has_credits = true,
                                           .credits = 12,
                                           .has_rate = true,
                                           .rate_requests = 1,
                                           .rate_window_ms = 60000});
    assert_true(admit(accounts, account, 1).admitted);
    account_settle(account, true, 1);
    assert_false(admit(accounts, account, 2).admitted);
    accounts_reset(accounts, account);
    assert_true(!account->calls && !account->successes && !account->failures && !account->refused);
    assert_memory_equal(account->rate, &(struct rate_window){0}, sizeof(struct rate_window));
    assert_true(admit(accounts, account, 3).admitted);
    accounts_free(accounts);
}

/* The first use stays; the last change is that of the balance, which a refused call is not. */
static void accounts_note_the_first_use_and_the_last_change(void **state)
{
    (void)state;
    struct accounts *accounts = accounts_new(10, 1);
    struct account *account = account_of(accounts, key_a);
    static const struct {
        const char *what;
        int64_t ms, first_ms, changed_ms;
    } rows[] = {{"use", 1000, 1000, 1000},     {"use", 2000, 1000, 1000},
                {"failure", 3000, 1000, 1000}, {"success", 4000, 1000, 4000},
                {"reset", 5000, 1000, 0},      {"use", 6000, 1000, 6000}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].what, "use") == 0) {
            account_note_time(account, rows[i].ms);
        } else if (strcmp(rows[i].what, "reset") == 0) {
            accounts_reset(accounts, account);
        } else {
            assert_true(admit(accounts, account, rows[i].ms).admitted);
            account_settle(account, strcmp(rows[i].what, "success") == 0, rows[i].ms);
        }
        print_message("%s\n", rows[i].what);
        assert_int_equal(account_balance_of(account).first_ms, rows[i].first_ms);
        assert_int_equal(account_balance_of(account).changed_ms, rows[i].changed_ms);
    }
    accounts_free(accounts);
}

/* What an unlimited account shows never goes below zero: it starts again. */
static void accounts_without_a_limit_show_what_can_be_spent(void **state)
{
    (void)state;
    static const struct {
        int64_t spent, after;
    } rows[] = {{0, 12}, {1000000 - 12, 1000000}, {1000000 - 11, 0}};
    struct accounts *accounts = accounts_new(10, 1);
    struct account *account = account_of(accounts, key_a);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        account->spent = rows[i].spent;
        assert_true(admit(accounts, account, 1).admitted);
        account_settle(account, true, 1);
        assert_int_equal(account->spent, rows[i].after);
    }
    accounts_free(accounts);
}

/* Bounds */

static void accounts_let_the_least_recently_used_leave(void **state)
{
    (void)state;
    struct accounts *accounts = accounts_new(4, 1);
    struct key_digest digest;
    set(accounts, (struct account_setting){.api_key = key_a, .has_locked = true});
    account_of(accounts, "held")->visits++;
    struct scenario_step step = {.probability = 1, .times = 1};
    assert_true(key_state_enqueue(&account_of(accounts, "queued")->key, &step));
    account_of(accounts, "old");
    account_of(accounts, "new");
    assert_int_equal(accounts_count(accounts), 4);
    assert_false(is_there(accounts, "old"));
    assert_true(is_there(accounts, key_a) && is_there(accounts, "held") &&
                is_there(accounts, "queued"));
    account_of(accounts, "new")->visits++;
    key_digest_of(&digest, slice_of("no room"));
    assert_null(accounts_get(accounts, &digest));
    accounts_free(accounts);
}

/* The list against an array, over many uses in any order. */
static void accounts_keep_the_order_of_use(void **state)
{
    static const char *const keys[] = {"a", "b", "c", "d", "e"};
    enum { KEYS = sizeof keys / sizeof keys[0] };
    const struct account *order[KEYS]; /* the newest first */
    struct accounts *accounts = accounts_new(KEYS, 1);
    unsigned chance = 1;
    (void)state;
    for (size_t i = 0; i < KEYS; i++)
        order[KEYS - 1 - i] = account_of(accounts, keys[i]);
    for (int i = 0; i < 500; i++) {
        chance = chance * 1103515245u + 12345u;
        const struct account *used = account_of(accounts, keys[(chance >> 16) % KEYS]);
        size_t at = 0;
        while (order[at] != used)
            at++;
        for (; at > 0; at--)
            order[at] = order[at - 1];
        order[0] = used;
        const struct account *older = accounts_first(accounts), *newer = NULL;
        for (size_t k = 0; k < KEYS; k++, newer = older, older = older->older) {
            assert_ptr_equal(older, order[k]);
            assert_ptr_equal(older->newer, newer);
        }
        assert_null(older);
    }
    accounts_free(accounts);
}

/* Credits are granted by a setting that names credits, and by no other. */
static void accounts_keep_the_balance_when_another_thing_is_set(void **state)
{
    (void)state;
    struct accounts *accounts = accounts_new(10, 1);
    set(accounts, (struct account_setting){.api_key = star, .has_credits = true, .credits = 36});
    struct account *a = account_of(accounts, key_a), *b = account_of(accounts, key_b);
    set(accounts, (struct account_setting){.api_key = key_b, .has_credits = true, .credits = 24});
    for (int i = 0; i < 2; i++) {
        struct account *account = i ? b : a;
        assert_true(admit(accounts, account, 1).admitted);
        account_settle(account, true, 1);
        assert_int_equal(account->successes, 1);
        assert_true(admit(accounts, account, 2).admitted);
        account_settle(account, false, 2);
        assert_int_equal(account->successes, 1);
        assert_int_equal(account->failures, 1);
    }
    set(accounts, (struct account_setting){.api_key = star, .has_locked = true, .locked = false});
    set(accounts, (struct account_setting){.api_key = key_b, .has_locked = true, .locked = false});
    assert_int_equal(account_balance_of(a).balance, 24);
    assert_int_equal(account_balance_of(b).balance, 12);
    set(accounts, (struct account_setting){.api_key = star, .has_credits = true, .credits = 36});
    assert_int_equal(account_balance_of(a).balance, 36);
    assert_int_equal(account_balance_of(b).balance, 12); /* has a setting of its own */
    accounts_free(accounts);
}

static void accounts_set_all_or_nothing(void **state)
{
    (void)state;
    struct accounts *accounts = accounts_new(2, 1);
    struct account_target targets[3];
    char keys[3][8] = {"k0", "k1", "k2"};
    set(accounts, (struct account_setting){.api_key = key_a, .has_credits = true, .credits = 9});
    for (size_t i = 0; i < 3; i++)
        targets[i] = account_target_of(
            &(struct account_setting){.api_key = keys[i], .has_locked = true, .locked = true});
    assert_false(accounts_set(accounts, targets, 3, true));
    assert_int_equal(account_balance_of(account_of(accounts, key_a)).balance, 9);
    assert_true(accounts_set(accounts, targets, 1, false));
    accounts_free(accounts);
}

/* ACCOUNTS_SET_MAX keys have settings and not one more; a key that has some may get others. */
static void accounts_bound_the_keys_that_have_settings(void **state)
{
    (void)state;
    struct accounts *accounts = accounts_new(ACCOUNTS_SET_MAX + 2, 1);
    struct account_target *targets = calloc(ACCOUNTS_SET_MAX, sizeof *targets);
    char key[24], one_more[] = "one more";
    assert_non_null(targets);
    for (size_t i = 0; i < ACCOUNTS_SET_MAX; i++) {
        snprintf(key, sizeof key, "key %zu", i);
        targets[i] = account_target_of(
            &(struct account_setting){.api_key = key, .has_locked = true, .locked = true});
    }
    struct account_target another = account_target_of(
        &(struct account_setting){.api_key = one_more, .has_locked = true, .locked = true});
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < ACCOUNTS_SET_MAX; i++)
            assert_true(accounts_set(accounts, &targets[i], 1, false));
        assert_false(accounts_set(accounts, &another, 1, false));
        for (int again = 0; again < 2; again++)
            assert_true(accounts_set(accounts, &targets[0], 1, false));
        assert_true(accounts_set(accounts, targets, ACCOUNTS_SET_MAX, true));
        assert_false(accounts_set(accounts, &another, 1, false));
        assert_true(accounts_set(accounts, NULL, 0, true));
    }
    free(targets);
    accounts_free(accounts);
}

static void accounts_draw_by_the_seed(void **state)
{
    struct accounts *one = accounts_new(10, 1), *same = accounts_new(10, 1),
                    *two = accounts_new(10, 2);
    const uint64_t drawn = account_of(one, key_a)->key.random.state;
    (void)state;
    assert_true(account_of(same, key_a)->key.random.state == drawn);
    assert_true(account_of(two, key_a)->key.random.state != drawn);
    assert_true(account_of(one, key_b)->key.random.state != drawn);
    accounts_free(one);
    accounts_free(same);
    accounts_free(two);
    accounts_free(NULL);
}

static void accounts_stay_bounded_over_many_keys(void **state)
{
    (void)state;
    struct accounts *accounts = accounts_new(100, 1);
    char key[24];
    for (int i = 0; i < 100000; i++) {
        snprintf(key, sizeof key, "key %d", i);
        account_of(accounts, key);
    }
    assert_int_equal(accounts_count(accounts), 100);
    assert_true(is_there(accounts, "key 99999") && is_there(accounts, "key 99900"));
    assert_false(is_there(accounts, "key 99899"));
    accounts_free(accounts);
}

/* What is told */

static void accounts_label_is_the_start_of_the_digest(void **state)
{
    (void)state;
    char label[KEY_LABEL_SIZE];
    struct key_digest digest;
    key_digest_of(&digest, slice_of("abc")); /* FIPS 180-4's example */
    assert_string_equal(key_label(label, &digest), "key:ba7816bf8f01");
}

static double pool_number(const cJSON *pools, int pool, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(cJSON_GetArrayItem(pools, pool), name);
    assert_true(cJSON_IsNumber(item));
    return item->valuedouble;
}

static void accounts_pools_tell_the_balance(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        struct account_balance balance;
        double shown, total;
    } rows[] = {
        {"limited", {88, 100, 1000, 2000, 12}, 88, 100},
        {"empty", {0, 100, 1000, 2000, 100}, 0, 100},
        {"unlimited", {ACCOUNT_UNLIMITED, ACCOUNT_UNLIMITED, 1000, 2000, 0}, 1000000, 1000000},
        {"unlimited, after two calls",
         {ACCOUNT_UNLIMITED, ACCOUNT_UNLIMITED, 1000, 2000, 24},
         999976,
         1000000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cJSON *pools = account_pools(&rows[i].balance);
        print_message("%s\n", rows[i].why);
        assert_int_equal(cJSON_GetArraySize(pools), 2);
        assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(
                                cJSON_GetArrayItem(pools, 0), "unique_sign")),
                            "portrait_expression_editing");
        assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(
                                cJSON_GetArrayItem(pools, 1), "unique_sign")),
                            "common");
        assert_true(pool_number(pools, 0, "balance") == rows[i].shown);
        assert_true(pool_number(pools, 0, "total") == rows[i].total);
        assert_true(pool_number(pools, 0, "first_buy_time") == 1);
        assert_true(pool_number(pools, 0, "last_update_time") == 2);
        assert_true(pool_number(pools, 1, "balance") == 0);
        cJSON_Delete(pools);
    }
}

static void accounts_pools_have_these_fields(void **state)
{
    (void)state;
    static const char expected[] =
        "[{\"unique_sign\":\"portrait_expression_editing\",\"name\":\"Change facial "
        "expressions\",\"balance\":88,"
        "\"total\":100,\"last_recharge_balance\":100,\"balance_warning\":0,\"first_buy_time\":1,"
        "\"last_update_time\":3},{\"unique_sign\":\"common\",\"name\":\"Universal\",\"balance\":0,"
        "\"total\":0,\"last_recharge_balance\":0,\"balance_warning\":0,\"first_buy_time\":1,"
        "\"last_update_time\":1}]";
    cJSON *pools = account_pools(&(struct account_balance){88, 100, 1999, 3000, 12});
    char *text = cJSON_PrintUnformatted(pools);
    assert_string_equal(text, expected);
    cJSON_free(text);
    cJSON_Delete(pools);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rate_admits_after_the_time_it_names),
        cmocka_unit_test(rate_counts_no_call_that_has_no_limit),
        cmocka_unit_test(rate_refuses_until_the_last_ms_of_the_window),
        cmocka_unit_test(accounts_reserve_credits_so_that_parallel_calls_cannot_overdraw),
        cmocka_unit_test(accounts_keep_the_balance_at_zero_when_credits_are_taken_in_flight),
        cmocka_unit_test(accounts_limit_calls_at_once_without_naming_a_time),
        cmocka_unit_test(accounts_put_own_settings_over_common_ones),
        cmocka_unit_test(accounts_reset_gives_back_what_was_granted),
        cmocka_unit_test(accounts_note_the_first_use_and_the_last_change),
        cmocka_unit_test(accounts_without_a_limit_show_what_can_be_spent),
        cmocka_unit_test(accounts_let_the_least_recently_used_leave),
        cmocka_unit_test(accounts_keep_the_order_of_use),
        cmocka_unit_test(accounts_keep_the_balance_when_another_thing_is_set),
        cmocka_unit_test(accounts_set_all_or_nothing),
        cmocka_unit_test(accounts_bound_the_keys_that_have_settings),
        cmocka_unit_test(accounts_draw_by_the_seed),
        cmocka_unit_test(accounts_stay_bounded_over_many_keys),
        cmocka_unit_test(accounts_label_is_the_start_of_the_digest),
        cmocka_unit_test(accounts_pools_tell_the_balance),
        cmocka_unit_test(accounts_pools_have_these_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
