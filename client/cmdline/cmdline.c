/* What every program does alike with its command line, before it does its own. */
#include "internal.h"
#include "text.h"
#include <stdarg.h>

#define LINE_SIZE 2048

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
    case CMDLINE_RUN:
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
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    text_make_plain(line);
    fprintf(stderr, "%s: %s\n", program, line);
}
