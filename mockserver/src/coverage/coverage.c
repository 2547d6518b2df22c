/* From a request to bits, and from bits to counts. */
#include "coverage/coverage.h"
#include "api/deviation.h"

static const struct coverage_group_info infos[] = {
#define MOCK_COVERED(id, title, size, counts, met_by, cue) {#id, title, met_by, cue, size, counts},
#include "coverage/coverage.def"
};

const struct coverage_group_info *coverage_group_info(enum coverage_group group)
{
    return &infos[group];
}

enum {
#define MOCK_COVERED(id, title, size, counts, met_by, cue)                                         \
    FIRST_##id, LAST_##id = FIRST_##id + (size)-1,
#include "coverage/coverage.def"
};

static const size_t firsts[] = {
#define MOCK_COVERED(id, title, size, counts, met_by, cue) FIRST_##id,
#include "coverage/coverage.def"
};

static void meet(struct coverage_set *set, enum coverage_group group, size_t place)
{
    const size_t bit = firsts[group] + place;
    set->words[bit / 64] |= UINT64_C(1) << bit % 64;
}

bool coverage_has(const struct coverage_set *set, enum coverage_group group, size_t place)
{
    const size_t bit = firsts[group] + place;
    return set->words[bit / 64] >> bit % 64 & 1;
}

void coverage_add(struct coverage_set *set, const struct coverage_set *more)
{
    for (size_t i = 0; i < sizeof set->words / sizeof set->words[0]; i++)
        set->words[i] |= more->words[i];
}

/* The rule's own code is the likely one; only a scenario has another. */
static enum error_code code_of(const struct coverage_facts *facts)
{
    const struct rule_info *rule = rule_info(facts->rule);
    if (rule && strcmp(error_info(rule->error)->name, facts->code) == 0)
        return rule->error;
    return error_find(slice_of(facts->code));
}

static void meet_code(struct coverage_set *set, const struct coverage_facts *facts)
{
    if (facts->success)
        meet(set, COVERAGE_codes, ERROR_NONE);
    else if (facts->code[0] && code_of(facts) != ERROR_NONE)
        meet(set, COVERAGE_codes, code_of(facts));
}

static void meet_deviation(struct coverage_set *set, const struct coverage_facts *facts)
{
    size_t count;
    const struct deviation *table = deviation_table(&count);
    const struct deviation *deviation =
        facts->deviation[0] ? deviation_find(slice_of(facts->deviation)) : NULL;
    if (deviation)
        meet(set, COVERAGE_deviations, (size_t)(deviation - table));
}

static void meet_expression(struct coverage_set *set, const struct coverage_facts *facts)
{
    size_t count;
    const struct expression *table = expression_table(&count);
    for (size_t i = 0; i < count; i++)
        if (table[i].number == facts->service_choice)
            meet(set, COVERAGE_expressions, i);
}

static void meet_limit(struct coverage_set *set, const struct coverage_facts *facts, size_t row,
                       uint64_t value, uint64_t limit, enum rule_id rule)
{
    const uint64_t margin = limit / 100;
    if (facts->success && value > limit - margin && value <= limit)
        meet(set, COVERAGE_limits, 2 * row);
    if (facts->rule == rule && value > limit && value <= limit + margin)
        meet(set, COVERAGE_limits, 2 * row + 1);
}

void coverage_of(struct coverage_set *out, const struct coverage_facts *facts)
{
    size_t row = 0;
    struct coverage_facts plain = *facts;
    *out = (struct coverage_set){0};
    meet(out, COVERAGE_revisions, facts->revision->id);
    if (facts->fault)
        meet(out, COVERAGE_faults, facts->fault);
    meet_deviation(out, facts);
    plain.success = facts->success && !facts->fault && !facts->deviation[0];
    if (facts->answered)
        meet_code(out, &plain);
    if (plain.success) {
        meet_expression(out, facts);
        meet(out, COVERAGE_formats, facts->format);
    }
#define MOCK_COVERED_LIMIT(name, value, rule, what)                                                \
    meet_limit(out, &plain, row++, facts->value, LIMIT_##name, RULE_##rule);
#include "coverage/limits.def"
}

void coverage_of_tls(struct coverage_set *out, enum tls_fault fault)
{
    *out = (struct coverage_set){0};
    if (fault != TLS_FAULT_NONE)
        meet(out, COVERAGE_tls_faults, fault);
}
