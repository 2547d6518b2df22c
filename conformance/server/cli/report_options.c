/* See report_options.h. */
#include "cli/report_options.h"
#include "cmdline/text.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* "junit:report.xml"; no file, or the file "-", is standard output. */
static bool add_report(struct report_options *out, const char *text, char why[CMDLINE_WHY_SIZE])
{
    char name[16] = "";
    size_t length = strcspn(text, ":");
    const char *file = text[length] ? text + length + 1 : NULL;
    if (length < sizeof name)
        memcpy(name, text, length);
    const struct report_format *format = report_format_find(name);
    if (format && !(file && !file[0])) {
        bool terminal = !file || strcmp(file, "-") == 0;
        out->items[out->count++] = (struct report_option){format, terminal ? NULL : file};
        return true;
    }
    if (format) {
        snprintf(why, CMDLINE_WHY_SIZE, "--report %s: the file name is missing", name);
        return false;
    }
    struct buf names = {0};
    report_format_names(&names);
    snprintf(why, CMDLINE_WHY_SIZE, "there is no report \"%s\"; expected %s", TEXT_START(text, 40),
             buf_str(&names));
    buf_clear(&names);
    return false;
}

/* The file behind a name, whether it exists or its folder alone. An empty text when neither does,
 * or when it is a device, which several reports may share. */
static void resolve(char out[PATH_MAX], const char *file)
{
    struct stat about;
    char folder[PATH_MAX];
    const char *slash = strrchr(file, '/');
    out[0] = '\0';
    if (stat(file, &about) == 0) {
        if (!S_ISREG(about.st_mode) || !realpath(file, out))
            out[0] = '\0';
        return;
    }
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - file) + 1 : 1,
             slash ? file : ".");
    if (!realpath(folder, out))
        out[0] = '\0';
    else
        snprintf(out + strlen(out), PATH_MAX - strlen(out), "/%s", slash ? slash + 1 : file);
}

/* NULL when each report has a file of its own. */
static const char *shared_file(const struct report_options *reports)
{
    char one[PATH_MAX], other[PATH_MAX];
    for (size_t i = 0; i < reports->count; i++)
        for (size_t k = 0; k < i; k++) {
            if (!reports->items[i].file || !reports->items[k].file)
                continue;
            resolve(one, reports->items[i].file);
            resolve(other, reports->items[k].file);
            if (one[0] && strcmp(one, other) == 0)
                return reports->items[i].file;
        }
    return NULL;
}

bool report_options_read(struct report_options *out, const struct cmdline_value *given,
                         char why[CMDLINE_WHY_SIZE])
{
    for (size_t i = 0; i < given->count; i++)
        if (!add_report(out, given->items[i], why))
            return false;
    return true;
}

bool report_options_differ(const struct report_options *reports, char why[CMDLINE_WHY_SIZE])
{
    size_t to_terminal = 0;
    const char *shared = shared_file(reports);
    for (size_t i = 0; i < reports->count; i++)
        to_terminal += !reports->items[i].file;
    if (to_terminal > 1)
        snprintf(why, CMDLINE_WHY_SIZE,
                 "two reports go to standard output; give a file to all but one (--report "
                 "junit:report.xml)");
    else if (shared)
        snprintf(why, CMDLINE_WHY_SIZE, "two reports go to %s; give each a file of its own",
                 TEXT_PATH(shared));
    return to_terminal <= 1 && !shared;
}
