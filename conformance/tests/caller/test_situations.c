/* The table of situations against the contract and the mock: every clause of callers has a
 * situation, every row can be armed, and no row looks for two things that exclude each other. */
#include "caller/situations/situation.h"
#include "caller/stage/stage.h"
#include "testing/files.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static int make(void **state)
{
    *state = situations_catalogue();
    return *state ? 0 : -1;
}

static int clear(void **state)
{
    catalogue_free(*state);
    return 0;
}

static void situations_cover_the_clauses_of_callers(void **state)
{
    size_t count = 0, cases = 0;
    const struct clause *all = clauses_of_callers(&count);
    const struct case_def *defs = catalogue_cases(*state, &cases);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        size_t cited = 0;
        for (size_t k = 0; k < cases; k++)
            cited += case_cites(&defs[k], &all[i]);
        if (cited == 0 || strncmp(all[i].id, "caller_", 7) != 0)
            fail_msg("clause %s has %zu situations", all[i].id, cited);
    }
}

/* A server's clauses are those before them. */
static void situations_cite_no_clause_of_a_server(void **state)
{
    size_t count = 0, cases = 0, servers = 0;
    const struct clause *all = clauses_of_callers(&count);
    const struct clause *server = clauses(&servers);
    const struct case_def *defs = catalogue_cases(*state, &cases);
    assert_ptr_equal(server + servers, all);
    for (size_t k = 0; k < cases; k++)
        assert_true(clause_of(defs[k].clauses[0]) >= all);
}

static void situations_have_names_of_their_own(void **state)
{
    size_t cases = 0;
    const struct case_def *defs = catalogue_cases(*state, &cases);
    assert_true(cases >= 40);
    for (size_t k = 0; k < cases; k++) {
        const struct situation *situation = situation_find(defs[k].slug);
        assert_non_null(situation);
        assert_ptr_equal(catalogue_find(*state, defs[k].slug), &defs[k]);
        assert_ptr_equal(situation->slug, defs[k].slug);
        assert_true(situation->title[0] != '\0');
    }
}

static void situations_look_for_no_contradiction(void **state)
{
    size_t cases = 0;
    const struct case_def *defs = catalogue_cases(*state, &cases);
    for (size_t k = 0; k < cases; k++) {
        const struct situation *row = situation_find(defs[k].slug);
        if (row->looks == 0 || ((row->looks & LOOK_succeeds) && (row->looks & LOOK_fails)) ||
            ((row->looks & LOOK_stays) && !row->trap) ||
            ((row->looks & LOOK_waits) && row->retry_after_s == 0) ||
            ((row->looks & (LOOK_whole | LOOK_clean)) && !(row->needs & NEEDS_OUTPUT)) ||
            ((row->looks & LOOK_choice) && !(row->needs & NEEDS_CHOICE)))
            fail_msg("%s: looks %x", row->slug, row->looks);
    }
}

static void situations_can_be_armed(void **state)
{
    size_t cases = 0;
    char *folder = folder_new();
    const struct case_def *defs = catalogue_cases(*state, &cases);
    for (size_t k = 0; k < cases; k++) {
        struct stage stage;
        char why[STAGE_WHY_SIZE];
        const struct situation *row = situation_find(defs[k].slug);
        const struct stage_files files = {AILAB_SOURCE_DIR "/fixtures/images/portrait.png", folder};
        if (!stage_open(&stage, row, &files, why))
            fail_msg("%s: %s", row->slug, why);
        if (stage.armed && strstr(stage.armed, "{trap}"))
            fail_msg("%s: its other host has no address: %s", row->slug, stage.armed);
        assert_int_equal(stage_charged(&stage), 0);
        stage_close(&stage);
    }
    folder_free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(situations_cover_the_clauses_of_callers),
        cmocka_unit_test(situations_cite_no_clause_of_a_server),
        cmocka_unit_test(situations_have_names_of_their_own),
        cmocka_unit_test(situations_look_for_no_contradiction),
        cmocka_unit_test(situations_can_be_armed),
    };
    return cmocka_run_group_tests(tests, make, clear);
}
