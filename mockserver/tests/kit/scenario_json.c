/* Helpers of scenario_json.h. */
#include "scenario_json.h"
#include <cjson/cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

char *scenario_json_text(const char *single_quoted)
{
    char *text = strdup(single_quoted);
    assert_non_null(text);
    for (char *c = text; *c; c++)
        if (*c == '\'')
            *c = '"';
    return text;
}

static void require(bool parsed, const struct document_error *error)
{
    if (!parsed)
        fail_msg("%s: %s", error->pointer, error->message);
    assert_string_equal(error->pointer, "");
    assert_string_equal(error->message, "");
}

void scenario_json_document(struct document *out, const char *single_quoted)
{
    struct document_error error;
    char *text = scenario_json_text(single_quoted);
    bool parsed = document_parse(out, slice_of(text), &error);
    free(text);
    require(parsed, &error);
}

void scenario_json_scenario(struct scenario *out, const char *single_quoted)
{
    struct document_error error;
    char *text = scenario_json_text(single_quoted);
    bool parsed = document_parse_scenario(out, slice_of(text), &error);
    free(text);
    require(parsed, &error);
}

void scenario_json_step(struct scenario_step *out, const char *single_quoted)
{
    struct document_error error;
    char *text = scenario_json_text(single_quoted);
    bool parsed = shape_parse(out, &step_shape, slice_of(text), &error);
    free(text);
    require(parsed, &error);
}

char *scenario_json_print(const struct scenario *scenario)
{
    cJSON *tree = document_print_scenario(scenario);
    assert_non_null(tree);
    char *text = cJSON_PrintUnformatted(tree);
    cJSON_Delete(tree);
    assert_non_null(text);
    return text;
}
