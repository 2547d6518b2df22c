/* The named changes that turn the good request into the one of a case. Each changes one thing. */
#ifndef CONFORMANCE_SERVER_CASES_CHANGES_H
#define CONFORMANCE_SERVER_CASES_CHANGES_H

#include "engine/case.h"

void change_method(struct request *request, const struct case_def *def);    /* text: the method */
void change_path(struct request *request, const struct case_def *def);      /* text: the path */
void change_key(struct request *request, const struct case_def *def);       /* text: the key */
void change_no_key(struct request *request, const struct case_def *def);    /* no such header */
void change_key_name(struct request *request, const struct case_def *def);  /* text: the name */
void change_choice(struct request *request, const struct case_def *def);    /* text: the value */
void change_without(struct request *request, const struct case_def *def);   /* text: the part */
void change_file_name(struct request *request, const struct case_def *def); /* text: the name */
void change_file_type(struct request *request, const struct case_def *def); /* text: the type */
void change_file_head(struct request *request, const struct case_def *def); /* text: its headers */
void change_choice_head(struct request *request,
                        const struct case_def *def); /* text: its headers */
void change_content_type(struct request *request, const struct case_def *def); /* text: the value */
void change_boundary(struct request *request, const struct case_def *def); /* text: the boundary */
void change_raw_headers(struct request *request, const struct case_def *def); /* text: the lines */
void change_length(struct request *request, const struct case_def *def);      /* text: the value */

#endif
