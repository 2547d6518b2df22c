/* Every name that the mock knows has an expectation, and every expectation a name of the mock. */
#include "ailab_mock.h"
#include "fixture.h"
#include "outcomes.h"
#include "pins.h"
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

/* How many tables have the name. */
static size_t expectations_of(const char *name)
{
    size_t situation_count, fault_count, deviation_count;
    size_t found = *name && ailab_code_find(name) != AILAB_CODE_UNKNOWN;
    const struct situation_outcome *situations = situation_outcomes(&situation_count);
    const struct fault_outcome *faults = fault_outcomes(&fault_count);
    const struct deviation_outcome *deviations = deviation_outcomes(&deviation_count);
    for (size_t i = 0; i < situation_count; i++)
        found += strcmp(situations[i].name, name) == 0;
    for (size_t i = 0; i < fault_count; i++)
        found += strcmp(faults[i].name, name) == 0;
    for (size_t i = 0; i < deviation_count; i++)
        found += strcmp(deviations[i].name, name) == 0;
    return found;
}

static void names_all_have_one_expectation(void **state)
{
    struct fixture fixture;
    char *answer = NULL;
    int status = 0;
    size_t counts[3], names = 0, codes = 0;
    (void)state;
    fixture_open(&fixture, NULL);
    assert_int_equal(
        ailab_mock_admin(fixture.mock, "GET", "/__admin/scenarios", NULL, &status, &answer),
        AILAB_MOCK_OK);
    assert_int_equal(status, 200);
    cJSON *document = cJSON_Parse(answer);
    const cJSON *scenarios = cJSON_GetObjectItemCaseSensitive(document, "scenarios"), *scenario;
    cJSON_ArrayForEach(scenario, scenarios)
    {
        const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(scenario, "name"));
        assert_non_null(name);
        if (expectations_of(name) != 1)
            fail_msg("'%s' has %zu expectations, not one", name, expectations_of(name));
        codes += ailab_code_find(name) != AILAB_CODE_UNKNOWN;
        names++;
    }
    situation_outcomes(&counts[0]);
    fault_outcomes(&counts[1]);
    deviation_outcomes(&counts[2]);
    assert_int_equal(codes, PINNED_CODES);
    /* Each name has one, and there are no more: so each expectation has its name too. */
    assert_int_equal(names, codes + counts[0] + counts[1] + counts[2]);
    cJSON_Delete(document);
    free(answer);
    fixture_close(&fixture);
}

CLIENT_SUITE("client_names", cmocka_unit_test(names_all_have_one_expectation))
