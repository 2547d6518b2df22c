/* The text of the progress line, as a pure function of how far a call has come. */
#include "progress.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void cli_progress_tells_the_phase_and_how_far_it_is(void **state)
{
    static const struct {
        const char *why;
        struct ailab_progress progress;
        unsigned long elapsed_ms;
        size_t columns;
        const char *expected;
    } rows[] = {
        {"nothing has moved", {.attempt = 1}, 0, 80, "connecting"},
        {"size known, nothing sent", {.send_total_bytes = 10, .attempt = 1}, 0, 80, "connecting"},
        {"half sent",
         {.sent_bytes = 2450000, .send_total_bytes = 4900000, .attempt = 1},
         0,
         80,
         "sending [===============>              ]  50%  2.4 MB of 4.9 MB"},
        {"narrow terminal",
         {.sent_bytes = 2450000, .send_total_bytes = 4900000, .attempt = 1},
         0,
         40,
         "sending  50%  2.4 MB of 4.9 MB"},
        {"very narrow terminal",
         {.sent_bytes = 2450000, .send_total_bytes = 4900000, .attempt = 1},
         0,
         10,
         "sending  "},
        {"waiting", {.sent_bytes = 5, .send_total_bytes = 5, .attempt = 1}, 0, 80, "waiting | 0 s"},
        {"waiting turns",
         {.sent_bytes = 5, .send_total_bytes = 5, .attempt = 1},
         12125,
         80,
         "waiting / 12 s"},
        {"second attempt",
         {.sent_bytes = 5, .send_total_bytes = 5, .attempt = 2},
         0,
         80,
         "attempt 2: waiting | 0 s"},
        {"receiving, size unknown",
         {.sent_bytes = 5, .send_total_bytes = 5, .received_bytes = 999, .attempt = 1},
         0,
         80,
         "receiving 999 B"},
        {"received all",
         {.sent_bytes = 5,
          .send_total_bytes = 5,
          .received_bytes = 84000,
          .receive_total_bytes = 84000,
          .attempt = 1},
         0,
         80,
         "receiving [==============================] 100%  84 KB of 84 KB"},
        {"more than announced",
         {.received_bytes = 20, .receive_total_bytes = 10, .attempt = 1},
         0,
         80,
         "receiving [==============================] 100%  20 B of 10 B"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char line[PROGRESS_SIZE];
        print_message("%s\n", rows[i].why);
        progress_format(line, &rows[i].progress, rows[i].elapsed_ms, rows[i].columns);
        assert_string_equal(line, rows[i].expected);
    }
}

static void cli_progress_fits_every_width_and_every_number(void **state)
{
    static const size_t numbers[] = {0, 1, 999, 1000, 1000000, SIZE_MAX / 2, SIZE_MAX};
    const size_t count = sizeof(numbers) / sizeof(numbers[0]);
    (void)state;
    for (size_t columns = 1; columns < 200; columns++) {
        for (size_t i = 0; i < count * count * count; i++) {
            const struct ailab_progress progress = {
                .sent_bytes = numbers[i % count],
                .send_total_bytes = numbers[i / count % count],
                .received_bytes = numbers[i / count / count],
                .receive_total_bytes = numbers[i % count],
                .attempt = i % 2 ? 1 : UINT32_MAX,
            };
            char line[PROGRESS_SIZE];
            progress_format(line, &progress, UINT32_MAX, columns);
            assert_true(strlen(line) < columns);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cli_progress_tells_the_phase_and_how_far_it_is),
        cmocka_unit_test(cli_progress_fits_every_width_and_every_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
