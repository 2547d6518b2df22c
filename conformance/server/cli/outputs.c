/* See outputs.h. */
#include "cli/outputs.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { COLOUR_AUTO, COLOUR_ALWAYS }; /* the words of --color */

bool outputs_open(struct outputs *out, const struct cli *cli)
{
    const long colour = cmdline_number(&cli->line, OPTION_color);
    for (size_t i = 0; i < cli->report_count; i++) {
        const char *file = cli->reports[i].file;
        bool terminal = !file && isatty(STDOUT_FILENO);
        FILE *to = file ? fopen(file, "we") : stdout;
        if (!to) {
            say("the report %s cannot be written: %s", file, strerror(errno));
            return false;
        }
        out->files[i] = file;
        out->reports[i] = (struct report){.format = cli->reports[i].format,
                                          .out = to,
                                          .colour = colour == COLOUR_ALWAYS ||
                                                    (colour == COLOUR_AUTO && terminal),
                                          .progress = terminal};
        out->count = i + 1;
    }
    return true;
}

void outputs_begin(struct outputs *outputs, const struct summary *summary)
{
    for (size_t i = 0; i < outputs->count; i++)
        report_begin(&outputs->reports[i], summary);
}

void outputs_result(struct outputs *outputs, const struct summary *summary, size_t index)
{
    for (size_t i = 0; i < outputs->count; i++)
        report_result(&outputs->reports[i], summary, index);
}

void outputs_end(struct outputs *outputs, const struct summary *summary)
{
    for (size_t i = 0; i < outputs->count; i++)
        report_end(&outputs->reports[i], summary);
}

bool outputs_close(struct outputs *outputs)
{
    bool whole = true;
    for (size_t i = 0; i < outputs->count; i++) {
        FILE *out = outputs->reports[i].out;
        const char *file = outputs->files[i];
        bool bad = fflush(out) != 0 || ferror(out);
        if (out != stdout && fclose(out) != 0)
            bad = true;
        if (bad)
            say("the report %s could not be written whole", file ? file : "on standard output");
        whole = whole && !bad;
    }
    outputs->count = 0;
    return whole;
}
