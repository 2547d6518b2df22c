/* The table, and what its functions share. The functions are in hints_head.c, hints_form.c and
 * hints_value.c. */
#include "base/count_of.h"
#include "base/suggest.h"
#include "hints/hints_internal.h"
#include <stdarg.h>
#include <stdio.h>

static const struct hint_info infos[] = {
#define MOCK_HINT(id, rule, mistake) [HINT_##id] = {#id, RULE_##rule, mistake},
#include "hints/hints.def"
};

static bool (*const recognisers[])(const struct hint_subject *) = {
#define MOCK_HINT(id, rule, mistake) [HINT_##id] = hint_##id,
#include "hints/hints.def"
};

static const struct {
    enum hint_alias of;
    const char *name;
} aliases[] = {
#define MOCK_ALIAS(of, name) {ALIAS_##of, name},
#include "hints/hints.def"
};

const struct hint_info *hint_info(enum hint_id id)
{
    return id > HINT_NONE && id < HINT_COUNT ? &infos[id] : NULL;
}

enum hint_id hint_find(char out[HINT_SIZE], enum rule_id rule, const struct request *request,
                       const struct revision *revision)
{
    const struct hint_subject subject = {request, revision, out};
    out[0] = '\0';
    for (enum hint_id id = HINT_NONE + 1; id < HINT_COUNT; id++)
        if (infos[id].rule == rule && recognisers[id](&subject))
            return id;
    return HINT_NONE;
}

bool hint_say(const struct hint_subject *subject, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(subject->out, HINT_SIZE, format, args);
    va_end(args);
    return true;
}

const char *hint_name(char out[HINT_NAME_SIZE], const struct hint_subject *subject,
                      struct slice name)
{
    const struct slice key = subject->request->head.key;
    if (key.len && name.len && memmem(name.ptr, name.len, key.ptr, key.len))
        return "***";
    return printable(out, HINT_NAME_SIZE, name);
}

bool hint_means(struct slice name, const char *right, enum hint_alias of)
{
    struct suggestions near;
    if (!name.len || (right && slice_equal_nocase(name, slice_of(right))))
        return false;
    suggestions_init(&near, name);
    if (right)
        suggestions_consider(&near, right);
    if (suggestions_meant(&near))
        return true;
    for (size_t i = 0; i < COUNT_OF(aliases); i++)
        if (aliases[i].of == of)
            suggestions_consider(&near, aliases[i].name);
    return near.distances[0] == 0;
}

bool hint_next_parameter(struct slice *name, struct slice *query)
{
    if (!query->len)
        return false;
    const char *end = memchr(query->ptr, '&', query->len);
    const size_t len = end ? (size_t)(end - query->ptr) : query->len;
    const char *equals = memchr(query->ptr, '=', len);
    *name = slice_make(query->ptr, equals ? (size_t)(equals - query->ptr) : len);
    const size_t used = len + (end != NULL);
    *query = slice_make(query->ptr + used, query->len - used);
    return true;
}

bool hint_begins(struct slice text, const char *beginning)
{
    const size_t len = strlen(beginning);
    return text.len >= len && memcmp(text.ptr, beginning, len) == 0;
}

bool hint_begins_nocase(struct slice text, const char *beginning)
{
    const size_t len = strlen(beginning);
    return text.len >= len && slice_equal_nocase(slice_make(text.ptr, len), slice_of(beginning));
}

bool hint_is_no_value(struct slice text)
{
    static const char *const words[] = {"undefined", "null", "none", "nil", "nan", "(null)"};
    static const char *const beginnings[] = {"[object ", "<_io.", "<Buffer", "b'", "Resource id #"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (slice_equal_nocase(text, slice_of(words[i])))
            return true;
    for (size_t i = 0; i < COUNT_OF(beginnings); i++)
        if (hint_begins(text, beginnings[i]))
            return true;
    return false;
}
