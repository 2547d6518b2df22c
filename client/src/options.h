/* The options, made complete. */
#ifndef AILAB_CLIENT_OPTIONS_H
#define AILAB_CLIENT_OPTIONS_H

#include "ailab.h"

/* Puts the defaults where there are zeros. */
void ai_options_complete(struct ailab_options *options);

#endif
