/* See situation_list.h. */
#include "caller/cli/situation_list.h"
#include "caller/situations/situation.h"
#include <cjson/cJSON.h>
#include <stdlib.h>

static cJSON *as_json(const struct case_def *def)
{
    const struct situation *situation = situation_find(def->slug);
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "id", def->slug);
    cJSON_AddStringToObject(object, "title", def->title);
    cJSON_AddStringToObject(object, "level", level_name(case_level(def)));
    cJSON_AddStringToObject(object, "clause", clause_of(def->clauses[0])->id);
    if (situation->steps)
        cJSON_AddRawToObject(object, "steps", situation->steps);
    if (situation->revision)
        cJSON_AddStringToObject(object, "revision", situation->revision);
    return object;
}

void situation_list(FILE *out, const struct plan *plan, bool json)
{
    cJSON *root = json ? cJSON_CreateArray() : NULL;
    for (size_t i = 0; i < plan->count; i++) {
        const struct case_def *def = plan->items[i].def;
        if (!json)
            fprintf(out, "%-28s  %-6s  %s\n", def->slug, level_name(case_level(def)), def->title);
        else if (!cJSON_AddItemToArray(root, as_json(def)))
            break;
    }
    char *printed = json ? cJSON_Print(root) : NULL;
    if (json)
        fprintf(out, "%s\n", printed ? printed : "[]");
    free(printed);
    cJSON_Delete(root);
}
