/* A network and a view of the files for this process and all that it starts, where the vendor's
 * host is this machine and no other can be reached. Linux namespaces; what is outside stays as it
 * is. */
#ifndef AILAB_MOCK_RUN_ISOLATE_H
#define AILAB_MOCK_RUN_ISOLATE_H

#include "file.h"
#include <stdbool.h>

/* Enters new namespaces, in which this process may do everything, and starts the loopback device.
 * Before any thread starts. The user stays the same; a program that a user other than root starts
 * has no powers. False with why, and what to do instead: then this process can only end. */
bool isolate_enter(char why[FILE_WHY_SIZE]);

/* Makes names lead here: the files of the resolver, and the system's certificates, replaced by
 * those of bundle, in this view of the files. False with why. */
bool isolate_names(const char *bundle, char why[FILE_WHY_SIZE]);

#endif
