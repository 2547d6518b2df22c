/* See outputs.h. */
#include "cli/outputs.h"
#include "base/memory.h"
#include "cli/cli.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COLOUR_AUTO, COLOUR_ALWAYS }; /* the words of --color */

/* See no-color.org; a dumb terminal knows no sequences, neither for colours nor to erase a line. */
static bool is_dumb(void)
{
    const char *kind = getenv("TERM");
    return kind && strcmp(kind, "dumb") == 0;
}

static bool wants_no_colour(void)
{
    const char *wish = getenv("NO_COLOR");
    return is_dumb() || (wish && wish[0]);
}

bool outputs_open(struct outputs *out, const struct report_options *wanted)
{
    for (size_t i = 0; i < wanted->count; i++) {
        const char *file = wanted->items[i].file;
        bool terminal = !file && isatty(STDOUT_FILENO);
        FILE *to = file ? fopen(file, "we") : stdout;
        if (!to) {
            say("the report %s cannot be written: %s", file, strerror(errno));
            return false;
        }
        out->files[i] = file;
        out->reports[i] = (struct report){
            .format = wanted->items[i].format,
            .out = to,
            .colour = wanted->color == COLOUR_ALWAYS ||
                      (wanted->color == COLOUR_AUTO && terminal && !wants_no_colour()),
            .verbose = wanted->verbose,
            .progress = terminal && !is_dumb()};
        out->count = i + 1;
    }
    return true;
}

/* What the reports say first and in between may fail long before they are closed. */
static void note_error(struct outputs *outputs, size_t i)
{
    if (outputs->errors[i] == 0 && ferror(outputs->reports[i].out))
        outputs->errors[i] = errno ? errno : EIO;
}

void outputs_begin(struct outputs *outputs, const struct summary *summary)
{
    for (size_t i = 0; i < outputs->count; i++) {
        report_begin(&outputs->reports[i], summary);
        note_error(outputs, i);
    }
}

void outputs_result(struct outputs *outputs, const struct summary *summary, size_t index)
{
    for (size_t i = 0; i < outputs->count; i++) {
        report_result(&outputs->reports[i], summary, index);
        note_error(outputs, i);
    }
}

/* False, with a message, when it is not whole. */
static bool close_one(struct outputs *outputs, size_t i)
{
    FILE *out = outputs->reports[i].out;
    const char *file = outputs->files[i];
    if (!out)
        return true;
    bool failed = (out == stdout ? fflush(out) : fclose(out)) != 0;
    if (failed && outputs->errors[i] == 0)
        outputs->errors[i] = errno;
    outputs->reports[i].out = NULL;
    if (outputs->errors[i])
        say("the report %s could not be written: %s", file ? file : "on standard output",
            strerror(outputs->errors[i]));
    return outputs->errors[i] == 0;
}

static bool end_one(struct outputs *outputs, size_t i, const struct summary *summary)
{
    report_end(&outputs->reports[i], summary);
    note_error(outputs, i);
    return close_one(outputs, i);
}

void outputs_end(struct outputs *outputs, struct summary *summary)
{
    if (memory_ran_out())
        summary->unusable = MEMORY_RAN_OUT;
    for (int to_terminal = 0; to_terminal <= 1; to_terminal++)
        for (size_t i = 0; i < outputs->count; i++)
            if ((outputs->reports[i].out == stdout) == to_terminal && outputs->reports[i].out &&
                !end_one(outputs, i, summary))
                summary->lost = true;
    outputs->count = 0;
}

void outputs_close(struct outputs *outputs)
{
    for (size_t i = 0; i < outputs->count; i++)
        close_one(outputs, i);
    outputs->count = 0;
}
