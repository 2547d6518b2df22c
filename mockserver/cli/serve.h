/* Serves until SIGTERM or SIGINT. */
#ifndef AILAB_MOCK_SERVE_H
#define AILAB_MOCK_SERVE_H

#include "options.h"

/* Returns an exit code. */
int serve(const struct option_values *values);

#endif
