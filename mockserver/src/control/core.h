/* The mock without its sockets: settings, keys, pictures, counters. Everything a request is judged
 * by that is not in the request. Thread-safe; one per running mock. */
#ifndef AILAB_MOCK_CORE_H
#define AILAB_MOCK_CORE_H

#include "api/envelope.h"
#include "control/pictures.h"
#include <stdatomic.h>

struct core_options {
    const struct revision *revision;
    const char *const *api_keys; /* borrowed for the call */
    size_t api_key_count;        /* 0: any non-empty key is accepted */
    bool trust_images;
    uint64_t max_body_bytes;
    bool rules_off[RULE_COUNT];
    struct pictures_options pictures;
    uint64_t seed; /* of request ids */
};

struct core;

/* NULL when memory ran out. */
struct core *core_new(const struct core_options *options);
/* NULL is allowed. */
void core_free(struct core *core);

const struct revision *core_revision(const struct core *core);
struct pictures *core_pictures(const struct core *core);

/* Fills in what a request is judged by. view is where account is kept; both must outlive the
 * judging. */
void core_context(struct rule_context *out, struct account_view *view, const struct core *core,
                  struct slice key);

/* Ids that no other answer of this core has. */
void core_next_ids(struct answer_ids *out, struct core *core);

#endif
