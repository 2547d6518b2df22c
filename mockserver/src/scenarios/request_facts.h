/* What is known of a request when a scenario is to be chosen, and when it is journalled: plain
 * facts, no bytes of the request. */
#ifndef AILAB_MOCK_SUBJECT_H
#define AILAB_MOCK_SUBJECT_H

#include "images/image.h"
#include <stdint.h>

struct request_facts {
    struct slice api_key;   /* for globs; never stored */
    struct slice file_name; /* of image_target */
    int service_choice;     /* -1 when there is none that is a number */
    enum image_format format;
    uint64_t image_size;
    uint32_t width, height;
    char sha256[65]; /* of image_target, "" when there is none or nobody asked */
    uint64_t nth;    /* which request of this key, from 1 */
};

#endif
