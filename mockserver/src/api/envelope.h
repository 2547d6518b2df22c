/* The vendor's JSON envelope, for every answer, in each of its three shapes.
 *
 * Pure but for memory. An envelope is a cJSON tree until it is printed, so that a deviation can
 * be committed on it in between; the result image never enters the tree: a mark stands for it, and
 * the printed text is cut there. */
#ifndef AILAB_MOCKSERVER_API_ENVELOPE_H
#define AILAB_MOCKSERVER_API_ENVELOPE_H

#include "api/rules.h"

struct cJSON;

#define ENVELOPE_IMAGE_MARK "@"

/* What a support ticket would quote. Made by the caller, so that this stays a pure function. */
struct answer_ids {
    char request_id[37]; /* upper-case UUID */
    char log_id[9];      /* eight decimal digits */
};

/* Makes ids from random bits. */
void answer_ids_make(struct answer_ids *out, uint64_t random_a, uint64_t random_b);

/* A tree to be freed with cJSON_Delete(), NULL when memory ran out; its numbers are cJSON_Raw. With
 * a verdict that refused nothing, data becomes part of the tree and is consumed, also on failure;
 * otherwise data is NULL and the envelope has none. */
struct cJSON *envelope_make(const struct revision *revision, const struct verdict *verdict,
                            const struct answer_ids *ids, struct cJSON *data);

/* {"image": ENVELOPE_IMAGE_MARK}, NULL when memory ran out. */
struct cJSON *envelope_image_data(void);

/* Finds the mark in a printed envelope: what comes before the image and what comes after. False
 * when there is none. */
bool envelope_split(struct slice text, struct slice *before, struct slice *after);

#endif
