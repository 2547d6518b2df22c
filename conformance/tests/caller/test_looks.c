/* Each look on both sides of its bound: what was seen in, the verdict out. */
#include "caller/judge/judge.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What was seen, in short. */
struct row {
    const char *why;
    unsigned looks;
    const char *says; /* words of the finding; NULL: all is well */
    enum run_ending ending;
    int code;
    unsigned long printed;
    const char *tail;
    unsigned charged;
    size_t trapped;
    bool no_call, has_output, exists, is_picture, key_found, key_in_parts, key_in_body, key_besides;
    const char *left, *method;
    int choice, asked;
    int retry_after_s;
    double calls_s[12]; /* when each call came, after the first, which came at 0 */
    size_t calls;       /* how many of these */
};

static const struct row rows[] = {
    {"success", LOOK_succeeds, .says = NULL, .charged = 1},
    {"success without one", LOOK_succeeds, .says = "no call was answered with a success"},
    {"another exit code", LOOK_succeeds, .says = "exit code 1 after", .code = 1},
    {"failure where one is wanted", LOOK_fails, .says = NULL, .code = 1},
    {"success where a failure is wanted", LOOK_fails, .says = "exit code 0, which is success"},
    {"a signal", LOOK_fails, .says = "ended by signal 11", .ending = RUN_SIGNALLED,
     .code = SIGSEGV},
    {"too late", LOOK_fails, .says = "killed, still running", .ending = RUN_LATE},
    {"too much output", LOOK_fails, .says = "more than 64 MiB", .ending = RUN_FLOODED},
    {"no call", LOOK_fails, .says = "it made no call there", .code = 1, .no_call = true},
    {"words", LOOK_says, .says = NULL, .code = 1, .printed = 1},
    {"no words", LOOK_says, .says = "it printed nothing", .code = 1},
    {"a trace of Python", LOOK_calm, .says = "the trace of Python", .code = 1,
     .tail = "oops\nTraceback (most recent call last):\n"},
    {"a trace of Node", LOOK_calm, .says = "the trace of Node", .code = 1,
     .tail = "x\n\nNode.js v20\n"},
    {"calm words", LOOK_calm, .says = NULL, .code = 1, .tail = "502 Bad Gateway\n"},
    {"whole picture", LOOK_whole, .says = NULL, .has_output = true, .exists = true,
     .is_picture = true},
    {"no file", LOOK_whole, .says = "there is no file", .has_output = true},
    {"half a file", LOOK_whole, .says = "no whole JPEG", .has_output = true, .exists = true},
    {"no {output}", LOOK_whole, .says = NULL},
    {"honest failure", LOOK_honest, .says = NULL, .code = 1, .has_output = true, .exists = true},
    {"honest success", LOOK_honest, .says = NULL, .has_output = true, .exists = true,
     .is_picture = true},
    {"dishonest success", LOOK_honest, .says = "it ended as a success", .has_output = true,
     .exists = true},
    {"clean failure", LOOK_clean, .says = NULL, .code = 1, .has_output = true},
    {"a file after a failure", LOOK_clean, .says = "no whole JPEG", .code = 1, .exists = true},
    {"a part after a failure", LOOK_clean, .says = "result.jpg.part", .code = 1,
     .left = "result.jpg.part"},
    {"the choice", LOOK_choice, .says = NULL, .choice = 15, .asked = 15},
    {"another choice", LOOK_choice, .says = "service_choice 12", .choice = 12, .asked = 15},
    {"no choice", LOOK_choice, .says = "no number", .choice = -1, .asked = 15},
    {"after Retry-After", LOOK_waits, .says = NULL, .retry_after_s = 2, .calls_s = {2.0},
     .calls = 1},
    {"before it", LOOK_waits, .says = "after 1.90 s", .retry_after_s = 2, .calls_s = {1.9},
     .calls = 1},
    {"never again", LOOK_waits, .says = NULL, .retry_after_s = 2},
    {"spaced", LOOK_spaced, .says = NULL, .calls_s = {0.4, 0.9}, .calls = 2},
    {"at once", LOOK_spaced, .says = "60 ms before attempt 3", .calls_s = {0.4, 0.46}, .calls = 2},
    {"growing", LOOK_grows, .says = NULL, .calls_s = {1, 3, 7}, .calls = 3},
    {"constant", LOOK_grows, .says = "the last 1.00 s", .calls_s = {1, 2, 3}, .calls = 3},
    {"too few to tell", LOOK_grows, .says = NULL, .calls_s = {1, 2}, .calls = 2},
    {"ten", LOOK_few, .says = NULL, .calls_s = {1, 2, 3, 4, 5, 6, 7, 8, 9}, .calls = 9},
    {"eleven", LOOK_few, .says = "11 calls", .calls_s = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
     .calls = 10},
    {"once", LOOK_once, .says = NULL},
    {"twice", LOOK_once, .says = "2 calls", .calls_s = {1}, .calls = 1},
    {"paid once", LOOK_pays_once, .says = NULL, .charged = 1},
    {"paid twice", LOOK_pays_once, .says = "2 calls were charged", .charged = 2},
    {"a request is heard", LOOK_unheard, .says = "1 request came", .method = "POST"},
    {"a handshake that failed", LOOK_unheard, .says = NULL},
    {"a secret", LOOK_secret, .says = NULL},
    {"in the output", LOOK_secret, .says = "in the output", .key_found = true},
    {"in it in parts", LOOK_secret, .says = "in the output", .key_in_parts = true},
    {"in a body", LOOK_secret, .says = "in the body", .key_in_body = true},
    {"in a second header", LOOK_secret, .says = "Authorization or Cookie", .key_besides = true},
    {"at home", LOOK_stays | LOOK_fails, .says = NULL, .code = 1},
    {"away", LOOK_stays | LOOK_fails, .says = "2 requests there", .code = 1, .trapped = 2},
    {"the first fault is told", LOOK_fails | LOOK_says, .says = "which is success"},
};

static void see(struct seen *seen, struct situation *situation, const struct row *row)
{
    *situation = (struct situation){.clause = CLAUSE_caller_tells_refusals,
                                    .again = CLAUSE_caller_repeats_no_refusal,
                                    .looks = row->looks,
                                    .choice = row->asked,
                                    .retry_after_s = row->retry_after_s};
    seen->situation = situation;
    seen->run.ending = row->ending;
    seen->run.code = row->code;
    seen->run.printed = row->printed;
    seen->run.tail_size = row->tail ? strlen(row->tail) : 0;
    memcpy(seen->run.tail, row->tail ? row->tail : "", seen->run.tail_size);
    seen->run.leak.found = row->key_found;
    seen->run.leak.in_parts = row->key_in_parts;
    seen->calls.kept = seen->calls.count = row->no_call ? 0 : row->calls + 1;
    for (size_t i = 0; i < seen->calls.kept; i++) {
        const double at = i ? row->calls_s[i - 1] * 1e3 : 0;
        seen->calls.items[i] = (struct call){.came_ms = at,
                                             .ended_ms = at,
                                             .endpoint = true,
                                             .choice = row->choice,
                                             .key_in_body = row->key_in_body,
                                             .key_besides = row->key_besides};
        snprintf(seen->calls.items[i].method, sizeof seen->calls.items[i].method, "%s",
                 row->method ? row->method : "");
    }
    seen->charged = row->charged;
    seen->trapped = row->trapped;
    seen->has_output = row->has_output;
    seen->file = (struct seen_file){row->exists, 100, row->is_picture};
    snprintf(seen->left, sizeof seen->left, "%s", row->left ? row->left : "");
    seen->patience_ms = 20000;
    seen->url = "http://127.0.0.1:1";
}

static void looks_judge_as_they_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct situation situation;
        struct finding finding;
        struct seen *seen = calloc(1, sizeof *seen);
        assert_non_null(seen);
        see(seen, &situation, &rows[i]);
        const bool fine = judge(&finding, seen);
        if (fine != !rows[i].says || (!fine && !strstr(buf_str(&finding.actual), rows[i].says)))
            fail_msg("%s: \"%s\"", rows[i].why, buf_str(&finding.actual));
        assert_true(fine || finding.expected.len > 0);
        finding_clear(&finding);
        free(seen);
    }
}

/* A call too many blames another clause than an untold refusal. */
static void looks_blame_the_clause_that_is_broken(void **state)
{
    (void)state;
    static const struct row once = {.looks = LOOK_once, .calls_s = {1}, .calls = 1};
    static const struct row fails = {.looks = LOOK_fails};
    const struct row *const both[] = {&once, &fails};
    static const enum clause_id blamed[] = {CLAUSE_caller_repeats_no_refusal,
                                            CLAUSE_caller_tells_refusals};
    for (size_t i = 0; i < 2; i++) {
        struct situation situation;
        struct finding finding;
        struct seen *seen = calloc(1, sizeof *seen);
        assert_non_null(seen);
        see(seen, &situation, both[i]);
        assert_false(judge(&finding, seen));
        assert_int_equal(finding.blamed, blamed[i]);
        finding_clear(&finding);
        free(seen);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looks_judge_as_they_say),
        cmocka_unit_test(looks_blame_the_clause_that_is_broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
