/* "You nearly had it": what a refused request had nearly right, in one sentence.
 *
 * Pure, and bounded: it looks at the names of headers and parts, and at the first bytes of the
 * picture. It costs a request that is not refused nothing. A hint names headers, parts and
 * parameters, never their values where those may be a key. */
#ifndef AILAB_MOCKSERVER_HINTS_HINTS_H
#define AILAB_MOCKSERVER_HINTS_HINTS_H

#include "api/rules.h"

#define HINT_MAX 239
#define HINT_SIZE (HINT_MAX + 1)

enum hint_id {
    HINT_NONE = 0,
#define MOCK_HINT(id, rule, mistake) HINT_##id,
#include "hints/hints.def"
    HINT_COUNT
};

struct hint_info {
    const char *name; /* "choice_label" */
    enum rule_id rule;
    const char *mistake;
};

/* NULL when there is no such row. Static storage. */
const struct hint_info *hint_info(enum hint_id id);

/* The hint for a request that rule has refused, as rules_judge() left it. Printable ASCII; "" and
 * HINT_NONE when nothing was nearly right. */
enum hint_id hint_find(char out[HINT_SIZE], enum rule_id rule, const struct request *request,
                       const struct revision *revision);

#endif
