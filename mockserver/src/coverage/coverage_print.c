/* The report as JSON and as text. */
#include "base/json_tree.h"
#include "coverage/coverage.h"
#include <stdio.h>
#include <stdlib.h>

/* JSON */

static void print_group(struct tree *tree, cJSON *groups, const struct coverage_report *report,
                        enum coverage_group group)
{
    struct coverage_item item;
    const struct coverage_group_info *info = coverage_group_info(group);
    const struct coverage_counts counts = coverage_count_group(report, group);
    cJSON *object = tree_object(tree, groups, NULL);
    tree_text(tree, object, "name", info->name);
    tree_text(tree, object, "met_by", info->met_by);
    tree_text(tree, object, "cue", info->cue);
    tree_flag(tree, object, "counts", info->counts);
    tree_number(tree, object, "met", (double)counts.met);
    tree_number(tree, object, "of", (double)counts.of);
    cJSON *items = tree_array(tree, object, "items");
    for (size_t place = 0; place < info->size; place++) {
        if (!coverage_item(&item, report, group, place))
            continue;
        cJSON *row = tree_object(tree, items, NULL);
        tree_text(tree, row, "name", item.name);
        tree_flag(tree, row, "met", item.met);
        tree_text(tree, row, "cue", item.cue);
        tree_text(tree, row, "summary", item.summary);
    }
}

void coverage_print_json(struct tree *tree, const struct coverage_report *report)
{
    const struct coverage_counts counts = coverage_count(report);
    tree_number(tree, tree->root, "percent", coverage_permille(counts) / 10.0);
    tree_number(tree, tree->root, "met", (double)counts.met);
    tree_number(tree, tree->root, "of", (double)counts.of);
    tree_text(tree, tree->root, "revision", report->revision->name);
    tree_optional(tree, tree->root, "key", report->key);
    tree_text(tree, tree->root, "since", report->since_start ? "start" : "reset");
    cJSON *groups = tree_array(tree, tree->root, "groups");
    for (enum coverage_group group = 0; group < COVERAGE_GROUPS; group++)
        print_group(tree, groups, report, group);
}

/* Text */

static void say_group(FILE *out, const struct coverage_report *report, enum coverage_group group)
{
    struct coverage_item item;
    const struct coverage_group_info *info = coverage_group_info(group);
    const struct coverage_counts counts = coverage_count_group(report, group);
    if (!counts.of)
        return;
    fprintf(out, "\n%s: %zu of %zu%s%s%s\n", info->title, counts.met, counts.of,
            info->counts ? "" : ", not in the percentage",
            counts.met < counts.of ? "; not met, and " : "",
            counts.met < counts.of ? info->cue : "");
    for (size_t place = 0; place < info->size; place++)
        if (coverage_item(&item, report, group, place) && !item.met)
            fprintf(out, "  %-42s %s\n", item.name, item.cue);
}

static void say(FILE *out, const struct coverage_report *report)
{
    const struct coverage_counts counts = coverage_count(report);
    const unsigned permille = coverage_permille(counts);
    fprintf(out, "coverage: %u.%u %% (%zu of %zu) at revision %s, since the %s, of %s\n",
            permille / 10, permille % 10, counts.met, counts.of, report->revision->name,
            report->since_start ? "start" : "last reset", report->key ? report->key : "all keys");
    for (enum coverage_group group = 0; group < COVERAGE_GROUPS; group++)
        say_group(out, report, group);
}

char *coverage_print_text(const struct coverage_report *report)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    say(out, report);
    const bool failed = ferror(out) != 0;
    if (fclose(out) == 0 && !failed)
        return text;
    free(text);
    return NULL;
}
