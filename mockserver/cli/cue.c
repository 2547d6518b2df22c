/* ailab-mock cue NAME IN OUT: a picture that asks for a scenario by itself, for testers who can
 * choose nothing but the picture. */
#include "scenarios/cue.h"
#include "api/tls_fault.h"
#include "base/suggest.h"
#include "commands.h"
#include "file.h"
#include "scenarios/builtin.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A name of the user's own document is as good, so the program only remarks on an unknown one. */
static void remark_unknown(struct slice name)
{
    struct scenario *scenarios;
    struct suggestions names;
    size_t count;
    bool known = false;
    if (!builtin_scenarios(&scenarios, &count))
        return;
    suggestions_init(&names, name);
    for (size_t i = 0; i < count; i++) {
        known |= slice_equal(name, slice_of(scenarios[i].name));
        suggestions_consider(&names, scenarios[i].name);
    }
    const char *meant = suggestions_meant(&names);
    if (!known && tls_fault_find(name) != TLS_FAULT_NONE)
        cmdline_say(mock_program.name,
                    "'%s' is a fault of TLS, which begins before any picture is sent: arm it in "
                    "the \"tls\" of a scenario document, or with POST /__admin/tls",
                    name.ptr);
    else if (!known)
        cmdline_say(
            mock_program.name,
            "no built-in scenario is called '%.64s'; %s%s%s'ailab-mock scenarios' lists them",
            name.ptr, meant ? "did you mean " : "", meant ? meant : "", meant ? "? " : "");
    for (size_t i = 0; i < count; i++)
        scenario_clear(&scenarios[i]);
    free(scenarios);
}

/* Why cue_write() may have refused. */
static int refuse(struct slice name, struct slice picture, const char *path)
{
    char why[FILE_WHY_SIZE];
    struct image_facts facts;
    image_identify(&facts, picture);
    if (name.len == 0 || name.len > CUE_NAME_BYTES_MAX)
        snprintf(why, sizeof why,
                 "the name has %zu bytes: expected 1 to %d; 'ailab-mock scenarios' lists them",
                 name.len, CUE_NAME_BYTES_MAX);
    else if (facts.format == IMAGE_OTHER)
        snprintf(why, sizeof why, "'%.200s' is neither JPEG nor PNG by its first bytes", path);
    else
        snprintf(why, sizeof why, "out of memory");
    return complain(EXIT_USAGE, why);
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
        code = refuse(name, slice_make(picture, size), arguments[1]);
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
