/* Walks the text from step to step of the pointer. A text that is no JSON is walked too: every step
 * goes forward, and none goes beyond the NUL. */
#include "json_line.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define STEP_SIZE 256

struct step {
    char name[STEP_SIZE];
    bool shortened; /* the name is only the beginning of the whole */
};

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

static const char *skip_string(const char *at)
{
    for (at++; *at && *at != '"'; at++)
        if (*at == '\\' && at[1])
            at++;
    return at + (*at == '"');
}

static const char *skip_value(const char *at)
{
    size_t depth = 0;
    do {
        if (*at == '"') {
            at = skip_string(at);
        } else if (strchr("[]{},:", *at)) {
            depth += *at == '[' || *at == '{';
            depth -= depth && (*at == ']' || *at == '}');
            at += *at != '\0';
        } else {
            at += strcspn(at, "[]{},: \t\r\n\"");
        }
        at = skip_blanks(at);
    } while (depth && *at);
    return at;
}

/* Reads "NAME" of "/NAME/..." with ~1 for '/' and ~0 for '~'; returns what follows. */
static const char *read_step(struct step *out, const char *pointer)
{
    size_t used = 0;
    for (pointer++; *pointer && *pointer != '/'; pointer++) {
        char c = *pointer;
        if (c == '~' && (pointer[1] == '0' || pointer[1] == '1'))
            c = *++pointer == '0' ? '~' : '/';
        if (used + 1 < sizeof out->name)
            out->name[used++] = c;
    }
    out->name[used] = '\0';
    out->shortened = used >= 3 && strcmp(out->name + used - 3, "...") == 0;
    if (out->shortened)
        out->name[used - 3] = '\0';
    return pointer;
}

/* Whether the member that begins at the quote has the step's name. */
static bool has_name(const char *at, const struct step *step)
{
    const size_t length = strlen(step->name);
    return *at == '"' && strncmp(at + 1, step->name, length) == 0 &&
           (step->shortened || at[1 + length] == '"');
}

/* Where in the object or array the step leads to, the name of a member included; *value is where
 * its value begins. NULL when that is not certain. */
static const char *find(const char **value, const char *at, const struct step *step)
{
    const bool object = *at == '{';
    const char *found = NULL;
    char number[24];
    if (!object && *at != '[')
        return NULL;
    at = skip_blanks(at + 1);
    for (size_t index = 0; *at && *at != '}' && *at != ']'; index++) {
        const char *begin = at;
        snprintf(number, sizeof number, "%zu", index);
        if (object && *at == '"') {
            at = skip_blanks(skip_string(at));
            at = skip_blanks(at + (*at == ':'));
        }
        if (object ? has_name(begin, step) : strcmp(number, step->name) == 0) {
            if (found && step->shortened)
                return NULL;
            found = begin;
            *value = at;
        }
        at = skip_value(at);
        at = skip_blanks(at + (*at == ','));
    }
    return found;
}

size_t json_line(const char *json, const char *pointer)
{
    const char *at = skip_blanks(json), *place = at;
    size_t line = 1;
    while (*pointer == '/') {
        struct step step;
        pointer = read_step(&step, pointer);
        const char *found = find(&at, at, &step);
        if (!found)
            break;
        place = found;
    }
    for (const char *mark = json; (mark = memchr(mark, '\n', (size_t)(place - mark))) != NULL;
         mark++)
        line++;
    return line;
}
