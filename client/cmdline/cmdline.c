/* What every program does alike with its command line, before it does its own. */
#include "base/suggest.h"
#include "internal.h"
#include "text.h"
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#define LINE_SIZE 2048

/* Remarks on a variable that begins as the program's do and is none of them. If other programs'
 * variables begin so too, only a probable slip is told. */
static void remark_variable(const struct cmdline_program *program, const char *variable,
                            size_t length)
{
    const size_t prefix = strlen(program->prefix);
    char name[CMDLINE_NAME_SIZE], typed[CMDLINE_NAME_SIZE];
    struct suggestions names;
    snprintf(typed, sizeof typed, "%.*s", (int)length, variable);
    suggestions_init(&names, slice_of(typed + prefix));
    if (program->environment && strstr(program->environment, typed))
        return;
    for (size_t id = 0; id < program->option_count; id++) {
        const struct cmdline_option *option = &program->options[id];
        if (option->kind == CMDLINE_REFUSED || option->flag_only)
            continue;
        if (strcmp(variable_name(name, program, option), typed) == 0)
            return;
        suggestions_consider(&names, option->name);
    }
    const struct cmdline_option meant = {.name = suggestions_meant(&names)};
    if (meant.name)
        cmdline_say(program->name, "%s is set and unknown; did you mean %s?", typed,
                    variable_name(name, program, &meant));
    else if (!program->shares_prefix)
        cmdline_say(program->name, "%s is set and unknown; '%s --help' tells the variables", typed,
                    program->name);
}

static void remark_variables(const struct cmdline_program *program)
{
    for (char **at = environ; *at; at++)
        if (strncmp(*at, program->prefix, strlen(program->prefix)) == 0)
            remark_variable(program, *at, strcspn(*at, "="));
}

int cmdline_read(struct cmdline *out, const struct cmdline_program *program, int argc,
                 char *const argv[])
{
    char why[CMDLINE_WHY_SIZE];
    if (!cmdline_parse(out, program, why, argc, argv)) {
        cmdline_say(program->name, "%s", why);
        return CMDLINE_USAGE;
    }
    switch (out->asked) {
    case CMDLINE_HELP:
        cmdline_print_help(stdout, program, out->command);
        return CMDLINE_DONE;
    case CMDLINE_VERSION:
        printf("%s %s\n", program->name, program->version);
        return CMDLINE_DONE;
    case CMDLINE_MANUAL:
        cmdline_print_manual(stdout, program);
        return CMDLINE_DONE;
    case CMDLINE_BASH:
    case CMDLINE_ZSH:
    case CMDLINE_FISH:
        cmdline_print_completion(stdout, program, out->asked);
        return CMDLINE_DONE;
    case CMDLINE_RUN:
        remark_variables(program);
        break;
    }
    return CMDLINE_GO_ON;
}

/* The line is bounded and leaves in one write, so that those of several processes do not mix. */
void cmdline_say(const char *program, const char *format, ...)
{
    char line[LINE_SIZE];
    va_list list;
    va_start(list, format);
    text_print_list(line, sizeof line, format, list);
    va_end(list);
    text_make_plain(line);
    fprintf(stderr, "%s: %s\n", program, line);
}
