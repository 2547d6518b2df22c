/* Judges an answer without a connection, for the tests of what the client makes of answers. */
#ifndef CLIENT_TESTS_JUDGE_H
#define CLIENT_TESTS_JUDGE_H

#include "answer.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Judges a body that comes in pieces. The caller's: ailab_result_free(). */
static inline struct ailab_result *judge(long status, const char *body, size_t size, size_t piece)
{
    struct ailab_result *result = ai_result_new();
    struct ai_answer answer = {.http_status = status};
    struct ai_envelope envelope = {0};
    assert_non_null(result);
    for (size_t at = 0; at < size; at += piece)
        assert_true(ai_envelope_add(&envelope, body + at, piece < size - at ? piece : size - at));
    const enum ailab_error error = ai_answer_judge(result, &answer, &envelope);
    assert_int_equal(error, result->error);
    ai_envelope_clear(&envelope);
    return result;
}

#endif
