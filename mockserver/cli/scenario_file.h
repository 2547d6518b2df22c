/* The file of --scenarios: what was loaded of it, and where in it a mistake is. */
#ifndef AILAB_MOCK_SCENARIO_FILE_H
#define AILAB_MOCK_SCENARIO_FILE_H

#include "ailab_mock.h"
#include "line_writer.h"
#include <stdbool.h>
#include <sys/stat.h>

#define SCENARIO_FILE_WHY_SIZE 1024 /* as large as any why of ailab_mock.h, and the place */

struct scenario_file {
    const char *path;      /* NULL: there is none */
    struct stat seen;      /* when it was last looked at */
    unsigned char *loaded; /* owned; the bytes that the mock took last */
    size_t size;
};

/* Reads the file for the first time, if there is one. False with one sentence in why. */
bool scenario_file_open(struct scenario_file *file, char why[AILAB_MOCK_ERROR_SIZE]);
void scenario_file_close(struct scenario_file *file);

/* Whether it is another file, or has another time or size, than when it was last looked at. */
bool scenario_file_changed(struct scenario_file *file);

/* Loads the file again and logs the outcome. If the file is wrong or cannot be read, what is in
 * force stays. It also stays, unless a load was asked for, when the bytes are the same: a load
 * would take back what was set since. */
void scenario_file_reload(struct scenario_file *file, struct ailab_mock *mock,
                          struct line_writer *log, bool asked_for);

/* If the text is refused as a document, says why in "FILE:LINE: at POINTER: ..." and returns true.
 */
bool scenario_file_explain(char why[SCENARIO_FILE_WHY_SIZE], const char *path, const char *text);

#endif
