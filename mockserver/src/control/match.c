/* Whether a request is what a scenario waits for, criterion by criterion; and which one is not met,
 * because that is what somebody whose scenario does not apply wants to know. */
#include "control/engine.h"
#include <fnmatch.h>
#include <stdio.h>

static bool in_range(const struct range *range, uint64_t value)
{
    return !range->given || (value >= range->minimum && value <= range->maximum);
}

static bool glob_accepts(const char *glob, struct slice text)
{
    char copy[512];
    if (!glob)
        return true;
    snprintf(copy, sizeof copy, "%.*s", (int)(text.len < sizeof copy ? text.len : sizeof copy - 1),
             text.ptr ? text.ptr : "");
    return fnmatch(glob, copy, 0) == 0;
}

static bool choice_accepted(const struct scenario_match *match, int choice)
{
    for (size_t i = 0; i < match->choice_count; i++)
        if (match->choices[i] == choice)
            return true;
    return match->choice_count == 0;
}

static bool nth_accepted(const struct scenario_match *match, uint64_t nth)
{
    uint64_t first = match->nth.given ? match->nth.minimum : 1;
    return in_range(&match->nth, nth) &&
           (match->nth_every == 0 || (nth >= first && (nth - first) % match->nth_every == 0));
}

bool match_accepts(const struct scenario_match *match, const struct request_facts *facts,
                   const char **why)
{
    const struct {
        const char *criterion;
        bool accepted;
    } checks[] = {
        {"api_key", glob_accepts(match->api_key, facts->api_key)},
        {"service_choice", choice_accepted(match, facts->service_choice)},
        {"file_name", glob_accepts(match->file_name, facts->file_name)},
        {"format", match->format == IMAGE_OTHER || match->format == facts->format},
        {"size", in_range(&match->size, facts->image_size)},
        {"width", in_range(&match->width, facts->width)},
        {"height", in_range(&match->height, facts->height)},
        {"sha256", !match->sha256 || strcmp(match->sha256, facts->sha256) == 0},
        {"request", nth_accepted(match, facts->nth)},
    };
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        if (!checks[i].accepted) {
            if (why)
                *why = checks[i].criterion;
            return false;
        }
    return true;
}
