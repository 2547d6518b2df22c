/* The wrong requests of the rules' tests: for each row of rules.def one request that breaks it and
 * nothing else, and what must be answered. What is expected is written down here again, not read
 * from rules.def. */
#ifndef AILAB_MOCK_TESTS_CORE_WRONG_H
#define AILAB_MOCK_TESTS_CORE_WRONG_H

#include "core_requests.h"
#include "testing/image_make.h"

struct core_wrong_pictures {
    struct image_file sound, wide, cut_wide;
    char *large; /* zeros, one byte over the limit */
};

/* What a wrong request is made of. */
struct core_wrong {
    struct core_call call;
    struct core_world world;
    const struct core_wrong_pictures *pictures;
};

struct core_rule_row {
    const char *rule;
    void (*breaks)(struct core_wrong *w);
    const char *code;
    int before, since;   /* statuses of 2025-09 and 2026-01 */
    const char *says[4]; /* field, value, size, limit */
    bool body_stage;
};

#define CORE_CHOICES "(the numbers that the revision takes)" /* instead of a text: the list */

/* In the documented order of checks. */
const struct core_rule_row *core_rule_rows(size_t *count_out);

/* A right request, and how to break it. pictures are borrowed. */
struct core_wrong core_right_in(enum revision_id revision,
                                const struct core_wrong_pictures *pictures);
void core_break(struct core_wrong *wrong, const char *rule);

/* "nothing" when nothing refused. */
const char *core_rule_name(const struct verdict *verdict);

/* Fixtures of a group: *state becomes a struct core_wrong_pictures. */
int core_make_pictures(void **state);
int core_free_pictures(void **state);

#endif
