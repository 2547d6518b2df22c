/* Faults: what goes wrong on purpose below the envelope. Turns a right answer into the steps of a
 * wrong one. Pure but for memory; the transport only carries steps out. */
#ifndef AILAB_MOCKSERVER_API_FAULT_H
#define AILAB_MOCKSERVER_API_FAULT_H

#include "api/reply.h"

enum fault_id {
    FAULT_NONE = 0,
#define MOCK_FAULT(id, name, place, parameter, fallback, summary) FAULT_##id,
#include "api/faults.def"
    FAULT_COUNT
};

/* Where the damage is done; faults.def describes each. */
enum fault_place {
    FAULT_UPLOAD,
    FAULT_SOURCE,
    FAULT_BASE64,
    FAULT_BODY,
    FAULT_SENDING,
    FAULT_INSTEAD,
};

enum fault_parameter {
    FAULT_PARAMETER_NONE,
    FAULT_PARAMETER_MS,
    FAULT_PARAMETER_BYTES,
    FAULT_PARAMETER_RATE
};

struct fault_info {
    const char *name; /* "reset-mid-answer" */
    enum fault_place place;
    enum fault_parameter parameter;
    uint64_t fallback; /* the amount when none is given */
    const char *summary;
};

/* Static storage. NULL, or FAULT_NONE, when there is no such fault. */
const struct fault_info *fault_info(enum fault_id id);
enum fault_id fault_find(struct slice name);

/* Builds the reply for this answer with this fault, of any place but UPLOAD. json and image as for
 * reply_json(). A fault that concerns only an image leaves an answer without one as it is. False
 * when memory ran out; clear the reply in any case. */
bool fault_reply(struct reply *out, const struct reply_head *head, struct slice json,
                 struct slice image, enum fault_id fault, uint64_t amount);

#endif
