/* Commands that print and end. */
#include "commands.h"
#include "ailab_mock.h"
#include "api/contract_document.h"
#include "api/rules.h"
#include "api/tls_fault.h"
#include "export/export.h"
#include "scenarios/builtin.h"
#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int print_json(cJSON *document)
{
    char *text = document ? cJSON_Print(document) : NULL;
    cJSON_Delete(document);
    if (!text)
        return complain(EXIT_UNAVAILABLE, "out of memory");
    puts(text);
    cJSON_free(text);
    return EXIT_DONE;
}

int command_contract(const struct cmdline *line)
{
    (void)line;
    return print_json(contract_document());
}

int command_openapi(const struct cmdline *line)
{
    (void)line;
    return print_json(export_openapi());
}

int command_errors(const struct cmdline *line)
{
    (void)line;
    for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++)
        printf("%d  %-42s  %s\n", error_status(code, revision_default()), error_info(code)->name,
               error_info(code)->description);
    return EXIT_DONE;
}

int command_rules(const struct cmdline *line)
{
    (void)line;
    for (enum rule_id id = RULE_NONE + 1; id < RULE_COUNT; id++) {
        const struct rule_info *rule = rule_info(id);
        printf("%-18s  %-30s  %s\n", rule->name, error_info(rule->error)->name,
               clause_info(rule->clause)->text);
    }
    return EXIT_DONE;
}

/* "bytes, 1024"; "none" */
static const char *amount_of(char out[48], const struct fault_info *fault)
{
    static const char *const units[] = {
        [FAULT_PARAMETER_NONE] = "none",
        [FAULT_PARAMETER_MS] = "milliseconds",
        [FAULT_PARAMETER_BYTES] = "bytes",
        [FAULT_PARAMETER_RATE] = "bytes a second",
    };
    if (fault->parameter == FAULT_PARAMETER_NONE)
        return units[FAULT_PARAMETER_NONE];
    snprintf(out, 48, "%s, %" PRIu64, units[fault->parameter], fault->fallback);
    return out;
}

int command_faults(const struct cmdline *line)
{
    char amount[48];
    (void)line;
    for (enum fault_id id = FAULT_NONE + 1; id < FAULT_COUNT; id++) {
        const struct fault_info *fault = fault_info(id);
        printf("%-20s  %-6s  %-21s  %s\n", fault->name,
               fault->place == FAULT_UPLOAD ? "upload" : "answer", amount_of(amount, fault),
               fault->summary);
    }
    for (enum tls_fault fault = TLS_FAULT_NONE + 1; fault < TLS_FAULT_END; fault++)
        printf("%-20s  %-6s  %-21s  %s\n", tls_fault_info(fault)->name, "tls", "connections, 1",
               tls_fault_info(fault)->summary);
    return EXIT_DONE;
}

int command_scenarios(const struct cmdline *line)
{
    struct scenario *scenarios;
    size_t count;
    (void)line;
    if (!builtin_scenarios(&scenarios, &count))
        return complain(EXIT_UNAVAILABLE, "out of memory");
    for (size_t i = 0; i < count; i++) {
        printf("%-42s  %s\n", scenarios[i].name, scenarios[i].summary);
        scenario_clear(&scenarios[i]);
    }
    free(scenarios);
    return EXIT_DONE;
}
