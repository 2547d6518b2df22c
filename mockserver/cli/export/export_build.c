/* The steps of export_build.h. cJSON ignores a NULL parent, so that a failure early on is carried
 * to the end without a branch in between. */
#include "export_build.h"
#include <stdarg.h>
#include <stdio.h>

cJSON *add_item(struct builder *b, cJSON *parent, const char *name, cJSON *item)
{
    if (item &&
        (name ? cJSON_AddItemToObject(parent, name, item) : cJSON_AddItemToArray(parent, item)))
        return item;
    cJSON_Delete(item);
    b->failed = true;
    return NULL;
}

cJSON *add_object(struct builder *b, cJSON *parent, const char *name)
{
    return add_item(b, parent, name, cJSON_CreateObject());
}

cJSON *add_array(struct builder *b, cJSON *parent, const char *name)
{
    return add_item(b, parent, name, cJSON_CreateArray());
}

cJSON *add_text(struct builder *b, cJSON *parent, const char *name, const char *text)
{
    return add_item(b, parent, name, cJSON_CreateString(text));
}

cJSON *add_number(struct builder *b, cJSON *parent, const char *name, double number)
{
    return add_item(b, parent, name, cJSON_CreateNumber(number));
}

cJSON *add_texts(struct builder *b, cJSON *parent, const char *name, const char *const *texts)
{
    cJSON *array = add_array(b, parent, name);
    for (; *texts; texts++)
        add_text(b, array, NULL, *texts);
    return array;
}

cJSON *build_end(const struct builder *b, cJSON *root)
{
    if (!b->failed)
        return root;
    cJSON_Delete(root);
    return NULL;
}

void words_add(struct words *words, const char *format, ...)
{
    va_list args;
    if (words->used >= sizeof words->text)
        return;
    va_start(args, format);
    int length =
        vsnprintf(words->text + words->used, sizeof words->text - words->used, format, args);
    va_end(args);
    words->used += length < 0 ? sizeof words->text : (size_t)length;
}

cJSON *add_words(struct builder *b, cJSON *parent, const char *name, const struct words *words)
{
    return add_item(b, parent, name,
                    words->used < sizeof words->text ? cJSON_CreateString(words->text) : NULL);
}
