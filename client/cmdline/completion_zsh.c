/* Completion for zsh: the body of an autoloaded function, made of specifications for _arguments. */
#include "completion.h"

static void print_action(FILE *out, const struct cmdline_option *option)
{
    static const char *const actions[] = {
        [VALUE_FREE] = " ", [VALUE_FILE] = "_files", [VALUE_FOLDER] = "_files -/"};
    enum completion_value value = completion_value(option);
    if (value == VALUE_NONE)
        return;
    fputs(":value:", out);
    if (value == VALUE_WORDS) {
        fputc('(', out);
        completion_words(out, option->words);
        fputc(')', out);
    } else {
        fputs(actions[value], out);
    }
}

/* "*" lets an option be given more than once: the last counts, and a list takes them all. */
static void print_spec(FILE *out, const struct cmdline_option *option, const char *flag,
                       const char *joint)
{
    fprintf(out, "        '*%s%s[", flag, completion_value(option) == VALUE_NONE ? "" : joint);
    completion_quote(out, option->help, "[]:\\", "'\\''");
    fputc(']', out);
    print_action(out, option);
    fputs("'\n", out);
}

static void print_option(FILE *out, const struct cmdline_option *option)
{
    char name[CMDLINE_NAME_SIZE], other[CMDLINE_NAME_SIZE + 8];
    print_spec(out, option, flag_name(name, option), "=");
    if (option->negatable) {
        snprintf(other, sizeof other, "--no-%s", name + 2);
        print_spec(out, option, other, "=");
    }
    if (option->letter)
        print_spec(out, option, (char[]){'-', option->letter, '\0'}, "+");
}

static void print_operands(FILE *out, const struct cmdline_program *program,
                           const struct cmdline_command *command)
{
    if (completion_runs(command)) {
        fputs("        '(-)1:command:_command_names -e' '*::argument:_normal'\n", out);
    } else if (program->command_count > 1 && !command->name[0]) {
        fputs("        '1:command:(", out);
        completion_commands(out, program, " ");
        fputs(")'\n", out);
    } else {
        fputs("        '*:file:_files'\n", out);
    }
}

static void print_command(FILE *out, const struct cmdline_program *program,
                          const struct cmdline_command *command)
{
    fprintf(out, "'%s')\n    specifications=(\n", command->name);
    for (size_t id = 0; id < program->option_count; id++)
        if (completion_offers(&program->options[id], command))
            print_option(out, &program->options[id]);
    print_option(out, &help_option);
    print_option(out, &version_option);
    print_operands(out, program, command);
    fputs("    )\n", out);
    /* The words of the other program are counted from the command on. */
    if (completion_runs(command) && command->name[0])
        fputs("    shift $((at - 1)) words\n    ((CURRENT -= at - 1))\n", out);
    fputs("    ;;\n", out);
}

static void print_body(FILE *out, const struct cmdline_program *program)
{
    if (program->command_count > 1) {
        fputs("for ((at = 2; at < CURRENT; at++)); do\n    case $words[at] in\n    ", out);
        completion_commands(out, program, " | ");
        fputs(") command=$words[at]; break ;;\n    esac\ndone\n", out);
    }
    fputs("case $command in\n", out);
    for (size_t i = 0; i < program->command_count; i++)
        print_command(out, program, &program->commands[i]);
    fputs("esac\n", out);
}

void completion_zsh(FILE *out, const struct cmdline_program *program)
{
    const struct cmdline_program *nested = program->nested;
    fprintf(out, "#compdef %s\nlocal command=''\nlocal -i at\nlocal -a specifications\n",
            program->name);
    if (nested) {
        fprintf(out,
                "if [[ CURRENT -gt 2 && $words[2] == %s ]]; then\nshift words\n((CURRENT--))\n",
                completion_word(nested));
        print_body(out, nested);
        fputs("else\n", out);
    }
    print_body(out, program);
    if (nested)
        fprintf(out, "specifications+=('1:command:(%s)')\nfi\n", completion_word(nested));
    fputs("_arguments -s -S $specifications\n", out);
}
