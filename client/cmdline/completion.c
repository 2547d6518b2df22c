/* See completion.h. */
#include "completion.h"
#include <string.h>

enum completion_value completion_value(const struct cmdline_option *option)
{
    const char *argument = argument_name(option);
    if (option->kind == CMDLINE_SWITCH || option->kind == CMDLINE_MAYBE)
        return VALUE_NONE;
    if (option->kind == CMDLINE_WORD)
        return VALUE_WORDS;
    if (argument && strstr(argument, "FILE"))
        return VALUE_FILE;
    return argument && strstr(argument, "FOLDER") ? VALUE_FOLDER : VALUE_FREE;
}

bool completion_offers(const struct cmdline_option *option, const struct cmdline_command *command)
{
    return option->kind != CMDLINE_REFUSED && option_belongs(option, command);
}

bool completion_runs(const struct cmdline_command *command)
{
    return command->operands && strstr(command->operands, "COMMAND [ARG");
}

const char *completion_word(const struct cmdline_program *program)
{
    const char *blank = strrchr(program->name, ' ');
    return blank ? blank + 1 : program->name;
}

void completion_words(FILE *out, const char *words)
{
    for (const char *at = words; *at; at++)
        if (*at != '|')
            fputc(*at, out);
        else if (at[1])
            fputc(' ', out);
}

/* The length of the first clause. */
static size_t clause_length(const char *help)
{
    static const char *const ends[] = {"; ", ". ", ": ", " ("};
    size_t length = strlen(help);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        const char *end = strstr(help, ends[i]);
        if (end && (size_t)(end - help) < length)
            length = (size_t)(end - help);
    }
    while (length > 0 && strchr(" .,", help[length - 1])) /* "a, b, ..." */
        length--;
    return length;
}

void completion_quote(FILE *out, const char *help, const char *escaped, const char *quote)
{
    for (size_t rest = clause_length(help); rest > 0; rest--, help++) {
        if (*help == '\'') {
            fputs(quote, out);
            continue;
        }
        if (strchr(escaped, *help))
            fputc('\\', out);
        fputc(*help, out);
    }
}

void completion_function(FILE *out, const char *program)
{
    for (; *program; program++)
        fputc(*program == '-' || *program == ' ' ? '_' : *program, out);
}

void completion_commands(FILE *out, const struct cmdline_program *program, const char *separator)
{
    for (size_t i = 1; i < program->command_count; i++)
        fprintf(out, "%s%s", program->commands[i].name, separator);
    fprintf(out, "%s%s%s", help_command.name, separator, version_command.name);
}

void cmdline_print_completion(FILE *out, const struct cmdline_program *program,
                              enum cmdline_asked shell)
{
    if (shell == CMDLINE_BASH)
        completion_bash(out, program);
    else if (shell == CMDLINE_ZSH)
        completion_zsh(out, program);
    else
        completion_fish(out, program);
}
