/* Which items a group has in a revision, what they are called, and what provokes each. */
#include "api/deviation.h"
#include "coverage/coverage.h"
#include <inttypes.h>
#include <stdio.h>

/* Fills in all but met; false when the place has no item. */
typedef bool item_of(struct coverage_item *out, const struct coverage_report *report, size_t place);

/* Scenarios are asked for by the key: every program can be given one. */
static bool item_of_scenario(struct coverage_item *out, const char *name, const char *summary)
{
    snprintf(out->name, sizeof out->name, "%s", name);
    snprintf(out->cue, sizeof out->cue, "mock:%s", name);
    out->summary = summary;
    return true;
}

static bool item_of_codes(struct coverage_item *out, const struct coverage_report *report,
                          size_t place)
{
    (void)report;
    const struct error_info *error = error_info((enum error_code)place);
    if (error)
        return error->relevance != ENDPOINT_NO &&
               item_of_scenario(out, error->name, error->description);
    snprintf(out->name, sizeof out->name, "success");
    snprintf(out->cue, sizeof out->cue, "a right call");
    out->summary = "a picture is the answer";
    return true;
}

static bool item_of_faults(struct coverage_item *out, const struct coverage_report *report,
                           size_t place)
{
    (void)report;
    const struct fault_info *fault = fault_info((enum fault_id)place);
    return fault && item_of_scenario(out, fault->name, fault->summary);
}

/* No key asks for it: it is there before one is known. */
static bool item_of_tls_faults(struct coverage_item *out, const struct coverage_report *report,
                               size_t place)
{
    const struct tls_fault_info *fault = tls_fault_info((enum tls_fault)place);
    if (!fault || !report->speaks_tls)
        return false;
    snprintf(out->name, sizeof out->name, "%s", fault->name);
    snprintf(out->cue, sizeof out->cue, "{\"fault\": \"%s\"}", fault->name);
    out->summary = fault->summary;
    return true;
}

static bool item_of_deviations(struct coverage_item *out, const struct coverage_report *report,
                               size_t place)
{
    (void)report;
    size_t count;
    const struct deviation *table = deviation_table(&count);
    return place < count && item_of_scenario(out, table[place].name, table[place].summary);
}

static bool item_of_expressions(struct coverage_item *out, const struct coverage_report *report,
                                size_t place)
{
    size_t count;
    const struct expression *expression = &expression_table(&count)[place];
    if (!(expression->revisions >> report->revision->id & 1))
        return false;
    snprintf(out->name, sizeof out->name, "%d", expression->number);
    snprintf(out->cue, sizeof out->cue, "service_choice=%d", expression->number);
    out->summary = expression->label;
    return true;
}

static bool item_of_formats(struct coverage_item *out, const struct coverage_report *report,
                            size_t place)
{
    (void)report;
    const char *name = image_format_name((enum image_format)place);
    if (place == IMAGE_OTHER)
        return false;
    snprintf(out->name, sizeof out->name, "%s", name);
    snprintf(out->cue, sizeof out->cue, "a %s as image_target", name);
    out->summary = "the format of the picture that was sent";
    return true;
}

static const struct {
    const char *name, *what;
    uint64_t limit;
} limits[] = {
#define MOCK_COVERED_LIMIT(name, value, rule, what) {#name, what, LIMIT_##name},
#include "coverage/limits.def"
};

static bool item_of_limits(struct coverage_item *out, const struct coverage_report *report,
                           size_t place)
{
    (void)report;
    const bool above = place % 2;
    const uint64_t limit = limits[place / 2].limit, margin = limit / 100;
    snprintf(out->name, sizeof out->name, "%s-%s", above ? "above" : "below",
             limits[place / 2].name);
    snprintf(out->cue, sizeof out->cue, "a picture of %" PRIu64 " to %" PRIu64 " %s",
             above ? limit + 1 : limit - margin + 1, above ? limit + margin : limit,
             limits[place / 2].what);
    out->summary = above ? "just above the limit, refused" : "just below the limit, accepted";
    return true;
}

static bool item_of_revisions(struct coverage_item *out, const struct coverage_report *report,
                              size_t place)
{
    (void)report;
    const struct revision *row = revision_info((enum revision_id)place);
    snprintf(out->name, sizeof out->name, "%s", row->name);
    snprintf(out->cue, sizeof out->cue, "ailab-mock --revision %s", row->name);
    out->summary = row->summary;
    return true;
}

static item_of *const items[] = {
#define MOCK_COVERED(id, title, size, counts, met_by, cue) item_of_##id,
#include "coverage/coverage.def"
};

bool coverage_item(struct coverage_item *out, const struct coverage_report *report,
                   enum coverage_group group, size_t place)
{
    if (!items[group](out, report, place))
        return false;
    out->met = coverage_has(report->set, group, place);
    return true;
}

struct coverage_counts coverage_count_group(const struct coverage_report *report,
                                            enum coverage_group group)
{
    struct coverage_item item;
    struct coverage_counts counts = {0, 0};
    for (size_t place = 0; place < coverage_group_info(group)->size; place++)
        if (coverage_item(&item, report, group, place)) {
            counts.of++;
            counts.met += item.met;
        }
    return counts;
}

struct coverage_counts coverage_count(const struct coverage_report *report)
{
    struct coverage_counts all = {0, 0};
    for (enum coverage_group group = 0; group < COVERAGE_GROUPS; group++) {
        const struct coverage_counts counts = coverage_count_group(report, group);
        if (!coverage_group_info(group)->counts)
            continue;
        all.met += counts.met;
        all.of += counts.of;
    }
    return all;
}

unsigned coverage_permille(struct coverage_counts counts)
{
    return counts.of ? (unsigned)(counts.met * 1000 / counts.of) : 0;
}
