/* Whether memory ran out somewhere in this run. A judgement that lacks a part of an answer or of a
 * report is none, and a JSON tree does not tell: the program asks once, at the end. Thread-safe. */
#ifndef CONFORMANCE_SERVER_BASE_MEMORY_H
#define CONFORMANCE_SERVER_BASE_MEMORY_H

#include <stdbool.h>

/* From now on an allocation of cJSON that fails is noted. */
void memory_watch_json(void);
void memory_note(void);
bool memory_ran_out(void);

#define MEMORY_RAN_OUT "memory ran out, so the judgement is not whole"

#endif
