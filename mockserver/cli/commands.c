/* Commands that print and end. */
#include "commands.h"
#include "ailab_mock.h"
#include "api/rules.h"
#include "export.h"
#include "options.h"
#include "scenarios/builtin.h"
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int complain(int code, const char *text)
{
    fprintf(stderr, "ailab-mock: %s\n", text);
    return code;
}

static void print_help(void)
{
    puts("ailab-mock: a stand-in for AILabTools' \"Change facial expressions\" API.\n"
         "Unofficial: not made, endorsed or supported by AILabTools.\n"
         "\n"
         "Usage: ailab-mock [OPTION]...        serve until SIGTERM or SIGINT\n"
         "       ailab-mock COMMAND\n"
         "\n"
         "Commands:\n"
         "  contract     the contract as JSON: errors, expressions, revisions, clauses\n"
         "  openapi      the same as an OpenAPI 3.1 document\n"
         "  errors       the error codes, one a line: status, code, description\n"
         "  rules        the rules in their order, one a line: name, error, clause\n"
         "  scenarios    every scenario a cue can name, one a line\n"
         "  cue NAME IN OUT  copy a JPEG or PNG with a cue in it, mock:NAME as its comment\n"
         "               ('-' for stdin or stdout)\n"
         "  help         this text\n"
         "\n"
         "Options (defaults in parentheses):");
    options_print_help();
    puts("  --help                      this text\n"
         "  --version                   the version\n"
         "\n"
         "Each option can also be set in the environment, in capitals after AILAB_MOCK_:\n"
         "AILAB_MOCK_PORT=0, AILAB_MOCK_TRUST_IMAGES=1, AILAB_MOCK_API_KEY=key1,key2.\n"
         "A flag wins over the environment.\n"
         "\n"
         "Try it:\n"
         "  ailab-mock --port 8080 &\n"
         "  curl --request POST \\\n"
         "    --url http://127.0.0.1:8080/api/portrait/effects/emotion-editor \\\n"
         "    --header 'ailabapi-api-key: any-key' \\\n"
         "    --form service_choice=12 --form image_target=@portrait.jpg\n"
         "\n"
         "Ask for a failure: --header 'ailabapi-api-key: mock:ERROR_BLURRY_FACE', a header\n"
         "X-Mock-Scenario, a file named mock-ERROR_BLURRY_FACE.jpg, or a picture made by\n"
         "'ailab-mock cue'. mock! instead of mock: answers so whatever the request was.\n"
         "The admin API is described at /__admin/openapi.json.\n"
         "\n"
         "Exit codes: 0 done, 2 wrong usage, 3 cannot listen or the system failed.");
}

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

static int print_contract(char *const *unused)
{
    (void)unused;
    return print_json(export_contract());
}

static int print_openapi(char *const *unused)
{
    (void)unused;
    return print_json(export_openapi());
}

static int print_errors(char *const *unused)
{
    (void)unused;
    for (enum error_code code = ERROR_NONE + 1; code < ERROR_COUNT; code++)
        printf("%d  %-42s  %s\n", error_status(code, revision_default()), error_info(code)->name,
               error_info(code)->description);
    return EXIT_DONE;
}

static int print_rules(char *const *unused)
{
    (void)unused;
    for (enum rule_id id = RULE_NONE + 1; id < RULE_COUNT; id++) {
        const struct rule_info *rule = rule_info(id);
        printf("%-18s  %-30s  %s\n", rule->name, error_info(rule->error)->name,
               clause_info(rule->clause)->text);
    }
    return EXIT_DONE;
}

static int print_usage(char *const *unused)
{
    (void)unused;
    print_help();
    return EXIT_DONE;
}

static int print_scenarios(char *const *unused)
{
    struct scenario *scenarios;
    size_t count;
    (void)unused;
    if (!builtin_scenarios(&scenarios, &count))
        return complain(EXIT_UNAVAILABLE, "out of memory");
    for (size_t i = 0; i < count; i++) {
        printf("%-42s  %s\n", scenarios[i].name, scenarios[i].summary);
        scenario_clear(&scenarios[i]);
    }
    free(scenarios);
    return EXIT_DONE;
}

static int print_version(char *const *unused)
{
    (void)unused;
    printf("ailab-mock %s\n", ailab_mock_version());
    return EXIT_DONE;
}

static const struct command commands[] = {
    {"contract", 0, print_contract}, {"openapi", 0, print_openapi},     {"errors", 0, print_errors},
    {"rules", 0, print_rules},       {"scenarios", 0, print_scenarios}, {"cue", 3, command_cue},
    {"help", 0, print_usage},        {"--help", 0, print_usage},        {"-h", 0, print_usage},
    {"version", 0, print_version},   {"--version", 0, print_version},
};

const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(name, commands[i].name) == 0)
            return &commands[i];
    return NULL;
}
