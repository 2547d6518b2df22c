/* The suites, each in a file of its name, and the words that their rows are written in.
 *
 * A row reads: the case, its title, then each way in which it differs from the good request and its
 * success. The sentence of the clause stands above the cases that are evidence for it. */
#ifndef CONFORMANCE_SERVER_CASES_SUITES_H
#define CONFORMANCE_SERVER_CASES_SUITES_H

#include "base/count_of.h"
#include "plan/catalogue.h"

/* title NULL: the title of the picture. */
#define CASE(slug_, title_, ...)                                                                   \
    {                                                                                              \
        .slug = slug_, .title = title_, __VA_ARGS__                                                \
    }
#define TEXT(change_, text_) .change = change_, .argument.text = text_
#define UPLOADS(picture_) .picture = PICTURE_##picture_
#define EXPECTS(outcome) .expect = EXPECT_##outcome
/* A change, or a further one, of the request by the case def; a function that runs the case. */
#define CHANGE(name)                                                                               \
    static void name(struct request *request, const struct case_def *def __attribute__((unused)))
#define RUN(name)                                                                                  \
    static void name(struct test *test, const struct case_def *def __attribute__((unused)))
/* A further clause that the case is evidence for. */
#define ALSO(id) .clauses = {CLAUSE_NONE, CLAUSE_##id}
/* The file's cases as a suite. */
#define SUITE(id, title_)                                                                          \
    const struct suite suite_##id = {#id, title_, false, cases, COUNT_OF(cases), NULL}

/* In the order in which they run and are reported; the last two run alone. */
#define SUITES(ROW)                                                                                \
    ROW(call)                                                                                      \
    ROW(envelope)                                                                                  \
    ROW(method)                                                                                    \
    ROW(key)                                                                                       \
    ROW(fields)                                                                                    \
    ROW(choice)                                                                                    \
    ROW(image)                                                                                     \
    ROW(order)                                                                                     \
    ROW(multipart)                                                                                 \
    ROW(form)                                                                                      \
    ROW(wire)                                                                                      \
    ROW(framing) ROW(concurrency) ROW(cors) ROW(account) ROW(armed) ROW(credits) ROW(every_answer)

#define SUITE_EXTERN(id) extern const struct suite suite_##id;
SUITES(SUITE_EXTERN)
#undef SUITE_EXTERN

/* All of them as a catalogue. NULL when out of memory. */
struct catalogue *catalogue_of_all(void);

#endif
