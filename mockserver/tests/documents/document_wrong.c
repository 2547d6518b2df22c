/* Helpers of document_wrong.h. */
#include "document_wrong.h"
#include "scenario_json.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

bool wrong_document(struct slice json, struct document_error *error)
{
    struct document document;
    bool parsed = document_parse(&document, json, error);
    if (parsed)
        document_clear(&document);
    else /* nothing is left of it */
        assert_true(!document.scenarios && !document.accounts && !document.has_seed);
    return parsed;
}

bool wrong_step(struct slice json, struct document_error *error)
{
    struct scenario_step step;
    bool parsed = shape_parse(&step, &step_shape, json, error);
    scenario_step_clear(&step);
    return parsed;
}

bool wrong_scenario(struct slice json, struct document_error *error)
{
    struct scenario scenario;
    bool parsed = document_parse_scenario(&scenario, json, error);
    scenario_clear(&scenario);
    return parsed;
}

bool wrong_account(struct slice json, struct document_error *error)
{
    struct account_setting setting;
    bool parsed = shape_parse(&setting, &account_shape, json, error);
    account_setting_clear(&setting);
    return parsed;
}

bool wrong_complains(const struct wrong *wrong, struct slice json, wrong_parser *parse)
{
    struct document_error error;
    bool right = true;
    if (parse(json, &error)) {
        print_error("%s: accepted\n", wrong->why);
        return false;
    }
    if (wrong->pointer && strcmp(error.pointer, wrong->pointer) != 0) {
        print_error("%s: at %s instead of %s\n", wrong->why, error.pointer, wrong->pointer);
        right = false;
    }
    for (size_t i = 0; i < ROWS(wrong->words) && wrong->words[i]; i++)
        if (!strstr(error.message, wrong->words[i])) {
            print_error("%s: \"%s\" does not say \"%s\"\n", wrong->why, error.message,
                        wrong->words[i]);
            right = false;
        }
    return right;
}

void wrong_check(const struct wrong *table, size_t count, wrong_parser *parse)
{
    bool right = true;
    for (size_t i = 0; i < count; i++) {
        char *json = scenario_json_text(table[i].json);
        right = wrong_complains(&table[i], slice_of(json), parse) && right;
        free(json);
    }
    assert_true(right);
}
