/* The shapes of the document's parts, which also stand in calls of the admin API and describe
 * themselves in its OpenAPI document. */
#ifndef AILAB_MOCKSERVER_DOCUMENTS_SHAPES_H
#define AILAB_MOCKSERVER_DOCUMENTS_SHAPES_H

#include "base/shape.h"
#include "documents/document.h"
#include "scenarios/match.h"

extern const struct shape document_shape; /* struct document */
extern const struct shape account_shape;  /* struct account_setting, but for its api_key */
extern const struct shape step_shape;     /* struct scenario_step */
extern const struct shape scenario_shape; /* struct scenario */
/* struct scenario_match, as a part of a larger struct that is all zero at first. */
extern const struct shape match_shape; /* a row for each enum criterion */
extern const struct shape tls_shape;   /* struct tls_arming */
extern const struct shape range_shape; /* {"min": …, "max": …} */

/* Rows of a step whose value has two forms. */
extern const struct shape_other fault_field; /* fills in a struct scenario_step */
extern const struct shape_other delay_field; /* fills in a struct delay */

extern const struct shape_other header_patterns_field; /* fills in a struct header_patterns */

/* A complaint unless it is a token of RFC 9110 of at most 64 characters. */
bool check_header_name(struct reader *reader, const char *name);

/* Prints a char *. */
shape_printer print_text_field;

/* Adds the names of tls_faults.def. */
void suggest_tls_faults(struct suggestions *nearest);

/* "found the unknown fault "x", expected a known one; did you mean …?" Returns false. */
bool refuse_name(struct reader *reader, const char *kind, const char *name,
                 const struct suggestions *nearest);

#endif
