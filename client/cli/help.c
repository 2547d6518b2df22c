/* Everything fits 80 columns: option texts are wrapped here, the rest by hand in the tables. */
#include "help.h"
#include "status.h"
#include <stdbool.h>
#include <string.h>

#define COLUMNS 79
#define TEXT_COLUMN 29

/* Prints text from the column on, at spaces broken into lines that begin there. */
static void print_wrapped(FILE *out, const char *text, int column)
{
    int room = COLUMNS - column;
    while ((int)strlen(text) > room) {
        int length = room;
        while (length > 0 && text[length] != ' ')
            length--;
        if (length == 0)
            break;
        fprintf(out, "%.*s\n%*s", length, text, column, "");
        text += length + 1;
    }
    fprintf(out, "%s\n", text);
}

static void print_option(FILE *out, const struct option *option)
{
    char head[64], letter[8] = "    ";
    if (option->letter)
        snprintf(letter, sizeof(letter), "-%c, ", option->letter);
    snprintf(head, sizeof(head), "  %s--%s%s%s", letter, option->name, option->argument ? " " : "",
             option->argument ? option->argument : "");
    if ((int)strlen(head) < TEXT_COLUMN)
        fprintf(out, "%-*s", TEXT_COLUMN, head);
    else
        fprintf(out, "%s\n%*s", head, TEXT_COLUMN, "");
    print_wrapped(out, option->text, TEXT_COLUMN);
}

static void print_options(FILE *out, enum command_id command)
{
    fputs("\nOptions:\n", out);
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        bool everywhere = (option_table[id].commands & (1u << COMMAND_NONE)) != 0;
        if (command == COMMAND_NONE ? everywhere : (option_table[id].commands >> command & 1u) != 0)
            print_option(out, &option_table[id]);
    }
}

static void print_commands(FILE *out)
{
    fputs("\nCommands:\n", out);
    for (enum command_id id = COMMAND_NONE + 1; id < COMMAND_COUNT; id++)
        fprintf(out, "  %-13s %s\n", command_table[id].name, command_table[id].summary);
}

static void print_environment(FILE *out, enum command_id command)
{
    if (command != COMMAND_NONE && command != COMMAND_EDIT)
        return;
    fprintf(out, "\nEnvironment:\n  %-17s the API key, unless --api-key-file is given\n",
            "AILAB_API_KEY");
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        if (option_table[id].env)
            fprintf(out, "  %-17s stands in for --%s\n", option_table[id].env,
                    option_table[id].name);
    }
    fputs("  http_proxy, https_proxy and ALL_PROXY are not looked at: key and picture\n"
          "  go straight to the server that was named\n",
          out);
}

static void print_statuses(FILE *out)
{
    static const struct {
        int status;
        const char *text;
    } rows[] = {
        {STATUS_DONE, "done"},
        {STATUS_REFUSED, "the service refused, or would refuse (check, --preflight)"},
        {STATUS_USAGE, "nothing could be asked, or the answer not be saved: usage, no key, "
                       "unreadable input, output in the way, no memory"},
        {STATUS_UNREACHED, "the service could not be reached, or not in time"},
        {STATUS_NONSENSE, "the answer made no sense"},
    };
    fputs("\nExit status:\n", out);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        fprintf(out, "  %-5d ", rows[i].status);
        print_wrapped(out, rows[i].text, 8);
    }
    fprintf(out, "  %d+n ", STATUS_SIGNAL);
    print_wrapped(out, "ended by signal n, such as 130 for Ctrl-C; no half a file is left", 8);
}

void help_print(FILE *out, enum command_id id)
{
    const struct command *command = &command_table[id];
    bool whole = id == COMMAND_NONE;
    fprintf(out, "ailab%s%s: %s\n\n", whole ? "" : " ", command->name, command->summary);
    fprintf(out, "Usage: ailab %s%s%s\n\n%s", command->name, whole ? "" : " ", command->operands,
            command->description);
    if (whole)
        print_commands(out);
    print_options(out, id);
    fprintf(out, "\nExamples:\n%s", command->examples);
    print_environment(out, id);
    print_statuses(out);
    if (whole)
        fputs("\n'ailab help COMMAND' explains a command and its options.\n", out);
}
