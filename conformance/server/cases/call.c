/* The documented call. It is the control of every other suite, so it has none itself. */
#include "cases/suites.h"
#include "engine/test.h"

static void run_documented(struct test *test, const struct case_def *def)
{
    (void)def;
    const struct answer *answer = test_good_answer(test);
    if (answer)
        test_expect(test, answer, EXPECT_SUCCESS);
}

static const struct case_def cases[] = {
    {.slug = "call/documented",
     .clauses = "request_documented_call request_method request_path request_content_type "
                "answer_success_200",
     .title = "the documented call with a portrait succeeds",
     .run = run_documented,
     .flags = SHARES_GOOD},
};

const struct suite suite_call = {"call", "The documented call", cases, COUNT_OF(cases), true};
