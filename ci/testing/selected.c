#include "testing/selected.h"
#include <fnmatch.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static bool names_one(const char *pattern, const struct CMUnitTest *tests, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (fnmatch(pattern, tests[i].name, 0) == 0)
            return true;
    fprintf(stderr, "no test is called \"%s\"; there are:\n", pattern);
    for (size_t i = 0; i < count; i++)
        fprintf(stderr, "  %s\n", tests[i].name);
    return false;
}

static bool is_selected(const struct CMUnitTest *test, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (fnmatch(argv[i], test->name, 0) == 0)
            return true;
    return argc < 2;
}

int selected_run(const struct CMUnitTest *tests, size_t count, int argc, char **argv)
{
    size_t chosen = 0;
    for (int i = 1; i < argc; i++)
        if (!names_one(argv[i], tests, count))
            return 2;
    struct CMUnitTest *some = calloc(count, sizeof *some);
    if (!some)
        return 2;
    for (size_t i = 0; i < count; i++)
        if (is_selected(&tests[i], argc, argv))
            some[chosen++] = tests[i];
    const int failed = _cmocka_run_group_tests("selected", some, chosen, NULL, NULL);
    free(some);
    return failed;
}
