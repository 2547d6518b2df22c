/* The help and the man page of ailab: that they name everything, and agree with the library's
 * defaults. */
#include "ailab.h"
#include "program.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *help_text(const struct cmdline_command *command)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    assert_non_null(file);
    if (command)
        cmdline_print_help(file, &ailab_program, command);
    else
        cmdline_print_manual(file, &ailab_program);
    assert_int_equal(fclose(file), 0);
    return text;
}

static void cli_help_fits_80_columns(void **state)
{
    (void)state;
    for (size_t i = 0; i < ailab_program.command_count; i++) {
        char *text = help_text(&ailab_program.commands[i]);
        for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
            if (strlen(line) > 80 || line[strlen(line) - 1] == ' ')
                fail_msg("%s: '%s'", ailab_program.commands[i].name, line);
        }
        free(text);
    }
}

/* "--no-x" as the help writes it, "\\-\\-no\\-x" as the manual does. */
static void name_option(char help[64], char roff[128], const struct cmdline_option *option)
{
    size_t used = 0;
    if (option->letter)
        snprintf(help, 64, "  -%c, --%s", option->letter, option->name);
    else
        snprintf(help, 64, "      --%s", option->name);
    for (char *at = help; *at; at++) {
        *at = *at == '_' ? '-' : *at;
        if (*at == '-' && at - help > 5)
            roff[used++] = '\\';
        if (at - help > 5)
            roff[used++] = *at;
    }
    roff[used] = '\0';
}

static void cli_help_and_man_page_name_every_command_and_option(void **state)
{
    char *page = help_text(NULL), *whole = help_text(&ailab_program.commands[0]);
    (void)state;
    for (size_t i = 1; i < ailab_program.command_count; i++) {
        const struct cmdline_command *command = &ailab_program.commands[i];
        char *text = help_text(command);
        for (size_t id = 0; id < ailab_program.option_count; id++) {
            const struct cmdline_option *option = &ailab_program.options[id];
            char name[64], roff[128];
            if (option->kind == CMDLINE_REFUSED)
                continue;
            name_option(name, roff, option);
            bool here = strstr(option->commands, command->name) != NULL;
            if ((strstr(text, name) != NULL) != here)
                fail_msg("help of %s: %s", command->name, name);
            if (!strstr(page, roff))
                fail_msg("man page: no %s", roff);
        }
        assert_non_null(strstr(whole, command->summary));
        assert_non_null(strstr(page, command->summary));
        free(text);
    }
    free(whole);
    free(page);
}

static void cli_help_tells_the_library_s_defaults(void **state)
{
    char self[] = "ailab", check[] = "edit", file[] = "x", why[WHY_SIZE];
    char *argv[] = {self, check, file, NULL};
    struct cmdline line;
    (void)state;
    assert_true(cmdline_parse(&line, &ailab_program, why, 3, argv));
    assert_int_equal(cmdline_number(&line, OPTION_timeout), AILAB_DEFAULT_TIMEOUT_MS);
    assert_int_equal(cmdline_number(&line, OPTION_connect_timeout),
                     AILAB_DEFAULT_CONNECT_TIMEOUT_MS);
    assert_string_equal(cmdline_text(&line, OPTION_base_url), AILAB_DEFAULT_BASE_URL);
    char *text = help_text(&ailab_program.commands[1]);
    assert_non_null(strstr(text, "(default 120)"));
    assert_non_null(strstr(text, "(default 10)"));
    assert_non_null(strstr(text, "(default " AILAB_DEFAULT_BASE_URL ")"));
    free(text);
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
