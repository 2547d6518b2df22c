/* Texts with "{names}" in them. Pure. */
#ifndef AILAB_MOCKSERVER_ENVIRONMENT_TEMPLATE_H
#define AILAB_MOCKSERVER_ENVIRONMENT_TEMPLATE_H

#include <stddef.h>
#include <stdio.h>

struct template_word {
    const char *name, *value; /* a value that is NULL counts as "" */
};

/* Writes the template with "{name}" replaced by the word of that name. Of "{name }" and "{:name}"
 * the blank and the colon are written if the value is not empty. Other braces stay as they are. */
void template_write(FILE *out, const char *text, const struct template_word *words, size_t count);

#endif
