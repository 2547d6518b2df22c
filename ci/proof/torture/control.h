/* What the driver and a tortured program share: a file that both have mapped. control.py knows the
 * same layout. */
#ifndef AILAB_TORTURE_CONTROL_H
#define AILAB_TORTURE_CONTROL_H

#include <stdint.h>

#define TORTURE_ANY_NUMBER UINT32_MAX /* last: from the first on, for ever */

/* Kinds that are no errno, as calls.def explains them. */
enum torture_kind {
    TORTURE_SHORT = -1001,
    TORTURE_END = -1002,
    TORTURE_LATER = -1003,
    TORTURE_EARLIER = -1004,
};

enum torture_call {
#define CALL(name, kinds) TORTURE_##name,
#include "calls.def"
    TORTURE_CALLS
};

struct torture_control {
    uint32_t size;        /* of this struct, by the driver: what is of another size is not used */
    uint32_t pid;         /* of the process that counts; 0 before its main() */
    uint32_t call;        /* 1 and the number of the call that fails; 0: none does */
    uint32_t first, last; /* which of them fail, counted from 1 */
    int32_t kind;
    uint32_t hits; /* calls that failed */
    uint32_t counts[TORTURE_CALLS];
};

#endif
