/* The functions behind hints.def and what they share. Internal to hints*.c. */
#ifndef AILAB_MOCKSERVER_HINTS_HINTS_INTERNAL_H
#define AILAB_MOCKSERVER_HINTS_HINTS_INTERNAL_H

#include "hints/hints.h"

struct hint_subject {
    const struct request *request;
    const struct revision *revision;
    char *out; /* of HINT_SIZE */
};

/* Whether the row recognises the request; then out has the hint. */
#define MOCK_HINT(id, rule, mistake) bool hint_##id(const struct hint_subject *subject);
#include "hints/hints.def"

/* Writes the hint; true. */
__attribute__((format(printf, 2, 3))) bool hint_say(const struct hint_subject *subject,
                                                    const char *format, ...);

/* A name for people; *** where it holds the request's key. Returns out. */
#define HINT_NAME_SIZE 41
const char *hint_name(char out[HINT_NAME_SIZE], const struct hint_subject *subject,
                      struct slice name);

enum hint_alias { ALIAS_KEY, ALIAS_IMAGE, ALIAS_CHOICE, ALIAS_LINK };

/* Whether a caller who writes name means right: misspelt, or one of its aliases. right may be
 * NULL. False for right itself. */
bool hint_means(struct slice name, const char *right, enum hint_alias aliases);

/* The next "name=value" of a query; start with the whole. False at its end. */
bool hint_next_parameter(struct slice *name, struct slice *query);

bool hint_begins(struct slice text, const char *beginning);
bool hint_begins_nocase(struct slice text, const char *beginning);
/* What programs send for a value that they do not have: undefined, null, [object Object], ... */
bool hint_is_no_value(struct slice text);

#endif
