/* What the calls of a command have met: for a file, for people, and as a number. */
#ifndef AILAB_MOCK_RUN_COVERAGE_REPORT_H
#define AILAB_MOCK_RUN_COVERAGE_REPORT_H

#include "ailab_mock.h"

struct coverage_result {
    double percent; /* met since the mock was started */
    char *text;     /* owned: the report for people */
    char *file;     /* owned: what the file gets, NULL without one */
};

/* The format that a file of this name gets: "json", "html" or "text". Static storage. */
const char *coverage_format(const char *path);

/* Where the report of one revision goes: "cover-2026-05.html" for "cover.html". To be freed; NULL
 * when memory ran out, and for a path that is NULL. */
char *coverage_path(const char *path, const char *revision);

/* Asks the mock, which must be running; clear it with coverage_clear(). path is that of the file,
 * which the caller writes; NULL: none. False when memory ran out. */
bool coverage_ask(struct coverage_result *out, struct ailab_mock *mock, const char *path);
void coverage_clear(struct coverage_result *result);

/* Says the report, a line at a time. */
void coverage_tell(const struct coverage_result *result, void (*say)(const char *line));

#endif
