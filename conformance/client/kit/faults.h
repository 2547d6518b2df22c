/* One row of the fault table carried out and looked at. */
#ifndef CONFORMANCE_CLIENT_KIT_FAULTS_H
#define CONFORMANCE_CLIENT_KIT_FAULTS_H

#include "fixture.h"
#include "outcomes.h"

#define FAULTS_LONG_MS 10000 /* calls end much sooner, also on the slowest machine */

/* Puts the row's fault before the next call, on a success or on a refusal. */
void faults_arm(struct fixture *fixture, const struct fault_outcome *row, bool refusal);

/* A client with the time-out and retries, and a picture, that the row wants. */
void faults_set_up(struct fixture *fixture, const struct fault_outcome *row, unsigned retries);

/* Arms, calls with a client and a picture that the row wants, and fails unless all is as it says.
 */
void faults_check(struct fixture *fixture, const struct fault_outcome *row, bool refusal);

#endif
