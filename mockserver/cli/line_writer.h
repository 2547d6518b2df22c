/* Lines that a thread of its own writes to a descriptor, so that a thread of the mock never waits
 * for the program that reads them.
 *
 * Lines stay whole and in order. What cannot be written, because no program reads or the disk is
 * full, is dropped and counted; the count is told in its place once something can be written again.
 */
#ifndef AILAB_MOCK_LINE_WRITER_H
#define AILAB_MOCK_LINE_WRITER_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#define LINE_BYTES_MAX ((size_t)PIPE_BUF) /* a pipe takes as much whole or not at all */

struct line_writer;

/* fd is borrowed. tell makes the line that says how many were dropped and returns its size, newline
 * included. NULL when memory ran out or no thread could be started. */
struct line_writer *line_writer_start(int fd,
                                      size_t (*tell)(char line[LINE_BYTES_MAX], uint64_t dropped));

/* Never waits. The line ends with its newline; one over LINE_BYTES_MAX is dropped. Any thread. */
void line_writer_put(struct line_writer *writer, const char *line, size_t size);

/* Writes what waits, for at most wait_ms. A writer that is still stuck then is left behind and ends
 * with the process. No line may be put any more. NULL is allowed. */
void line_writer_stop(struct line_writer *writer, unsigned wait_ms);

#endif
