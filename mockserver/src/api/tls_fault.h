/* Faults of TLS: what goes wrong on purpose below HTTP, before a key is known or after the last
 * byte of an answer. So they are armed for the next connections of any client, and no step has one.
 * Pure.
 */
#ifndef AILAB_MOCKSERVER_API_TLS_FAULT_H
#define AILAB_MOCKSERVER_API_TLS_FAULT_H

#include "base/slice.h"
#include <stdint.h>

enum tls_fault {
    TLS_FAULT_NONE,
#define MOCK_TLS_FAULT(id, name, summary) TLS_FAULT_##id,
#include "api/tls_faults.def"
    TLS_FAULT_END, /* one more than the last */
};

struct tls_fault_info {
    const char *name; /* "tls-expired" */
    const char *summary;
};

/* Static storage. NULL, or TLS_FAULT_NONE, when there is no such fault. */
const struct tls_fault_info *tls_fault_info(enum tls_fault fault);
enum tls_fault tls_fault_find(struct slice name);

#define TLS_CONNECTIONS_MAX 1000 /* of one arming */
#define TLS_ARMINGS_MAX 64       /* that wait at once */

/* The next connections that speak TLS get this fault. */
struct tls_arming {
    enum tls_fault fault;
    uint32_t connections; /* 1 to TLS_CONNECTIONS_MAX */
};

#endif
