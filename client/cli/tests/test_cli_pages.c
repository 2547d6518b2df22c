/* The help and the man page: that they fit a terminal, and agree with the tables and the library's
 * defaults. */
#include "ailab.h"
#include "help.h"
#include "options.h"
#include "testing/files.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *help_text(enum command_id command)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    assert_non_null(file);
    help_print(file, command);
    assert_int_equal(fclose(file), 0);
    return text;
}

static void cli_help_fits_80_columns(void **state)
{
    (void)state;
    for (enum command_id id = COMMAND_NONE; id < COMMAND_COUNT; id++) {
        char *text = help_text(id);
        for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
            if (strlen(line) > 80 || line[strlen(line) - 1] == ' ')
                fail_msg("%s: '%s'", command_table[id].name, line);
        }
        free(text);
    }
}

static void cli_help_and_man_page_name_every_command_and_option(void **state)
{
    size_t size = 0;
    char *page = file_read(AILAB_SOURCE_DIR "/client/cli/ailab.1", &size);
    char *whole = help_text(COMMAND_NONE);
    (void)state;
    for (enum command_id id = COMMAND_NONE + 1; id < COMMAND_COUNT; id++) {
        char *text = help_text(id);
        for (enum option_id option = 0; option < OPTION_COUNT; option++) {
            char name[64], roff[64];
            const char *dash = strchr(option_table[option].name, '-');
            snprintf(name, sizeof(name), "  --%s", option_table[option].name);
            if (option_table[option].letter)
                snprintf(name, sizeof(name), "-%c, --%s", option_table[option].letter,
                         option_table[option].name);
            bool here = (option_table[option].commands >> id & 1u) != 0;
            if ((strstr(text, name) != NULL) != here)
                fail_msg("help of %s: %s", command_table[id].name, name);
            snprintf(roff, sizeof(roff), "\\-\\-%.*s",
                     dash ? (int)(dash - option_table[option].name) : 60,
                     option_table[option].name);
            if (!strstr(page, roff))
                fail_msg("man page: no %s", roff);
        }
        assert_non_null(strstr(whole, command_table[id].summary));
        free(text);
    }
    free(whole);
    free(page);
}

static void cli_help_tells_the_library_s_defaults(void **state)
{
    char text[64];
    (void)state;
    snprintf(text, sizeof(text), "; %ld unless given", AILAB_DEFAULT_TIMEOUT_MS / 1000);
    assert_non_null(strstr(option_table[OPTION_TIMEOUT].text, text));
    snprintf(text, sizeof(text), "; %ld unless given", AILAB_DEFAULT_CONNECT_TIMEOUT_MS / 1000);
    assert_non_null(strstr(option_table[OPTION_CONNECT_TIMEOUT].text, text));
    assert_non_null(strstr(option_table[OPTION_BASE_URL].text, AILAB_DEFAULT_BASE_URL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cli_help_fits_80_columns),
        cmocka_unit_test(cli_help_and_man_page_name_every_command_and_option),
        cmocka_unit_test(cli_help_tells_the_library_s_defaults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
