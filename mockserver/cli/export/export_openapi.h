/* The parts of the OpenAPI document that are made from the tables, row by row, for export_openapi.c
 * to put where the template names them. Each adds to parent. */
#ifndef AILAB_MOCK_EXPORT_OPENAPI_H
#define AILAB_MOCK_EXPORT_OPENAPI_H

#include "export_build.h"

/* "400": a reference to the response Error400, for each status of the error table. */
void openapi_add_error_references(struct builder *b, cJSON *parent);

/* The responses Error400 and so on. */
void openapi_add_error_responses(struct builder *b, cJSON *parent);

/* A success in each envelope. */
void openapi_add_image_examples(struct builder *b, cJSON *parent);
void openapi_add_credits_examples(struct builder *b, cJSON *parent);

#endif
