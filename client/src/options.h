/* The options, made complete. */
#ifndef CLIENT_SRC_OPTIONS_H
#define CLIENT_SRC_OPTIONS_H

#include "ailab.h"

/* Puts the defaults where there are zeros. */
void ai_options_complete(struct ailab_options *options);

#endif
