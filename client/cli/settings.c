/* See settings.h. */
#include "settings.h"
#include "cmdline/text.h"
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

bool settings_connection(struct ailab_options *out, char why[WHY_SIZE], const struct cmdline *line)
{
    *out = (struct ailab_options){
        .base_url = cmdline_text(line, OPTION_base_url),
        .proxy = cmdline_text(line, OPTION_proxy),
        .ca_file = cmdline_text(line, OPTION_ca_file),
        .preflight = cmdline_number(line, OPTION_preflight),
        .timeout_ms = cmdline_number(line, OPTION_timeout),
        .connect_timeout_ms = cmdline_number(line, OPTION_connect_timeout),
        .retries = (unsigned)cmdline_number(line, OPTION_retries),
    };
    if (!out->ca_file || access(out->ca_file, R_OK) == 0)
        return true;
    snprintf(why, WHY_SIZE, "cannot read --ca-file '%s': %s", TEXT_PATH(out->ca_file),
             strerror(errno));
    return false;
}

static const char *nearest_expression(const char *text)
{
    const char *slugs[64];
    size_t count = 0, used = 0;
    const struct ailab_expression *all = ailab_expressions(&count);
    for (; used < count && used < sizeof slugs / sizeof slugs[0]; used++)
        slugs[used] = all[used].slug;
    return cmdline_meant(text, slugs, used);
}

bool settings_expression(int *number_out, char name[EXPRESSION_NAME_SIZE], char why[WHY_SIZE],
                         const struct cmdline *line)
{
    const char *text = cmdline_text(line, OPTION_expression);
    *number_out = -1;
    name[0] = '\0';
    if (!text)
        return true;
    const struct ailab_expression *known = ailab_expression_find(text);
    long number = known ? known->number : 0;
    if (known || cmdline_whole(&number, text, 0, INT_MAX)) {
        *number_out = (int)number;
        if (known)
            snprintf(name, EXPRESSION_NAME_SIZE, "%s", known->slug);
        else
            snprintf(name, EXPRESSION_NAME_SIZE, "%ld", number);
        return true;
    }
    const char *near = nearest_expression(text);
    snprintf(why, WHY_SIZE, "unknown expression '%s'; %s%s%s'ailab expressions' lists them",
             TEXT_START(text, 60), near ? "did you mean " : "", near ? near : "", near ? "? " : "");
    return false;
}
