/* Cases that depend on the key in use: which keys they are for, what they send of it, and when an
 * answer repeats it. */
#include "answers.h"
#include "cases/suites.h"
#include "stand.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define DIGITS_AND_LETTERS "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define SAYS(text)                                                                                 \
    ANSWER("400", "",                                                                              \
           "{\"error_detail\":{\"code\":\"ERROR_INVALID_PARAMETER\",\"message\":\"" text "\"}}")
#define NO_KEY REFUSED("401", "ERROR_USER_NOT_EXISTS", "")
#define NOT_OF_64 "skip | the key in use is not 64 letters and digits"
#define TOO_SHORT "skip | the key in use is too short to be told from other text"
#define REPEATED "fail | key_not_repeated | it repeats the key"

static const struct row {
    const char *why, *slug, *key, *answer, *said;
    const char *sent; /* NULL, or what stands in the request */
} rows[] = {
    {"64 of every kind", "key/sixty-four", DIGITS_AND_LETTERS "0z", GOOD(""), "pass",
     "\r\nailabapi-api-key: " DIGITS_AND_LETTERS "0z\r\n"},
    {"63", "key/sixty-four", DIGITS_AND_LETTERS "0", GOOD(""), NOT_OF_64, NULL},
    {"65", "key/sixty-four", DIGITS_AND_LETTERS "0zA", GOOD(""), NOT_OF_64, NULL},
    {"64, one of them a dash", "key/sixty-four", DIGITS_AND_LETTERS "0-", GOOD(""), NOT_OF_64,
     NULL},
    {"refused", "key/sixty-four", DIGITS_AND_LETTERS "0z", NO_KEY,
     "fail | key_opaque | 401 ERROR_USER_NOT_EXISTS (m)", NULL},

    {"not repeated", "key/as-choice", "a-key-of-many-letters", SAYS("no"), "pass",
     "\r\n\r\na-key-of-many-letters\r\n"},
    {"whole", "key/as-choice", "a-key-of-many-letters", SAYS("not a-key-of-many-letters"), REPEATED,
     NULL},
    {"cut behind twelve letters", "key/as-choice", "a-key-of-many-letters",
     SAYS("not a-key-of-man..."), REPEATED, NULL},
    {"cut behind eleven letters", "key/as-choice", "a-key-of-many-letters",
     SAYS("not a-key-of-ma..."), "pass", NULL},
    {"twelve letters", "key/as-choice", "twelve-of-it", SAYS("not twelve-of-it"), REPEATED, NULL},
    {"eleven letters", "key/as-choice", "eleven-of-i", SAYS("not eleven-of-i"), TOO_SHORT, NULL},
    {"eleven letters, refused by another code", "key/as-choice", "eleven-of-i",
     REFUSED("400", "UNSUPPORTED_PARAMETER_VALUES", ""), TOO_SHORT, NULL},
    {"taken", "key/as-choice", "a-key-of-many-letters", GOOD(""),
     "fail | key_not_repeated | 200 and no error (m)", NULL},

    {"each letter of the other case", "key/other-case", "aZ-09.zA", NO_KEY, "pass",
     "\r\nailabapi-api-key: Az-09.Za\r\n"},
    {"behind another name", "key/bearer", "a-key", NO_KEY, "pass",
     "\r\nAuthorization: Bearer a-key\r\n"},
    {"between blanks", "wire/header-blanks", "a-key", GOOD(""), "pass",
     "\r\nailabapi-api-key:   a-key  \r\n"},
};

static void keys_are_sent_and_judged_as_they_are(void **state)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char said[VERDICT_SIZE];
        const char *const answers[] = {rows[i].answer, NULL}, *const *next = answers;
        struct session session;
        struct result result;
        struct scripted *server = stand_serve(&next);
        stand_open(&session, server->url);
        session.secrets.keys[ACCOUNT_GOOD] = rows[i].key;
        stand_run(&result, &session, *state, rows[i].slug);
        stand_said(said, &result);
        scripted_stop(server);
        if (strcmp(said, rows[i].said) != 0)
            fail_msg("%s, %s: \"%s\"", rows[i].slug, rows[i].why, said);
        if (rows[i].sent &&
            !memmem(server->heard, server->heard_size, rows[i].sent, strlen(rows[i].sent)))
            fail_msg("%s, %s: not sent", rows[i].slug, rows[i].why);
        result_clear(&result);
        session_clear(&session);
        scripted_free(server);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_sent_and_judged_as_they_are),
    };
    return cmocka_run_group_tests(tests, stand_catalogue, stand_catalogue_free);
}
