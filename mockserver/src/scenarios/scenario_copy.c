/* Deep copies: everything that a scenario owns, nothing else. */
#include "scenarios/scenario_copy.h"
#include <stdlib.h>

/* NULL stays NULL. False when memory ran out. */
static bool copy_text(char **out, const char *from)
{
    *out = from ? strdup(from) : NULL;
    return !from || *out;
}

static bool copy_bytes(char **out, const char *from, size_t size)
{
    *out = from ? malloc(size + 1) : NULL;
    if (!*out)
        return !from;
    memcpy(*out, from, size);
    (*out)[size] = '\0';
    return true;
}

/* Every owned pointer of *out is set before the first copy can fail, so that it can be cleared. */
static bool copy_step(struct scenario_step *out, const struct scenario_step *from)
{
    *out = *from;
    out->code_text = out->message = out->body = out->deviation = NULL;
    memset(out->headers, 0, sizeof out->headers);
    for (size_t i = 0; i < from->header_count; i++)
        if (!copy_text(&out->headers[i].name, from->headers[i].name) ||
            !copy_text(&out->headers[i].value, from->headers[i].value))
            return false;
    return copy_text(&out->code_text, from->code_text) && copy_text(&out->message, from->message) &&
           copy_bytes(&out->body, from->body, from->body_size) &&
           copy_text(&out->deviation, from->deviation);
}

static bool copy_match(struct scenario_match *out, const struct scenario_match *from)
{
    *out = *from;
    out->file_name = out->api_key = out->sha256 = NULL;
    return copy_text(&out->file_name, from->file_name) && copy_text(&out->api_key, from->api_key) &&
           copy_text(&out->sha256, from->sha256);
}

bool scenario_copy(struct scenario *out, const struct scenario *from)
{
    *out = *from;
    out->summary = NULL;
    out->step_count = 0;
    out->steps = calloc(from->step_count + 1, sizeof *out->steps);
    bool done = copy_match(&out->match, &from->match) && out->steps &&
                copy_text(&out->summary, from->summary);
    for (size_t i = 0; done && i < from->step_count; i++)
        done = copy_step(&out->steps[out->step_count++], &from->steps[i]);
    if (!done) {
        scenario_clear(out);
        *out = (struct scenario){0};
    }
    return done;
}
