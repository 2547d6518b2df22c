/* What a failed situation looked like, for people: what was armed, the program's requests on a time
 * line, its end, its last lines. */
#ifndef CONFORMANCE_CALLER_EXAM_EXHIBIT_H
#define CONFORMANCE_CALLER_EXAM_EXHIBIT_H

#include "caller/judge/seen.h"
#include "caller/stage/stage.h"
#include "evidence/secrets.h"

/* start_ms: when the program started, since the epoch. The key of the run and the secrets are
 * masked. The caller frees it; NULL when out of memory. */
char *exhibit(const struct seen *seen, const struct stage *stage, const struct secrets *secrets,
              double start_ms);
/* The line that repeats the situation: options and words as they were typed. The caller frees it.
 */
char *exhibit_repeat(const struct situation *situation, char *const *words, const char *options,
                     const struct secrets *secrets);

#endif
