/* Finds, without the service, the pictures and values that it refuses. Pure. */
#ifndef CLIENT_SRC_CHECK_H
#define CLIENT_SRC_CHECK_H

#include "result.h"

/* As ailab_check(), into a result that exists. A NULL choice is not checked. */
enum ailab_error ai_check(struct ailab_result *result, const int *service_choice,
                          const struct ailab_image *image);

#endif
