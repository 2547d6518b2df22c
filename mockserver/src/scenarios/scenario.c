/* Owning and letting go of scenarios. */
#include "scenarios/scenario.h"
#include "documents/document.h"
#include <stdlib.h>

void scenario_step_clear(struct scenario_step *step)
{
    for (size_t i = 0; i < step->header_count; i++) {
        free(step->headers[i].name);
        free(step->headers[i].value);
    }
    free(step->code_text);
    free(step->message);
    free(step->body);
    free(step->deviation);
    memset(step, 0, sizeof *step);
}

void scenario_clear(struct scenario *scenario)
{
    for (size_t i = 0; i < scenario->step_count; i++)
        scenario_step_clear(&scenario->steps[i]);
    free(scenario->steps);
    free(scenario->summary);
    free(scenario->match.file_name);
    free(scenario->match.api_key);
    free(scenario->match.sha256);
    memset(scenario, 0, sizeof *scenario);
}
