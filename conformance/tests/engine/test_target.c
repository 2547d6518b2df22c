/* What is said of a target after a run that it did not answer. */
#include "engine/target.h"
#include "testing/closed_port.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void target_that_is_gone_is_told_from_one_that_fails_a_case(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        enum wire_result results[3];
        size_t count;
        const char *said; /* "": it can be judged */
    } rows[] = {
        {"nothing was asked", {WIRE_OK}, 0, ""},
        {"all answered", {WIRE_OK, WIRE_OK}, 2, ""},
        {"held and interrupted", {WIRE_HELD, WIRE_CANCELLED}, 2, ""},
        {"none answered",
         {WIRE_GARBLED, WIRE_CLOSED},
         2,
         "the target gave no HTTP answer to any request: not an HTTP answer: reason"},
        {"gone",
         {WIRE_OK, WIRE_CLOSED, WIRE_UNREACHABLE},
         3,
         "the target died in the run: http://127.0.0.1:"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct closed_port port = closed_port_take();
        struct session session;
        struct buf why = {0};
        char problem[URL_WHY_SIZE];
        assert_true(session_init(&session));
        assert_true(url_parse(&session.endpoint.url, port.url, problem));
        for (size_t k = 0; k < rows[i].count; k++)
            session_note_request(&session, rows[i].results[k], "reason");
        assert_int_equal(target_is_lost(&session, &why), rows[i].said[0] != '\0');
        if (strncmp(buf_str(&why), rows[i].said, strlen(rows[i].said)) != 0 ||
            (strstr(rows[i].said, "died") && !strstr(buf_str(&why), port.url)))
            fail_msg("%s: \"%s\" was said", rows[i].why, buf_str(&why));
        buf_clear(&why);
        session_clear(&session);
        closed_port_give_back(&port);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(target_that_is_gone_is_told_from_one_that_fails_a_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
