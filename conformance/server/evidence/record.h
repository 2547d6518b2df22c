/* --record DIR: every exchange of a run as one JSON file per case, redacted, so that it can be
 * compared with another run later. Any thread. */
#ifndef CONFORMANCE_RECORDER_H
#define CONFORMANCE_RECORDER_H

#include "wire/exchange.h"
#include "wire/request.h"

struct recorder;

/* Makes the directory when it is missing; without a directory records are only kept. NULL with a
 * phrase in why when that is not possible. */
struct recorder *recorder_new(const char *directory, char why[URL_WHY_SIZE]);
void recorder_free(struct recorder *recorder);
/* Keeps the exchange. Nothing is written before recorder_write(). */
void recorder_add(struct recorder *recorder, const char *slug, unsigned step,
                  const struct request *request, const struct exchange *exchange,
                  const struct run *run);
/* Writes one file per case. False with the name of the file and the reason in why. */
bool recorder_write(struct recorder *recorder, const struct run *run, const char *date,
                    char why[URL_WHY_SIZE]);
/* The name of a case's file in a directory of records. */
void recorder_path(struct buf *out, const char *directory, const char *slug);
/* What was kept of a case, as JSON: an array of exchanges. NULL when nothing was. Borrowed. */
const cJSON *recorder_find(const struct recorder *recorder, const char *slug);

#endif
