/* Requests and entries for the tests of the journal. */
#ifndef AILAB_MOCKSERVER_TESTS_JOURNAL_JOURNAL_SAMPLE_H
#define AILAB_MOCKSERVER_TESTS_JOURNAL_JOURNAL_SAMPLE_H

#include "journal/journal.h"

#define SHA_EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define SHA_ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

/* A form: service_choice 12, and the picture "abc", me.jpg. */
extern const char sample_form[];

/* A POST to the API with this body and the content type of a form, to be freed. */
struct request *sample_request(const char *body);
/* An accepted request, or with a code a refused one, described. */
void sample_describe(struct journal_entry *out, const struct request *request, enum error_code code,
                     enum rule_id rule, const char *message);
/* Only what the journal itself looks at. key may be NULL. */
struct journal_entry sample_entry(const char *key, const char *code);
/* sample_form by "the-key", its third request, answered by the scenario "success". The picture
 * counts as a JPEG of 30 x 40. */
struct journal_entry sample_answered(void);
/* A filter that takes each entry. */
bool sample_any(void *context, const struct journal_entry *entry);

#endif
