/* Which run a piece of evidence comes from. */
#ifndef CONFORMANCE_SERVER_EVIDENCE_ORIGIN_H
#define CONFORMANCE_SERVER_EVIDENCE_ORIGIN_H

#include "evidence/secrets.h"
#include "judge/revision.h"
#include "wire/endpoint.h"

struct origin {
    const char *program; /* Optional: as the program was called */
    const struct endpoint *endpoint;
    const struct secrets *secrets;
    enum revision revision;
};

#endif
