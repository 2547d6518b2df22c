/* The help, for a terminal of 80 columns. */
#include "internal.h"
#include <string.h>

#define COLUMNS 80
#define OPTION_COLUMN 30 /* where the text of an option begins */

const char *argument_name(const struct cmdline_option *option)
{
    return option->argument ? option->argument : option->words;
}

const char *option_text(char out[CMDLINE_TEXT_SIZE], const struct cmdline_option *option)
{
    const char *initial = option->initial;
    char words[CMDLINE_TEXT_SIZE] = "";
    if (option->words && option->argument)
        words_text(words, option->words);
    snprintf(out, CMDLINE_TEXT_SIZE, "%s%s%s%s%s%s", option->help, words[0] ? ": " : "", words,
             initial ? " (default " : "", initial ? initial : "", initial ? ")" : "");
    return out;
}

/* Prints length bytes of text, broken at blanks into lines that begin at the column. */
static void print_wrapped(FILE *out, const char *text, size_t length, size_t column)
{
    const size_t room = COLUMNS - column;
    while (length > room) {
        size_t end = room;
        while (end > 0 && text[end] != ' ')
            end--;
        if (end == 0)
            break;
        fprintf(out, "%.*s\n%*s", (int)end, text, (int)column, "");
        text += end + 1;
        length -= end + 1;
    }
    fprintf(out, "%.*s\n", (int)length, text);
}

/* Paragraphs with a blank line between them; lines that begin with a blank stay as they are. */
static void print_paragraphs(FILE *out, const char *text)
{
    for (bool first = true; *text; first = false) {
        size_t length = strcspn(text, "\n");
        if (!first && text[0] != ' ')
            fputc('\n', out);
        if (text[0] == ' ')
            fprintf(out, "%.*s\n", (int)length, text);
        else
            print_wrapped(out, text, length, 0);
        text += length + (text[length] != '\0');
    }
}

/* A name, padded to the column, and a text beside or below it. */
static void print_row(FILE *out, const char *name, const char *text, size_t column)
{
    size_t length = strlen(name);
    if (length + 1 < column)
        fprintf(out, "%-*s", (int)column, name);
    else
        fprintf(out, "%s\n%*s", name, (int)column, "");
    print_wrapped(out, text, strlen(text), column);
}

static void print_option(FILE *out, const struct cmdline_option *option)
{
    char head[160], name[CMDLINE_NAME_SIZE], letter[8] = "    ", text[CMDLINE_TEXT_SIZE];
    const char *argument = argument_name(option);
    if (option->letter)
        snprintf(letter, sizeof letter, "-%c, ", option->letter);
    flag_name(name, option);
    const bool optional = option->kind == CMDLINE_MAYBE;
    int used = snprintf(head, sizeof head, "  %s%s%s%s%s", letter, name,
                        optional   ? "[="
                        : argument ? " "
                                   : "",
                        argument ? argument : "", optional ? "]" : "");
    if (option->negatable)
        snprintf(head + used, sizeof head - (size_t)used, ", --no-%s", name + 2);
    option_text(text, option);
    print_row(out, head, text, OPTION_COLUMN);
}

/* Returns whether there are any besides --help and --version. */
static bool print_options(FILE *out, const struct cmdline_program *program,
                          const struct cmdline_command *command)
{
    const char *group = "Options", *printed = NULL;
    for (size_t id = 0; id < program->option_count; id++) {
        const struct cmdline_option *option = &program->options[id];
        group = option->group ? option->group : group;
        if (option->kind == CMDLINE_REFUSED || !option_belongs(option, command))
            continue;
        if (printed != group)
            fprintf(out, "\n%s:\n", group);
        printed = group;
        print_option(out, option);
    }
    fprintf(out, "\n%s:\n", printed ? "Everywhere" : "Options");
    print_option(out, &help_option);
    print_option(out, &version_option);
    return printed != NULL;
}

static void print_commands(FILE *out, const struct cmdline_program *program)
{
    fputs("\nCommands:\n", out);
    for (size_t i = 1; i < program->command_count + 2; i++) {
        const struct cmdline_command *command = i < program->command_count ? &program->commands[i]
                                                : i == program->command_count ? &help_command
                                                                              : &version_command;
        char name[CMDLINE_NAME_SIZE];
        snprintf(name, sizeof name, "  %s", command->name);
        print_row(out, name, command->summary, 16);
    }
}

static void print_usage(FILE *out, const struct cmdline_program *program,
                        const struct cmdline_command *command)
{
    bool whole = command == program->commands;
    char usage[CMDLINE_USAGE_SIZE];
    fprintf(out, "Usage: %s\n", usage_text(usage, program, command));
    if (whole && program->command_count > 1 && command->run)
        fprintf(out, "       %s COMMAND\n", program->name);
}

void environment_text(char *out, size_t size, const struct cmdline_program *program)
{
    char name[CMDLINE_NAME_SIZE], variable[CMDLINE_NAME_SIZE];
    const struct cmdline_option *example = NULL;
    int used = snprintf(out, size, "Each option has a variable too");
    const char *between = ", except ";
    bool lists = false;
    for (size_t id = 0; id < program->option_count; id++) {
        const struct cmdline_option *option = &program->options[id];
        lists = lists || option->kind == CMDLINE_LIST;
        if (option->flag_only)
            used +=
                snprintf(out + used, size - (size_t)used, "%s%s", between, flag_name(name, option));
        else if (!example && strchr(option->name, '_') && option->kind != CMDLINE_REFUSED)
            example = option;
        between = option->flag_only ? ", " : between;
    }
    if (example)
        used += snprintf(out + used, size - (size_t)used, ": %s stands in for %s",
                         variable_name(variable, program, example), flag_name(name, example));
    snprintf(out + used, size - (size_t)used,
             ". A flag wins over its variable. An option without a value takes 1 or 0%s.%s%s",
             lists ? ", and an option that may be repeated takes a list with commas" : "",
             program->environment ? "\n" : "", program->environment ? program->environment : "");
}

void cmdline_print_help(FILE *out, const struct cmdline_program *program,
                        const struct cmdline_command *command)
{
    bool whole = command == program->commands;
    char title[256];
    snprintf(title, sizeof title, "%s%s%s: %s", program->name, whole ? "" : " ", command->name,
             command->summary);
    print_paragraphs(out, title);
    fputc('\n', out);
    print_usage(out, program, command);
    if (command->description) {
        fputc('\n', out);
        print_paragraphs(out, command->description);
    }
    if (whole && program->command_count > 1)
        print_commands(out, program);
    bool options = print_options(out, program, command);
    if (command->examples) {
        fputs("\nExamples:\n", out);
        print_paragraphs(out, command->examples);
    }
    if (whole || options) {
        char text[CMDLINE_TEXT_SIZE];
        environment_text(text, sizeof text, program);
        fputs("\nEnvironment:\n", out);
        print_paragraphs(out, text);
    }
    fputs("\nExit status:\n", out);
    for (size_t i = 0; i < program->status_count; i++) {
        char name[CMDLINE_NAME_SIZE];
        snprintf(name, sizeof name, "  %s", program->statuses[i].status);
        print_row(out, name, program->statuses[i].meaning, 10);
    }
    if (whole && program->command_count > 1)
        fprintf(out, "\n'%s help COMMAND' explains a command and its options.\n", program->name);
}
