/* ailab-mock cue NAME IN OUT: a picture that asks for a scenario by itself, for testers who can
 * choose nothing but the picture. */
#include "scenarios/cue.h"
#include "commands.h"
#include "file.h"
#include "scenarios/builtin.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The name may be one of a scenario document, so an unknown one is only remarked on. */
static void remark_unknown(struct slice name)
{
    struct scenario *scenarios;
    size_t count;
    bool known = false;
    if (!builtin_scenarios(&scenarios, &count))
        return;
    for (size_t i = 0; i < count; i++) {
        known |= slice_equal(name, slice_of(scenarios[i].name));
        scenario_clear(&scenarios[i]);
    }
    free(scenarios);
    if (!known)
        fprintf(stderr,
                "ailab-mock: no built-in scenario is called '%s'; see 'ailab-mock scenarios'\n",
                name.ptr);
}

static bool read_picture(unsigned char **out, size_t *size_out, const char *path,
                         char why[FILE_WHY_SIZE])
{
    if (strcmp(path, "-") == 0)
        return file_read_standard_input(out, size_out, FILE_BYTES_MAX, why);
    return file_read(out, size_out, path, FILE_BYTES_MAX, why);
}

int command_cue(const struct cmdline *line)
{
    const char *const *arguments = line->operands;
    char why[FILE_WHY_SIZE];
    unsigned char *picture = NULL, *marked = NULL;
    size_t size = 0, marked_size = 0;
    bool always = arguments[0][0] == '!';
    struct slice name = slice_of(arguments[0] + always);
    int code = EXIT_USAGE;
    if (!read_picture(&picture, &size, arguments[1], why)) {
        complain(EXIT_USAGE, why);
    } else if (!cue_write(&marked, &marked_size, slice_make(picture, size), name, always)) {
        snprintf(why, sizeof why, "'%.200s' is neither JPEG nor PNG, or the name is empty",
                 arguments[1]);
        complain(EXIT_USAGE, why);
    } else if (!file_write(arguments[2], marked, marked_size, why)) {
        code = complain(EXIT_UNAVAILABLE, why);
    } else {
        remark_unknown(name);
        code = EXIT_DONE;
    }
    free(picture);
    free(marked);
    return code;
}
