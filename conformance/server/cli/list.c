/* See list.h. */
#include "cli/list.h"
#include "base/count_of.h"
#include <cjson/cJSON.h>
#include <stdlib.h>

static const struct {
    unsigned bit;
    const char *word;
} needs[] = {{NEEDS_KNOWN_KEY, "known key"},
             {NEEDS_ARMING, "target that can be armed"},
             {NEEDS_QUIET, "nothing else at the same time"}};

static cJSON *as_json(const struct case_def *def)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "id", def->slug);
    cJSON_AddStringToObject(object, "title", case_title(def));
    cJSON_AddStringToObject(object, "level", level_name(case_level(def)));
    cJSON *list = cJSON_AddArrayToObject(object, "clauses");
    for (size_t i = 0; i < RESULT_CLAUSES_MAX && def->clauses[i] != CLAUSE_NONE; i++)
        if (!cJSON_AddItemToArray(list, cJSON_CreateString(clause_of(def->clauses[i])->id)))
            break;
    list = cJSON_AddArrayToObject(object, "revisions");
    for (int i = 0; i < REVISION_COUNT; i++)
        if (case_applies(def, (enum revision)i) &&
            !cJSON_AddItemToArray(list, cJSON_CreateString(revision_name((enum revision)i))))
            break;
    list = cJSON_AddArrayToObject(object, "needs");
    for (size_t i = 0; i < COUNT_OF(needs); i++)
        if ((def->flags & needs[i].bit) &&
            !cJSON_AddItemToArray(list, cJSON_CreateString(needs[i].word)))
            break;
    cJSON_AddNumberToObject(object, "credits", case_credits(def));
    cJSON_AddBoolToObject(object, "credits_shared", (def->flags & SHARES_GOOD) != 0);
    return object;
}

static void as_text(FILE *out, const struct case_def *def)
{
    fprintf(out, "%-34s  %-6s  %2u credits%s  %s\n", def->slug, level_name(case_level(def)),
            case_credits(def), (def->flags & SHARES_GOOD) ? ", shared" : "        ",
            case_title(def));
}

size_t list_cases(FILE *out, const struct catalogue *catalogue, const struct cli *cli,
                  const struct selection *selection)
{
    size_t all = 0, count = 0;
    const struct case_def *cases = catalogue_cases(catalogue, &all);
    const bool json = cmdline_number(&cli->line, OPTION_json);
    cJSON *root = json ? cJSON_CreateArray() : NULL;
    for (size_t i = 0; i < all; i++) {
        if (!selection_takes(selection, &cases[i]) ||
            (cli->revision_given && !case_applies(&cases[i], cli->revision)))
            continue;
        count++;
        if (!json)
            as_text(out, &cases[i]);
        else if (!cJSON_AddItemToArray(root, as_json(&cases[i])))
            break;
    }
    if (json && count > 0) {
        char *printed = cJSON_Print(root);
        fprintf(out, "%s\n", printed ? printed : "[]");
        free(printed);
    }
    cJSON_Delete(root);
    return count;
}
