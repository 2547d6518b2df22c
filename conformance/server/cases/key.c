/* The key: required, opaque, its header's name in any case. */
#include "cases/changes.h"
#include "cases/suites.h"
#include "engine/test.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* The true key with the case of its letters turned around: an opaque key is another one then. */
static void other_case(struct request *request, const struct case_def *def)
{
    (void)def;
    snprintf(request->store, sizeof request->store, "%s", request->key);
    for (char *c = request->store; *c; c++)
        *c = (char)(islower((unsigned char)*c) ? toupper((unsigned char)*c)
                                               : tolower((unsigned char)*c));
    request->key = request->store;
}

static void as_bearer(struct request *request, const struct case_def *def)
{
    (void)def;
    request->key_name = "Authorization";
    snprintf(request->store, sizeof request->store, "Bearer %s", request->key);
    request->key = request->store;
}

static void in_query(struct request *request, const struct case_def *def)
{
    (void)def;
    request->path = REQUEST_EDITOR "?ailabapi-api-key=0123456789abcdef";
    request->key = NULL;
}

static void run_opaque(struct test *test, const struct case_def *def)
{
    (void)def;
    const char *key = test->session->secrets.keys[ACCOUNT_GOOD];
    size_t plain = strspn(key, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    if (strlen(key) != 64 || plain != 64) {
        test_skip(test, "the key in use is not 64 letters and digits");
        return;
    }
    const struct answer *answer = test_good_answer(test);
    if (answer)
        test_expect(test, answer, EXPECT_SUCCESS);
}

#define NO_KEY_64 "0000000000000000000000000000000000000000000000000000000000000000"

static const struct case_def cases[] = {
    {.slug = "key/none",
     .clauses = "error_key key_required",
     .title = "no key header",
     .change = change_no_key,
     .expect = EXPECT_KEY},
    {.slug = "key/empty",
     .clauses = "error_key key_required",
     .title = "an empty key",
     .change = change_key,
     .text = "",
     .expect = EXPECT_KEY},
    {.slug = "key/unknown",
     .clauses = "error_key",
     .title = "a key that nobody has",
     .change = change_key,
     .text = NO_KEY_64,
     .expect = EXPECT_KEY,
     .flags = NEEDS_KNOWN_KEY},
    {.slug = "key/unknown-short",
     .clauses = "error_key",
     .title = "a key of one letter",
     .change = change_key,
     .text = "x",
     .expect = EXPECT_KEY,
     .flags = NEEDS_KNOWN_KEY},
    {.slug = "key/other-case",
     .clauses = "key_opaque error_key",
     .title = "the key with the case of its letters changed",
     .change = other_case,
     .expect = EXPECT_KEY,
     .flags = NEEDS_KNOWN_KEY},
    {.slug = "key/bearer",
     .clauses = "key_required error_key",
     .title = "the key as Authorization: Bearer",
     .change = as_bearer,
     .expect = EXPECT_KEY},
    {.slug = "key/in-query",
     .clauses = "key_required error_key",
     .title = "a key in the query",
     .change = in_query,
     .expect = EXPECT_KEY},
    {.slug = "key/sixty-four",
     .clauses = "key_opaque",
     .title = "a key of 64 letters and digits is taken",
     .run = run_opaque,
     .flags = SHARES_GOOD},
    {.slug = "key/name-upper",
     .clauses = "key_name_any_case",
     .title = "AILABAPI-API-KEY",
     .change = change_key_name,
     .text = "AILABAPI-API-KEY"},
    {.slug = "key/name-mixed",
     .clauses = "key_name_any_case",
     .title = "Ailabapi-Api-Key",
     .change = change_key_name,
     .text = "Ailabapi-Api-Key"},
};

const struct suite suite_key = {"key", "The key", cases, COUNT_OF(cases), false};
