/* One pass over the text; a value is not looked into. */
#include "environment/template.h"
#include <stdbool.h>
#include <string.h>

/* The word that stands at a brace, with the length of its place; NULL for none. */
static const struct template_word *find(size_t *length, const char *brace,
                                        const struct template_word *words, size_t count)
{
    const char *end = strchr(brace, '}');
    const char *name = brace + 1 + (brace[1] == ':');
    if (!end)
        return NULL;
    *length = (size_t)(end + 1 - brace);
    const size_t size = (size_t)(end - name) - (end > name && end[-1] == ' ');
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i].name) == size && strncmp(words[i].name, name, size) == 0)
            return &words[i];
    return NULL;
}

void template_write(FILE *out, const char *text, const struct template_word *words, size_t count)
{
    while (*text) {
        size_t length = 1;
        const struct template_word *word = *text == '{' ? find(&length, text, words, count) : NULL;
        if (!word) {
            fputc(*text++, out);
            continue;
        }
        const char *value = word->value ? word->value : "";
        const bool colon = text[1] == ':', blank = text[length - 2] == ' ';
        fprintf(out, "%s%s%s", *value && colon ? ":" : "", value, *value && blank ? " " : "");
        text += length;
    }
}
