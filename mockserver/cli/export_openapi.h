/* The parts of the OpenAPI document, for export_openapi.c to put together. */
#ifndef AILAB_MOCK_EXPORT_OPENAPI_H
#define AILAB_MOCK_EXPORT_OPENAPI_H

#include "api/rules.h"
#include "export_build.h"

/* components.schemas: the request, the answer in its three shapes, the error codes. */
void openapi_add_schemas(struct builder *b, cJSON *components);

/* components.responses: one for each success and one for each status of the error table. */
void openapi_add_responses(struct builder *b, cJSON *components);

/* paths: what each endpoint takes, and which of the responses it gives. */
void openapi_add_paths(struct builder *b, cJSON *root);

/* Whether the code belongs to the status: by the table, or because a rule answers it so. */
bool openapi_code_has_status(enum error_code code, int status);

/* Whether any code belongs to it. */
bool openapi_status_is_used(int status);

/* The error status nearest above: for (status = next(0); status; status = next(status)). */
int openapi_next_status(int status);

/* {"$ref": "#/components/<kind>/<name>"} */
void openapi_add_ref(struct builder *b, cJSON *parent, const char *member, const char *kind,
                     const char *name);

#endif
