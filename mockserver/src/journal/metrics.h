/* What is counted over a mock's whole life, and its Prometheus text. Bounded: of more than 256
 * pairs of status and code, the rest count as "other".
 *
 * Not thread-safe by itself: the state holds one lock over it. */
#ifndef AILAB_MOCKSERVER_JOURNAL_METRICS_H
#define AILAB_MOCKSERVER_JOURNAL_METRICS_H

#include "api/tls_fault.h"
#include "scenarios/scenario.h"
#include <stdint.h>

#define METRICS_SERIES_MAX 256
#define METRICS_BUCKETS 15

struct metrics_series {
    int status;
    char code[SCENARIO_CODE_MAX + 1];
    uint64_t count;
};

/* Start with all zero. */
struct metrics {
    struct metrics_series series[METRICS_SERIES_MAX];
    uint16_t index[METRICS_SERIES_MAX * 2]; /* open addressing; 0 free, else series + 1 */
    size_t series_count;
    uint64_t other, requests, unexpected;
    uint64_t buckets[METRICS_BUCKETS + 1]; /* each request in one; the last is above all bounds */
    double seconds;
    uint64_t in_flight;
    uint64_t tls_faults[TLS_FAULT_END]; /* connections that met each */
};

/* What the text also tells, of elsewhere. */
struct metrics_gauges {
    size_t journal_entries, journal_bytes, accounts;
    uint64_t journal_forgotten; /* ever */
    const char *version, *revision;
};

/* Counts an answered request. */
void metrics_count(struct metrics *metrics, int status, const char *code, double duration_ms,
                   bool unexpected);

/* The exposition, to be freed with free(); NULL when memory ran out. */
char *metrics_print(const struct metrics *metrics, const struct metrics_gauges *gauges);

#define METRICS_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

#endif
