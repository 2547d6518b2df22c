/* Answers of a hostile size are read in a time that a run can spare. */
#include "judge/answer.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define NAMES 150000
#define BEARABLE_MS 10000 /* a comparison of each pair of names takes minutes */

static void answer_of(struct answer *out, const struct buf *body)
{
    struct http_answer http = {.status = 200, .minor = 1, .body = strdup(buf_str(body))};
    assert_non_null(http.body);
    http.body_len = body->len;
    answer_parse(out, &http);
}

/* Other programs take no part of this thread's time. */
static double worked_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void answer_with_many_names_is_read_quickly(void **state)
{
    (void)state;
    static const struct {
        const char *last, *why;
    } rows[] = {{"\"other\":1", ""}, {"\"n77\":1", "the field n77 occurs twice"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf body = {0};
        struct answer answer;
        buf_text(&body, "{\"inner\":{");
        for (unsigned k = 0; k < NAMES; k++)
            buf_printf(&body, "\"n%u\":%u,", k, k % 10);
        buf_printf(&body, "%s}}", rows[i].last);
        const double start = worked_ms();
        answer_of(&answer, &body);
        assert_true(worked_ms() - start < BEARABLE_MS);
        assert_string_equal(buf_str(&answer.json_why), rows[i].why);
        answer_clear(&answer);
        buf_clear(&body);
    }
}

/* The message quotes the whole answer: it is cut where the keys are masked, not before. */
static void answer_is_described_whole(void **state)
{
    (void)state;
    struct buf body = {0}, said = {0}, message = {0};
    struct answer answer;
    for (unsigned i = 0; i < 400; i++)
        buf_text(&message, "x");
    buf_printf(&body, "{\"error_detail\":{\"code\":\"E\",\"message\":\"%send\"}}",
               buf_str(&message));
    answer_of(&answer, &body);
    answer_describe(&said, &answer);
    assert_non_null(strstr(buf_str(&said), "xend)"));
    answer_clear(&answer);
    buf_clear(&body);
    buf_clear(&said);
    buf_clear(&message);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answer_with_many_names_is_read_quickly),
        cmocka_unit_test(answer_is_described_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
