/* The contract's tables as a document for other programs: OpenAPI 3.1. It follows from the tables
 * alone, so that the same tables always print the same bytes. JSON of our own shape is made by
 * api/contract_document.h. */
#ifndef AILAB_MOCK_EXPORT_H
#define AILAB_MOCK_EXPORT_H

struct cJSON;

/* An OpenAPI 3.1 document of both endpoints, as the default revision has them. A tree to be freed
 * with cJSON_Delete(), NULL when memory ran out. Any thread. */
struct cJSON *export_openapi(void);

#endif
