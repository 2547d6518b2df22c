/* The suites, in the order in which they run and are reported. Each lives in a file of its name. */
#ifndef CONFORMANCE_SERVER_CASES_SUITES_H
#define CONFORMANCE_SERVER_CASES_SUITES_H

#include "engine/case.h"

extern const struct suite suite_call, suite_method, suite_key, suite_fields, suite_choice,
    suite_image, suite_order, suite_multipart, suite_wire, suite_framing, suite_concurrency,
    suite_cors, suite_account, suite_credits;

/* Suites whose cases follow from a table; the cases live in static storage of the catalogue. */
#define SUITE_CASES_MAX 160
struct suite_maker {
    const char *name, *title;
    bool no_control;
    /* Fills cases, at most SUITE_CASES_MAX; texts are put into store. Returns their count. */
    size_t (*make)(struct case_def cases[SUITE_CASES_MAX], struct buf *store);
};
extern const struct suite_maker suite_envelope, suite_armed, suite_every_answer;

#endif
