/* The open descriptors of this process. civetweb hands out none, so the mock looks for them. */
#ifndef AILAB_MOCKSERVER_FRONT_DESCRIPTORS_H
#define AILAB_MOCKSERVER_FRONT_DESCRIPTORS_H

#include <stdbool.h>

/* Calls visit for each open descriptor until it returns true; returns whether one did. */
bool descriptors_each(bool (*visit)(int fd, const void *context), const void *context);

#endif
