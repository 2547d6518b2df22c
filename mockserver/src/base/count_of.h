/* How many elements an array has; and a limit as it stands in a text for people. */
#ifndef AILAB_MOCKSERVER_BASE_COUNT_OF_H
#define AILAB_MOCKSERVER_BASE_COUNT_OF_H

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* TEXT_OF(LIMIT) is "64" where LIMIT is defined as 64. */
#define TEXT_OF(limit) TEXT_OF_TOKENS(limit)
#define TEXT_OF_TOKENS(tokens) #tokens

#endif
