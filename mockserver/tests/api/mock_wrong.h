/* The wrong requests of the rules' tests: for each row of rules.def one request that breaks it and
 * nothing else, and what must be answered. What is expected is written down here again, not read
 * from rules.def. */
#ifndef AILAB_MOCKSERVER_TESTS_API_MOCK_WRONG_H
#define AILAB_MOCKSERVER_TESTS_API_MOCK_WRONG_H

#include "mock_requests.h"
#include "testing/image_make.h"

struct mock_wrong_pictures {
    struct image_file sound, wide, cut_wide;
    char *large; /* zeros, one byte over the limit */
};

/* What a wrong request is made of. */
struct mock_wrong {
    struct mock_call call;
    struct mock_world world;
    const struct mock_wrong_pictures *pictures;
};

struct mock_rule_row {
    const char *rule;
    void (*breaks)(struct mock_wrong *w);
    const char *code;
    int before, since;   /* statuses of 2025-09 and 2026-01 */
    const char *says[4]; /* field, value, size, limit */
    bool body_stage;
};

#define MOCK_CHOICES "(the numbers that the revision takes)" /* instead of a text: the list */

/* In the documented order of checks. */
const struct mock_rule_row *mock_rule_rows(size_t *count_out);

/* A right request, and how to break it. pictures are borrowed. */
struct mock_wrong mock_right_in(enum revision_id revision,
                                const struct mock_wrong_pictures *pictures);
void mock_break(struct mock_wrong *wrong, const char *rule);

/* "nothing" when nothing refused. */
const char *mock_rule_name(const struct verdict *verdict);

/* Fixtures of a group: *state becomes a struct mock_wrong_pictures. */
int mock_make_pictures(void **state);
int mock_free_pictures(void **state);

#endif
