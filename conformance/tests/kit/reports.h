/* What a JSON report says of one case. */
#ifndef CONFORMANCE_TESTS_REPORTS_H
#define CONFORMANCE_TESTS_REPORTS_H

#include <cjson/cJSON.h>

#define VERDICT_SIZE 512

/* Fails the test when the text is no report. The caller's: cJSON_Delete(). */
cJSON *report_read(const char *json);

/* Borrowed from the report; NULL when it has no such case. */
const cJSON *report_case(const cJSON *report, const char *slug);

/* "" where the case has no such text. Borrowed. */
const char *report_field(const cJSON *test, const char *field);

/* Of a case or of the whole report; -1 where it has no such number. */
long report_number(const cJSON *test, const char *field);

/* The verdict of a case, with the clause that it blames or what it says: "fail | clause | words".
 */
void verdict_of(char out[VERDICT_SIZE], const char *json, const char *slug);

#endif
