/* One row of the fault table carried out and looked at. */
#ifndef AILAB_CLIENT_TEST_FAULTS_H
#define AILAB_CLIENT_TEST_FAULTS_H

#include "outcomes.h"
#include "stage.h"

#define FAULTS_LONG_MS 10000 /* for what should be over much sooner, on the slowest machine */

/* Puts the row's fault before the next call, on a success or on a refusal. */
void faults_arm(struct stage *stage, const struct fault_outcome *row, bool refusal);

/* Arms, calls with a client and a picture that the row wants, and fails unless all is as it says.
 */
void faults_check(struct stage *stage, const struct fault_outcome *row, bool refusal);

#endif
