/* Completion for fish: a line an option, with the commands that have it as a condition. */
#include "completion.h"
#include <string.h>

static void print_description(FILE *out, const char *help)
{
    fputs(" -d '", out);
    completion_quote(out, help, "\\", "\\'");
    fputs("'\n", out);
}

static void print_condition(FILE *out, const struct cmdline_program *program,
                            const struct cmdline_option *option)
{
    const char *before = "";
    if (program->command_count == 1)
        return;
    fputs(" -n '", out);
    if (completion_offers(option, program->commands)) {
        fputs("__fish_use_subcommand", out);
        before = "; or ";
    }
    for (size_t i = 1; i < program->command_count; i++) {
        if (!completion_offers(option, &program->commands[i]))
            continue;
        fprintf(out, "%s__fish_seen_subcommand_from %s", before, program->commands[i].name);
        before = "; or ";
    }
    fputc('\'', out);
}

static void print_value(FILE *out, const struct cmdline_option *option)
{
    static const char *const values[] = {[VALUE_NONE] = "",
                                         [VALUE_FREE] = " -x",
                                         [VALUE_FILE] = " -rF",
                                         [VALUE_FOLDER] = " -xa '(__fish_complete_directories)'"};
    enum completion_value value = completion_value(option);
    if (value != VALUE_WORDS) {
        fputs(values[value], out);
        return;
    }
    fputs(" -xa '", out);
    completion_words(out, option->words);
    fputc('\'', out);
}

/* "ailab-conformance caller" is completed as what its first word names. */
static void print_beginning(FILE *out, const struct cmdline_program *program)
{
    fprintf(out, "complete -c %.*s", (int)strcspn(program->name, " "), program->name);
}

static void print_option(FILE *out, const struct cmdline_program *program,
                         const struct cmdline_option *option, bool everywhere)
{
    char name[CMDLINE_NAME_SIZE];
    const char *word = completion_word(program);
    flag_name(name, option);
    const int forms = option->negatable ? 2 : 1;
    for (int off = 0; off < forms; off++) {
        print_beginning(out, program);
        if (word != program->name)
            fprintf(out, " -n '__fish_seen_subcommand_from %s'", word);
        else if (program->nested)
            fprintf(out, " -n 'not __fish_seen_subcommand_from %s'",
                    completion_word(program->nested));
        else if (!everywhere)
            print_condition(out, program, option);
        fprintf(out, " -l %s%s", off ? "no-" : "", name + 2);
        if (option->letter && !off)
            fprintf(out, " -s %c", option->letter);
        print_value(out, option);
        print_description(out, option->help);
    }
}

static void print_command(FILE *out, const struct cmdline_program *program,
                          const struct cmdline_command *command)
{
    fprintf(out, "complete -c %s -n __fish_use_subcommand -f -a %s", program->name, command->name);
    print_description(out, command->summary);
}

/* What follows "--" is completed as a line of its own. */
static void print_running(FILE *out, const struct cmdline_program *program, const char *word)
{
    print_beginning(out, program);
    fprintf(out,
            " -n '__fish_seen_subcommand_from %s; and contains -- -- (commandline -opc)' -xa "
            "'(set -l all (commandline -opc) (commandline -ct); "
            "complete -C (string join \" \" -- $all[(math (contains -i -- -- $all) + 1)..-1]))'\n",
            word);
}

static void print_program(FILE *out, const struct cmdline_program *program)
{
    for (size_t id = 0; id < program->option_count; id++)
        if (program->options[id].kind != CMDLINE_REFUSED)
            print_option(out, program, &program->options[id], false);
    print_option(out, program, &help_option, true);
    print_option(out, program, &version_option, true);
    for (size_t i = 0; i < program->command_count; i++)
        if (completion_runs(&program->commands[i]))
            print_running(out, program, i ? program->commands[i].name : completion_word(program));
}

void completion_fish(FILE *out, const struct cmdline_program *program)
{
    fprintf(out, "# fish completion for %s\n", program->name);
    if (program->command_count > 1) {
        for (size_t i = 1; i < program->command_count; i++)
            print_command(out, program, &program->commands[i]);
        print_command(out, program, &help_command);
        print_command(out, program, &version_command);
    }
    print_program(out, program);
    if (!program->nested)
        return;
    print_beginning(out, program);
    fprintf(out, " -n __fish_use_subcommand -a %s", completion_word(program->nested));
    print_description(out, program->nested->commands->summary);
    print_program(out, program->nested);
}
