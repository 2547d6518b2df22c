/* Building a large cJSON tree without looking at every step: a builder remembers that one failed,
 * and the owner of the root looks once at the end. */
#ifndef AILAB_MOCK_EXPORT_BUILD_H
#define AILAB_MOCK_EXPORT_BUILD_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

struct builder {
    bool failed; /* memory ran out, or a text did not fit */
};

/* Each adds to parent, which may be NULL after a failure: under name to an object, at the end of
 * an array with name NULL. The returned item is borrowed, NULL after a failure. */
cJSON *add_object(struct builder *b, cJSON *parent, const char *name);
cJSON *add_array(struct builder *b, cJSON *parent, const char *name);
cJSON *add_text(struct builder *b, cJSON *parent, const char *name, const char *text);
cJSON *add_number(struct builder *b, cJSON *parent, const char *name, double number);
/* item is consumed, also on failure; NULL is a failure. */
cJSON *add_item(struct builder *b, cJSON *parent, const char *name, cJSON *item);
/* An array of texts; the list ends with NULL. */
cJSON *add_texts(struct builder *b, cJSON *parent, const char *name, const char *const *texts);

/* The tree, or NULL, having freed it, when a step failed. */
cJSON *build_end(const struct builder *b, cJSON *root);

/* A text that grows in place; what does not fit fails the builder it is added with. */
struct words {
    size_t used;
    char text[8192];
};

__attribute__((format(printf, 2, 3))) void words_add(struct words *words, const char *format, ...);
cJSON *add_words(struct builder *b, cJSON *parent, const char *name, const struct words *words);

#endif
