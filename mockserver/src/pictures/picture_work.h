/* What the mock does with pictures: judges uploads by decoding them, and makes result images.
 *
 * Both cost time, so both are remembered by content, within bounds, and no more of them run at
 * once than there are cores. Thread-safe. */
#ifndef AILAB_MOCKSERVER_PICTURES_PICTURE_WORK_H
#define AILAB_MOCKSERVER_PICTURES_PICTURE_WORK_H

#include "api/rules.h"
#include "base/shared_bytes.h"

enum result_kind { RESULT_ANNOTATE, RESULT_ECHO, RESULT_FILE };

struct picture_work_options {
    enum result_kind result;
    struct shared_bytes *file; /* for RESULT_FILE; a reference is taken */
    size_t cache_bytes;        /* 0: remember nothing */
    unsigned decodes_max;      /* at once; at least 1 */
};

struct picture_work;

/* NULL when memory ran out. */
struct picture_work *picture_work_new(const struct picture_work_options *options);
/* NULL is allowed. */
void picture_work_free(struct picture_work *pictures);

/* The judge for rule_context, borrowed. */
const struct image_judge *picture_work_judge(struct picture_work *pictures);

/* The result image for an accepted request: its own reference in *out. *out NULL with true means:
 * answer with the uploaded bytes, also because a picture that was not decoded before (trusted, or
 * its rule switched off) turns out not to be one. False when memory ran out. */
bool picture_work_result(struct shared_bytes **out, struct picture_work *pictures,
                         struct request *request);

/* Sets facts->sha256 unless it is set already. */
void picture_work_hash(struct image_facts *facts, struct slice bytes);

#endif
