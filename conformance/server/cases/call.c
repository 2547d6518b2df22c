/* The documented call. It is the control of every other suite, so it has none itself. */
#include "cases/suites.h"
#include "engine/test.h"

RUN(run_documented)
{
    const struct answer *answer = test_good_answer(test);
    if (answer)
        test_expect(test, answer, EXPECT_SUCCESS);
}

static const struct case_def cases[] = {
    CLAUSE(request_documented_call,
           "The documented curl call, with a valid key and image, succeeds."),
    CASE("call/documented", "the documented call with a portrait succeeds", .run = run_documented,
         .flags = SHARES_GOOD,
         .clauses = {CLAUSE_NONE, CLAUSE_request_method, CLAUSE_request_path,
                     CLAUSE_request_content_type, CLAUSE_answer_success_200}),
};

const struct suite suite_call = {"call", "The documented call", true, cases, COUNT_OF(cases), NULL};
