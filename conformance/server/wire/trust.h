/* Which certificates a run takes: read once, because a system has some hundred authorities. */
#ifndef CONFORMANCE_SERVER_WIRE_TRUST_H
#define CONFORMANCE_SERVER_WIRE_TRUST_H

#include <stdbool.h>

#define TRUST_WHY_SIZE 512

struct trust;

/* ca_file: a file of PEM certificates instead of the system's, NULL for those. insecure: any
 * certificate is taken. NULL with a sentence in why when the file is not right or memory ran out.
 */
struct trust *trust_new(const char *ca_file, bool insecure, char why[TRUST_WHY_SIZE]);
/* NULL is allowed. */
void trust_free(struct trust *trust);

#endif
