/* Reads one arming of a fault of TLS: {"fault": "tls-expired", "connections": 2}. */
#include "api/fault.h"
#include "documents/shapes.h"

#define NAMES_SCHEMA                                                                               \
    "{'type':'string','description':'a fault of TLS, as ailab-mock faults lists them'}"

static bool read_tls_fault(struct reader *reader, void *at, const struct shape_row *row,
                           const cJSON *value)
{
    struct slice name = slice_of(cJSON_GetStringValue(value));
    enum tls_fault *out = at;
    struct suggestions nearest;
    (void)row;
    if (!name.ptr)
        return false;
    *out = tls_fault_find(name);
    if (*out != TLS_FAULT_NONE)
        return true;
    if (fault_find(name) != FAULT_NONE)
        return reader_complain(reader,
                               "found \"%s\", a fault of an answer, expected a fault of TLS; "
                               "arm this one in a step of a scenario",
                               name.ptr);
    suggestions_init(&nearest, name);
    suggest_tls_faults(&nearest);
    return refuse_name(reader, "fault of TLS", name.ptr, &nearest);
}

void suggest_tls_faults(struct suggestions *nearest)
{
    for (enum tls_fault fault = TLS_FAULT_NONE + 1; fault < TLS_FAULT_END; fault++)
        suggestions_consider(nearest, tls_fault_info(fault)->name);
}

static const struct shape_other name_field = {read_tls_fault, NULL, "the name of a fault of TLS",
                                              NAMES_SCHEMA, NULL};

static const struct shape_row tls_rows[] = {
    {"fault", SHAPE_OTHER, SHAPE_REQUIRED, SHAPE_AT(struct tls_arming, fault),
     .of.other = &name_field},
    {"connections", SHAPE_WHOLE, 0, SHAPE_AT(struct tls_arming, connections), .minimum = 1,
     .maximum = TLS_CONNECTIONS_MAX, .note = "how many meet it; 1 when it is not given"},
};

static const struct tls_arming unread = {TLS_FAULT_NONE, 1};

const struct shape tls_shape = {"a fault of TLS: an object with fault and connections",
                                SHAPE_ROWS(tls_rows),
                                .size = sizeof(struct tls_arming),
                                .initial = &unread,
                                .plural = "faults of TLS",
                                .schema = "TlsFault"};
