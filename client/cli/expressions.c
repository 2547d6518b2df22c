/* The command expressions: the list of the library, as a table or as JSON. */
#include "ailab.h"
#include "program.h"
#include "report.h"
#include <cjson/cJSON.h>
#include <stdio.h>

static bool print_json(const struct ailab_expression *all, size_t count)
{
    cJSON *list = cJSON_CreateArray();
    bool whole = list != NULL;
    for (size_t i = 0; i < count && whole; i++) {
        cJSON *item = cJSON_CreateObject();
        whole = item && cJSON_AddItemToArray(list, item);
        if (!whole) {
            cJSON_Delete(item);
            break;
        }
        whole = cJSON_AddNumberToObject(item, "number", all[i].number) &&
                report_add_text(item, "slug", all[i].slug) &&
                report_add_text(item, "label", all[i].label) &&
                cJSON_AddBoolToObject(item, "current", all[i].current);
    }
    return report_print_json(list, whole);
}

int expressions_run(const struct cmdline *line)
{
    size_t count = 0;
    const struct ailab_expression *all = ailab_expressions(&count);
    if (cmdline_number(line, OPTION_json)) {
        if (print_json(all, count))
            return STATUS_DONE;
        say("out of memory");
        return STATUS_USAGE;
    }
    printf("%6s  %-18s  %-18s  %s\n", "NUMBER", "SLUG", "LABEL", "REVISIONS");
    for (size_t i = 0; i < count; i++)
        printf("%6d  %-18s  %-18s  %s\n", all[i].number, all[i].slug, all[i].label,
               all[i].current ? "current" : "older only");
    return STATUS_DONE;
}
