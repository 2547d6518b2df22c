/* What became of a call, told to people (one line on standard error) and to programs (one JSON
 * object on standard output), and the exit status that goes with it. */
#ifndef AILAB_CLI_REPORT_H
#define AILAB_CLI_REPORT_H

#include "ailab.h"
#include "program.h"
#include <stdbool.h>
#include <stddef.h>

struct cJSON;

/* The exit status of an outcome. */
enum status report_status(enum ailab_error error);

/* The sentence for people, "" when nothing went wrong; say() and report_add_text() make it fit to
 * be shown. result may be NULL: no memory was left. */
void report_sentence(char out[WHY_SIZE], const struct ailab_result *result);

/* A picture that was sent or looked at, or one that came back. */
struct report {
    enum ailab_error outcome;
    const struct ailab_result *result; /* borrowed, may be NULL */
    const char *input;                 /* borrowed */
    size_t input_bytes;
    const char *output; /* borrowed, NULL: nothing was saved */
    enum ailab_format format;
    const char *error; /* borrowed: the sentence */
};

/* Print the object with a newline. False: no memory. */
bool report_edit_json(const struct report *report);
bool report_check_json(const struct report *report);

/* Prints any document on one line and deletes it. whole: whether it could be built; false then or
 * without memory. */
bool report_print_json(struct cJSON *document, bool whole);

/* Adds a string, made valid UTF-8; NULL becomes null. */
bool report_add_text(struct cJSON *object, const char *name, const char *text);

#endif
