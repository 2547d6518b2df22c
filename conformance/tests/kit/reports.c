/* See reports.h. */
#include "reports.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

cJSON *report_read(const char *json)
{
    cJSON *report = cJSON_Parse(json);
    if (!cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(report, "cases")))
        fail_msg("no report: %.400s", json);
    return report;
}

const char *report_field(const cJSON *test, const char *field)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(test, field));
    return text ? text : "";
}

long report_number(const cJSON *test, const char *field)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(test, field);
    return cJSON_IsNumber(item) ? (long)item->valuedouble : -1;
}

const cJSON *report_case(const cJSON *report, const char *slug)
{
    const cJSON *test = NULL;
    cJSON_ArrayForEach(test, cJSON_GetObjectItemCaseSensitive(report, "cases"))
    {
        if (strcmp(report_field(test, "id"), slug) == 0)
            return test;
    }
    return NULL;
}

void verdict_of(char out[VERDICT_SIZE], const char *json, const char *slug)
{
    static const char *const names[] = {"verdict", "broken_clause", "actual", "reason"};
    cJSON *report = report_read(json);
    const cJSON *test = report_case(report, slug);
    out[0] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *text = report_field(test, names[i]);
        if (text[0])
            snprintf(out + strlen(out), VERDICT_SIZE - strlen(out), "%s%s", out[0] ? " | " : "",
                     text);
    }
    cJSON_Delete(report);
}
