/* The suites, each in a file of its name, and the words that their rows are written in.
 *
 * A row reads: which case, what it does, then whatever it has beside the good request and its
 * success. The sentence of the clause stands above the cases that are evidence for it. */
#ifndef CONFORMANCE_SERVER_CASES_SUITES_H
#define CONFORMANCE_SERVER_CASES_SUITES_H

#include "base/count_of.h"
#include "engine/catalogue.h"

/* title NULL: what the picture is. */
#define CASE(slug_, title_, ...)                                                                   \
    {                                                                                              \
        .slug = slug_, .title = title_, __VA_ARGS__                                                \
    }
#define TEXT(change_, text_) .change = change_, .argument.text = text_
#define UPLOADS(picture_) .picture = PICTURE_##picture_
#define EXPECTS(outcome) .expect = EXPECT_##outcome
/* Further clauses that the case is evidence for. */
#define ALSO(...) .clauses = {CLAUSE_NONE, __VA_ARGS__}
/* The file's cases as a suite. */
#define SUITE(id, title_)                                                                          \
    const struct suite suite_##id = {#id, title_, false, cases, COUNT_OF(cases), NULL}

extern const struct suite suite_call, suite_envelope, suite_method, suite_key, suite_fields,
    suite_choice, suite_image, suite_order, suite_multipart, suite_wire, suite_framing,
    suite_concurrency, suite_cors, suite_account, suite_armed, suite_credits, suite_every_answer;

/* All of them as a catalogue, in the order in which they run and are reported. NULL when out of
 * memory. */
struct catalogue *catalogue_of_all(void);

#endif
