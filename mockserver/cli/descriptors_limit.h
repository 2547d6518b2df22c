/* Room for the connections among the files that this process may have open. */
#ifndef AILAB_MOCK_DESCRIPTORS_LIMIT_H
#define AILAB_MOCK_DESCRIPTORS_LIMIT_H

/* Raises the soft limit as far as these connections need it and the hard limit allows. Returns how
 * many connections then fit, at most those asked for; 0 when not even one does. *limit_out is the
 * limit. */
unsigned descriptors_limit_raise(unsigned connections, unsigned long *limit_out);

#endif
