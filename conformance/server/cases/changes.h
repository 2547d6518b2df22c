/* The named changes that turn the good request into the one of a case. Each changes one thing, to
 * the text of its argument. */
#ifndef CONFORMANCE_SERVER_CASES_CHANGES_H
#define CONFORMANCE_SERVER_CASES_CHANGES_H

#include "plan/case.h"

void change_method(struct request *request, const struct case_def *def);
void change_path(struct request *request, const struct case_def *def);
void change_key(struct request *request, const struct case_def *def);
void change_key_name(struct request *request, const struct case_def *def); /* of its header */
void change_no_key(struct request *request, const struct case_def *def);   /* no argument */
void change_content_type(struct request *request, const struct case_def *def);
void change_boundary(struct request *request, const struct case_def *def);
void change_raw_headers(struct request *request, const struct case_def *def); /* added lines */
void change_no_host(struct request *request, const struct case_def *def);     /* no argument */
void change_coding(struct request *request, const struct case_def *def); /* in chunks, called so */
void change_preamble(struct request *request, const struct case_def *def);
void change_epilogue(struct request *request, const struct case_def *def);
void change_length(struct request *request, const struct case_def *def);  /* Content-Length */
void change_without(struct request *request, const struct case_def *def); /* the part's name */
/* Of service_choice: its value, its headers, its type. */
void change_choice(struct request *request, const struct case_def *def);
void change_choice_head(struct request *request, const struct case_def *def);
void change_choice_type(struct request *request, const struct case_def *def);
/* Of image_target. */
void change_file_name(struct request *request, const struct case_def *def);
void change_file_type(struct request *request, const struct case_def *def);
void change_file_head(struct request *request, const struct case_def *def);

#endif
