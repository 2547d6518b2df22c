/* The key: required, opaque, its header's name in any case. */
#include "cases/changes.h"
#include "cases/suites.h"
#include "engine/test.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define KEY_BEGIN 12

/* The true key with the case of its letters turned around: an opaque key is another one then. */
CHANGE(other_case)
{
    snprintf(request->store, sizeof request->store, "%s", request->key);
    for (char *c = request->store; *c; c++)
        *c = (char)(islower((unsigned char)*c) ? toupper((unsigned char)*c)
                                               : tolower((unsigned char)*c));
    request->key = request->store;
}

CHANGE(as_bearer)
{
    request->key_name = "Authorization";
    snprintf(request->store, sizeof request->store, "Bearer %s", request->key);
    request->key = request->store;
}

CHANGE(in_query)
{
    request->path = REQUEST_EDITOR "?ailabapi-api-key=0123456789abcdef";
    request->key = NULL;
}

RUN(run_opaque)
{
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

CHANGE(key_as_choice)
{
    struct part *choice = request_part(request, "service_choice");
    choice->body = request->key;
    choice->body_len = strlen(request->key);
}

/* The beginning is enough: a server may cut what it repeats. */
static void repeats_no_key(struct test *test, const struct answer *answer)
{
    char begin[KEY_BEGIN + 1];
    snprintf(begin, sizeof begin, "%s", test->session->secrets.keys[ACCOUNT_GOOD]);
    if (strlen(begin) < KEY_BEGIN)
        test_skip(test, "the key in use is too short to be told from other text");
    else if (strstr(answer->http.body, begin))
        test_fail(test, "an answer without the key", "it repeats the key");
}

#define NO_KEY_64 "0000000000000000000000000000000000000000000000000000000000000000"

static const struct case_def cases[] = {
    CLAUSE(error_key, "No key or an unknown key is 401 ERROR_USER_NOT_EXISTS (or "
                      "ERROR_APPLICATIONS_NOT_EXISTS)."),
    CASE("key/none", "no key header", .change = change_no_key, EXPECTS(KEY), ALSO(key_required)),
    CASE("key/empty", "an empty key", TEXT(change_key, ""), EXPECTS(KEY), ALSO(key_required)),
    CASE("key/unknown", "a key that no account has", TEXT(change_key, NO_KEY_64), EXPECTS(KEY),
         .flags = NEEDS_KNOWN_KEY),
    CASE("key/unknown-short", "a key of one letter", TEXT(change_key, "x"), EXPECTS(KEY),
         .flags = NEEDS_KNOWN_KEY),
    CLAUSE(key_opaque, "A key is opaque text; 64 letters and digits are in use."),
    CASE("key/other-case", "the key with the case of its letters changed", .change = other_case,
         EXPECTS(KEY), .flags = NEEDS_KNOWN_KEY, ALSO(error_key)),
    CASE("key/sixty-four", "a key of 64 letters and digits is taken", .run = run_opaque,
         .flags = SHARES_GOOD),
    CLAUSE(key_required, "The header ailabapi-api-key is required."),
    CASE("key/bearer", "the key as Authorization: Bearer", .change = as_bearer, EXPECTS(KEY),
         ALSO(error_key)),
    CASE("key/in-query", "a key in the query", .change = in_query, EXPECTS(KEY), ALSO(error_key)),
    CLAUSE(key_name_any_case, "The name of the key header is compared without regard to case."),
    CASE("key/name-upper", "AILABAPI-API-KEY", TEXT(change_key_name, "AILABAPI-API-KEY")),
    CASE("key/name-mixed", "Ailabapi-Api-Key", TEXT(change_key_name, "Ailabapi-Api-Key")),
    CLAUSE(key_not_repeated, "An answer does not repeat the key, wherever it was sent."),
    CASE("key/as-choice", "the key as service_choice", .change = key_as_choice, EXPECTS(INVALID),
         .check = repeats_no_key),
};

SUITE(key, "The key");
