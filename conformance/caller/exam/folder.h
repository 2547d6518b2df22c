/* The temporary folders of an exam: one for the exam, in it one for each run, and nothing of them
 * stays behind. */
#ifndef CONFORMANCE_CALLER_EXAM_FOLDER_H
#define CONFORMANCE_CALLER_EXAM_FOLDER_H

#include "caller/judge/seen.h"

#define FOLDER_PATH_SIZE 512

struct run_folder {
    char path[FOLDER_PATH_SIZE];
    char scratch[FOLDER_PATH_SIZE + 8]; /* TMPDIR of the program */
    char results[FOLDER_PATH_SIZE + 8]; /* the folder of {output}, empty at first */
    char output[FOLDER_PATH_SIZE + 24]; /* {output}: a file that is not there yet */
};

/* The folder of an exam, below TMPDIR or /tmp, with the two portraits in it. False: why says what
 * failed. */
bool folder_begin(char out[FOLDER_PATH_SIZE], char *why, size_t why_size);
/* The paths of the portraits in the folder of an exam. */
void folder_portraits(char jpeg[FOLDER_PATH_SIZE + 24], char png[FOLDER_PATH_SIZE + 24],
                      const char *exam);
/* A folder for a run. False: why says what failed. */
bool run_folder_make(struct run_folder *out, const char *exam, char *why, size_t why_size);
/* What the program left there: its output file, and the name of a file beside it. */
void folder_look(struct seen_file *file, char left[64], const struct run_folder *folder);
/* Removes a folder with everything in it. */
void run_folder_remove(const char *path);

#endif
