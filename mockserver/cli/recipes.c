#include "recipes.h"
#include "base/count_of.h"
#include "cmdline/cmdline.h"
#include <string.h>
#include <strings.h>

static const struct recipe recipes[] = {
#define RECIPE(name, also, about, text) {name, also, about, text},
#include "recipes.def"
};

const struct recipe *recipes_all(size_t *count)
{
    *count = COUNT_OF(recipes);
    return recipes;
}

static bool has_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (; *words; words += strcspn(words, "|") + 1)
        if (strcspn(words, "|") == length && strncasecmp(words, word, length) == 0)
            return true;
    return false;
}

const struct recipe *recipe_find(const char **meant, const char *name)
{
    const char *names[COUNT_OF(recipes)];
    *meant = NULL;
    for (size_t i = 0; i < COUNT_OF(recipes); i++) {
        if (strcasecmp(recipes[i].name, name) == 0 || has_word(recipes[i].also, name))
            return &recipes[i];
        names[i] = recipes[i].name;
    }
    *meant = cmdline_meant(name, names, COUNT_OF(recipes));
    return NULL;
}

/* A word of a POSIX shell. */
static void print_word(FILE *out, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "/._-+,@%:";
    if (text[0] && strspn(text, plain) == strlen(text)) {
        fputs(text, out);
        return;
    }
    putc('\'', out);
    for (; *text; text++)
        if (*text == '\'')
            fputs("'\\''", out);
        else
            putc(*text, out);
    putc('\'', out);
}

void recipe_print(FILE *out, const struct recipe *recipe, const struct recipe_files *files)
{
    const struct {
        const char *mark, *path;
    } marks[] = {{"{ca}", files->ca}, {"{bundle}", files->bundle}, {"{java}", files->java}};
    for (const char *at = recipe->text; *at;) {
        size_t i = 0;
        while (i < COUNT_OF(marks) && strncmp(at, marks[i].mark, strlen(marks[i].mark)) != 0)
            i++;
        if (i == COUNT_OF(marks)) {
            putc(*at++, out);
        } else {
            print_word(out, marks[i].path);
            at += strlen(marks[i].mark);
        }
    }
}
