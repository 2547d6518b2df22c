/* The command of the exam: its placeholders, and the words that a run of it gets. */
#ifndef CONFORMANCE_CALLER_PROCESS_ARGUMENTS_H
#define CONFORMANCE_CALLER_PROCESS_ARGUMENTS_H

#include "base/buf.h"

#define ARGUMENTS_WHY_SIZE 400

enum placeholder {
    PLACEHOLDER_picture,
    PLACEHOLDER_choice,
    PLACEHOLDER_output,
    PLACEHOLDER_key,
    PLACEHOLDER_url,
    PLACEHOLDER_COUNT
};

/* Sets a bit in *used for each placeholder that the words have: 1 << PLACEHOLDER_... False: why
 * says which word in braces is none, and what was probably meant. */
bool arguments_check(unsigned *used, char *const *words, char why[ARGUMENTS_WHY_SIZE]);
/* A copy with the values in the places. Free with arguments_free(); NULL when out of memory. */
char **arguments_fill(char *const *words, const char *const values[PLACEHOLDER_COUNT]);
void arguments_free(char **words);

/* The path of a command as a shell finds it: the owner frees it. NULL: why says why it cannot be
 * run. */
char *arguments_find(const char *command, char why[ARGUMENTS_WHY_SIZE]);

/* Appends the words as a shell would read them back. */
void arguments_quote(struct buf *out, char *const *words);

/* A copy of this process's environment with two lists of NAME=VALUE in it, each ended by NULL. Of a
 * name that stands in several, the last one counts. Free with arguments_free(). */
char **arguments_environment(const char *const *route, const char *const *additions);

#endif
