/* One sentence for the caller, and the answer no. */
#ifndef AILAB_MOCKSERVER_CERTIFICATES_REFUSE_H
#define AILAB_MOCKSERVER_CERTIFICATES_REFUSE_H

#include "ailab_mock.h"

/* Prints why, cut where it is too long. Always false. */
__attribute__((format(printf, 2, 3))) bool refuse(char why[AILAB_MOCK_ERROR_SIZE],
                                                  const char *format, ...);

#endif
