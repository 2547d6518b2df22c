/* Whether a request is what a scenario waits for, criterion by criterion; and which one is not met,
 * because that is what somebody whose scenario does not apply wants to know. */
#include "base/pattern.h"
#include "scenarios/choose.h"

static bool in_range(const struct range *range, uint64_t value)
{
    return !range->given || (value >= range->minimum && value <= range->maximum);
}

/* An unknown side, 0, is in no range. */
static bool side_in_range(const struct range *range, uint32_t side)
{
    return !range->given || (side > 0 && in_range(range, side));
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
    uint64_t first = match->nth.given ? match->nth.minimum : match->nth_every;
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
        {"width", side_in_range(&match->width, facts->width)},
        {"height", side_in_range(&match->height, facts->height)},
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
