/* Lookups in the tables of the contract, for the library itself. */
#ifndef CLIENT_SRC_CODE_H
#define CLIENT_SRC_CODE_H

#include "ailab.h"

/* The HTTP status documented for the code today; 0 for NONE and UNKNOWN. */
int ai_code_status(enum ailab_code code);

/* NULL when there is none. */
const struct ailab_expression *ai_expression_by_number(int number);

#endif
