/* What a browser asks before it calls: servers whose preflight says more or less than it should. */
#include "reports.h"
#include "suite.h"
#include "testing/scripted.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The control of the suite, which must pass: a success with enough of a picture. */
#define SUCCESS                                                                                    \
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"               \
    "{\"request_id\":\"A\",\"log_id\":\"12345678\",\"error_code\":0,\"error_code_str\":\"\","      \
    "\"error_msg\":\"\",\"error_detail\":{\"status_code\":200,\"code\":\"\","                      \
    "\"code_message\":\"\",\"message\":\"\"},\"data\":{\"image\":\"/9j/4AAQSkZJRg==\"}}"

#define ORIGIN "Access-Control-Allow-Origin: *\r\n"
#define METHODS "Access-Control-Allow-Methods: POST\r\n"
#define HEADERS(list) "Access-Control-Allow-Headers: " list "\r\n"

static const char *answer(void *context, const char *request, size_t size)
{
    const char *preflight = context;
    return size > 8 && memcmp(request, "OPTIONS ", 8) == 0 ? preflight : SUCCESS;
}

static void preflight_is_judged_as_a_browser_does(void **state)
{
    (void)state;
#define NO_HEADERS "fail | cors_preflight | Access-Control-Allow-Headers: "
    static const struct {
        const char *why, *status, *headers, *said;
    } rows[] = {
        {"all that is asked for", "204 No Content", ORIGIN METHODS HEADERS("ailabapi-api-key"),
         "pass"},
        {"no methods: POST needs no leave", "204 No Content", ORIGIN HEADERS("ailabapi-api-key"),
         "pass"},
        {"in capitals, among others", "200 OK", ORIGIN HEADERS("X-A, AILABAPI-API-KEY,X-B"),
         "pass"},
        {"any header", "200 OK", ORIGIN METHODS HEADERS("*"), "pass"},
        {"this origin alone", "200 OK",
         "Access-Control-Allow-Origin: https://app.example\r\n" HEADERS("*"), "pass"},
        {"no headers", "204 No Content", ORIGIN METHODS, NO_HEADERS "absent"},
        {"no methods and no headers", "204 No Content", ORIGIN, NO_HEADERS "absent"},
        {"an empty list", "204 No Content", ORIGIN HEADERS(""), NO_HEADERS},
        {"commas alone", "204 No Content", ORIGIN HEADERS(", ,"), NO_HEADERS ", ,"},
        {"other headers", "204 No Content", ORIGIN HEADERS("X-A"), NO_HEADERS "X-A"},
        {"a longer name", "204 No Content", ORIGIN HEADERS("ailabapi-api-keys"),
         NO_HEADERS "ailabapi-api-keys"},
        {"the beginning of the name", "204 No Content", ORIGIN HEADERS("ailabapi"),
         NO_HEADERS "ailabapi"},
        {"no origin", "204 No Content", HEADERS("*"),
         "fail | cors_preflight | Access-Control-Allow-Origin: absent"},
        {"another origin", "204 No Content",
         "Access-Control-Allow-Origin: https://other.example\r\n" HEADERS("*"),
         "fail | cors_preflight | Access-Control-Allow-Origin: https://other.example"},
        {"nothing at all", "204 No Content", "",
         "fail | cors_preflight | Access-Control-Allow-Origin: absent"},
        {"a refusal", "405 No", ORIGIN METHODS HEADERS("*"), "fail | cors_preflight | 405"},
        {"a redirect", "302 Found", ORIGIN METHODS HEADERS("*"), "fail | cors_preflight | 302"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char said[VERDICT_SIZE], preflight[512];
        struct program_outcome outcome;
        snprintf(preflight, sizeof preflight,
                 "HTTP/1.1 %s\r\n%sConnection: close\r\nContent-Length: 0\r\n\r\n", rows[i].status,
                 rows[i].headers);
        if (strstr(rows[i].status, "204"))
            snprintf(preflight, sizeof preflight, "HTTP/1.1 %s\r\n%sConnection: close\r\n\r\n",
                     rows[i].status, rows[i].headers);
        struct scripted *server = scripted_start_choosing(answer, preflight);
        assert_non_null(server);
        suite_run(&outcome, NULL, "--target", server->url, "--report", "json", "--level", "info",
                  "--run", "cors/preflight", NULL);
        scripted_free(server);
        verdict_of(said, outcome.out, "cors/preflight");
        if (strcmp(said, rows[i].said) != 0 ||
            outcome.status != (strcmp(said, "pass") == 0 ? 0 : 1))
            fail_msg("%s: exit %d, \"%s\"", rows[i].why, outcome.status, said);
        program_outcome_clear(&outcome);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(preflight_is_judged_as_a_browser_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
