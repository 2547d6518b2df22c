/* The contract's tables as one JSON document: endpoints, revisions, expressions, limits, errors and
 * clauses. It follows from the tables alone, so that the same tables always print the same bytes.
 */
#ifndef AILAB_MOCKSERVER_API_CONTRACT_DOCUMENT_H
#define AILAB_MOCKSERVER_API_CONTRACT_DOCUMENT_H

struct cJSON;

/* A tree to be freed with cJSON_Delete(), NULL when memory ran out. Pure but for memory. */
struct cJSON *contract_document(void);

#endif
