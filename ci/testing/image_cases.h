/* Odd and damaged pictures, and what is right for each: the rows of image_cases.def. */
#ifndef AILAB_TESTING_IMAGE_CASES_H
#define AILAB_TESTING_IMAGE_CASES_H

#include "testing/image_make.h"

enum image_case_verdict {
    IMAGE_CASE_TAKEN,   /* mock and client take it */
    IMAGE_CASE_DECODER, /* the mock refuses it; the client, which does not decode, takes it */
    IMAGE_CASE_REFUSED, /* by both */
};

struct image_case {
    const char *name;
    enum image_case_verdict verdict;
    const char *oddities; /* words, a space between */
};

size_t image_case_count(void);
/* Makes the i-th picture. Free file->data with free(). Static storage is returned. */
const struct image_case *image_case_make(struct image_file *file, size_t i);

#endif
