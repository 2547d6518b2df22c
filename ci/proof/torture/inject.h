/* What the files of the library share. */
#ifndef AILAB_TORTURE_INJECT_H
#define AILAB_TORTURE_INJECT_H

#include "control.h"
#include <stdbool.h>

#define EXPORTED __attribute__((visibility("default")))

/* The C library's own function; the process ends where it has none. */
void *torture_real(const char *name);

/* Counts the call. 0: it goes on as usual; else the kind of failure. */
int torture_fault(enum torture_call call);

/* The same where every kind is an errno, which is set. */
bool torture_fails(enum torture_call call);

/* In a child: from now on nothing counts. */
void torture_leave(void);

/* A function that fails by one value and an errno, and otherwise is the C library's. */
#define WRAP(type, name, as, failure, parameters, arguments)                                       \
    EXPORTED type name parameters;                                                                 \
    EXPORTED type name parameters                                                                  \
    {                                                                                              \
        static type(*real) parameters;                                                             \
        if (!real)                                                                                 \
            *(void **)&real = torture_real(#name);                                                 \
        return torture_fails(TORTURE_##as) ? (failure) : real arguments;                           \
    }

/* One that returns its error. */
#define WRAP_ERROR(name, as, parameters, arguments)                                                \
    EXPORTED int name parameters;                                                                  \
    EXPORTED int name parameters                                                                   \
    {                                                                                              \
        static int(*real) parameters;                                                              \
        if (!real)                                                                                 \
            *(void **)&real = torture_real(#name);                                                 \
        const int fault = torture_fault(TORTURE_##as);                                             \
        return fault ? fault : real arguments;                                                     \
    }

#endif
