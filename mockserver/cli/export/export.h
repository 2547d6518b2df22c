/* The contract's tables as documents for other programs: JSON of our own shape, and OpenAPI 3.1.
 *
 * Both follow from the tables alone, so that the same tables always print the same bytes. */
#ifndef AILAB_MOCK_EXPORT_H
#define AILAB_MOCK_EXPORT_H

struct cJSON;

/* Endpoints, revisions, expressions, limits, errors and clauses. A tree to be freed with
 * cJSON_Delete(), NULL when memory ran out. Any thread. */
struct cJSON *export_contract(void);

/* An OpenAPI 3.1 document of both endpoints, as the default revision has them. A tree to be freed
 * with cJSON_Delete(), NULL when memory ran out. Any thread. */
struct cJSON *export_openapi(void);

#endif
