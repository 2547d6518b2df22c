/* Command line and environment, parsed into strings and checked. Flag before environment before
 * default. */
#ifndef AILAB_MOCK_OPTIONS_H
#define AILAB_MOCK_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#define OPTION_LIST_MAX 64
#define OPTION_WHY_SIZE 256

enum option_id {
#define MOCK_OPTION(id, kind, argument, minimum, maximum, help) OPTION_##id,
#include "options.def"
    OPTION_COUNT
};

struct option_values {
    const char
        *text[OPTION_COUNT];   /* TEXT; NULL when not given. Borrowed from argv or environment */
    long number[OPTION_COUNT]; /* NUMBER and SWITCH; 0 when not given */
    bool given[OPTION_COUNT];
    const char *list[OPTION_COUNT][OPTION_LIST_MAX];
    size_t list_count[OPTION_COUNT];
    char *split[OPTION_COUNT]; /* owned: what lists from the environment point into */
};

/* Parses arguments after the program name (and after a command). False with one sentence in why. */
bool options_parse(struct option_values *out, int count, char *const *arguments,
                   char why[OPTION_WHY_SIZE]);
void options_clear(struct option_values *values);

/* Prints one line an option, wrapped for 80 columns. */
void options_print_help(void);

#endif
