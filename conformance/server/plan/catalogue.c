/* See catalogue.h. */
#include "plan/catalogue.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct text {
    struct text *next;
    char *chars; /* owned */
};

struct catalogue {
    const struct suite *suite; /* whose cases are added */
    enum clause_id heading;    /* of the cases that come next */
    struct case_def *cases;    /* owned */
    size_t count, cap;
    struct text *texts; /* owned */
    bool failed;
};

void catalogue_add(struct catalogue *catalogue, const struct case_def *def)
{
    if (!def->slug) {
        catalogue->heading = def->clauses[0];
        return;
    }
    if (catalogue->count == catalogue->cap) {
        size_t cap = catalogue->cap ? catalogue->cap * 2 : 256;
        struct case_def *cases = realloc(catalogue->cases, cap * sizeof *cases);
        if (!cases) {
            catalogue->failed = true;
            return;
        }
        catalogue->cases = cases;
        catalogue->cap = cap;
    }
    struct case_def *copy = &catalogue->cases[catalogue->count++];
    *copy = *def;
    copy->suite = catalogue->suite;
    if (copy->clauses[0] == CLAUSE_NONE)
        copy->clauses[0] = catalogue->heading;
    assert(copy->clauses[0] != CLAUSE_NONE);
}

const char *catalogue_text(struct catalogue *catalogue, const char *format, ...)
{
    struct buf made = {0};
    va_list args;
    va_start(args, format);
    buf_vprintf(&made, format, args);
    va_end(args);
    struct text *text = calloc(1, sizeof *text);
    char *chars = buf_take(&made);
    if (!text || !chars) {
        catalogue->failed = true;
        free(text);
        free(chars);
        return NULL;
    }
    *text = (struct text){catalogue->texts, chars};
    catalogue->texts = text;
    return chars;
}

struct catalogue *catalogue_new(const struct suite *const *suites, size_t count)
{
    struct catalogue *catalogue = calloc(1, sizeof *catalogue);
    if (!catalogue)
        return NULL;
    assert(count <= CATALOGUE_SUITES_MAX);
    for (size_t i = 0; i < count; i++) {
        catalogue->suite = suites[i];
        catalogue->heading = CLAUSE_NONE;
        for (size_t k = 0; k < suites[i]->count; k++)
            catalogue_add(catalogue, &suites[i]->cases[k]);
        if (suites[i]->make)
            suites[i]->make(catalogue);
    }
    if (!catalogue->failed)
        return catalogue;
    catalogue_free(catalogue);
    return NULL;
}

void catalogue_free(struct catalogue *catalogue)
{
    if (!catalogue)
        return;
    for (struct text *text = catalogue->texts, *next; text; text = next) {
        next = text->next;
        free(text->chars);
        free(text);
    }
    free(catalogue->cases);
    free(catalogue);
}

const struct case_def *catalogue_cases(const struct catalogue *catalogue, size_t *count_out)
{
    *count_out = catalogue->count;
    return catalogue->cases;
}

const struct case_def *catalogue_find(const struct catalogue *catalogue, const char *slug)
{
    for (size_t i = 0; i < catalogue->count; i++)
        if (strcmp(catalogue->cases[i].slug, slug) == 0)
            return &catalogue->cases[i];
    return NULL;
}
