/* Variables from their table. */
#include "environment/environment.h"
#include "base/count_of.h"
#include "environment/template.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct row {
    const char *name;
    enum environment_part part;
    const char *value;
} rows[] = {
#define ENVIRONMENT(name, part, value) {#name, ENVIRONMENT_##part, value},
#include "environment/environment.def"
};

static bool has_name(const char *variable, const char *name, size_t length)
{
    return strncmp(variable, name, length) == 0 && variable[length] == '=';
}

/* The value of the variable; NULL when it is not set. */
static const char *value_of(const char *const *variables, const char *name)
{
    for (; variables && *variables; variables++)
        if (has_name(*variables, name, strlen(name)))
            return *variables + strlen(name) + 1;
    return NULL;
}

/* "NAME=VALUE", to be freed; NULL when memory ran out. */
static char *make_variable(const struct row *row, const struct environment_facts *facts,
                           const char *old)
{
    const struct template_word words[] = {
        {"url", facts->url},
        {"address", facts->address},
        {"port", facts->port},
        {"ca", facts->ca_file},
        {"bundle", facts->bundle_file},
        {"java", facts->java_file},
        {"folder", facts->folder},
        {"old", old},
    };
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    fprintf(out, "%s=", row->name);
    template_write(out, row->value, words, COUNT_OF(words));
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

/* One block of pointers and texts. */
static char **pack(char *const *variables, size_t count)
{
    size_t size = (count + 1) * sizeof(char *);
    for (size_t i = 0; i < count; i++)
        size += strlen(variables[i]) + 1;
    char **block = malloc(size);
    char *at = block ? (char *)(block + count + 1) : NULL;
    for (size_t i = 0; block && i < count; i++) {
        block[i] = at;
        at = stpcpy(at, variables[i]) + 1;
    }
    if (block)
        block[count] = NULL;
    return block;
}

char **environment_new(const struct environment_facts *facts, enum environment_part last,
                       const char *const *inherited)
{
    char *made[COUNT_OF(rows) + 1] = {NULL}, **block = NULL;
    size_t count = 0;
    bool good = true;
    for (const struct row *row = rows; good && row < rows + COUNT_OF(rows); row++) {
        if (row->part > last)
            continue;
        const char *old = value_of((const char *const *)made, row->name);
        char *variable = make_variable(row, facts, old ? old : value_of(inherited, row->name));
        size_t place = 0;
        good = variable != NULL;
        while (place < count && !has_name(made[place], row->name, strlen(row->name)))
            place++;
        free(made[place]);
        made[place] = variable;
        count += place == count && good;
    }
    if (good)
        block = pack(made, count);
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        free(made[i]);
    return block;
}

static bool is_replaced(const char *variable, const char *const *added, enum environment_part last)
{
    for (const struct row *row = rows; row < rows + COUNT_OF(rows); row++)
        if (row->part > last && !strstr(row->value, "{old") && !strstr(row->value, "{:old") &&
            has_name(variable, row->name, strlen(row->name)))
            return true;
    for (; *added; added++)
        if (has_name(variable, *added, strcspn(*added, "=")))
            return true;
    return false;
}

static size_t length_of(const char *const *list)
{
    size_t length = 0;
    while (list[length])
        length++;
    return length;
}

char **environment_merge(const char *const *inherited, const char *const *added,
                         enum environment_part last)
{
    size_t count = 0;
    char **list = calloc(length_of(inherited) + length_of(added) + 1, sizeof(char *));
    if (!list)
        return NULL;
    for (; *inherited; inherited++)
        if (!is_replaced(*inherited, added, last))
            memcpy(&list[count++], inherited, sizeof(char *));
    memcpy(list + count, added, length_of(added) * sizeof(char *));
    return list;
}
