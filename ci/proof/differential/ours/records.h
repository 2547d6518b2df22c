/* Records in, lines of JSON out: how the driver asks an adapter (see ../peers.py). */
#ifndef AILAB_DIFFERENTIAL_RECORDS_H
#define AILAB_DIFFERENTIAL_RECORDS_H

#include <stdbool.h>
#include <stddef.h>

struct record {
    unsigned char *bytes; /* owned; of its exact size, so that a sanitizer sees what reads on */
    size_t size;
};

/* Reads the next record of standard input. False at its end; ends the program when the input is no
 * list of records or memory runs out. */
bool record_read(struct record *out);
void record_clear(struct record *record);
/* Writes a record to standard output. */
void record_write(const void *bytes, size_t size);

/* The JSON string of text: bytes outside printable ASCII become '?', for they are words for people.
 */
void print_words(const char *text);
/* The JSON string of the bytes in hexadecimal. */
void print_hex(const void *bytes, size_t size);
/* Ends the line, so that the driver has it even if the next record ends the program. */
void end_line(void);

#endif
