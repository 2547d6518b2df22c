/* Counters and a histogram in the text format of Prometheus, version 0.0.4. */
#include "journal/metrics.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* With the text that is shown: printf() would follow the locale of a program that embeds the mock.
 */
static const struct {
    double seconds;
    const char *text;
} bounds[METRICS_BUCKETS] = {
    {0.0005, "0.0005"}, {0.001, "0.001"}, {0.0025, "0.0025"}, {0.005, "0.005"}, {0.01, "0.01"},
    {0.025, "0.025"},   {0.05, "0.05"},   {0.1, "0.1"},       {0.25, "0.25"},   {0.5, "0.5"},
    {1, "1"},           {2.5, "2.5"},     {10, "10"},         {30, "30"},       {60, "60"},
};

/* FNV-1a */
static size_t hash_of(int status, const char *code)
{
    uint32_t hash = UINT32_C(2166136261) ^ (uint32_t)status;
    for (; *code; code++)
        hash = (hash ^ (unsigned char)*code) * UINT32_C(16777619);
    return hash * UINT32_C(16777619) >> 16;
}

static struct metrics_series *series_of(struct metrics *metrics, int status, const char *code)
{
    const size_t slots = sizeof metrics->index / sizeof metrics->index[0];
    size_t slot = hash_of(status, code) % slots;
    for (; metrics->index[slot]; slot = (slot + 1) % slots) {
        struct metrics_series *series = &metrics->series[metrics->index[slot] - 1];
        if (series->status == status && strcmp(series->code, code) == 0)
            return series;
    }
    if (metrics->series_count == METRICS_SERIES_MAX)
        return NULL;
    struct metrics_series *series = &metrics->series[metrics->series_count++];
    metrics->index[slot] = (uint16_t)metrics->series_count;
    series->status = status;
    snprintf(series->code, sizeof series->code, "%s", code);
    return series;
}

void metrics_count(struct metrics *metrics, int status, const char *code, double duration_ms,
                   bool unexpected)
{
    size_t bucket = 0;
    double seconds = duration_ms > 0 ? duration_ms / 1000 : 0;
    struct metrics_series *series = series_of(metrics, status, code);
    if (series)
        series->count++;
    else
        metrics->other++;
    while (bucket < METRICS_BUCKETS && seconds > bounds[bucket].seconds)
        bucket++;
    metrics->buckets[bucket]++;
    metrics->seconds += seconds;
    metrics->requests++;
    metrics->unexpected += unexpected;
}

static void print_head(FILE *out, const char *name, const char *type, const char *help)
{
    fprintf(out, "# HELP ailab_mock_%s %s\n# TYPE ailab_mock_%s %s\n", name, help, name, type);
}

static void print_label(FILE *out, const char *text)
{
    for (; *text; text++)
        if (*text == '\n')
            fputs("\\n", out);
        else if (*text == '"' || *text == '\\')
            fprintf(out, "\\%c", *text);
        else
            fputc(*text, out);
}

static void print_series(FILE *out, const struct metrics *metrics)
{
    print_head(out, "requests_total", "counter", "Answers by HTTP status and error code.");
    for (size_t i = 0; i < metrics->series_count; i++) {
        fprintf(out, "ailab_mock_requests_total{status=\"%d\",code=\"", metrics->series[i].status);
        print_label(out, metrics->series[i].code);
        fprintf(out, "\"} %" PRIu64 "\n", metrics->series[i].count);
    }
    if (metrics->other)
        fprintf(out, "ailab_mock_requests_total{status=\"other\",code=\"other\"} %" PRIu64 "\n",
                metrics->other);
    print_head(out, "unexpected_requests_total", "counter",
               "Requests refused although no scenario asked for it.");
    fprintf(out, "ailab_mock_unexpected_requests_total %" PRIu64 "\n", metrics->unexpected);
}

static void print_durations(FILE *out, const struct metrics *metrics)
{
    uint64_t below = 0;
    print_head(out, "request_duration_seconds", "histogram",
               "From the end of the head to the end of the answer.");
    for (size_t i = 0; i < METRICS_BUCKETS; i++) {
        below += metrics->buckets[i];
        fprintf(out, "ailab_mock_request_duration_seconds_bucket{le=\"%s\"} %" PRIu64 "\n",
                bounds[i].text, below);
    }
    fprintf(out, "ailab_mock_request_duration_seconds_bucket{le=\"+Inf\"} %" PRIu64 "\n",
            metrics->requests);
    uint64_t us = (uint64_t)(metrics->seconds * 1e6 + 0.5);
    fprintf(out, "ailab_mock_request_duration_seconds_sum %" PRIu64 ".%06" PRIu64 "\n",
            us / 1000000, us % 1000000);
    fprintf(out, "ailab_mock_request_duration_seconds_count %" PRIu64 "\n", metrics->requests);
}

static void print_tls_faults(FILE *out, const struct metrics *metrics)
{
    print_head(out, "tls_faults_total", "counter", "Connections that met an armed fault of TLS.");
    for (enum tls_fault fault = TLS_FAULT_NONE + 1; fault < TLS_FAULT_END; fault++)
        fprintf(out, "ailab_mock_tls_faults_total{fault=\"%s\"} %" PRIu64 "\n",
                tls_fault_info(fault)->name, metrics->tls_faults[fault]);
}

static void print_gauge(FILE *out, const char *name, const char *help, uint64_t value)
{
    print_head(out, name, "gauge", help);
    fprintf(out, "ailab_mock_%s %" PRIu64 "\n", name, value);
}

char *metrics_print(const struct metrics *metrics, const struct metrics_gauges *gauges)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    print_series(out, metrics);
    print_durations(out, metrics);
    print_tls_faults(out, metrics);
    print_gauge(out, "requests_in_flight", "Requests being served.", metrics->in_flight);
    print_gauge(out, "journal_entries", "Requests in the journal.", gauges->journal_entries);
    print_gauge(out, "journal_bytes", "Bytes that the journal takes.", gauges->journal_bytes);
    print_head(out, "journal_forgotten_total", "counter",
               "Requests that left the journal for want of room.");
    fprintf(out, "ailab_mock_journal_forgotten_total %" PRIu64 "\n", gauges->journal_forgotten);
    print_gauge(out, "accounts", "API keys that are known.", gauges->accounts);
    print_head(out, "build_info", "gauge", "Which mock this is; always 1.");
    fputs("ailab_mock_build_info{version=\"", out);
    print_label(out, gauges->version);
    fputs("\",revision=\"", out);
    print_label(out, gauges->revision);
    fputs("\"} 1\n", out);
    bool failed = ferror(out) != 0;
    if (fclose(out) != 0 || failed) {
        free(text);
        return NULL;
    }
    return text;
}
