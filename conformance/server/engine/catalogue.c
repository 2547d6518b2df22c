/* See catalogue.h. The order is the order of the run and of every report. */
#include "engine/catalogue.h"
#include "cases/suites.h"
#include <stdlib.h>
#include <string.h>

struct catalogue {
    struct suite suites[CATALOGUE_SUITES];
    struct case_def *made[3];
    struct buf store[3];
};

static bool make(struct catalogue *catalogue, size_t slot, struct suite *out,
                 const struct suite_maker *maker)
{
    catalogue->made[slot] = calloc(SUITE_CASES_MAX, sizeof *catalogue->made[slot]);
    if (!catalogue->made[slot])
        return false;
    size_t count = maker->make(catalogue->made[slot], &catalogue->store[slot]);
    *out =
        (struct suite){maker->name, maker->title, catalogue->made[slot], count, maker->no_control};
    return !catalogue->store[slot].failed;
}

struct catalogue *catalogue_new(void)
{
    const struct suite *written[] = {
        &suite_call,        &suite_method, &suite_key,       &suite_fields,  &suite_choice,
        &suite_image,       &suite_order,  &suite_multipart, &suite_wire,    &suite_framing,
        &suite_concurrency, &suite_cors,   &suite_account,   &suite_credits,
    };
    struct catalogue *catalogue = calloc(1, sizeof *catalogue);
    if (!catalogue)
        return NULL;
    struct suite *out = catalogue->suites;
    *out++ = *written[0];
    bool made = make(catalogue, 0, out++, &suite_envelope);
    for (size_t i = 1; i < COUNT_OF(written); i++) {
        if (written[i] == &suite_credits) /* the last two suites want quiet */
            made = made && make(catalogue, 1, out++, &suite_armed);
        *out++ = *written[i];
    }
    made = made && make(catalogue, 2, out, &suite_every_answer);
    if (!made) {
        catalogue_free(catalogue);
        return NULL;
    }
    return catalogue;
}

void catalogue_free(struct catalogue *catalogue)
{
    if (!catalogue)
        return;
    for (size_t i = 0; i < COUNT_OF(catalogue->made); i++) {
        free(catalogue->made[i]);
        buf_clear(&catalogue->store[i]);
    }
    free(catalogue);
}

const struct suite *catalogue_suites(const struct catalogue *catalogue)
{
    return catalogue->suites;
}

const struct case_def *catalogue_find(const struct catalogue *catalogue, const char *slug)
{
    for (size_t i = 0; i < CATALOGUE_SUITES; i++)
        for (size_t k = 0; k < catalogue->suites[i].count; k++)
            if (strcmp(catalogue->suites[i].cases[k].slug, slug) == 0)
                return &catalogue->suites[i].cases[k];
    return NULL;
}

const char *case_title(const struct case_def *def)
{
    return def->title ? def->title : picture_title(def->picture);
}
