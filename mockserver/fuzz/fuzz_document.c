/* Fuzzes the scenario document. Whatever the bytes: either a document, and then each scenario of it
 * survives being printed and read again, or a complaint fit to be shown and nothing else. Which
 * documents are right is not judged here, the tests do. */
#include "documents/shapes.h"
#include "mutate.h"

#include <stdint.h>
#include <stdlib.h>

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static void expect_complaint(const struct document_error *error)
{
    size_t pointer = strnlen(error->pointer, sizeof error->pointer);
    size_t message = strnlen(error->message, sizeof error->message);
    expect(pointer < sizeof error->pointer && message < sizeof error->message);
    expect(message > 0 && (pointer == 0 || error->pointer[0] == '/'));
    expect(utf8_length(slice_make(error->pointer, pointer)) == pointer);
    expect(utf8_length(slice_make(error->message, message)) == message);
    for (size_t i = 0; i < pointer; i++)
        expect((unsigned char)error->pointer[i] >= ' ' && error->pointer[i] != 0x7f);
    for (size_t i = 0; i < message; i++)
        expect((unsigned char)error->message[i] >= ' ' && error->message[i] != 0x7f);
}

static char *print(const struct scenario *scenario)
{
    cJSON *tree = document_print_scenario(scenario);
    expect(tree != NULL);
    char *text = cJSON_PrintUnformatted(tree);
    cJSON_Delete(tree);
    expect(text != NULL);
    return text;
}

static void expect_round_trip(const struct scenario *scenario)
{
    struct scenario again;
    struct document_error error;
    char *text = print(scenario);
    expect(document_parse_scenario(&again, slice_of(text), &error));
    char *second = print(&again);
    expect(strcmp(text, second) == 0);
    cJSON_free(second);
    cJSON_free(text);
    scenario_clear(&again);
}

/* Mostly a document whose fields were edited. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    const size_t made = mutates_with_knowledge(seed) ? mutate_json(data, size, max_size, seed) : 0;
    return made ? made : mutate_plain(data, size, max_size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice json = slice_make(data, size);
    struct document_error error;
    struct document document;
    if (document_parse(&document, json, &error)) {
        expect(!error.pointer[0] && !error.message[0]);
        for (size_t i = 0; i < document.scenario_count; i++)
            expect_round_trip(&document.scenarios[i]);
        document_clear(&document);
    } else {
        expect_complaint(&error);
        expect(!document.scenarios && !document.accounts);
    }

    struct scenario_step step;
    if (!shape_parse(&step, &step_shape, json, &error))
        expect_complaint(&error);
    scenario_step_clear(&step);
    struct account_setting setting;
    if (!shape_parse(&setting, &account_shape, json, &error))
        expect_complaint(&error);
    account_setting_clear(&setting);
    return 0;
}
