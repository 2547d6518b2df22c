/* The case that asks for 48 request ids over one connection: which digits it takes for random, and
 * which ids it does not judge. */
#include "answers.h"
#include "cases/suites.h"
#include "stand.h"
#include "testing/scripted_steps.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define IDS 48
#define NONE IDS /* no answer has that number */
#define ID_SIZE 48
#define ANSWER_SIZE 160
#define STEPS_MAX (2 * IDS + 3)

#define LIKENESS "fail | answer_request_id_version | "
#define NOT_JUDGED "skip | request_id is no upper-case UUID of version 4"
#define UUID "\"01234567-89AB-4CDE-8F01-23456789ABCD\""

/* A server of 48 answers, and the client that has to get them. */
struct asked {
    char answers[IDS][ANSWER_SIZE];
    struct scripted_step steps[STEPS_MAX];
    char said[VERDICT_SIZE];
    size_t requests;
};

static struct asked *asked_new(void)
{
    struct asked *asked = calloc(1, sizeof *asked);
    assert_non_null(asked);
    return asked;
}

/* id: as JSON. */
static void give(struct asked *asked, size_t number, const char *id)
{
    snprintf(asked->answers[number], ANSWER_SIZE,
             "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n{\"request_id\":%s}",
             strlen("{\"request_id\":}") + strlen(id), id);
}

static size_t count_of(const char *text, const char *word)
{
    size_t count = 0;
    while ((text = strstr(text, word)) != NULL) {
        text += strlen(word);
        count++;
    }
    return count;
}

static void run(struct asked *asked, const struct catalogue *catalogue)
{
    struct session session;
    struct result result;
    size_t step = 0;
    asked->steps[step++] = (struct scripted_step)ACCEPT;
    for (size_t i = 0; i < IDS && asked->answers[i][0]; i++) {
        asked->steps[step++] = (struct scripted_step)HEAD;
        asked->steps[step++] = (struct scripted_step)SEND(asked->answers[i]);
    }
    if (!asked->answers[0][0]) /* then it ends behind the request */
        asked->steps[step++] = (struct scripted_step)HEAD;
    asked->steps[step] = (struct scripted_step)CLOSE;
    struct scripted *server = scripted_start_steps(asked->steps, NULL, NULL);
    assert_non_null(server);
    stand_open(&session, server->url);
    stand_run(&result, &session, catalogue, "envelope/request-id-digits");
    stand_said(asked->said, &result);
    result_clear(&result);
    session_clear(&session);
    scripted_stop(server);
    asked->requests = count_of(server->heard, "GET " REQUEST_CREDITS " HTTP/1.1\r\n");
    scripted_free(server);
}

/* Each digit of the UUID of answer number is that many further, apart from the version and the
 * variant, which is one of four. */
static void turn(char id[ID_SIZE], size_t number)
{
    static const char digits[] = "0123456789ABCDEF";
    snprintf(id, ID_SIZE, "%s", UUID);
    for (size_t place = 1; place <= 36; place++) {
        const char *digit = strchr(digits, id[place]);
        if (digit && place != 15)
            id[place] = place == 20 ? digits[8 + number % 4]
                                    : digits[((size_t)(digit - digits) + number) % 16];
    }
}

static void random_ids_have_more_than_eight_digits_at_a_place(void **state)
{
    static const struct {
        const char *why;
        size_t place;  /* in the id, from 1 */
        size_t digits; /* how many different ones the answers have there */
        size_t alone;  /* the number of the answer that alone has the last of them, or NONE */
        const char *said;
    } rows[] = {
        {"all of them", 1, 16, NONE, "pass"},
        {"nine", 1, 9, NONE, "pass"},
        {"eight", 1, 8, NONE, LIKENESS "8 different ones at place 1 of 48 answers"},
        {"one", 24, 1, NONE, LIKENESS "1 different ones at place 24 of 48 answers"},
        {"eight at the end", 36, 8, NONE, LIKENESS "8 different ones at place 36 of 48 answers"},
        {"a ninth that the first answer alone has", 2, 9, 0, "pass"},
        {"a ninth that the last answer alone has", 2, 9, IDS - 1, "pass"},
        {"an eighth that one answer alone has", 2, 8, 20,
         LIKENESS "8 different ones at place 2 of 48 answers"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct asked *asked = asked_new();
        const size_t shared = rows[i].digits - (rows[i].alone < NONE);
        for (size_t number = 0; number < IDS; number++) {
            char id[ID_SIZE];
            turn(id, number);
            id[rows[i].place] =
                "0123456789ABCDEF"[number == rows[i].alone ? shared : number % shared];
            give(asked, number, id);
        }
        run(asked, *state);
        if (strcmp(asked->said, rows[i].said) != 0 || asked->requests != IDS)
            fail_msg("%s: \"%s\" after %zu requests", rows[i].why, asked->said, asked->requests);
        free(asked);
    }
}

static void random_ids_are_judged_when_each_is_of_version_4(void **state)
{
    static const struct {
        const char *why, *id; /* NULL: no answer */
        size_t number;        /* of the answer that has it */
        const char *said;
    } rows[] = {
        {"version 7", "\"01234567-89AB-7CDE-8F01-23456789ABCD\"", 0, NOT_JUDGED},
        {"lower case", "\"01234567-89AB-4cde-8f01-23456789abcd\"", 0, NOT_JUDGED},
        {"a character less", "\"01234567-89AB-4CDE-8F01-23456789ABC\"", 0, NOT_JUDGED},
        {"a character more", "\"01234567-89AB-4CDE-8F01-23456789ABCDE\"", 0, NOT_JUDGED},
        {"no digit at the end", "\"01234567-89AB-4CDE-8F01-23456789ABCG\"", 0, NOT_JUDGED},
        {"no text", "4", 0, NOT_JUDGED},
        {"the third", "\"\"", 2, NOT_JUDGED},
        {"the last", "null", IDS - 1, NOT_JUDGED},
        {"no first answer", NULL, 0, "fail | answer_request_id_version | " CLOSED},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct asked *asked = asked_new();
        for (size_t number = 0; number < rows[i].number; number++) {
            char id[ID_SIZE];
            turn(id, number);
            give(asked, number, id);
        }
        if (rows[i].id)
            for (size_t number = rows[i].number; number < IDS; number++)
                give(asked, number, rows[i].id);
        run(asked, *state);
        if (strcmp(asked->said, rows[i].said) != 0 || asked->requests != rows[i].number + 1)
            fail_msg("%s: \"%s\" after %zu requests", rows[i].why, asked->said, asked->requests);
        free(asked);
    }
}

/* Where the first answer has no dash, a dash is a digit as any other. */
static void random_ids_have_their_dashes_where_the_first_has_them(void **state)
{
    struct asked *asked = asked_new();
    for (size_t number = 0; number < IDS; number++) {
        char id[ID_SIZE];
        turn(id, number);
        if (number == 0)
            id[9] = 'A';
        give(asked, number, id);
    }
    run(asked, *state);
    assert_string_equal(asked->said, LIKENESS "2 different ones at place 9 of 48 answers");
    free(asked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_ids_have_more_than_eight_digits_at_a_place),
        cmocka_unit_test(random_ids_are_judged_when_each_is_of_version_4),
        cmocka_unit_test(random_ids_have_their_dashes_where_the_first_has_them),
    };
    return cmocka_run_group_tests(tests, stand_catalogue, stand_catalogue_free);
}
