/* Scenario documents for tests, written with ' for ", so that C need not escape them. */
#ifndef AILAB_TESTS_SCENARIO_JSON_H
#define AILAB_TESTS_SCENARIO_JSON_H

#include "documents/shapes.h"

/* The text with double quotes, to be freed. */
char *scenario_json_text(const char *single_quoted);
/* These end the test with the complaint when the text is refused. */
void scenario_json_document(struct document *out, const char *single_quoted);
void scenario_json_scenario(struct scenario *out, const char *single_quoted);
void scenario_json_step(struct scenario_step *out, const char *single_quoted);
/* The scenario printed in one line, to be freed. */
char *scenario_json_print(const struct scenario *scenario);

#endif
