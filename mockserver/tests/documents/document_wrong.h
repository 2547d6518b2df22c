/* Wrong scenario documents for tests: what is wrong, and the complaint that it must give. */
#ifndef AILAB_TESTS_DOCUMENT_WRONG_H
#define AILAB_TESTS_DOCUMENT_WRONG_H

#include "documents/shapes.h"

struct wrong {
    const char *why;
    const char *json;    /* with ' for " */
    const char *pointer; /* exact; NULL: any */
    const char *words[3];
};

/* Parses and lets go again; ends the test when anything is left of a refused document. */
typedef bool wrong_parser(struct slice json, struct document_error *error);

bool wrong_document(struct slice json, struct document_error *error);
bool wrong_scenario(struct slice json, struct document_error *error);
bool wrong_step(struct slice json, struct document_error *error);
bool wrong_account(struct slice json, struct document_error *error);

/* Whether json, in place of wrong->json, is refused with wrong's pointer and words; prints what is
 * different. */
bool wrong_complains(const struct wrong *wrong, struct slice json, wrong_parser *parse);
/* Ends the test when one of them is not refused rightly. */
void wrong_check(const struct wrong *table, size_t count, wrong_parser *parse);

#endif
