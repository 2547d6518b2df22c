/* Completion for bash, without the helpers of the package bash-completion. */
#include "completion.h"

/* Bash takes the '=' of --name=value for a word of its own. */
static const char beginning[] = "    local current=${COMP_WORDS[COMP_CWORD]}\n"
                                "    local previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
                                "    local command='' options=''\n"
                                "    COMPREPLY=()\n"
                                "    if [[ $current == = ]]; then\n"
                                "        current=''\n"
                                "    elif [[ $previous == = ]]; then\n"
                                "        previous=${COMP_WORDS[COMP_CWORD - 2]}\n"
                                "    fi\n";

static const char offering[] =
    "    if [[ $current == -* ]]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$current\")\n";

/* Within the loop below: behind the "--" stand a program and its arguments. */
static const char running[] = "        if ((at + 1 == COMP_CWORD)); then\n"
                              "            mapfile -t COMPREPLY < <(compgen -c -- \"$current\")\n"
                              "        fi\n"
                              "        compopt -o default\n"
                              "        return\n"
                              "    done\n";

static void print_flag(FILE *out, const struct cmdline_option *option, const char *between)
{
    char name[CMDLINE_NAME_SIZE];
    if (option->letter)
        fprintf(out, "-%c%s", option->letter, between);
    fputs(flag_name(name, option), out);
}

static void print_action(FILE *out, const struct cmdline_option *option)
{
    switch (completion_value(option)) {
    case VALUE_WORDS:
        fputs("mapfile -t COMPREPLY < <(compgen -W '", out);
        completion_words(out, option->words);
        fputs("' -- \"$current\"); ", out);
        break;
    case VALUE_FILE:
        fputs("compopt -o default; ", out);
        break;
    case VALUE_FOLDER:
        fputs("compopt -o default -o dirnames; ", out);
        break;
    case VALUE_FREE:
    case VALUE_NONE:
        break;
    }
}

static void print_values(FILE *out, const struct cmdline_program *program)
{
    fputs("    case $previous in\n", out);
    for (size_t id = 0; id < program->option_count; id++) {
        const struct cmdline_option *option = &program->options[id];
        if (option->kind == CMDLINE_REFUSED || completion_value(option) == VALUE_NONE)
            continue;
        fputs("    ", out);
        print_flag(out, option, " | ");
        fputs(") ", out);
        print_action(out, option);
        fputs("return ;;\n", out);
    }
    fputs("    esac\n", out);
}

static void print_options(FILE *out, const struct cmdline_program *program,
                          const struct cmdline_command *command)
{
    char name[CMDLINE_NAME_SIZE];
    fprintf(out, "    '%s') options='", command->name);
    for (size_t id = 0; id < program->option_count; id++) {
        const struct cmdline_option *option = &program->options[id];
        if (!completion_offers(option, command))
            continue;
        print_flag(out, option, " ");
        fputc(' ', out);
        if (option->negatable)
            fprintf(out, "--no-%s ", flag_name(name, option) + 2);
    }
    print_flag(out, &help_option, " ");
    fputc(' ', out);
    print_flag(out, &version_option, " ");
    fputs("' ;;\n", out);
}

static void print_command_search(FILE *out, const struct cmdline_program *program)
{
    fputs("    local word\n    for word in \"${COMP_WORDS[@]:1:COMP_CWORD - 1}\"; do\n        case "
          "$word in\n      "
          "  ",
          out);
    completion_commands(out, program, " | ");
    fputs(
        ")\n            command=$word\n            break\n            ;;\n        esac\n    done\n",
        out);
}

static void print_running(FILE *out, const struct cmdline_program *program)
{
    const char *between = "";
    for (size_t i = 0; i < program->command_count; i++) {
        if (!completion_runs(&program->commands[i]))
            continue;
        if (!*between)
            fputs("    local at\n    for ((at = 1; at < COMP_CWORD; at++)); do\n"
                  "        [[ ${COMP_WORDS[at]} == -- && ($command == ",
                  out);
        fprintf(out, "%s'%s'", between, program->commands[i].name);
        between = " || $command == ";
    }
    if (*between)
        fprintf(out, ") ]] || continue\n%s", running);
}

/* The program whose name is a word more has a function of its own. */
static void print_nested(FILE *out, const struct cmdline_program *program)
{
    if (!program->nested)
        return;
    const char *word = completion_word(program->nested);
    fprintf(out, "    if ((COMP_CWORD > 1)) && [[ ${COMP_WORDS[1]} == %s ]]; then\n        _",
            word);
    completion_function(out, program->nested->name);
    fprintf(out,
            "\n        return\n    elif ((COMP_CWORD == 1)) && [[ %s == \"$current\"* ]]; "
            "then\n        COMPREPLY=(%s)\n        return\n    fi\n",
            word, word);
}

static void print_function(FILE *out, const struct cmdline_program *program)
{
    const bool commands = program->command_count > 1;
    fputc('_', out);
    completion_function(out, program->name);
    fprintf(out, "() {\n%s", beginning);
    print_nested(out, program);
    if (commands)
        print_command_search(out, program);
    print_running(out, program);
    print_values(out, program);
    fputs("    case $command in\n", out);
    for (size_t i = 0; i < program->command_count; i++)
        print_options(out, program, &program->commands[i]);
    fprintf(out, "    esac\n%s", offering);
    if (commands) {
        fputs("    elif [[ -z $command || $command == help ]]; then\n"
              "        mapfile -t COMPREPLY < <(compgen -W '",
              out);
        completion_commands(out, program, " ");
        fputs("' -- \"$current\")\n", out);
    }
    fputs("    else\n        compopt -o default\n    fi\n}\n", out);
}

void completion_bash(FILE *out, const struct cmdline_program *program)
{
    fprintf(out, "# bash completion for %s\n", program->name);
    if (program->nested)
        print_function(out, program->nested);
    print_function(out, program);
    fputs("complete -F _", out);
    completion_function(out, program->name);
    fprintf(out, " %s\n", program->name);
}
