/* How many elements an array has. */
#ifndef CONFORMANCE_SERVER_BASE_COUNT_OF_H
#define CONFORMANCE_SERVER_BASE_COUNT_OF_H

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
