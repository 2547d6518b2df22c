/* See expected_failures.h. */
#include "plan/expected_failures.h"
#include "cmdline/text.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES_MAX 1000

static bool is_date(const char *text)
{
    static const char form[] = "dddd-dd-dd";
    for (size_t i = 0; i < sizeof form - 1; i++)
        if (form[i] == 'd' ? !isdigit((unsigned char)text[i]) : text[i] != form[i])
            return false;
    return text[sizeof form - 1] == ' ';
}

void expected_failures_clear(struct expected_failures *known)
{
    for (size_t i = 0; i < known->count; i++)
        free(known->reasons[i]);
    free(known->reasons);
    *known = (struct expected_failures){0};
}

/* One line, without its end. False with what was expected in why. */
static bool apply_line(struct expected_failures *known, char *line,
                       const struct catalogue *catalogue, struct plan *plan, char *why,
                       size_t why_size)
{
    char *slug = line + 11, *reason = NULL;
    struct buf text = {0};
    if (!is_date(line)) {
        snprintf(why, why_size, "a date (YYYY-MM-DD), a case and a reason were expected");
        return false;
    }
    reason = slug + strcspn(slug, " ");
    if (*reason)
        *reason++ = '\0';
    reason += strspn(reason, " ");
    if (!catalogue_find(catalogue, slug)) {
        snprintf(why, why_size, "there is no case \"%s\"", TEXT_START(slug, 80));
        return false;
    }
    if (!*reason) {
        snprintf(why, why_size, "the reason is missing");
        return false;
    }
    buf_printf(&text, "known since %.10s: %s", line, reason);
    char *kept = buf_take(&text);
    if (!kept) {
        snprintf(why, why_size, "out of memory");
        return false;
    }
    known->reasons[known->count++] = kept;
    for (size_t i = 0; i < plan->count; i++)
        if (strcmp(plan->items[i].def->slug, slug) == 0) {
            plan->items[i].expected_to_fail = true;
            plan->items[i].why = kept;
        }
    return true;
}

bool expected_failures_apply(struct expected_failures *out, const char *path,
                             const struct catalogue *catalogue, struct plan *plan,
                             char why[EXPECTED_FAILURES_WHY_SIZE])
{
    char line[1024], what[160];
    bool fine = true;
    unsigned number = 0;
    *out = (struct expected_failures){.reasons = calloc(LINES_MAX, sizeof *out->reasons)};
    FILE *file = fopen(path, "re");
    if (!file || !out->reasons) {
        snprintf(why, EXPECTED_FAILURES_WHY_SIZE, "%s: %s", TEXT_PATH(path), strerror(errno));
        fine = false;
    }
    while (fine && fgets(line, sizeof line, file)) {
        number++;
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] == '\0' || line[0] == '#')
            continue;
        fine = out->count < LINES_MAX && apply_line(out, line, catalogue, plan, what, sizeof what);
        if (!fine)
            snprintf(why, EXPECTED_FAILURES_WHY_SIZE, "%s, line %u: %s", TEXT_PATH(path), number,
                     out->count < LINES_MAX ? what : "more than 1000 lines");
    }
    if (file)
        fclose(file);
    return fine;
}
