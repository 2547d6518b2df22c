/* --record DIR: every exchange of a run as one JSON file per case, redacted, so that it can be
 * compared with another run later. Any thread. */
#ifndef CONFORMANCE_SERVER_EVIDENCE_RECORD_H
#define CONFORMANCE_SERVER_EVIDENCE_RECORD_H

#include "evidence/origin.h"
#include "evidence/transcript.h"

struct record;

/* Makes the directory when it is missing; without a directory records are only kept. NULL with a
 * phrase in why when that is not possible. */
struct record *record_new(const char *directory, char why[URL_WHY_SIZE]);
void record_free(struct record *record);
/* Keeps the exchange. Nothing is written before record_write(). */
void record_add(struct record *record, const char *slug, unsigned step,
                const struct request *request, const struct exchange *exchange,
                const struct secrets *secrets);
/* Writes one file per case. False with the name of the file and the reason in why. */
bool record_write(struct record *record, const struct origin *origin, const char *date,
                  char why[URL_WHY_SIZE]);
/* The name of a case's file in a directory of records. */
void record_path(struct buf *out, const char *directory, const char *slug);
/* The kept exchanges of a case, as a JSON array. NULL when there are none. Borrowed. */
const cJSON *record_find(const struct record *record, const char *slug);

#endif
