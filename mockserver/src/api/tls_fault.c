/* The rows of tls_faults.def, found by number and by name. */
#include "api/tls_fault.h"

static const struct tls_fault_info infos[TLS_FAULT_END] = {
#define MOCK_TLS_FAULT(id, name, summary) [TLS_FAULT_##id] = {name, summary},
#include "api/tls_faults.def"
};

const struct tls_fault_info *tls_fault_info(enum tls_fault fault)
{
    return fault > TLS_FAULT_NONE && fault < TLS_FAULT_END ? &infos[fault] : NULL;
}

enum tls_fault tls_fault_find(struct slice name)
{
    for (enum tls_fault fault = TLS_FAULT_NONE + 1; fault < TLS_FAULT_END; fault++)
        if (slice_equal(name, slice_of(infos[fault].name)))
            return fault;
    return TLS_FAULT_NONE;
}
